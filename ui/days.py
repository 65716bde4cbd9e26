"""Dates as people type them into an option or a field."""

import re
from calendar import monthrange
from datetime import date

from index.dates import find_dates, parse_date
from index.folding import fold
from ui.texts import LANGUAGES

_MONTH_OR_YEAR = re.compile(r"(?P<year>\d{4})(?:[-/](?P<month>\d\d?))?")


def parse_days(text: str, today: date | None = None) -> tuple[str, str] | None:
    """Read a day, a month, a year or "last week".

    Args:
        text: what `index.dates.parse_date` understands, "2021-03", "2021", or one date in Arabic or English
            that names several days, such as "March 2021".
        today: what "last week" is meant from; the day it is, if none is given.

    Returns:
        ISO dates of the first day meant and the last; None where the text is no such thing.
    """
    plain = fold(text).strip()
    if found := _MONTH_OR_YEAR.fullmatch(plain):
        year, month = int(found["year"]), int(found["month"] or 0)
        if year < 1 or month > 12 or (found["month"] and month < 1):
            return None
        first, last = month or 1, month or 12
        return date(year, first, 1).isoformat(), date(year, last, monthrange(year, last)[1]).isoformat()
    if day := parse_date(text):
        return day[0].isoformat(), day[0].isoformat()
    for language in LANGUAGES:
        for mention in find_dates(text, language, today or date.today()):
            if fold(text[mention.start : mention.end]).strip() == plain:
                return mention.first.isoformat(), mention.last.isoformat()
    return None
