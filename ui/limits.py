"""The fields of the page that limit the search."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.filters import Filter
from ui.days import parse_days


class LimitsError(ValueError):
    """A field holds what cannot be understood.

    Attributes:
        key: of the text (see ``ui.texts``) that says so.
        value: what the field holds.
    """

    def __init__(self, key: str, value: str) -> None:
        super().__init__(key, value)
        self.key = key
        self.value = value


@dataclass(frozen=True)
class Limits:
    """What the fields hold; Gradio has None for some that are empty.

    Attributes:
        since: a date as typed (see ``parse_days``).
        until: likewise.
        outlets: those chosen.
        languages: codes of those chosen.
    """

    since: str | None = None
    until: str | None = None
    outlets: Sequence[str] | None = None
    languages: Sequence[str] | None = None

    @property
    def count(self) -> int:
        """How many of the fields hold something."""
        typed = ((field or "").strip() for field in (self.since, self.until))
        return sum(map(bool, (*typed, self.outlets, self.languages)))

    def filter(self) -> Filter:
        """Return the fields as a filter.

        Raises:
            LimitsError: a date is none, or the first is after the last.
        """
        first, last = _day(self.since, 0), _day(self.until, 1)
        if first and last and first > last:
            raise LimitsError("bad_order", f"{first} > {last}")
        return Filter(first, last, tuple(self.outlets or ()), tuple(self.languages or ()))


def _day(field: str | None, end: int) -> str | None:
    typed = (field or "").strip()
    if not typed:
        return None
    if days := parse_days(typed):
        return days[end]
    raise LimitsError("bad_date", typed)
