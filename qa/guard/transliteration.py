"""Whether an Arabic word and a Latin one write the same name."""

import re
from functools import cache, lru_cache

from index.folding import fold
from qa.tables import table

_VOWELS = frozenset("aeiouy'")
_WEAK = frozenset("اويعءه")
_VOWEL_COST = 0.12  # of a Latin vowel that Arabic does not write
_WEAK_COST = 0.35  # of an Arabic letter of vowels that Latin does not write
_CLITICS = re.compile(r"^[وف]?(?:[بلك]?ال|لل|[بلك])?(?=\w{2})")


@lru_cache(maxsize=1 << 16)
def likeness(latin: str, arabic: str) -> float:
    """Tell how well an Arabic word writes a Latin one.

    The cheapest way to read the letters of one as those of the other (``qa/data/transliteration.tsv``), by dynamic
    programming; an Arabic word is also tried without و, a preposition and the article before it.

    Args:
        latin: A folded word in Latin letters.
        arabic: A folded word in Arabic letters.

    Returns:
        1 where every letter is accounted for, down to 0 for strangers.
    """
    joined = _CLITICS.match(arabic)
    forms = {arabic, *(arabic[end:] for end in range(1, (joined.end() if joined else 0) + 1))}
    return max(_likeness(_plain(latin), form) for form in forms if form)


def _likeness(latin: str, arabic: str) -> float:
    weight = sum(letter not in _VOWELS for letter in latin)
    firm = sum(letter not in _WEAK for letter in arabic)
    if not latin or abs(weight - firm) > 3:
        return 0.0
    rows, columns = len(latin) + 1, len(arabic) + 1
    cost = [[float("inf")] * columns for _ in range(rows)]
    cost[0][0] = 0.0
    for i in range(rows):
        for j in range(columns):
            here = cost[i][j]
            if i < len(latin):
                skip = _VOWEL_COST if latin[i] in _VOWELS else (0.3 if latin[i] == "h" else 1.0)
                if i and latin[i] == latin[i - 1]:
                    skip = 0.0
                cost[i + 1][j] = min(cost[i + 1][j], here + skip)
            if j < len(arabic):
                skip = _WEAK_COST if arabic[j] in _WEAK else 1.0
                cost[i][j + 1] = min(cost[i][j + 1], here + skip)
            for size in (2, 1):
                for written in _readings().get(arabic[j : j + size], ()) if j + size < columns else ():
                    if latin.startswith(written, i):
                        end = cost[i + len(written)]
                        end[j + size] = min(end[j + size], here)
    return max(0.0, 1 - cost[-1][-1] / max(weight, firm, 2))


def _plain(latin: str) -> str:
    return re.sub(r"[^a-z']", "", latin.removesuffix("'s"))


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    rows = table("transliteration.tsv", "Arabic", "Latin")
    return {
        fold(arabic): tuple(fold(form.strip()) for form in latin.split("|") if form.strip() != "-")
        for arabic, latin in rows
    }
