"""Whether a figure of one text stands in another: numbers, percentages, money, quantities, dates, times."""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache

from index.folding import fold
from qa.mentions.amounts import Money, Quantity, money_named, units_named
from qa.mentions.mention import Mention
from qa.mentions.numbers import hints
from qa.mentions.when import When, weekdays

FIGURES = frozenset({"number", "ordinal", "fraction", "magnitude", "percent", "money", "quantity", "date", "time"})
# Currencies that several countries call by one name, and the code for that name (qa/data/currencies.tsv).
_ALIKE = {"XDH": "dirham", "XDN": "dinar", "XRI": "rial", "XPO": "pound", "XLR": "lira", "XFR": "franc"}
_TODAY = ("day +0",)  # which اليوم and "day" are taken for too easily
_RAMADAN = ("hijri month 9",)  # which English, unlike Arabic, never leaves without a word for month or year
_DUAL = re.compile(
    r"(?<!\w)\w{2,}(?:تان|تين|ان|ين|تا|تي|هما)(?!\w)"
    r"|(?<!\w)(?:طرف|رجل|وزير|رئيس|مرشح|بلد|جانب|لاعب|مقعد|هدف|نوع|عامل)[اي](?!\w)"
)


class Figures:
    """The figures of a text, which those of another can be looked up in.

    Args:
        text: not folded.
        language: "ar" or "en".
        mentions: what the text mentions.
    """

    def __init__(self, text: str, language: str, mentions: Sequence[Mention]) -> None:
        self.language = language
        self.mentions = [mention for mention in mentions if mention.kind in FIGURES]
        self._values = {(mention.kind, mention.value) for mention in self.mentions}
        self._plain = {value for mention in self.mentions for value in _numbers(mention)}
        self._percents = {mention.value for mention in self.mentions if mention.kind == "percent"}
        self._dates = [mention.value for mention in self.mentions if isinstance(mention.value, When)]
        self._units = units_named(text, language)
        self._money = money_named(text, language)
        self._folded = fold(text)
        self._weekdays = set(weekdays(text, language))
        self._hints = hints(text, language)
        # Figures that are part of a name: 2 of ACE2, 7 of G7.
        self._glued = {Decimal(run) for run in re.findall(r"(?<=[^\W\d_])-?(\d{1,6})(?!\d|[.,]\d)", self._folded)}
        self._spans = [span for one in self.mentions if isinstance(one.value, When) for span in _spans(one.value)]
        self._spans += [one.value for one in self.mentions if isinstance(one.value, Quantity)]

    def hold(self, mention: Mention, same: bool) -> bool:
        """Tell whether a figure of another text stands in this one.

        Args:
            mention: The figure.
            same: Whether the other text is in the language of this one. If not, a number may also be borne out
                by a word that only suggests it (pair, «خماسي») or an Arabic dual.
        """
        value = mention.value
        if (mention.kind, value) in self._values:
            return True
        if isinstance(value, Money):
            return self._hold_money(value)
        if isinstance(value, Quantity):
            return self._hold_quantity(value, mention.spelled)
        if isinstance(value, When):
            return self._hold_date(value)
        if isinstance(value, time):
            return value.minute == 0 and self._hold_number(Decimal(value.hour % 12 or 12), mention.spelled, same)
        assert isinstance(value, Decimal)
        if mention.kind == "percent":
            return ("fraction", value / 100) in self._values
        if mention.kind == "magnitude":
            return any(value <= number < 1000 * value for number in self._plain)
        if mention.kind == "fraction":
            return value * 100 in self._percents or value in self._plain or (not same and value in self._hints)
        return self._hold_number(value, mention.spelled, same)

    @property
    def weekdays(self) -> set[int]:
        """The days of the week that its dates fall on or name."""
        days = {when.weekday for when in self._dates} | self._weekdays
        return days | {when.first.isoweekday() for when in self._dates if when.first and when.first == when.last}

    def instead(self, mention: Mention, text: str, others: Sequence[Mention]) -> str:
        """Return what this text says instead of a figure: its only one of the kind that others do not take."""
        taken = {other.value for other in others if other is not mention}
        left = [one for one in self.mentions if one.kind == mention.kind and one.value not in taken]
        return text[left[0].start : left[0].end] if len(left) == 1 else ""

    def _hold_number(self, value: Decimal, spelled: bool, same: bool) -> bool:
        if value in self._plain:
            return True
        if spelled and value == 1:  # "one of the ...": no statement of number
            return not same or value in self._hints
        if same:
            return False
        if spelled and ("magnitude", value) in self._values:  # a few hundred: بضع مئات
            return True
        if value in self._glued or (spelled and value in self._hints):
            return True
        return value == 2 and self.language == "ar" and bool(_DUAL.search(self._folded))

    def _hold_quantity(self, value: Quantity, spelled: bool) -> bool:
        long = [Quantity(Decimal(1), unit) for unit in ("decade", "century") if unit in self._units]
        if any(_same_span(value, span) for span in [*self._spans, *long]):
            return True
        if value.unit not in self._units:
            return value.unit == "year" and ("ordinal", value.amount) in self._values  # nineteen: في التاسعة عشرة
        bare = {one.value for one in self.mentions if one.kind in ("number", "ordinal")}
        counted = any(span.unit == value.unit for span in self._spans)
        return value.amount in bare or value.amount == 1 or (value.amount == 2 and spelled and not counted)

    def _hold_money(self, value: Money) -> bool:
        named = any(alike(currency, value.currency) for currency in self._money)
        return any(
            alike(one.value.currency, value.currency) and one.value.amount == value.amount
            if isinstance(one.value, Money)
            else named and one.kind == "number" and one.value == value.amount
            for one in self.mentions
        )

    def _hold_date(self, value: When) -> bool:
        if value.first and value.last:
            if _is_period(value.first, value.last) and any(
                _within(other, value.first, value.last) for other in self._dates
            ):
                return not value.weekday or value.weekday in self.weekdays
            whole = (value.first, value.last) == (date(value.first.year, 1, 1), date(value.last.year, 12, 31))
            return whole and {Decimal(value.first.year), Decimal(value.last.year)} <= self._plain
        if value.weekday and value.weekday not in self.weekdays:
            return False
        if (
            not value.said
            or value.said == _TODAY
            or value.said == _RAMADAN
            or any(_says(other, value.said) for other in self._dates)
        ):
            return True
        spans = _spans(value)
        if any(_same_span(one, other) for one in spans for other in self._spans):
            return True
        dated = any(span.unit == one.unit for span in spans for other in self._dates for one in _spans(other))
        return bool(spans) and spans[0].amount == 1 and spans[0].unit in self._units and not dated

    def missing(self, claimed: Sequence[Mention]) -> list[Mention]:
        """Return the figures of this text that are not among those of another."""
        values = {(mention.kind, mention.value) for mention in claimed}
        return [mention for mention in self.mentions if (mention.kind, mention.value) not in values]

    def count(self, mention: Mention) -> int:
        """Return how often a figure stands in this text as another text has it."""
        return sum((one.kind, one.value) == (mention.kind, mention.value) for one in self.mentions)


