"""Times of day in Arabic and English text: "8:30 pm", «الساعة الثامنة والنصف مساء»."""

import re
from datetime import time
from functools import cache
from typing import NamedTuple

from index.folding import fold_with_offsets
from qa.tables import forms, pattern, table


class Clock(NamedTuple):
    """A time of day in a text: ``text[start:end]`` names it."""

    start: int
    end: int
    value: time


def times(text: str, language: str) -> list[Clock]:
    """Find the times of day of a text. Those that do not say which half of the day is meant are before noon.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        Them in order, without overlap.
    """
    folded, offsets = fold_with_offsets(text)
    return [
        Clock(offsets[match.start()], offsets[match.end() - 1] + 1, value)
        for match in _pattern(language).finditer(folded)
        if (value := _read(match, language))
    ]


def _read(match: re.Match[str], language: str) -> time | None:
    words = _words(language)
    found = {name: " ".join(form.split()) for name, form in match.groupdict().items() if form}
    if "named" in found:
        return time(words["named"][found["named"]] % 24)
    hour = int(found["hour"]) if "hour" in found else words["hour"][found["word"]]
    minute = int(found.get("minute", 0)) + words["part"].get(found.get("part", ""), 0)
    half = words["half"].get(found.get("half", ""))
    if half is not None and hour <= 12:
        hour = hour % 12 + half
    if minute < 0:
        hour, minute = (hour - 1) % 24, minute + 60
    said = "clock" in found or "after" in found or half is not None
    certain = said or (":" in match[0] and "minute" in found)
    return time(hour, minute) if certain and hour < 24 else None


@cache
def _words(language: str) -> dict[str, dict[str, int]]:
    words: dict[str, dict[str, int]] = {kind: {} for kind in ("hour", "half", "part", "named", "clock")}
    for of, kind, value, column in table("times.tsv", "language", "kind", "value", "words"):
        if of == language:
            words[kind] |= dict.fromkeys(forms(column), int(value))
    return words


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _words(language)
    clock = pattern(words["clock"])
    before = rf"(?:[وف]?[بل]?(?P<clock>{clock})\s+)?" if language == "ar" else "(?P<clock>(?!))?"
    return re.compile(
        rf"(?<![\w.,:]){before}(?:(?P<hour>[01]?\d|2[0-4])(?:[:.](?P<minute>[0-5]\d))?(?![\d:]|[.,]\d)"
        rf"|(?P<word>{pattern(words['hour'])})(?!\w))"
        rf"(?:\s+(?P<part>{pattern(words['part'])})(?!\w))?(?:[\s-]*(?P<after>{clock}))?"
        rf"(?:\s*(?:من\s+)?(?P<half>{pattern(words['half'])})(?!\w))?"
        rf"|(?<!\w)[وف]?(?P<named>{pattern(words['named'])})(?!\w)"
    )
