"""Numbers, percentages, amounts, times and dates as a language writes them, by the patterns of CLDR (babel)."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache

from index.dates import DateMention
from index.hijri import hijri_span
from qa.mentions.amounts import Money, Quantity
from qa.tables import table

# Digits after the point that a number in millions may have; one that needs more is written out.
_EXACT = 3
_SCALES = (10**12, 10**9, 10**6)
# British English has the day before the month, as Arabic does; the Arabic of CLDR has the months of Egypt.
_LOCALES = {"en": "en_GB", "ar": "ar"}
_MARKS = re.compile("[\u200e\u200f\u061c]")
_HIJRI = {"en": "AH", "ar": "هـ"}


def number(value: Decimal, language: str) -> str:
    """Write a number exactly: from a million on in words ("1.7 million") where three digits will do."""
    from babel.numbers import format_compact_decimal, format_decimal

    locale = _LOCALES[language]
    scale = next((scale for scale in _SCALES if abs(value) >= scale), None)
    if scale and value / scale * 10**_EXACT % 1 == 0:
        return _bare(format_compact_decimal(value, format_type="long", locale=locale, fraction_digits=_EXACT))
    return _bare(format_decimal(value, locale=locale, decimal_quantization=False))


def percent(value: Decimal, language: str) -> str:
    """Write a percentage: 1.5 as "1.5%"."""
    from babel.numbers import format_percent

    return _bare(format_percent(value / 100, locale=_LOCALES[language], decimal_quantization=False))


def money(value: Money, language: str) -> str | None:
    """Write an amount of money with the name of its currency: "3 million US dollars"."""
    from babel import Locale
    from babel.numbers import get_currency_name

    locale = _LOCALES[language]
    if value.currency in Locale.parse(locale).currencies:
        name = get_currency_name(value.currency, float(value.amount), locale=locale)
    else:  # a code of our own, for a dirham of whatever country
        column = 1 if language == "en" else 2
        rows = table("currencies.tsv", "code", "English names", "Arabic names")
        found = [row[column].split("|") for row in rows if row[0] == value.currency]
        plural = language == "en" and value.amount != 1 and len(found[0]) > 1
        name = found[0][plural].strip() if found else ""
    return f"{number(value.amount, language)} {name}" if name else None


def quantity(value: Quantity, language: str) -> str | None:
    """Write an amount of something measured with its unit: "400 kilometres"; None where CLDR lacks the unit."""
    from babel.units import format_unit

    unit = _units().get(value.unit)
    if not unit:
        return None
    locale = _LOCALES[language]
    text = format_unit(value.amount, unit, "long", locale=locale)
    if unit in text:  # babel does not follow CLDR from the long Arabic form to the short one, which is the same
        text = format_unit(value.amount, unit, "short", locale=locale)
    return _bare(text)


def clock(value: time, language: str) -> str:
    """Write a time of day on the 24-hour clock."""
    return f"{value:%H:%M}"


def days(mention: DateMention, language: str) -> str | None:
    """Write a date as exactly as it was said: a year, a month or a day, or the first and last of several.

    A date of the Hijri calendar is shown in it, with its Gregorian day behind it.

    Returns:
        The date; None where which day is meant was concluded and not said.
    """
    if not mention.certain:
        return None
    gregorian = _span(mention.first, mention.last, language)
    if mention.calendar != "hijri":
        return gregorian
    hijri = _hijri(mention.first, mention.last, language)
    return f"{hijri} ({gregorian})" if hijri else None


def _span(first: date, last: date, language: str) -> str:
    from babel.dates import format_date

    locale = _LOCALES[language]

    def written(day: date, pattern: str) -> str:
        return _bare(str(format_date(day, pattern, locale=locale)))

    whole_months = first.day == 1 and (last + timedelta(1)).day == 1
    if whole_months and first.month == 1 and last.month == 12:
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    pattern = "MMMM y" if whole_months else "d MMMM y"
    begun = written(first, pattern)
    if first == last or (whole_months and (first.year, first.month) == (last.year, last.month)):
        return begun
    return f"{begun} – {written(last, pattern)}"


def _hijri(first: date, last: date, language: str) -> str | None:
    """Write days as the day, month or year of the Hijri calendar that they are."""
    from hijridate import Gregorian

    try:
        begun = Gregorian.fromdate(first).to_hijri()
    except (ValueError, OverflowError):  # outside the tables
        return None
    name = _hijri_months(language)[begun.month]
    era = _HIJRI[language]
    for parts, text in (
        ((begun.year, begun.month, begun.day), f"{begun.day} {name} {begun.year} {era}"),
        ((begun.year, begun.month, None), f"{name} {begun.year} {era}"),
        ((begun.year, None, None), f"{begun.year} {era}"),
    ):
        span = hijri_span(*parts)
        if span and span[:2] == (first, last):
            return text
    return None


@cache
def _hijri_months(language: str) -> Mapping[int, str]:
    column = 1 if language == "en" else 2
    rows = table("hijri_months.tsv", "number", "English", "Arabic")
    return {int(row[0]): row[column] for row in rows}


@cache
def _units() -> Mapping[str, str]:
    return dict(row for row in table("cldr_units.tsv", "unit", "CLDR's unit"))  # type: ignore[misc]


def _bare(text: str) -> str:
    """Leave out the marks of direction that babel puts in; the page sets the direction."""
    return _MARKS.sub("", text)
