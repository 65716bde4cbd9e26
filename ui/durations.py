"""Lengths of time as people write them."""

import re

from index.errors import IsnadError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LONGEST = 366 * 86_400


def parse_duration(text: str) -> int:
    """Return a length of time in seconds.

    Args:
        text: a whole number and a unit: 30s, 15m, 2h or 1d.

    Raises:
        IsnadError: it is none, or not between a second and a year.
    """
    match = re.fullmatch(r"\s*([0-9]{1,9})\s*([smhd])\s*", text.lower())
    if not match:
        raise IsnadError(f"{text!r} is no length of time; expected a whole number and a unit: 30s, 15m, 2h or 1d")
    seconds = int(match[1]) * _SECONDS[match[2]]
    if not 1 <= seconds <= _LONGEST:
        raise IsnadError(f"{text!r} is out of range; expected between 1s and 366d")
    return seconds


def spoken(seconds: float) -> str:
    """Return a length of time in its two largest units, such as 2h 5m."""
    left = max(round(seconds), 0)
    parts = []
    for unit, size in sorted(_SECONDS.items(), key=lambda item: -item[1]):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"
