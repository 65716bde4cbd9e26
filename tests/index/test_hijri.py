"""The Hijri calendar against the library that knows Umm al-Qura's tables."""

from datetime import date, timedelta

import pytest
from hijridate import Gregorian, Hijri
from hypothesis import given
from hypothesis import strategies as st

from index.dates import find_dates
from index.hijri import hijri_span, hijri_year

NAMES = ["محرم", "صفر", "ربيع الأول", "ربيع الثاني", "جمادى الأولى", "جمادى الآخرة", "رجب", "شعبان", "رمضان"]
NAMES += ["شوال", "ذو القعدة", "ذو الحجة"]
DAYS = st.dates(date(1924, 8, 1), date(2077, 10, 17))  # in months whose end the tables hold


@given(DAYS)
def test_days_are_those_of_the_library(day: date) -> None:
    hijri = Gregorian.fromdate(day).to_hijri()
    assert hijri_span(*hijri.datetuple()) == (day, day, True)
    assert hijri_year(day) == hijri.year
    first, last, certain = hijri_span(hijri.year, hijri.month) or (day, day, False)
    assert certain
    assert first + timedelta(hijri.day - 1) == day
    assert (last - first).days + 1 == hijri.month_length()
    figures = f"{hijri.day}/{hijri.month}/{hijri.year} هـ"
    clear = hijri.day > 12 or hijri.day == hijri.month
    for text, sure in ((f"{hijri.day} {NAMES[hijri.month - 1]} {hijri.year} هـ", True), (figures, clear)):
        (mention,) = find_dates(f"نشر في {text}", "ar")
        assert (mention.first, mention.last, mention.calendar, mention.certain) == (day, day, "hijri", sure)


@given(st.integers(1, 1598), st.integers(1, 12))
def test_months_follow_each_other_without_gap(year: int, month: int) -> None:
    span, after = hijri_span(year, month), hijri_span(year + month // 12, month % 12 + 1)
    assert span is not None
    assert after is not None
    assert 0 <= (after[0] - span[1]).days - 1 <= (2 if year in (1342, 1500) else 0)
    assert 28 <= (span[1] - span[0]).days + 1 <= 32


@given(st.integers(1343, 1500), st.integers(1, 12))
def test_the_arithmetical_calendar_is_near_the_tables(year: int, month: int) -> None:
    days = 354 * (year - 1) + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    reckoned = date(622, 7, 19) + timedelta(days)
    assert abs(Hijri(year, month, 1).to_gregorian().toordinal() - reckoned.toordinal()) <= 2


@pytest.mark.parametrize(
    ("hijri", "expected"),
    [
        ((1, 1, 1), (date(622, 7, 19), date(622, 7, 19), False)),  # 16 July 622 of the Julian calendar
        ((857, 5, 20), (date(1453, 6, 7), date(1453, 6, 7), False)),  # 29 May 1453 Julian; the arithmetic is on it
        ((1442, 9, 14), (date(2021, 4, 26), date(2021, 4, 26), True)),
        ((1442, 1, 30), (date(2020, 9, 18), date(2020, 9, 18), False)),  # the table has 29
        ((1442, 9), (date(2021, 4, 13), date(2021, 5, 12), True)),
        ((1442,), (date(2020, 8, 20), date(2021, 8, 8), True)),
        ((0, 1, 1), None),
        ((1600,), None),
        ((1442, 13), None),
        ((1442, 9, 31), None),
    ],
)
def test_known_days(hijri: tuple[int, ...], expected: object) -> None:
    assert hijri_span(*hijri) == expected
