"""Names, numbers and dates put into the other language; names stand in tests/data/rendering.txt."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.dates import DateMention, find_dates
from index.hijri import hijri_span
from qa.mentions.amounts import Money, Quantity, amounts
from qa.question import LANGUAGES
from qa.short.places import find_places, place_name
from qa.short.rendering import Rendering, render_name, render_value
from qa.tables import table
from tests.index import golden

CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("rendering.txt")]
languages = st.sampled_from(LANGUAGES)


def rendered(value: object, kind: str, language: str) -> str:
    rendering = render_value(value, kind, language)  # type: ignore[arg-type]
    assert rendering is not None
    assert rendering.how == "CLDR"
    return rendering.text


@pytest.mark.parametrize("case", CASES)
def test_golden(case: golden.Case) -> None:
    written_in, name = case.given.split(" ", 1)
    rendering = render_name(name, written_in, "en" if written_in == "ar" else "ar")
    assert rendering is not None
    assert [f"{rendering.how} {rendering.text}"] == case.expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_of_its_language_is_shown_it_as_it_is(language: str) -> None:
    assert render_name("مصر and X", language, language) == Rendering("مصر and X", "same")


def test_what_nobody_knows_is_not_made_up() -> None:
    assert render_name("مستودع للأثاث", "ar", "en", transliterable=False) is None
    assert render_name("مصر ومستودع", "ar", "en", transliterable=False) is None


numbers = st.one_of(
    st.integers(0, 10**15).map(Decimal),
    st.decimals(0, 10**6, places=2),
    st.integers(1, 999_999).map(lambda n: Decimal(n) * 1000),
)


@given(numbers, languages)
@example(Decimal("1700000"), "ar")
@example(Decimal("1234567"), "en")
@example(Decimal("999999999.5"), "en")
def test_a_number_is_read_back(number: Decimal, language: str) -> None:
    text = rendered(number, "number", language)
    assert [(found.kind, found.value) for found in amounts(text, language)] == [("number", number)], text


@given(st.decimals(0, 1000, places=1), languages)
def test_a_percentage_is_read_back(number: Decimal, language: str) -> None:
    text = rendered(number, "percent", language)
    assert [(found.kind, found.value) for found in amounts(text, language)] == [("percent", number)], text


@given(st.integers(1, 10**9).map(Decimal), st.sampled_from(["USD", "EUR", "MAD", "SAR", "XDH"]), languages)
def test_money_is_read_back(number: Decimal, currency: str, language: str) -> None:
    text = rendered(Money(number, currency), "money", language)
    assert [found.value for found in amounts(text, language)] == [Money(number, currency)], text


UNITS = ("year", "month", "day", "kilometre", "metre", "hour", "square kilometre", "barrel", "hectare", "litre")


@given(st.integers(3, 10**5).map(Decimal), st.sampled_from(UNITS), languages)
def test_a_quantity_is_read_back(number: Decimal, unit: str, language: str) -> None:
    text = rendered(Quantity(number, unit), "quantity", language)
    assert [found.value for found in amounts(text, language)] == [Quantity(number, unit)], text


def test_units_without_a_name_in_cldr_are_not_rendered() -> None:
    assert render_value(Quantity(Decimal(3), "furlong"), "quantity", "en") is None
    assert {row[0] for row in table("cldr_units.tsv", "unit", "name")} <= {
        row[0] for row in table("units.tsv", "unit", "English", "Arabic", "Arabic dual")
    }


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), languages)
def test_a_day_is_read_back(day: date, language: str) -> None:
    mention = DateMention(0, 1, day, day, "gregorian", False, True)
    text = rendered(mention, "date", language)
    assert [(found.first, found.last) for found in find_dates(text, language)] == [(day, day)], text


@given(st.integers(1343, 1500), st.one_of(st.none(), st.integers(1, 12)), languages)
def test_hijri_months_and_years_stand_with_their_gregorian_days(
    year: int, month: int | None, language: str
) -> None:
    span = hijri_span(year, month)
    assert span
    text = rendered(DateMention(0, 1, span[0], span[1], "hijri", False, True), "date", language)
    inside, bracket, outside = text.rstrip(")").partition(" (")
    assert bracket
    assert {(found.first, found.last) for found in find_dates(inside, language)} == {span[:2]}, text
    assert any(str(day.year) in outside for day in span[:2])


@pytest.mark.parametrize(
    ("first", "last", "english", "arabic"),
    [
        (date(2021, 1, 1), date(2021, 12, 31), "2021", "2021"),
        (date(2021, 3, 1), date(2021, 3, 31), "March 2021", "مارس 2021"),
        (date(1919, 1, 1), date(1945, 12, 31), "1919–1945", "1919–1945"),
        (date(2021, 7, 3), date(2021, 7, 5), "3 July 2021 – 5 July 2021", "3 يوليو 2021 – 5 يوليو 2021"),
        (date(2021, 7, 1), date(2021, 8, 31), "July 2021 – August 2021", "يوليو 2021 – أغسطس 2021"),
    ],
)
def test_a_date_is_as_exact_as_it_was_said(first: date, last: date, english: str, arabic: str) -> None:
    mention = DateMention(0, 1, first, last, "gregorian", False, True)
    assert (rendered(mention, "date", "en"), rendered(mention, "date", "ar")) == (english, arabic)


def test_a_date_that_was_concluded_is_not_rendered() -> None:
    mention = DateMention(0, 1, date(2021, 3, 4), date(2021, 3, 4), "gregorian", True, False)
    assert render_value(mention, "date", "en") is None
    assert rendered(time(9, 5), "time", "ar") == "09:05"


def test_places_are_found_with_what_arabic_writes_together() -> None:
    text = "قال وبالقاهرة في المالديف للصين والسعوديون عمر"
    found = [(text[place.start : place.end], place_name(place.place, "en")) for place in find_places(text, "ar")]
    assert found == [
        ("القاهرة", "Cairo"),
        ("المالديف", "the Maldives"),
        ("للصين", "China"),
        ("السعوديون", "Saudi"),
    ]
    assert find_places("a turkey in jordan shoes", "en") == []


@given(st.text(), languages)
def test_any_text_is_put_into_the_other_language_or_not_at_all(text: str, language: str) -> None:
    other = "en" if language == "ar" else "ar"
    rendering = render_name(text, language, other)
    assert rendering is None or rendering.text or rendering.how == "same"
    assert all(0 <= found.start < found.end <= len(text) for found in find_places(text, language))
