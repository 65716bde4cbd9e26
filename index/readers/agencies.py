"""News agencies: whether a line names one, and which one a dateline credits."""

import re
from functools import cache

from index.data import rows
from index.folding import fold

_PARTS = re.compile(r"\s*(?:[-–—/|(),،:]|$)\s*")
_DATELINE = re.compile(
    r"[^\n.!?؟()]{0,60}\(([^()\n]{2,40})\)\s*[-–—:]|[^\n.!?؟()]{2,40}?[-–—/]([^\n()]{2,30}?)[-–—:]\s"
)


def names_agency(line: str) -> bool:
    """Tell whether a short line, such as a byline, names a news agency.

    Args:
        line: Such as "Rabat - Reuters"; `index/data/agencies.txt` lists the names known.

    Returns:
        Whether all of it, or a part of it between dashes, commas and the like, is a name known.
    """
    return _key(line) in _names() or any(_key(part) in _names() for part in _PARTS.split(line))


def dateline_agency(text: str) -> str | None:
    """Find the agency that the dateline of an article credits.

    Args:
        text: The body, which may start like "CAIRO (Reuters) -" or «القاهرة - رويترز:».

    Returns:
        The agency's name as it stands there, None when there is no dateline or it names none.
    """
    match = _DATELINE.match(text.lstrip())
    name = (match[1] or match[2]).strip() if match else ""
    return name if name and names_agency(name) else None


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", fold(name))


@cache
def _names() -> frozenset[str]:
    return frozenset(_key(name) for row in rows("agencies.txt") for name in row.split("|"))
