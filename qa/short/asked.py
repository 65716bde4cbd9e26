"""The kind of thing a short answer to a question would be."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.errors import IsnadError
from index.folding import fold, fold_with_offsets

_DATA = Path(__file__).parents[1] / "data" / "asked.tsv"
_FORMS = ("phrase", "opening", "which", "noun")
_SPACE = r"\s+"


@dataclass(frozen=True)
class Asked:
    """What a question asks for.

    Attributes:
        kind: such as "country" or "time".
        start: offset in the question of the words that ask, such as "how many" or "in which".
        end: offset after them; what is counted or chosen from ("city") comes next.
    """

    kind: str
    start: int
    end: int


def asked(text: str, language: str) -> Asked | None:
    """Return what a question asks for by the words of ``data/asked.tsv``; None where it is nothing short.

    Args:
        text: the question.
        language: "ar" or "en".
    """
    patterns = _patterns().get(language)
    folded, offsets = fold_with_offsets(text)
    found = patterns and patterns.search(folded)
    if not patterns or not found:
        return None
    kind = patterns.kind(found)
    last = found.start("noun") if found.lastgroup == "noun" else found.end()
    start, end = offsets[found.start()], offsets[last - 1] + 1
    return None if kind == "other" else Asked(kind, start, end)


class _Patterns:
    """The phrases of a language as one pattern."""

    def __init__(self, forms: Mapping[str, Mapping[str, str]]) -> None:
        self._kinds = forms
        opening, phrase, which, noun = (_any(forms[form]) for form in ("opening", "phrase", "which", "noun"))
        self._pattern = re.compile(
            rf"(?<!\w)[وف]?(?:(?:{which}){_SPACE}(?:[a-z]+{_SPACE})??(?P<noun>{noun})|(?P<phrase>{phrase}))(?!\w)"
        )
        self._opening = re.compile(rf"\W*(?P<opening>{opening})(?!\w)")

    def search(self, folded: str) -> re.Match[str] | None:
        first, anywhere = self._opening.match(folded), self._pattern.search(folded)
        if first and not (
            anywhere and anywhere.start() <= first.start("opening") and anywhere.end() > first.end()
        ):
            return first
        return anywhere

    def kind(self, found: re.Match[str]) -> str:
        form = found.lastgroup or ""
        return self._kinds[form][" ".join(found[form].split())]


def _any(phrases: Mapping[str, str]) -> str:
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(_SPACE.join(map(re.escape, phrase.split())) for phrase in longest_first)


@cache
def _patterns() -> Mapping[str, _Patterns]:
    forms: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: {form: {} for form in _FORMS})
    for number, line in enumerate(_DATA.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 4 or columns[1] not in _FORMS:
            raise IsnadError(
                f"{_DATA}, line {number}: expected language, {', '.join(_FORMS)}, kind, and words with a tab "
                f"between them, not {line!r}"
            )
        language, form, kind, words = columns
        for phrase in words.split("|"):
            forms[language][form][" ".join(fold(phrase).split())] = kind
    return {language: _Patterns(of_language) for language, of_language in forms.items()}
