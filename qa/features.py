"""What speaks for a sentence as an answer, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.embedding import bundled_embedder
from index.passages import Passage
from index.scores import LateInteraction, Scores, best_keywords, dense, keywords
from index.sentences import sentence_spans
from index.shelf import Shelf
from index.token_rows import TokenRows
from qa.answer_types import expected_types, types_in
from qa.calibration import FEATURES
from qa.question import Question
from qa.retrieval import Ranking

# Characters from the start of an article after which the lead has lost most of its weight.
LEAD = 500
# From so many other candidates on it is told how far a passage is ahead of them.
BACKGROUND = 10


@dataclass(frozen=True)
class Candidates:
    """The sentences of some passages.

    Attributes:
        spans: document, start and end of each sentence.
        passages: for each sentence, the number of its passage among those given.
        titles: for each passage, its article's headline.
    """

    spans: list[tuple[Document, int, int]]
    passages: NDArray[np.int64]
    titles: list[str]

    @classmethod
    def of(cls, found: Sequence[tuple[Document, Passage]]) -> Self:
        """Cut passages into their sentences."""
        spans: list[tuple[Document, int, int]] = []
        passages: list[int] = []
        for number, (document, passage) in enumerate(found):
            for start, end in sentence_spans(document.text[passage.start : passage.end], document.language):
                spans.append((document, passage.start + start, passage.start + end))
                passages.append(number)
        return cls(spans, np.array(passages, dtype=np.int64), [document.title for document, _ in found])

    @property
    def texts(self) -> list[str]:
        """The sentences, word for word."""
        return [document.text[start:end] for document, start, end in self.spans]


def features(
    question: Question, candidates: Candidates, ranking: Ranking, found: Sequence[int], shelf: Shelf
) -> NDArray[np.float64]:
    """Work out the features of the sentences of some passages of a ranking.

    Args:
        question: what is asked.
        candidates: the sentences.
        ranking: all that was found.
        found: the places in the ranking of the passages the sentences were cut from.
        shelf: where the passages stand.

    Returns:
        Array of shape [sentences, features], in the order of ``FEATURES``.
    """
    model = bundled_embedder()
    texts = candidates.texts
    tokens = model.tokenize(texts)
    titles = model.tokenize(candidates.titles)
    place = candidates.passages
    late = ranking.late
    matches = late.matches(tokens)
    title_matches = late.matches(titles)[:, place]
    around = np.maximum(_with_neighbours(matches, place), title_matches)
    within = np.maximum(_of_passage(matches, place), title_matches)
    telling = late.weights * shelf.translator.rarity(ranking.question)
    telling = telling / max(float(telling.sum()), 1e-9)
    vector = model.embed(TokenRows.of([ranking.question]))[0]
    vectors = model.embed(tokens)
    cosines = dense(vector, vectors)
    means = _means(vectors, place)
    terms = shelf.translator.translate(ranking.question)
    top = ranking.take(found)
    fused = top.fused[place]
    wanted = expected_types(question)
    met = np.array(
        [
            bool(wanted & types_in(text, document.language))
            for text, (document, _, _) in zip(texts, candidates.spans, strict=True)
        ]
    )
    columns = {
        "late": late.weights @ matches,
        "context": late.weights @ around,
        "telling": telling @ matches,
        "telling context": telling @ around,
        "telling passage": telling @ within,
        "missed": (telling[:, None] * (1 - within)).max(axis=0, initial=0.0),
        "beyond headline": _weighted(late.weights[:, None] * (1 - title_matches), matches),
        "local": _weighted(_local(late.weights, matches), matches),
        "dense": cosines,
        "dense beyond": _cosines(vector - means, vectors - means),
        "neighbour dense": _best_neighbour(cosines, place),
        "title dense": dense(vector, model.embed(titles))[place],
        "keywords": keywords(terms, tokens, shelf.statistics) / best_keywords(terms, shelf.statistics),
        "passage dense": dense(vector, model.embed(top.data.tokens))[place],
        "passage late": top.scores["late"][place],
        "passage keywords": top.scores["keywords"][place],
        "passage": fused,
        "passage gap": ranking.fused[0] - fused,
        "lift": _lift(fused, ranking.fused[len(found) :]),
        "lead": np.exp(-np.array([start for _, start, _ in candidates.spans]) / LEAD),
        "first": np.array([start == 0 for _, start, _ in candidates.spans]),
        "length": np.log1p(tokens.counts),
        "new": _new(late, tokens),
        "type met": met,
        "type missed": ~met & bool(wanted),
    }
    return np.stack([columns[name] for name in FEATURES], axis=1).astype(np.float64)


def _bounds(passages: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the sentences of each passage begin, and how many they are."""
    starts = np.flatnonzero(np.diff(passages, prepend=-1))
    return starts, np.diff(starts, append=len(passages))


