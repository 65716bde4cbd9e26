from datetime import time
from decimal import Decimal
from itertools import pairwise

import pytest
from babel import Locale
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from index.folding import fold
from qa.mentions.amounts import Money, Quantity
from qa.mentions.mention import LANGUAGES, Mention, mentions
from qa.mentions.numbers import numbers, read_figures
from qa.mentions.when import When
from tests.index.golden import Case, read

ALPHABETS = "abc ABC 0123456789 .,%$€-'’ ابتثجحخدذرزسشصضطظعغفقكلمنهوي ةىأإآءئؤ ٠١٢٣٤٥٦٧٨٩ ٪ \u064b\u0640\n"


def shown(value: object) -> str:
    if isinstance(value, Money | Quantity):
        return f"{value[0].normalize():f} {value[1]}"
    if isinstance(value, When):
        if value.first:
            return f"{value.first}" if value.first == value.last else f"{value.first}/{value.last}"
        return ", ".join((*value.said, *([f"weekday {value.weekday}"] if value.weekday else [])))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def lines(text: str, language: str) -> list[str]:
    found = (one for one in mentions(text, language) if one.kind != "term")
    return [f"{one.kind} | {shown(one.value)} | {text[one.start : one.end].strip()}" for one in found]


@pytest.mark.parametrize(
    ("language", "case"),
    [(language, case) for language in LANGUAGES for case in read(f"mentions.{language}.txt")],
    ids=lambda value: value if isinstance(value, str) else f"line {value.line}",
)
def test_golden(language: str, case: Case) -> None:
    assert lines(case.given, language) == case.expected


@given(st.text(ALPHABETS), st.sampled_from(LANGUAGES))
def test_mentions_are_in_order_and_apart(text: str, language: str) -> None:
    found = mentions(text, language)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(0 <= one.start < one.end <= len(text) for one in found)


@given(st.integers(0, 10**12), st.sampled_from(LANGUAGES))
def test_figures_are_read_as_cldr_writes_them(number: int, language: str) -> None:
    for locale in (language, "ar_EG"):
        written = format_decimal(number, locale=locale)
        assert [found.value for found in numbers(f"{written}", language)] == [number]


@given(st.decimals(0, 10**6, places=2, allow_nan=False))
def test_decimals_are_read_as_cldr_writes_them(number: Decimal) -> None:
    assert read_figures(fold(format_decimal(number, locale="en"))) == number
    assert read_figures(fold(format_decimal(number, locale="ar_EG"))) == number


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_of_cldr_is_known_by_its_name(language: str) -> None:
    missed = []
    for code, name in Locale(language).territories.items():
        if (
            len(code) == 2
            and code.isalpha()
            and "(" not in name
            and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO")
        ):
            values = {one.value for one in mentions(f"{name}.", language) if one.kind == "country"}
            missed += [code] if code not in values else []
    # Georgia, Jordan and the like are names of one country only; these Arabic ones are common words.
    assert set(missed) <= {"OM", "QA", "ML", "BJ", "CG"}


def test_a_language_without_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        mentions("Le ministre", "fr")


def test_mentions_know_whether_they_have_figures() -> None:
    assert [(one.value, one.spelled) for one in mentions("ten or 11", "en")] == [
        (Decimal(10), True),
        (Decimal(11), False),
    ]
    assert mentions("ten", "en") == [Mention("number", 0, 3, Decimal(10), True)]
