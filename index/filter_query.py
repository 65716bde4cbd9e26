"""What a filter asks of the catalog."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.filters import Filter
from index.folding import fold

Rows = Callable[..., list[Any]]


def select(rows: Rows, language: str, where: Filter) -> NDArray[np.int64]:
    """Return the ids of passages whose articles meet a filter, in order, shape [n].

    Args:
        rows: asks the catalog's database.
        language: of the articles; ``where.languages`` is not looked at.
        where: the filter.
    """
    conditions, values = ["language = ?"], [language]
    for operator, day in ((">=", where.first), ("<=", where.last)):
        if day:
            conditions.append(f"published {operator} ?")
            values.append(day)
    if where.sources:
        names = _names_of(rows, where.sources)
        marks = ", ".join("?" * len(names))
        conditions.append(f"(source IN ({marks}) OR agency IN ({marks}))")
        values += [*names, *names]
    if where.documents:
        conditions.append(f"uri IN ({', '.join('?' * len(where.documents))})")
        values += where.documents
    # The passages of an article are stored in one go, so that their ids follow each other.
    spans = rows(
        "SELECT min(passage.id), max(passage.id) FROM passage WHERE document IN "
        f"(SELECT id FROM document WHERE {' AND '.join(conditions)}) GROUP BY document",
        values,
    )
    if not spans:
        return np.zeros(0, dtype=np.int64)
    first, last = np.array(spans, dtype=np.int64).T
    counts = last - first + 1
    within = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
    return np.sort(np.repeat(first, counts) + within)


def sources(rows: Rows) -> list[str]:
    """Return the names of all outlets and agencies."""
    names = "SELECT source FROM document UNION SELECT agency FROM document"
    return sorted(row[0] for row in rows(names) if row[0])


def _names_of(rows: Rows, meant: Sequence[str]) -> list[str]:
    """Return the names of outlets and agencies, as the archive writes them, that are meant."""
    wanted = {fold(name) for name in meant}
    return [name for name in sources(rows) if fold(name) in wanted]
