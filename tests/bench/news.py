"""Made-up articles with the word frequencies of real text, as many as are wanted."""

import gzip
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from index.documents import Document
from qa.default_archive import default_archive
from qa.glossary import Glossary

WORDS_A_PASSAGE = 150
PASSAGES_AN_ARTICLE = 4


def articles(count: int, file: Path | None = None) -> list[Document]:
    """Return articles: of a file with one a line, gzipped, or made up where none is given."""
    return list(islice(_read(file) if file else _invented(), count))


def _read(file: Path) -> Iterator[Document]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            title, _, text = line.strip().partition(" . ")
            if text:
                yield Document.create(f"news/{number}", text, title, language="ar")


def _invented() -> Iterator[Document]:
    """Yield articles without meaning: words drawn at random, the frequent ones as often as Zipf's law has it."""
    random = np.random.default_rng(7)
    words = sorted(
        {
            word
            for text in (
                *(document.text for document in default_archive().documents()),
                *(name for entry in Glossary.load().entries for name in entry.arabic),
            )
            for word in text.replace(".", " ").split()
        }
    )
    random.shuffle(words)
    shares = 1 / np.arange(1, len(words) + 1)
    shares /= shares.sum()
    for number in range(10**9):
        drawn = random.choice(words, size=WORDS_A_PASSAGE * PASSAGES_AN_ARTICLE, p=shares)
        sentences = (" ".join(drawn[first : first + 25]) + "." for first in range(0, len(drawn), 25))
        yield Document.create(f"invented/{number}", " ".join(sentences), " ".join(drawn[:8]), language="ar")
