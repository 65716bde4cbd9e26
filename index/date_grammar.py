"""How dates are put together from the words of a language: finds their parts in a folded text."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from index.date_parts import DateParts, unite
from index.date_patterns import AFTER, BEFORE, DatePatterns
from index.date_words import date_words

_LEAD = 48  # how many characters before a month or a year are looked at
_SHIFTS = {"last": -1, "this": 0, "next": 1}
_FIGURES = re.compile(r"\d{3}|/\d")
_CENTURY = 100
_YEARS = range(1800, 2101)  # what a bare number may be as a year
_STATED_YEARS = range(1000, 2200)  # what may be one where the text says "the year"
_LONG_AGO = range(1300, 1501)  # a year in figures of these is a Hijri one


class DateGrammar(DatePatterns):
    """Finds the dates of one language.

    A month or a year is found first and then what stands round it, so that a text without dates costs little.
    """

    def _matches(self, pattern: re.Pattern[str], text: str, *kinds: str) -> Iterator[re.Match[str]]:
        """Match a pattern if any form of the kinds it needs is in the text at all: most texts have none."""
        for kind in kinds:
            for form in self.words.values.get(kind, ()):
                if form in text:
                    yield from pattern.finditer(text)
                    return

    def scan(self, folded: str, is_capital: Callable[[int], bool]) -> list[DateParts]:
        """Find the dates of a folded text.

        Args:
            folded: The text.
            is_capital: Tells of the index of a character whether it was a capital letter.

        Returns:
            Their parts in order, without overlaps; offsets are those of the folded text.
        """
        found = [
            *self._months(folded, is_capital),
            *(self._figures(folded) if _FIGURES.search(folded) else ()),
            *(self._years(folded, is_capital) if _FIGURES.search(folded) else ()),
            *self._relatives(folded),
            *self._counts(folded),
            *self._weekdays(folded),
        ]
        if not found:
            return []
        taken = [match.span() for match in self.never.finditer(folded)]
        kept: list[DateParts] = []
        for parts in sorted(found, key=lambda parts: (parts.start, -parts.end)):
            apart = not kept or parts.start >= kept[-1].end
            if apart and not any(parts.start < end and start < parts.end for start, end in taken):
                kept.append(parts)
        return [parts for parts in self._united(folded, kept) if not parts.weak]

    def _months(self, text: str, is_capital: Callable[[int], bool]) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.month, text, "month", "short month", "hijri"):
            name = match["name"]
            kind = words.kind(name, "month", "short month", "hijri")
            parts = DateParts(match.start("name"), match.end(), "hijri" if kind == "hijri" else "gregorian")
            parts.month = int(words.find(kind, name))
            parts.end += kind == "short month" and text[parts.end : parts.end + 1] == "."
            window = _before(text, match.start())
            self._after_month(text, parts)
            if parts.day is None and match.start() == match.start("name"):
                self._before_month(window, parts)
            proper = is_capital(match.start("name")) or not name.isascii()
            if parts.year is None and not (parts.day and proper):
                if kind == "short month":
                    continue
                alone = parts.day is None and proper and self.month_before.search(window)
                if parts.shift is None and " ".join(name.split()) in words.ambiguous and not alone:
                    continue
            yield parts

    def _after_month(self, text: str, parts: DateParts) -> None:
        words = self.words
        if second := self.second_month.match(text, parts.end):
            kind = words.kind(second["name"], "month", "short month", "hijri")
            number, month = int(words.find(kind, second["name"])), parts.month or 0
            fits = number == month or (number > month and second["space"] is None)
            if fits and (kind == "hijri") == (parts.calendar == "hijri"):
                parts.last_month = number if number != month else None
                parts.end = second.end()
        if after := self.day_after.match(text, parts.end):
            parts.day, parts.end = int(after["day"]), after.end()
            parts.last_day = int(after["last"]) if after["last"] else None
        if year := self.year_after.match(text, parts.end):
            era = self._era(year["era"])
            number = int(year["year"])
            if (era == "hijri") <= (parts.calendar == "hijri") and (era or number >= 1000):
                parts.year, parts.end = number, year.end()
        if parts.year is None and (lean := self.lean_after.match(text, parts.end)):
            self._lean(parts, lean["after"] or lean["year_after"] or lean["year_before"])
            named = lean["year"] or lean["named"]
            parts.unit = "year" if named else "month"
            if named and words.find("named", named) != "year":
                parts.shift = None
            else:
                parts.end = lean.end()

    def _before_month(self, window: str, parts: DateParts) -> None:
        if day := self.day_before.search(window):
            if day["opening"]:
                parts.day = 1
                parts.start -= len(window) - day.start("opening")
            elif day["word"]:
                parts.day = int(self.words.find("ordinal", day["word"]))
                parts.start -= len(window) - day.start("word")
            else:
                parts.day = int(day["first"] or day["day"])
                parts.last_day = int(day["day"]) if day["first"] else None
                parts.start -= len(window) - day.start("from")
        elif parts.year is None and parts.shift is None and (lean := self.lean_before.search(window)):
            self._lean(parts, lean["lean"])
            parts.unit = "month"
            parts.start -= len(window) - lean.start("lean")

    def _figures(self, text: str) -> Iterator[DateParts]:
        for match in self.figures.finditer(text):
            a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
            certain = True
            if len(match["a"]) == 4:
                year, month, day = a, b, c
            elif len(match["c"]) == 4:
                year, month, day = c, b, a
            elif len(match["a"]) <= 2 and len(match["c"]) == 2 and "/" in match["sep"]:
                year, month, day, certain = c + (2000 if c < 70 else 1900), b, a, False
            else:
                continue
            if len(match["a"]) != 4 and day != month:
                certain = certain and max(day, month) > 12
                if month > 12:
                    day, month = month, day
            era = self._era(match["era"])
            hijri = era == "hijri" or (not era and year in _LONG_AGO)
            if hijri or year in range(1500, 2200):
                certain = certain and (era == "hijri" or not hijri)
                start, end = match.span("all")
                yield DateParts(start, end, "hijri" if hijri else "gregorian", year, month, day, certain=certain)

    def _years(self, text: str, is_capital: Callable[[int], bool]) -> Iterator[DateParts]:
        for match in self.year.finditer(text):
            year, era = int(match["year"]), self._era(match["era"])
            parts = DateParts(*match.span("all"), year=year)
            window = _before(text, match.start())
            last = match["last"] or match["other"]
            if last:
                parts.last_year = int(last) if len(last) == 4 else year - year % _CENTURY + int(last)
                if not year < parts.last_year <= year + (_CENTURY if len(last) == 4 else 1):
                    continue
            if era == "hijri":
                parts.calendar = "hijri"
            elif match["decade"]:
                if year % 10 or year not in _YEARS:
                    continue
                parts.last_year = year + 9
            elif not era or re.fullmatch(r"\s\w", match["era"]):  # 2000 م may be metres
                bracketed = (
                    text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
                )
                spanned = match["last"] and len(match["last"]) == 4
                event = self.event_after.match(text, match.end()) or is_capital(match.end() + 1)
                lead = self.year_before.search(window) or (event and self.the_before.search(window))
                stated = self.year_word_before.search(window)
                if year not in (_STATED_YEARS if stated else _YEARS) or not (bracketed or spanned or lead):
                    continue
                parts.certain = not self.of_before.search(window)  # "of 1998" may be a treaty's year or a volume
            yield parts

    def _relatives(self, text: str) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.relative, text, "relative"):
            form = " ".join(match["day"].split())
            # اليوم العالمي is a day, not today; but اليوم الخميس is today.
            qualified = form in words.ambiguous and self.qualified.match(text, match.end())
            if not qualified and not self.every_before.search(_before(text, match.start())):
                yield DateParts(*match.span("all"), shift=int(words.find("relative", form)))
        for match in self._matches(self.decade, text, "decade"):
            year = 1900 + int(words.find("decade", match["name"]))
            certain = match["century"] is not None
            yield DateParts(*match.span("all"), year=year, last_year=year + 9, certain=certain)

    def _counts(self, text: str) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.named, text, *BEFORE, *AFTER):
            named = match["unit"] or match["named"]
            if not self.general_before.search(_before(text, match.start())):
                parts = DateParts(*match.span("all"), unit=words.find("named", named))
                self._lean(parts, match["before"] or match["after"])
                yield parts
        for match in self._matches(self.trailing, text, "last before", "last after"):
            if match["dual"]:
                count, unit = 2, words.find("dual", match["dual"])
            else:
                count = self._number(match["n1"] or match["n2"] or match["n3"])
                named = match["u1"] or match["u3"]
                unit = words.find("unit", named) if named else words.find("several", match["u2"])
            yield DateParts(*match.span("all"), shift=-count, unit=unit, trailing=True, certain=False)
        for match in self._matches(self.ago, text, "ago", "ago before"):
            if match["dual"]:
                count, unit = 2, words.find("dual", match["dual"])
            else:
                count = self._number(match["n1"] or match["n2"])
                unit = words.find("unit", match["u1"] or match["u2"])
            yield DateParts(*match.span("all"), shift=-count, unit=unit, certain=unit == "day")

    def _weekdays(self, text: str) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.weekday, text, "weekday", "short weekday"):
            kind = words.kind(match["name"], "weekday", "short weekday")
            window = _before(text, match.start())
            parts = DateParts(*match.span("all"), weekday=int(words.find(kind, match["name"])))
            parts.end += kind == "short weekday" and text[parts.end : parts.end + 1] == "."
            if match["after"]:
                self._lean(parts, match["after"])
            elif lean := self.lean_before.search(window):
                self._lean(parts, lean["lean"])
                parts.start -= len(window) - lean.start("lean")
            parts.unit = "day" if parts.shift is None else "weekday"
            unclear = kind == "short weekday" or match["name"] in words.ambiguous
            parts.weak = unclear and not (parts.shift is not None or self.day_word_before.search(window))
            if not self.every_before.search(window):
                yield parts

    def _united(self, text: str, found: list[DateParts]) -> Iterator[DateParts]:
        """Unite neighbours that name the same day, and lend a year to the one before ("3 May to 2 June 2021")."""
        for at in range(len(found) - 1, 0, -1):
            before, after = found[at - 1], found[at]
            between = text[before.end : after.start]
            gap = self.neighbour.fullmatch(between)
            if gap and (united := unite(before, after, bool(gap["equals"] or gap["bracket"]))):
                united.start, united.end = before.start, after.end
                united.end += bool(gap["bracket"]) and text[after.end : after.end + 1] == ")"
                found[at - 1 : at + 1] = [united]
                continue
            yearless = before.month and before.year is None and before.shift is None
            if yearless and after.month and before.calendar == after.calendar and self.joined.fullmatch(between):
                before.year = after.year
        return iter(found)

    def _lean(self, parts: DateParts, form: str) -> None:
        parts.shift = _SHIFTS[self.words.kind(form, *BEFORE, *AFTER).split()[0]]

    def _number(self, form: str | None) -> int:
        if form is None:
            return 1
        return int(form) if form.isdecimal() else int(self.words.find("number", form))

    def _era(self, form: str | None) -> str:
        """Return "hijri", "common" or "" where no era is given."""
        if form is None:
            return ""
        return "hijri" if self.words.kind(form, "hijri era", "era") == "hijri era" else "common"


def _before(text: str, at: int) -> str:
    return text[max(0, at - _LEAD) : at]


@cache
def date_grammar(language: str) -> DateGrammar:
    """Compile the patterns of a language."""
    return DateGrammar(date_words(language))
