"""The tables of ``qa/data``: UTF-8 text files with TAB between the columns, which anyone can extend."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from index.errors import IsnadError
from index.folding import fold


@cache
def table(name: str, *columns: str) -> tuple[tuple[str, ...], ...]:
    """Read a table.

    Args:
        name: of the file in ``qa/data``, such as "units.tsv".
        columns: what they hold, for the error message.

    Returns:
        Its rows in order, each as many trimmed columns as named; empty lines and lines that begin with # are none.

    Raises:
        IsnadError: A row has more or fewer columns.
    """
    file = files("qa") / "data" / name
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            row = tuple(column.strip() for column in line.split("\t"))
            if len(row) != len(columns):
                raise IsnadError(
                    f"{file}, line {number}: expected {len(columns)} columns with one TAB between them "
                    f"({', '.join(columns)}), found {len(row)} in {line!r}"
                )
            rows.append(row)
    return tuple(rows)


def forms(column: str) -> list[str]:
    """Return the folded forms of a column in which " | " parts them; none where it is "-"."""
    return [" ".join(fold(form).split()) for form in column.split("|")] if column != "-" else []


def pattern(found: Iterable[str]) -> str:
    """Return a regular expression, without groups, for folded forms, the longest first, with any white space."""
    longest_first = sorted(set(found), key=lambda form: (-len(form), form))
    patterns = (r"\s+".join(map(re.escape, form.split())) for form in longest_first)
    return f"(?:{'|'.join(patterns) or '(?!)'})"
