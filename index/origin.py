"""Where something known about an article was found."""

from typing import NamedTuple


class Origin(NamedTuple):
    """Where a field of a document was found, and how far that can be trusted.

    Attributes:
        field: name of the field of ``Document``, such as "published".
        place: where it stood, in a few words, such as "meta article:published_time" or "first line".
        certain: whether the place says so outright; False for what was concluded.
    """

    field: str
    place: str
    certain: bool
