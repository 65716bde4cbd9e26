"""Which field of an article a column, a key of JSON or of front matter holds."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from index.data import rows
from index.folding import fold
from index.origin import Origin

_MOST_NAMES = 4096


def named_fields(names: Iterable[str]) -> dict[str, str]:
    """Tell which of some names hold the fields of an article.

    Args:
        names: Of columns or keys that are not empty, in any of the spellings of `index/data/field_names.txt`.

    Returns:
        For each field found (named as in `Article`) the likeliest of the names.
    """
    best: dict[str, tuple[int, str]] = {}
    for name in names:
        field, rank = _field(name)
        if field and (field not in best or rank < best[field][0]):
            best[field] = rank, name
    return {field: name for field, (_, name) in best.items()}


def named_origins(names: dict[str, str], kind: str) -> tuple[Origin, ...]:
    """Say where fields were found.

    Args:
        names: The name found for each field, from `named_fields`.
        kind: What the names are, such as "column".

    Returns:
        An origin, a certain one, for each field but the text and the uri.
    """
    return tuple(
        Origin(field, f"{kind} {name}", True) for field, name in names.items() if field not in ("text", "uri")
    )


@lru_cache(_MOST_NAMES)
def _field(name: str) -> tuple[str, int]:
    return _known().get(_key(name), ("", 0))


@cache
def _known() -> dict[str, tuple[str, int]]:
    known: dict[str, tuple[str, int]] = {}
    for row in rows("field_names.txt"):
        names = [name.strip() for name in row.split("|")]
        for rank, name in enumerate(names):
            known.setdefault(_key(name), (names[0], rank))
    return known


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", fold(name))
