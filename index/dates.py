"""Dates in Arabic and English text: where they stand and which days they mean."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from itertools import accumulate

from index.date_grammar import date_grammar
from index.date_parts import Calendar
from index.folding import fold

__all__ = ["DateMention", "find_dates", "parse_date"]

_BLOCK = 64
_RFC_822 = re.compile(r"(?:[a-z]{3},\s*)?\d{1,2}\s+[a-z]{3}\s+\d\d\s+\d{1,2}:\d\d")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text: ``text[start:end]`` names the days from `first` to `last`.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last character.
        first: First day meant.
        last: Last day meant: the same for a day, the end of the month or year otherwise.
        calendar: "gregorian", or "hijri" where only that date was given.
        relative: Whether which days those are depends on the day of publication.
        certain: Whether the text says so outright; False where the order of day and month, the year, or for
            a weekday the week was concluded.
    """

    start: int
    end: int
    first: date
    last: date
    calendar: Calendar
    relative: bool
    certain: bool


def find_dates(text: str, language: str, published: date | None = None) -> list[DateMention]:
    """Find the dates in a text.

    Day, month and year in words and figures, in the Gregorian and the Hijri calendar (see `index.hijri`), single
    years where the words round them say that they are years, decades, weekdays, and dates relative to the day of
    publication. Weeks run from Monday to Sunday. The words are listed in `index/data/dates.*.txt`.

    Args:
        text: Any text, not folded.
        language: "ar" or "en"; text in other languages is read by the rules of English.
        published: The day the text was published; without it relative dates are left out.

    Returns:
        The dates in order; they do not overlap. What looks like a date but names no day, such as 31 February,
        is left out.
    """
    folded = _Folded(text)

    def is_capital(index: int) -> bool:
        return index < len(folded.text) and text[folded.origin(index)].isupper()

    mentions = []
    for parts in date_grammar(language).scan(folded.text, is_capital):
        if days := parts.resolve(published):
            start, end = folded.origin(parts.start), folded.origin(parts.end - 1) + 1
            while end < len(text) and not fold(text[end]):  # vowel signs, tatweel
                end += 1
            mentions.append(
                DateMention(start, end, days.first, days.last, parts.calendar, days.relative, days.certain)
            )
    return mentions


def parse_date(text: str) -> tuple[date, bool] | None:
    """Read a field that holds a date, such as a date of publication.

    Args:
        text: ISO 8601 ("2017-09-20T10:30Z"), RFC 822 ("Wed, 20 Sep 2017 10:30 GMT"), or as people write it in
            Arabic or English ("20 سبتمبر 2017", "14 رمضان 1442 هـ", "Sept. 20, 2017 at 10:30").

    Returns:
        The day, and whether it is certain: 3/4/2021 is not, for day and month may be meant the other way round.
        None where there is no day in it, or more than one.
    """
    plain = fold(text).strip()
    try:
        return datetime.fromisoformat(plain.upper()).date(), True
    except ValueError:
        pass
    if _RFC_822.match(plain):  # the one form in which two figures are a year without doubt
        try:
            return parsedate_to_datetime(plain).date(), True
        except (ValueError, TypeError):
            return None
    for language in ("ar", "en"):
        days = {(found.first, found.certain) for found in find_dates(text, language) if found.first == found.last}
        if len({day for day, _ in days}) == 1:
            return min(days)
    return None


class _Folded:
    """A folded text that knows where a character came from, at a fifth of the cost of `fold_with_offsets`.

    Few places are asked for, so that only the lengths of folded blocks are kept.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        blocks = [fold(text[at : at + _BLOCK]) for at in range(0, len(text), _BLOCK)]
        self._starts = list(accumulate(map(len, blocks), initial=0))
        self.text = "".join(blocks)

    def origin(self, index: int) -> int:
        """Return where in the text the character stands that a folded one came from."""
        block = bisect_right(self._starts, index) - 1
        position, at = self._starts[block], block * _BLOCK
        while (position := position + len(fold(self._text[at]))) <= index:
            at += 1
        return at
