"""Passages to sentences, ranked for the question, and how likely it is that they answer it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.documents import Document
from index.filters import Filter
from index.folding import fold
from qa.calibration import FEATURES, PICKED, Calibration
from qa.features import Candidates, features
from qa.once import Told
from qa.question import Question
from qa.retrieval import EVERYTHING, Ranking, rankings

# Passages of a language whose sentences are looked at.
PASSAGES = 5
# Passages they are taken from: copies of one story give way to others.
DEPTH = 20
# An archive of this many passages counts half as an archive of few.
FEW = 20


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence of a passage found.

    Attributes:
        document: the article it stands in.
        start: offset of its first character in the article's text.
        end: offset after its last character.
        features: what speaks for it, in the order of ``FEATURES``.
        cell: language of the question and of the document, such as "en-ar".
    """

    document: Document
    start: int
    end: int
    features: NDArray[np.float64]
    cell: str


class Evidence:
    """The sentences found for a question, the likeliest to answer it first."""

    def __init__(
        self, found: Sequence[Sentence], calibration: Calibration, passages: Mapping[str, int] | None = None
    ) -> None:
        """Order sentences.

        Within a language, by the learned weights of what tells between sentences. What those give cannot be held
        against another language's; how likely the best of a language is to answer can, and the others of it
        follow at their distance.

        Args:
            found: in any order.
            calibration: what to order them by.
            passages: how many passages the archive has of each language.
        """
        self.calibration = calibration
        self.passages = passages or {}
        self.features: dict[str, NDArray[np.float64]] = {}
        by_cell = defaultdict(list)
        for sentence in found:
            by_cell[sentence.cell].append(sentence)
        ordered: list[tuple[float, Sentence]] = []
        for cell, sentences in by_cell.items():
            scores = calibration.scores(cell, np.stack([sentence.features for sentence in sentences]))
            order = np.argsort(-scores, kind="stable")
            scores = scores[order]
            self.features[cell] = self._features(sentences[order[0]], scores)
            odds = scores - scores[0] + calibration.answer_odds(cell, self.features[cell])
            ordered += zip(odds.tolist(), (sentences[i] for i in order), strict=True)
        ordered.sort(key=lambda pair: -pair[0])
        self.sentences = tuple(sentence for _, sentence in ordered)
        self.odds = np.array([odds for odds, _ in ordered])

    def under(self, calibration: Calibration) -> "Evidence":
        """Return the same sentences under other learned weights."""
        return Evidence(self.sentences, calibration, self.passages)

    def _features(self, best: Sentence, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """What tells a language that answers from one that does not, in the order of ``ANSWER_FEATURES``."""
        ahead = scores[0] - scores[1] if len(scores) > 1 else 0.0
        few = 1 / (1 + self.passages.get(best.document.language, 0) / FEW)
        picked = best.features[[FEATURES.index(name) for name in PICKED]]
        return np.array([scores[0], ahead, few, *picked])

    @property
    def probability(self) -> float:
        """That the best sentence answers the question, from 0 to 1."""
        if not self.sentences:
            return 0.0
        return float((1 + np.tanh(self.odds[0] / 2)) / 2)  # 1 / (1 + exp(-odds)), which would overflow

    @property
    def answers(self) -> bool:
        """Whether the archive answers the question."""
        return self.probability >= self.calibration.threshold

    def best(self, k: int) -> tuple[Sentence, ...]:
        """Return the sentences to quote: the best, and up to ``k`` in all whose log odds are not far behind."""
        return _distinct(self.sentences[: int((self.odds >= self.odds[:1] - self.calibration.company).sum())])[:k]

    def nearest(self, k: int) -> tuple[Sentence, ...]:
        """Return the ``k`` likeliest sentences, however unlikely."""
        return _distinct(self.sentences)[:k]


def _distinct(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """Leave out what another article said before in the same words; of short articles no story is made."""
    first: dict[str, Sentence] = {}
    for sentence in sentences:
        first.setdefault(fold(sentence.document.text[sentence.start : sentence.end]), sentence)
    return tuple(first.values())


def gather(question: Question, archive: Archive, where: Filter = EVERYTHING) -> Evidence:
    """Find the sentences that bear on a question, and order them by how likely they are to answer it.

    Args:
        question: what is asked.
        archive: where to look.
        where: the articles to look at.
    """
    found = [
        sentence
        for ranking in rankings(question, archive, where)
        for sentence in _sentences(question, archive, ranking)
    ]
    return Evidence(found, Calibration.shipped(), archive.passage_counts())


def _sentences(question: Question, archive: Archive, ranking: Ranking) -> list[Sentence]:
    """Return the sentences of a language's best passages."""
    told = Told(archive, archive.passages(ranking.data.ids[:DEPTH].tolist()))
    found = list(islice(told.adding(), PASSAGES))
    candidates = Candidates.of([(document, passage) for _, document, passage in found])
    if not candidates.spans:
        return []
    cell = f"{question.language}-{ranking.language}"
    places = [number for number, _, _ in found]
    rows = features(question, candidates, ranking, places, archive.shelf(ranking.language))
    return [
        Sentence(document, start, end, row, cell)
        for (document, start, end), row in zip(candidates.spans, rows, strict=True)
        if told.first_in(document, document.text[start:end])
    ]
