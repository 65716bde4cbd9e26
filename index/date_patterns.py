"""What dates look like in a language: regular expressions made of its words, over folded text."""

import re

from index.date_words import DateWords

BEFORE = ("last before", "this before", "next before")
AFTER = ("last after", "this after", "next after")
_START, _END = r"(?<![^\W\d])", r"(?!\w)"
_DASH = r"\s*[-–—]\s*"
_NEVER = "(?!)"


class DatePatterns:
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
            rf"(?<![\da-z_.,:/$€£])(?<!\d[-–—])(?:{any_of('prefix')})?(?P<from>(?:(?P<first>\d{{1,2}}){suffix}"
            rf"(?:{_DASH}|\s+{also}\s*))?(?P<day>\d{{1,2}}){suffix})(?:\s+{of}\s+|[\s-]*)$"
            rf"|{start}(?P<word>{any_of('ordinal')})\s+{of}\s+$|{start}(?P<opening>{any_of('opening')})\s+$"
        )
        self.month_before = re.compile(
            rf"{start}{any_of('month after')}[\s-]+(?:{any_of('month word', 'the')}\s+)?$"
        )
        self.lean_before = re.compile(rf"{start}(?P<lean>{any_of(*BEFORE)})\s+$")
        self.second_month = re.compile(
            rf"(?:\s*[/(–—-]\s*|\s+{to}\s+|(?P<space>\s+))(?P<name>{month}){_END}(?:\s*\))?"
        )
        self.day_after = re.compile(
            rf"\s+(?:{any_of('the')}\s+)?(?P<day>\d{{1,2}}){suffix}"
            rf"(?:(?:{_DASH}|\s+{to}\s+)(?P<last>\d{{1,2}}){suffix})?"
            rf"(?![\w%]|[.,:]\d|\s?%){counted}"
            if "month day" in words.values.get("order", ())
            else _NEVER
        )
        self.year_after = re.compile(
            rf"(?:\s*[,،/(-]\s*|\s*(?:,\s*)?\s{any_of('year word', 'of')}\s+|\s*)"
            rf"(?P<year>\d{{3,4}}){era}(?!\w|[.,:]\d|\s?%)\)?"
        )
        self.lean_after = re.compile(
            rf"\s+(?:{of}\s+)?(?:(?P<after>{any_of(*AFTER)})"
            rf"|(?P<year>{any_of('named')})\s+(?P<year_after>{any_of(*AFTER)})"
            rf"|(?P<year_before>{any_of(*BEFORE)})\s+(?P<named>{any_of('named')})){_END}"
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
        self.year_word_before = re.compile(rf"{start}(?!{of}\s){any_of('year word')}\s+$")
        self.of_before = re.compile(rf"{start}{of}\s+$")
        self.the_before = re.compile(rf"{start}{any_of('the')}\s+$")
        self.event_after = re.compile(rf"\s+{any_of('event')}{_END}")
        self.relative = re.compile(rf"{start}(?P<all>(?P<day>{any_of('relative')})){_END}")
        self.named = re.compile(
            rf"{start}(?P<all>(?P<before>{any_of(*BEFORE)})\s+(?P<unit>{any_of('named')})"
            rf"|(?P<named>{any_of('named')})\s+(?P<after>{any_of(*AFTER)})){_END}"
        )
        last_after = any_of("last after")
        self.trailing = re.compile(
            rf"{start}(?P<all>{any_of('last before')}\s+(?P<n1>{number})\s+(?P<u1>{any_of('unit')})"
            rf"|(?P<u2>{any_of('several')})\s+(?P<n2>{number})\s+{last_after}"
            rf"|{'' if 'last after' in words.values else _NEVER}"
            rf"(?P<n3>{number})\s+(?P<u3>{any_of('unit')})\s+{last_after}"
            rf"|(?P<dual>{any_of('dual')})\s+{last_after}){_END}"
        )
        a_date = any_of("month", "hijri", "weekday", *AFTER)
        self.ago = re.compile(
            rf"{start}(?P<all>{any_of('ago before')}\s+(?:(?:(?P<n2>{number})\s+)?(?P<u2>{any_of('unit')})"
            rf"(?!\s+(?:{of}|{a_date}){_END}|\s+\d)|(?P<dual>{any_of('dual')})(?!\s+{of}{_END}))"
            rf"|{'' if 'ago' in words.values else _NEVER}"
            rf"(?P<n1>{number})\s+(?P<u1>{any_of('unit')})\s+{any_of('ago')}){_END}"
        )
        self.weekday = re.compile(
            rf"{start}(?P<all>(?P<name>{any_of('weekday', 'short weekday')})"
            rf"(?:\s+(?P<after>{any_of(*AFTER)}){_END})?)(?![^\W\d])"
        )
        self.qualified = re.compile(rf"\s+(?!{any_of('weekday')}){any_of('article')}\w")
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
