"""What a date in a text means, whether or not it names a year: comparable between languages and calendars."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from index.date_grammar import date_grammar
from index.date_parts import DateParts
from index.date_words import date_words
from index.folding import fold, fold_with_offsets


@dataclass(frozen=True)
class When:
    """What a text says of a date.

    Attributes:
        first: First day meant, where the text says so without a day of publication; else None.
        last: Last day meant: the same for a day, the end of the month or year otherwise.
        said: What it says where that names no days: parts such as "month 5", "day 12", "weekday 2", "week -1"
            (last week), "years ago 3". Empty where days are named.
        weekday: 1 for Monday to 7 where one is named, else 0.
    """

    first: date | None = None
    last: date | None = None
    said: tuple[str, ...] = ()
    weekday: int = 0


class Moment(NamedTuple):
    """A date in a text: ``text[start:end]`` names it."""

    start: int
    end: int
    value: When


def moments(text: str, language: str) -> list[Moment]:
    """Find the dates of a text, those too that need a day of publication to be known.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        Them in order, without overlap (see `index.dates`).
    """
    folded, offsets = fold_with_offsets(text)

    def is_capital(index: int) -> bool:
        return index < len(offsets) and text[offsets[index]].isupper()

    found = []
    for parts in date_grammar(language).scan(folded, is_capital):
        if when := _when(parts):
            end = offsets[parts.end - 1] + 1
            while end < len(text) and not fold(text[end]):  # vowel signs, tatweel
                end += 1
            found.append(Moment(offsets[parts.start], end, when))
    return found


def weekdays(text: str, language: str) -> dict[int, tuple[int, int]]:
    """Return the days of the week that words of a text may name, 1 for Monday to 7, and where they first stand.

    Unlike `moments` it takes «الجمعة» and «الأحد» for one wherever they stand.
    """
    folded, offsets = fold_with_offsets(text)
    words = date_words(language)
    joined = r"(?:[وف]?[بل]?)" if language == "ar" else ""
    found: dict[int, tuple[int, int]] = {}
    for match in re.finditer(rf"(?<!\w){joined}(?P<name>{words.any('weekday')})(?!\w)", folded):
        number = int(words.find("weekday", match["name"]))
        found.setdefault(number, (offsets[match.start()], offsets[match.end() - 1] + 1))
    return found


def _when(parts: DateParts) -> When | None:
    weekday = parts.weekday or 0
    if parts.year is not None:
        days = parts.resolve(None)
        return When(days.first, days.last, weekday=weekday) if days else None
    said = []
    if parts.month is not None:
        said.append(f"{'hijri ' if parts.calendar == 'hijri' else ''}month {parts.month}")
    if parts.last_month is not None:
        said.append(f"last month {parts.last_month}")
    if parts.day is not None:
        said.append(f"day {parts.day}")
    if parts.last_day is not None:
        said.append(f"last day {parts.last_day}")
    if parts.shift is not None:
        unit = "years" if parts.month is not None and parts.unit == "year" else parts.unit
        said.append(f"{'last ' if parts.trailing else ''}{unit} {parts.shift:+d}")
    return When(said=tuple(said), weekday=weekday) if said or weekday else None
