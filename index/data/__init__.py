"""Language rules as UTF-8 text files that anyone can extend; `#` starts a comment line."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def rows(name: str) -> tuple[str, ...]:
    """Read a rule file of this folder.

    Args:
        name: The file's name, such as `stopwords.ar.txt`.

    Returns:
        Its lines in order, trimmed, without blank lines and comments.
    """
    lines = (line.strip() for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def words(name: str) -> tuple[str, ...]:
    """Read a rule file in which white space separates the entries.

    Args:
        name: The file's name, such as `stopwords.ar.txt`.

    Returns:
        All entries in order.
    """
    return tuple(word for row in rows(name) for word in row.split())