def _numbers(mention: Mention) -> list[Decimal]:
    """Return the numbers that stand in a figure: of a date its day and years too."""
    value = mention.value
    if isinstance(value, When):
        said = [
            Decimal(part.split()[-1])
            for part in value.said
            if part.startswith(("day ", "last day ")) and part[-2] not in "+-"
        ]
        said += [span.amount for span in _spans(value)]
        if value.first and value.last:
            said += [Decimal(value.first.year), Decimal(value.last.year)]
            said += [Decimal(value.first.day)] if value.first == value.last else []
        return said
    if isinstance(value, Quantity):
        return [value.amount]
    if isinstance(value, time):
        return [Decimal(value.hour), Decimal(value.hour % 12 or 12)]
    return [value] if isinstance(value, Decimal) and mention.kind in ("number", "ordinal") else []


def _spans(value: When) -> list[Quantity]:
    """Return how long ago or ahead a date says it is: of "two weeks ago" and "the last two weeks", two weeks."""
    found = []
    for part in value.said:
        unit, _, shift = part.removeprefix("last ").rpartition(" ")
        if shift[0] in "+-" and unit in ("day", "week", "month", "year") and int(shift):
            found.append(Quantity(Decimal(abs(int(shift))), unit))
    return found


def _is_period(first: date, last: date) -> bool:
    """Tell whether days are a whole month, year or decade, which a day within may be called by."""
    after = last + timedelta(1)
    months = 12 * (after.year - first.year) + after.month - first.month
    return first.day == after.day == 1 and (months == 1 or (first.month == 1 and months in (12, 120)))


def _within(other: When, first: date, last: date) -> bool:
    return bool(other.first and other.last and first <= other.first and other.last <= last)


def _says(other: When, said: tuple[str, ...]) -> bool:
    if other.first and other.last:
        parts = {f"month {other.first.month}", f"last month {other.last.month}"}
        parts |= {f"day {other.first.day}"} if other.first == other.last else set()
        return set(said) <= parts
    return set(said) <= set(other.said)


def alike(one: str, other: str) -> bool:
    """Tell whether two codes may mean the same money: MAD and any dirham."""
    return one == other or other in _family(one) or one in _family(other)


@cache
def _family(code: str) -> frozenset[str]:
    """Return the codes of the currencies that a code for a common name may mean."""
    from babel import Locale

    word = _ALIKE.get(code)
    if not word:
        return frozenset()
    return frozenset(
        one for one, name in Locale("en").currencies.items() if word in name.lower().replace("riyal", "rial")
    )


_MONTHS = {"month": Decimal(1), "year": Decimal(12), "decade": Decimal(120), "century": Decimal(1200)}
_SECONDS = {
    unit: Decimal(n)
    for unit, n in (("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("week", 604800))
}
_GRAMS = {"gram": Decimal(1), "kilogram": Decimal(1000), "ton": Decimal(1000000)}
_METRES = {
    "millimetre": Decimal("0.001"),
    "centimetre": Decimal("0.01"),
    "metre": Decimal(1),
    "kilometre": Decimal(1000),
}


def _same_span(one: Quantity, other: Quantity) -> bool:
    """Tell whether two quantities are one in different units: 24 hours and a day."""
    return any(
        one.unit in units
        and other.unit in units
        and one.amount * units[one.unit] == other.amount * units[other.unit]
        for units in (_MONTHS, _SECONDS, _GRAMS, _METRES)
    )
