"""The kind of thing a question asks for, and whether a sentence holds one."""

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files

from index.errors import IsnadError
from index.folding import fold
from qa.question import Question

_SPACE = r"\s+"
_PATTERNS = {"<number>": r"\d[\d.,]*", "<year>": r"(?:1\d|20)\d\d"}


def expected_types(question: Question) -> Set[str]:
    """Return the kinds of thing the question asks for, such as {"number"}; none where its words do not tell."""
    return _kinds(question.text, question.language, "asks")


def types_in(text: str, language: str) -> Set[str]:
    """Return the kinds of thing that a sentence holds by its words."""
    return _kinds(text, language, "holds")


def _kinds(text: str, language: str, role: str) -> Set[str]:
    folded = fold(text)
    return {kind for kind, pattern in _table().get((language, role), {}).items() if pattern.search(folded)}


@cache
def _table() -> Mapping[tuple[str, str], Mapping[str, re.Pattern[str]]]:
    """Read ``data/answer_types.tsv``: one pattern a kind, by language and role."""
    file = files("qa") / "data" / "answer_types.tsv"
    phrases: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            kind, language, role, words = line.split("\t")
        except ValueError:
            raise IsnadError(
                f"{file}, line {number}: expected kind, language, asks or holds, and words with a tab between "
                f"them, not {line!r}"
            ) from None
        phrases[language, role][kind].append(
            _PATTERNS.get(words) or _SPACE.join(map(re.escape, fold(words).split()))
        )
    return {
        place: {kind: re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)") for kind, found in kinds.items()}
        for place, kinds in phrases.items()
    }
