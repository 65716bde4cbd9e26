"""Days of the Hijri calendar."""

from datetime import date, timedelta

_EPOCH = date(622, 7, 19).toordinal()  # 1 Muharram 1, civil reckoning, in the proleptic Gregorian calendar
YEARS = range(1, 1600)


def hijri_span(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date, bool] | None:
    """Convert a Hijri year, month or day to the Gregorian days it covers.

    From 1343 to 1500 that is the Umm al-Qura calendar (the library hijridate); countries that go by sighting
    the moon may differ from it by a day. For other years it is the arithmetical calendar of 30-year cycles
    (Dershowitz and Reingold, Calendrical Calculations, ch. 7), which can be two days off.

    Args:
        year: From 1 to 1599.
        month: From 1 to 12, None for the whole year.
        day: From 1 to 30, None for the whole month.

    Returns:
        First day, last day and whether they are certain; None where there is no such year, month or day. The
        30th of a month that has 29 days in the table is the next day, uncertain.
    """
    if year not in YEARS or not 1 <= (month or 1) <= 12 or not 1 <= (day or 1) <= 30:
        return None
    if month is None:
        first, certain = _first_of_month(year, 1)
        after, also = _first_of_month(year + 1, 1)
    else:
        first, certain = _first_of_month(year, month)
        after, also = _first_of_month(year + month // 12, month % 12 + 1)
    if day is None:
        return first, after - timedelta(1), certain and also
    one = first + timedelta(day - 1)
    return one, one, certain and one < after


def hijri_year(day: date) -> int:
    """Return the Hijri year that a Gregorian day lies in."""
    year = max(1, int((day.toordinal() - _EPOCH) / 354.367))
    while _first_of_month(year + 1, 1)[0] <= day:
        year += 1
    return year


def _first_of_month(year: int, month: int) -> tuple[date, bool]:
    from hijridate import Hijri

    try:
        converted = Hijri(year, month, 1).to_gregorian()
    except (OverflowError, ValueError):
        days = 354 * (year - 1) + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
        return date.fromordinal(_EPOCH + days), False
    return date(*converted.datetuple()), True
