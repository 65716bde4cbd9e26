"""How dates are put together from the words of a language: finds their parts in a folded text."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from index.date_parts import DateParts
from index.date_words import DateWords, date_words

_LEAD = 48  # how many characters before a month or a year are looked at
_BEFORE = ("last before", "this before", "next before")
_AFTER = ("last after", "this after", "next after")
_SHIFTS = {"last": -1, "this": 0, "next": 1}
_START, _END = r"(?<![^\W\d])", r"(?!\w)"
_DASH = r"\s*[-–—]\s*"
_FIGURES = re.compile(r"\d{3}|/\d")
_NEVER = "(?!)"
_CENTURY = 100
_YEARS = range(1800, 2101)  # what a bare number may be as a year
_LONG_AGO = range(1300, 1501)  # a year in figures of these is a Hijri one


class DateGrammar:
    """The patterns of one language, compiled.

    A month or a year is found first and then what stands round it, so that a text without dates costs little.

    Args:
        words: The words of the language.
    """

    def __init__(self, words: DateWords) -> None:
        self.words = words
        any_of = words.any
        prefix = f"{any_of('prefix')}??" if "prefix" in words.values else ""
        start = f"{_START}{prefix}"
        number = rf"(?:\d{{1,3}}|{any_of('number')})"
        suffix = rf"{any_of('day suffix')}?"
        of = any_of("of")
        to, also = any_of("to"), any_of("to", "and")
        era = rf"(?P<era>\s?{any_of('hijri era', 'era')}(?!\w))?"
        month = any_of("month", "short month", "hijri")
        counted = rf"(?!\s+{any_of('counted')}(?!\w))"
        self.never = re.compile(rf"{start}{any_of('never')}(?:\s+[\d.,]+)?{_END}")
        self.month = re.compile(rf"{start}(?P<name>{month})(?![^\W\d])")
        self.day_before = re.compile(
            rf"(?<![\w.,:/$€£])(?<!\d[-–—])(?:{any_of('prefix')})?(?P<from>(?:(?P<first>\d{{1,2}}){suffix}"
            rf"(?:{_DASH}|\s+{also}\s*))?(?P<day>\d{{1,2}}){suffix})(?:\s+{of}\s+|[\s-]*)$"
            rf"|{start}(?P<word>{any_of('ordinal')})\s+{of}\s+$|{start}(?P<opening>{any_of('opening')})\s+$"
        )
        self.month_before = re.compile(
            rf"{start}{any_of('month after')}[\s-]+(?:{any_of('month word', 'the')}\s+)?$"
        )
        self.lean_before = re.compile(rf"{start}(?P<lean>{any_of(*_BEFORE)})\s+$")
        self.second_month = re.compile(
            rf"(?:\s*[/(–—-]\s*|\s+{to}\s+|(?P<space>\s+))(?P<name>{month}){_END}(?:\s*\))?"
        )
        self.day_after = re.compile(
            rf"\s+(?:{any_of('the')}\s+)?(?P<day>\d{{1,2}}){suffix}(?:(?:{_DASH}|\s+{to}\s+)(?P<last>\d{{1,2}}){suffix})?"
            rf"(?![\w%]|[.,:]\d|\s?%){counted}"
            if "month day" in words.values.get("order", ())
            else _NEVER
        )
        self.year_after = re.compile(
            rf"(?:\s*[,،/(-]\s*|\s*(?:,\s*)?\s{any_of('year word', 'of')}\s+|\s+)(?P<year>\d{{3,4}}){era}(?!\w|[.,:]\d|\s?%)\)?"
        )
        self.lean_after = re.compile(
            rf"\s+(?:{of}\s+)?(?:(?P<after>{any_of(*_AFTER)})|(?P<year>{any_of('named')})\s+(?P<year_after>{any_of(*_AFTER)})"
            rf"|(?P<year_before>{any_of(*_BEFORE)})\s+(?P<named>{any_of('named')})){_END}"
        )
        self.figures = re.compile(
            r"(?<![\da-z./:-])(?<!\d,)(?P<all>(?P<a>\d{1,4})(?P<sep>\s?[/.-]\s?)(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})"
            + era
            + r")(?!\d|[/.:-]\d|[^\W\dt])"
        )
        self.year = re.compile(
            rf"(?<![\w.,:/$€£%])(?<!\d[-–—]){prefix}(?P<all>(?P<year>\d{{3,4}})(?:(?P<decade>s)|{era}"
            rf"(?:\s?[-–—/]\s?(?P<last>\d{{4}}|\d\d)|\s+{also}\s*(?P<other>\d{{4}}))?))"
            rf"(?!\w|[.,:]\d|\s?[-–—/]\s?\d|\s?%|\s+{also}\s*[\d.,]+\s+{any_of('counted')}){counted}"
        )
        self.year_before = re.compile(
            rf"(?:{start}{any_of('year after', 'year word', 'event')}[\s-]+(?:{any_of('the')}\s+)?"
            rf"(?:{prefix}{any_of('year word')}\s+)?)$"
        )
        self.of_before = re.compile(rf"{start}{of}\s+$")
        self.the_before = re.compile(rf"{start}{any_of('the')}\s+$")
        self.event_after = re.compile(rf"\s+{any_of('event')}{_END}")
        self.relative = re.compile(rf"{start}(?P<all>(?P<day>{any_of('relative')})){_END}")
        self.named = re.compile(
            rf"{start}(?P<all>(?P<before>{any_of(*_BEFORE)})\s+(?P<unit>{any_of('named')})"
            rf"|(?P<named>{any_of('named')})\s+(?P<after>{any_of(*_AFTER)})){_END}"
        )
        last_after = any_of("last after")
        self.trailing = re.compile(
            rf"{start}(?P<all>{any_of('last before')}\s+(?P<n1>{number})\s+(?P<u1>{any_of('unit')})"
            rf"|(?P<u2>{any_of('several')})\s+(?P<n2>{number})\s+{last_after}"
            rf"|{'' if 'last after' in words.values else _NEVER}(?P<n3>{number})\s+(?P<u3>{any_of('unit')})\s+{last_after}"
            rf"|(?P<dual>{any_of('dual')})\s+{last_after}){_END}"
        )
        a_date = any_of("month", "hijri", "weekday", *_AFTER)
        self.ago = re.compile(
            rf"{start}(?P<all>{any_of('ago before')}\s+(?:(?:(?P<n2>{number})\s+)?(?P<u2>{any_of('unit')})"
            rf"(?!\s+(?:{of}|{a_date}){_END}|\s+\d)|(?P<dual>{any_of('dual')})(?!\s+{of}{_END}))"
            rf"|{'' if 'ago' in words.values else _NEVER}(?P<n1>{number})\s+(?P<u1>{any_of('unit')})\s+{any_of('ago')}){_END}"
        )
        self.weekday = re.compile(
            rf"{start}(?P<all>(?P<name>{any_of('weekday', 'short weekday')})(?:\s+(?P<after>{any_of(*_AFTER)}))?){_END}"
        )
        self.day_word_before = re.compile(rf"{start}{any_of('day word')}\s+$")
        self.every_before = re.compile(rf"{start}{any_of('every')}\s+(?:{any_of('day word')}\s+)?$")
        self.general_before = re.compile(rf"{start}{any_of('general')}\s+$")
        self.decade = re.compile(
            rf"{start}(?P<all>(?P<name>{any_of('decade')})(?:\s+(?P<century>{any_of('century')}))?){_END}"
        )
        self.neighbour = re.compile(
            rf"[\s,،]*(?P<bracket>\(\s*)?(?P<equals>[/-]\s*|{any_of('equals')}\s*)?(?:{any_of('day word')}\s+)?"
        )
        self.joined = re.compile(rf"(?:{_DASH}|\s*[,،]\s*|\s+{also}\s*){prefix}(?:{any_of('the')}\s+)?")

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
            window = text[max(0, match.start() - _LEAD) : match.start()]
            self._after_month(text, parts)
            if parts.day is None and match.start() == match.start("name"):
                self._before_month(window, parts)
            alone = parts.year is None and (
                parts.day is None or not (is_capital(match.start("name")) or not name.isascii())
            )
            if alone and kind == "short month":
                continue
            if alone and parts.shift is None and " ".join(name.split()) in words.ambiguous:
                capital = is_capital(match.start("name")) or not name.isascii()
                if not (capital and parts.day is None and self.month_before.search(window)):
                    continue
            if parts.shift is None or parts.year is None:
                yield parts

    def _after_month(self, text: str, parts: DateParts) -> None:
        words = self.words
        if second := self.second_month.match(text, parts.end):
            kind = words.kind(second["name"], "month", "short month", "hijri")
            number = int(words.find(kind, second["name"]))
            if (kind == "hijri") == (parts.calendar == "hijri"):
                if number == parts.month or (number > (parts.month or 0) and second["space"] is None):
                    parts.last_month = number if number != parts.month else None
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
                calendar = "hijri" if hijri else "gregorian"
                yield DateParts(*match.span("all"), calendar, year, month, day, certain=certain)  # type: ignore[arg-type]

    def _years(self, text: str, is_capital: Callable[[int], bool]) -> Iterator[DateParts]:
        for match in self.year.finditer(text):
            year, era = int(match["year"]), self._era(match["era"])
            parts = DateParts(*match.span("all"), year=year)
            window = text[max(0, match.start() - _LEAD) : match.start()]
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
            elif not (
                era
                and len(era_form := (match["era"] or "").strip())
                and (len(era_form) > 1 or not match["era"][0].isspace())
            ):
                bracketed = (
                    text[match.start() - 1 : match.start()] == "(" and text[match.end() : match.end() + 1] == ")"
                )
                spanned = match["last"] and len(match["last"]) == 4
                event = self.event_after.match(text, match.end()) or is_capital(match.end() + 1)
                lead = self.year_before.search(window) or (event and self.the_before.search(window))
                if year not in _YEARS and not (lead and year >= 1000 and self._is_year_word(window)):
                    continue
                if not (bracketed or spanned or lead):
                    continue
                parts.certain = not self.of_before.search(window)  # "of 1998" may be a treaty's year or a volume
            yield parts

    def _is_year_word(self, window: str) -> bool:
        before = " ".join(window.split())
        return any(
            before.endswith(form)
            for form in self.words.values.get("year word", ())
            if form not in self.words.values["of"]
        )

    def _relatives(self, text: str) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.relative, text, "relative"):
            form = " ".join(match["day"].split())
            follows = text[match.end() : match.end() + 3].strip()
            # اليوم العالمي is a day, not today; but اليوم الخميس is today.
            weak = (
                form in words.ambiguous
                and follows.startswith("ال")
                and not self.weekday.match(text, match.end() + 1)
            )
            if not weak and not self.every_before.search(text[: match.start()][-_LEAD:]):
                yield DateParts(*match.span("all"), shift=int(words.find("relative", form)))
        for match in self._matches(self.decade, text, "decade"):
            year = 1900 + int(words.find("decade", match["name"]))
            certain = match["century"] is not None
            yield DateParts(*match.span("all"), year=year, last_year=year + 9, certain=certain)

    def _counts(self, text: str) -> Iterator[DateParts]:
        words = self.words
        for match in self._matches(self.named, text, *_BEFORE, *_AFTER):
            named = match["unit"] or match["named"]
            if not self.general_before.search(text[: match.start()][-_LEAD:]):
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
            window = text[max(0, match.start() - _LEAD) : match.start()]
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
            if gap and (united := _unite(before, after, bool(gap["equals"] or gap["bracket"]))):
                united.start, united.end = before.start, after.end
                united.end += bool(gap["bracket"]) and text[after.end : after.end + 1] == ")"
                found[at - 1 : at + 1] = [united]
            elif before.month and before.year is None and before.shift is None and after.month and after.year:
                if before.calendar == after.calendar and self.joined.fullmatch(between):
                    before.year = after.year
        return iter(found)

    def _lean(self, parts: DateParts, form: str) -> None:
        parts.shift = _SHIFTS[self.words.kind(form, *_BEFORE, *_AFTER).split()[0]]

    def _number(self, form: str | None) -> int:
        if form is None:
            return 1
        return int(form) if form.isdecimal() else int(self.words.find("number", form))

    def _era(self, form: str | None) -> str:
        return self.words.kind(form, "hijri era", "era").removesuffix("era").strip() or "common" if form else ""


def _unite(one: DateParts, other: DateParts, equated: bool) -> DateParts | None:
    """Return the parts of a day that is named twice, None if the two are not said of the same day."""
    if one.calendar != other.calendar and one.month and other.month and (one.day is None) == (other.day is None):
        kept, left = (one, other) if one.calendar == "gregorian" else (other, one)
        if kept.year is None:
            return None
        days, same = kept.resolve(None), left.resolve(None)
        if days and same and max(abs((days.first - same.first).days), abs((days.last - same.last).days)) > 2:
            if not equated:
                return None
            kept.certain = False
        kept.weekday = kept.weekday or left.weekday
        return kept
    for day, kept in ((one, other), (other, one)):
        plain_weekday = day.weekday and day.shift is None and day.month is None
        relative = day.shift is not None and day.unit == "day" and not day.trailing and day.month is None
        if (plain_weekday or relative) and kept.day and kept.last_day is None:
            kept.weekday = kept.weekday or day.weekday
            return kept
        if (
            plain_weekday
            and kept.shift is not None
            and kept.unit == "day"
            and not kept.trailing
            and not kept.weekday
        ):
            kept.weekday, kept.weak = day.weekday, False
            return kept
    return None


@cache
def date_grammar(language: str) -> DateGrammar:
    """Compile the patterns of a language."""
    return DateGrammar(date_words(language))
