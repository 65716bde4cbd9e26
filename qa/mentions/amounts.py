"""Percentages, amounts of money, quantities and times of day: numbers and what they count."""

import re
from collections.abc import Iterator
from datetime import time
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from index.folding import fold, fold_with_offsets
from qa.mentions.clock import times
from qa.mentions.numbers import Number, numbers
from qa.tables import forms, pattern, table

_JOINED = r"(?:[وف]?(?:[بلك]?ال|لل|[بلك])?)"  # what Arabic writes together with a word
_SHORT = 2  # letters: ين (yen) is none in بين
_REACH = 60  # characters after a number that are looked at


class Money(NamedTuple):
    """An amount of money: `currency` is an ISO 4217 code or one of `qa/data/currencies.tsv`."""

    amount: Decimal
    currency: str


class Quantity(NamedTuple):
    """An amount of something measured: `unit` is one of `qa/data/units.tsv`."""

    amount: Decimal
    unit: str


class Amount(NamedTuple):
    """A number with what it counts.

    Attributes:
        kind: that of the number, or "percent", "money", "quantity" or "time".
        start: Offset of its first character.
        end: Offset after its last character.
        value: A Decimal, `Money`, `Quantity` or a time of day.
        spelled: Whether there are no figures in it.
    """

    kind: str
    start: int
    end: int
    value: Decimal | Money | Quantity | time
    spelled: bool


def amounts(text: str, language: str) -> list[Amount]:
    """Find the numbers of a text and what they count.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        Them in order; times and Arabic duals (عامين), which hold no number of their own, may overlap with others.
    """
    found = [_amount(text, number, language) for number in numbers(text, language)]
    return sorted([*found, *_clock(text, language), *_duals(text, language)], key=lambda a: (a.start, -a.end))


def units_named(text: str, language: str) -> set[str]:
    """Return the units that a text names, with a number before them or not."""
    found = _patterns(language)["any unit"].finditer(fold(text))
    of = _units(language) | (_dual_units() if language == "ar" else {})
    return {of[_key(match["name"])] for match in found}


def money_named(text: str, language: str) -> dict[str, tuple[int, int]]:
    """Return the codes of the money that a text names, with a number before it or not, and where it first does."""
    folded, offsets = fold_with_offsets(text)
    found: dict[str, tuple[int, int]] = {}
    for match in _patterns(language)["any money"].finditer(folded):
        code = _currencies(language)[_key(match["name"])]
        found.setdefault(code, (offsets[match.start()], offsets[match.end() - 1] + 1))
    return found


def _amount(text: str, number: Number, language: str) -> Amount:
    """Look at what stands before and after a number."""
    plain = Amount(*number)
    if number.kind in ("ordinal", "magnitude"):
        return plain
    patterns = _patterns(language)
    after, offsets = fold_with_offsets(text[number.end : number.end + _REACH])
    before = fold(text[max(0, number.start - 6) : number.start])

    def up_to(end: int) -> int:
        return number.end + offsets[end - 1] + 1

    if match := patterns["percent"].match(after):
        return plain._replace(kind="percent", end=up_to(match.end()))
    if before.rstrip().endswith("%"):
        return plain._replace(
            kind="percent", start=text.rindex(text[: number.start].rstrip()[-1], 0, number.start)
        )
    if match := patterns["money"].match(after):
        currency = _currencies(language)[_key(match["name"] or match["name2"] or match["name3"])]
        return plain._replace(kind="money", end=up_to(match.end()), value=Money(number.value, currency))
    if match := patterns["money before"].search(before):
        currency = _currencies(language)[_key(match["name"])]
        start = number.start - len(before) + match.start()
        return plain._replace(kind="money", start=start, value=Money(number.value, currency))
    if match := patterns["unit"].match(after):
        unit = _units(language)[_key(match["name"])]
        return plain._replace(kind="quantity", end=up_to(match.end()), value=Quantity(number.value, unit))
    return plain


def _clock(text: str, language: str) -> Iterator[Amount]:
    for start, end, value in times(text, language):
        yield Amount("time", start, end, value, not any(map(str.isdigit, text[start:end])))


def _duals(text: str, language: str) -> Iterator[Amount]:
    if language == "ar":
        folded, offsets = fold_with_offsets(text)
        for match in _patterns("ar")["dual"].finditer(folded):
            value = Quantity(Decimal(2), _dual_units()[match["name"]])
            yield Amount("quantity", offsets[match.start()], offsets[match.end() - 1] + 1, value, True)


@cache
def _units(language: str) -> dict[str, str]:
    rows = table("units.tsv", "unit", "English", "Arabic", "Arabic dual")
    return {
        form: unit for unit, english, arabic, _ in rows for form in forms(arabic if language == "ar" else english)
    }


@cache
def _dual_units() -> dict[str, str]:
    rows = table("units.tsv", "unit", "English", "Arabic", "Arabic dual")
    return {form: unit for unit, _, _, dual in rows for form in forms(dual)}


@cache
def _currencies(language: str) -> dict[str, str]:
    """Return the code of each name of money: those of CLDR, then those of ``currencies.tsv``."""
    from babel import Locale

    names = {}
    for code, name in Locale(language).currencies.items():
        folded = " ".join(fold(name).split())
        if not re.search(r"[\d(]", folded) and len(folded) > 3:
            names[folded] = code
            if language == "en":
                names[f"{folded}s"] = code
    for code, english, arabic in table("currencies.tsv", "code", "English names", "Arabic names"):
        names |= dict.fromkeys(forms(arabic if language == "ar" else english), code)
    return names


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    joined, end = _JOINED if language == "ar" else "", r"(?!\w)"
    percent = ["%", "per cent", "percent", "pc"] if language == "en" else ["%"]
    if language == "ar":
        percent += [f"{at} {hundred}" for at in ("في", "ب") for hundred in ("الميه", "المايه")]
        percent += ["بالميه", "بالمايه"]
    money = _currencies(language)
    short = pattern(name for name in money if len(name) <= _SHORT and name[-1].isalnum())
    duals = _dual_units() if language == "ar" else ()
    signs = [name for name in money if not name[-1].isalnum()]
    names = pattern(name for name in money if name[-1].isalnum() and len(name) > _SHORT)
    percent_words = pattern(form for form in percent if form != "%")
    adjective = r"(?:(?:more|additional|other|full|long|consecutive|straight)\s+)?" if language == "en" else ""
    return {
        "percent": re.compile(rf"\s?%|[\s-]*{percent_words}{end}|\s*نقطه مئويه"),
        "money": re.compile(
            rf"\s?(?P<name>{pattern(signs)})|[\s-]*(?:من\s+)?{joined}(?P<name2>{names}){end}|[\s-]*(?P<name3>{short}){end}"
        ),
        "money before": re.compile(
            rf"(?<!\w)(?P<name>{pattern([*signs, 'usd', 'eur', 'gbp', 'mad', 'aed'])})\s?$"
        ),
        "unit": re.compile(rf"[\s-]*{adjective}{joined}(?P<name>{pattern(_units(language))}){end}"),
        "any unit": re.compile(
            rf"(?:(?<=\d)|(?<!\w)){joined}(?P<name>{pattern([*_units(language), *duals])})(?!\w)"
        ),
        "any money": re.compile(
            rf"(?:(?<!\w){joined})?(?P<name>{pattern(signs)}|{names}(?!\w)|(?<!\w){short}(?!\w))"
        ),
        "dual": re.compile(rf"(?<!\w){_JOINED}(?P<name>{pattern(_dual_units())})(?!\w)"),
    }


def _key(name: str) -> str:
    return " ".join(name.split())