def _weighted(weights: Scores, matches: Scores) -> Scores:
    """Return the mean match of each sentence under weights of shape [tokens, sentences or 1]."""
    return np.asarray((weights * matches).sum(axis=0) / np.maximum(weights.sum(axis=0), 1e-9))


def _local(weights: Scores, matches: Scores) -> Scores:
    """Return weights of the question's tokens that count the less the more of the sentences found match them."""
    return np.asarray(weights * np.log1p(matches.shape[1] / (matches.sum(axis=1) + 0.5)))[:, None]


def _means(vectors: Scores, passages: NDArray[np.int64]) -> Scores:
    """Return for each sentence the mean vector of the sentences of its passage."""
    starts, sizes = _bounds(passages)
    return np.asarray(np.repeat(np.add.reduceat(vectors, starts, axis=0) / sizes[:, None], sizes, axis=0))


def _cosines(one: Scores, other: Scores) -> Scores:
    """Return the cosine of each row of one with that of the other, 0 where either is nothing."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray(np.einsum("ij,ij->i", one, other) / np.maximum(lengths, 1e-6))


def _with_neighbours(matches: Scores, passages: NDArray[np.int64]) -> Scores:
    """Return for each sentence the best matches of it and the sentences beside it in its passage."""
    best = matches.copy()
    same = passages[1:] == passages[:-1]
    best[:, 1:] = np.where(same, np.maximum(best[:, 1:], matches[:, :-1]), best[:, 1:])
    best[:, :-1] = np.where(same, np.maximum(best[:, :-1], matches[:, 1:]), best[:, :-1])
    return best


def _of_passage(matches: Scores, passages: NDArray[np.int64]) -> Scores:
    """Return for each sentence the best matches of any sentence of its passage."""
    starts, sizes = _bounds(passages)
    return np.asarray(np.repeat(np.maximum.reduceat(matches, starts, axis=1), sizes, axis=1))


def _best_neighbour(cosines: Scores, passages: NDArray[np.int64]) -> Scores:
    """Return for each sentence the better cosine of those beside it in its passage, 0 where there is none."""
    same = passages[1:] == passages[:-1]
    before = np.concatenate([[0.0], np.where(same, cosines[:-1], 0.0)])
    after = np.concatenate([np.where(same, cosines[1:], 0.0), [0.0]])
    return np.asarray(np.maximum(before, after), dtype=np.float32)


def _lift(fused: Scores, others: Scores) -> Scores:
    """Return how far scores are ahead of the mean of the others, in their deviations; 0 among very few."""
    if len(others) < BACKGROUND:
        return np.zeros(len(fused), dtype=np.float32)
    return np.asarray((fused - others.mean()) / max(float(others.std()), 1e-3), dtype=np.float32)


def _new(late: LateInteraction, tokens: TokenRows) -> NDArray[np.float64]:
    """Return the logarithm of how many tokens each sentence has that say what the question does not."""
    return np.log1p(np.bincount(tokens.row_numbers, ~late.near(tokens.ids), len(tokens)))
