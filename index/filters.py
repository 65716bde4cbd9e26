"""Which articles a search is limited to."""

from dataclasses import dataclass, fields
from datetime import date

from index.errors import IsnadError


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on articles, all of which must hold; one that is empty always holds.

    Attributes:
        first: ISO date from which articles are wanted; one without a date is not among them.
        last: ISO date up to which, that day included.
        sources: names of outlets or agencies, one of which the article must be from; compared folded.
        languages: codes, one of which the article must be in.
        documents: uris, one of which the article must have.

    Raises:
        IsnadError: A date is not an ISO date, or first is after last.
    """

    first: str | None = None
    last: str | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, value in (("first", self.first), ("last", self.last)):
            try:
                if value is not None and date.fromisoformat(value).isoformat() != value:
                    raise ValueError
            except ValueError:
                raise IsnadError(f"{name}: expected a date such as 2021-03-31, got {value!r:.60}") from None
        if self.first and self.last and self.first > self.last:
            raise IsnadError(f"no day is from {self.first} on and up to {self.last}: put the earlier date first")

    def __bool__(self) -> bool:
        """Return whether there is any condition."""
        return any(getattr(self, field.name) for field in fields(self))
