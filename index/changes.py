"""What one version of an article says that another does not, sentence by sentence."""

from collections import Counter
from dataclasses import dataclass

from index.documents import Document
from index.folding import fold
from index.sentences import sentence_spans


@dataclass(frozen=True)
class Changes:
    """Sentences in which a version differs from the original, word for word, each list in the order of its text.

    Attributes:
        added: in the version only.
        removed: in the original only. A sentence with another figure is removed and added.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]


def changes(original: Document, other: Document) -> Changes:
    """Compare two versions; spelling, marks and spaces are no difference, words and figures are.

    Args:
        original: the version compared with.
        other: the version that may have changed it.
    """
    before, after = _sentences(original), _sentences(other)
    return Changes(added=_beyond(after, before), removed=_beyond(before, after))


def _sentences(document: Document) -> list[tuple[str, str]]:
    """Return every sentence with the form it is compared in."""
    sentences = [document.text[start:end] for start, end in sentence_spans(document.text, document.language)]
    return [(sentence, _compared(sentence)) for sentence in sentences]


def _compared(sentence: str) -> str:
    folded = fold(sentence)
    # A point or comma within a figure is part of it: 4.2 is not 42.
    kept = [
        character if character.isalnum() or _within_figure(folded, place) else " "
        for place, character in enumerate(folded)
    ]
    return " ".join("".join(kept).split())


def _within_figure(text: str, place: int) -> bool:
    sides = text[place - 1 : place], text[place + 1 : place + 2]
    return text[place] in ".,٫/:-" and all(map(str.isdigit, sides))


def _beyond(sentences: list[tuple[str, str]], others: list[tuple[str, str]]) -> tuple[str, ...]:
    """Return the sentences that do not stand, or not as often, among the others."""
    left = Counter(compared for _, compared in others)
    found = []
    for sentence, compared in sentences:
        if left[compared]:
            left[compared] -= 1
        elif compared:
            found.append(sentence)
    return tuple(found)
