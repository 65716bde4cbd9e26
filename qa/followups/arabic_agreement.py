"""Gender and number of what Arabic text speaks of."""

from functools import cache

from index.data import rows
from index.folding import fold
from qa.followups.grammar import Word, grammar, vocabulary, without_joined, words_of


def agreement(head: Word, human: bool, name: bool = False) -> tuple[str, bool | None]:
    """Return gender and whether it is more than one, by the first word of a phrase.

    What is not human agrees in the plural as a woman does in the singular.
    """
    lists = grammar("ar")
    bare = without_joined(head.folded)
    if name:
        if bare in lists["feminine-name"]:
            return "f", False
        return ("m", False) if bare in lists["masculine-name"] else ("", False)
    broken = head.folded in _plurals() or bare in _plurals()
    if human:
        if bare in lists["plural"] or broken or (head.text.endswith(("ون", "ين")) and len(bare) > 4):
            return "m", True
        return ("f" if head.text.endswith("ة") and bare not in lists["masculine"] else "m"), False
    if bare in lists["masculine"] or head.folded in lists["masculine"]:
        return "m", False
    dual = head.text.endswith(("ان", "ين")) and bare not in vocabulary() and bare[:-2] in vocabulary()
    if dual and not head.text.endswith(("تين", "تان")):
        return "m", True
    if head.text.endswith(("تين", "تان")) and len(bare) > 4:
        return "f", True
    if bare.startswith("م") and head.text.endswith("ى"):  # منتدى، مستشفى
        return "m", False
    if head.text.endswith(("ة", "ات", "اء", "ى")) or broken or {bare, head.folded} & lists["feminine"]:
        return "f", False
    return "m", False


def gender_of_entry(name: str, kind: str) -> tuple[str, bool | None]:
    """Return gender and number of a name of the glossary: countries and cities are feminine but for some."""
    head = words_of(name)[0]
    if kind in {"country", "city"}:
        known = {head.folded, without_joined(head.folded)} & grammar("ar")["masculine"]
        return ("m" if known else "f"), False
    return agreement(head, kind == "title")


@cache
def _plurals() -> frozenset[str]:
    return frozenset(form for row in rows("irregular.ar.txt") for form in fold(row).split()[1:])
