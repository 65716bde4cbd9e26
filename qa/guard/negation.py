"""Whether two texts deny the same: what is said not to be, in Arabic and English."""

import re
from functools import cache
from typing import NamedTuple

from index.folding import fold, fold_with_offsets
from qa.tables import pattern, table

_NUMBERED = re.compile(r"No\.?\s*\d")
_EXCEPTIVES = frozenset({"الا", "سوي"})
_JOINED = r"[وف]?(?:[بلك]?ال|لل|[بلك])?"


class Negation(NamedTuple):
    """A word that denies: ``text[start:end]``."""

    start: int
    end: int


def negations(text: str, language: str, weak: bool = True) -> list[Negation]:
    """Find the words of a text that deny (``qa/data/negations.tsv``).

    Args:
        text: Any text, not folded.
        language: "ar" or "en".
        weak: Whether those count that another language puts into a word: «غير», un-.

    Returns:
        Them in order, without those that deny nothing where they stand: "not only", «لا يزال».
    """
    folded, offsets = fold_with_offsets(text)
    found: list[Negation] = []
    for match in _pattern(language).finditer(folded):
        if not match["word"] or (not weak and match["word"] in _forms(language, "weak")):
            continue
        if match["word"] == "no" and _NUMBERED.match(text, offsets[match.start("word")]):
            continue
        place = Negation(offsets[match.start("word")], offsets[match.end("word") - 1] + 1)
        if match["word"] in _EXCEPTIVES and "أ" not in text[slice(*place)]:  # لم ... إلا is "only"; ألا is أن لا
            del found[-1:]
        else:
            found.append(place)
    return found


def excuses(text: str, language: str, weak: bool = False) -> int:
    """Count the words of a text that may say in other words what "not" says: refuse, unknown, «رفض».

    Args:
        text: Any text, not folded.
        language: "ar" or "en".
        weak: Whether «غير» is among them.
    """
    also = len(negations(text, language)) - len(negations(text, language, weak=False)) if weak else 0
    return len(_likes(language).findall(fold(text))) + also


@cache
def _forms(language: str, kind: str) -> list[str]:
    rows = table("negations.tsv", "language", "kind", "words")
    return [
        " ".join(fold(form).split())
        for of, what, column in rows
        if (of, what) == (language, kind)
        for form in column.split("|")
    ]


@cache
def _pattern(language: str) -> re.Pattern[str]:
    joined = r"[وفأ]?[بل]?(?:من\s+)?" if language == "ar" else ""
    never, words = (
        pattern(_forms(language, "never")),
        pattern([*_forms(language, "not"), *_forms(language, "weak")]),
    )
    suffix = "|n't" if language == "en" else ""
    return re.compile(rf"(?<!\w)[وف]?{never}(?!\w)|(?<!\w){joined}(?P<word>{words}{suffix})(?!\w)")


@cache
def _likes(language: str) -> re.Pattern[str]:
    joined = _JOINED if language == "ar" else ""
    forms = (re.escape(form).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for form in _forms(language, "like"))
    return re.compile(rf"(?<!\w){joined}(?:{'|'.join(forms)})(?!\w)")
