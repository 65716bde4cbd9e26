"""What a text says of a date, before it is known which days are meant."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from index.hijri import hijri_span, hijri_year

Calendar = Literal["gregorian", "hijri"]


class Days(NamedTuple):
    """The days meant.

    Attributes:
        first: First day.
        last: Last day.
        relative: Whether that depends on the day of publication.
        certain: Whether the text says so outright.
    """

    first: date
    last: date
    relative: bool
    certain: bool


@dataclass(slots=True)
class DateParts:
    """A date as it is written; what is not said is None.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last character.
        calendar: That of year, month and day.
        year: Year, `last_year` the second one of a range.
        month: From 1 to 12, `last_month` likewise.
        day: From 1 to 31, `last_day` likewise.
        weekday: 1 for Monday to 7.
        shift: How many units after the day of publication, negative before it.
        unit: What `shift` counts: day, week, month, year or weekday. With a month given, a shift of -1, 0 or 1
            means the last, this or the next such month, or with the unit year that month of such a year.
        trailing: Whether all days from then up to the day of publication are meant ("the last three days").
        certain: Whether nothing was guessed in reading it.
        weak: Whether it is a date only if its neighbours are.
    """

    start: int
    end: int
    calendar: Calendar = "gregorian"
    year: int | None = None
    month: int | None = None
    day: int | None = None
    last_year: int | None = None
    last_month: int | None = None
    last_day: int | None = None
    weekday: int | None = None
    shift: int | None = None
    unit: str = "day"
    trailing: bool = False
    certain: bool = True
    weak: bool = False

    @property
    def is_weekday(self) -> bool:
        """Whether it is the bare name of a weekday."""
        return self.weekday is not None and self.shift is None and self.month is None

    @property
    def is_shifted_day(self) -> bool:
        """Whether it is a day such as yesterday."""
        return self.shift is not None and self.unit == "day" and not self.trailing and self.month is None

    def resolve(self, published: date | None) -> Days | None:
        """Work out the days meant.

        Args:
            published: The day of publication.

        Returns:
            The days; None where there are none such or they cannot be told without `published`.
        """
        try:
            if self.year is not None:
                return self._of_year(self.year, False)
            if published is None:
                return None
            if self.month is not None:
                return self._without_year(self.month, published)
            if self.shift is not None and self.unit != "weekday":
                return self._shifted(self.shift, published)
            return self._weekday(self.weekday, self.shift, published) if self.weekday else None
        except (ValueError, OverflowError):  # no such day: 31 February, the year 0 or 10000
            return None

    def _of_year(self, year: int, relative: bool) -> Days | None:
        first = _span(self.calendar, year, self.month, self.day)
        last = _span(
            self.calendar, self.last_year or year, self.last_month or self.month, self.last_day or self.day
        )
        if first is None or last is None or last[1] < first[0]:
            return None
        certain = self.certain and first[2] and last[2]
        if self.weekday and self.day:
            certain = certain and first[0].isoweekday() == self.weekday
        return Days(first[0], last[1], relative, certain)

    def _without_year(self, month: int, published: date) -> Days | None:
        now = published.year if self.calendar == "gregorian" else hijri_year(published)
        if self.shift is not None and (self.unit == "year" or self.shift == 0):
            return self._of_year(now + self.shift, True)
        options = [days for year in (now - 1, now, now + 1) if (days := self._of_year(year, True))]
        if self.shift == -1:
            return max((days for days in options if days.last < published), default=None)
        if self.shift == 1:
            return min((days for days in options if days.first > published), default=None)
        if self.weekday:
            options = [days for days in options if days.first.isoweekday() == self.weekday] or options
        nearest = min(options, key=lambda days: _distance(days, published), default=None)
        return nearest and nearest._replace(certain=False)

    def _weekday(self, weekday: int, shift: int | None, published: date) -> Days:
        back = (published.isoweekday() - weekday) % 7
        if shift is None:  # the last such day, unless it is the coming one that is meant
            day = published - timedelta(back)
        elif shift < 0:
            day = published - timedelta(back or 7)
        elif shift > 0:
            day = published + timedelta(7 - back)
        else:
            day = published + timedelta(weekday - published.isoweekday())
        return Days(day, day, True, self.certain and shift is not None)

    def _shifted(self, shift: int, published: date) -> Days:
        if self.unit == "day":
            then = first = last = published + timedelta(shift)
        elif self.unit == "week":
            then = published + timedelta(7 * shift)
            first = then - timedelta(then.weekday())
            last = first + timedelta(6)
        elif self.unit == "month":
            months = 12 * published.year + published.month - 1 + shift
            year, month = months // 12, months % 12 + 1
            first, last, _ = _month(year, month)
            then = date(year, month, min(published.day, last.day))
        else:
            first, last = date(published.year + shift, 1, 1), date(published.year + shift, 12, 31)
            then = date(
                first.year, published.month, min(published.day, monthrange(first.year, published.month)[1])
            )
        if self.trailing:
            return Days(then, published, True, self.certain)
        if self.weekday and first.isoweekday() != self.weekday:
            # An outlet printed a day later what its agency wrote: the name of the day is what still holds.
            return self._weekday(self.weekday, 1 if shift > 0 else None, published)._replace(certain=False)
        return Days(first, last, True, self.certain)


def unite(one: DateParts, other: DateParts, equated: bool) -> DateParts | None:
    """Unite two neighbours that name the same day in two ways, such as "yesterday, Monday" or in two calendars.

    Args:
        one: The first.
        other: The one after it.
        equated: Whether the text itself says that they are the same day.

    Returns:
        The better one, with the weekday of the other; None if they are not said of the same day.
    """
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
    for named, kept in ((one, other), (other, one)):
        if (named.is_weekday or named.is_shifted_day) and kept.day and kept.last_day is None:
            kept.weekday = kept.weekday or named.weekday
            return kept
        if named.is_weekday and kept.is_shifted_day and not kept.weekday:
            kept.weekday = named.weekday
            return kept
    return None


def _span(calendar: Calendar, year: int, month: int | None, day: int | None) -> tuple[date, date, bool] | None:
    if calendar == "hijri":
        return hijri_span(year, month, day)
    if month is None:
        return date(year, 1, 1), date(year, 12, 31), True
    if day is None:
        return _month(year, month)
    return date(year, month, day), date(year, month, day), True


def _month(year: int, month: int) -> tuple[date, date, bool]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1]), True


def _distance(days: Days, published: date) -> int:
    return max((days.first - published).days, (published - days.last).days, 0)
