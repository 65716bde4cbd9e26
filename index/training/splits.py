"""Decide, once and for all, which rows of the data are trained on and which are held out.

A row's part depends on nothing but a stable hash of its own text, so that it stays where it is when rows are
added, reordered or moved to another file, and so that anyone can recompute it.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

_SPACES = re.compile(r"\s+")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?؟])\s+")
_MIN_SENTENCE_LETTERS = 20


class Part(StrEnum):
    """The three parts of the data: weights are fitted on train, choices made on dev, figures reported on test."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


def part_of(text: str, dev: float, test: float) -> Part:
    """Assign a text to a part by its hash.

    Args:
        text: The text that identifies the row; case and spacing do not matter.
        dev: Share of the development part, 0 to 1.
        test: Share of the test part, 0 to 1.
    """
    digest = hashlib.blake2b(fold(text).encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < test:
        return Part.TEST
    return Part.DEV if place < test + dev else Part.TRAIN


def part_of_sentence(english: str) -> Part:
    """Assign a sentence pair of a source that is held out in part: 4 % each for dev and test."""
    return part_of(english, dev=0.04, test=0.04)


def part_of_passage(english: str) -> Part:
    """Assign all questions of a passage: 8 % each for dev and test."""
    return part_of(english, dev=0.08, test=0.08)


def part_of_title(title: str) -> Part:
    """Assign all questions of a benchmark article to one of two halves, dev or test."""
    return part_of(title, dev=0.5, test=0.5)


def fold(text: str) -> str:
    """Return the form under which two texts count as the same: NFKC, lower case, single spaces."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def leak_keys(texts: Iterable[str]) -> set[str]:
    """Return the folded texts and their longer sentences: what training data must not contain."""
    keys = set()
    for text in texts:
        folded = fold(text)
        keys.add(folded)
        keys.update(s for s in _SENTENCE_ENDS.split(folded) if len(s) >= _MIN_SENTENCE_LETTERS)
    return keys
