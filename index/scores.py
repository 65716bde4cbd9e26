"""The three scores of a question against candidate texts: D dense, M late interaction, T translated keywords.

All three are pure functions over arrays; the recipe and its figures are in the model card (index/model).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.embedding import StaticEmbedder
from index.near_tokens import FLOOR, Near
from index.statistics import TokenStatistics
from index.token_rows import TokenIds, TokenRows

Scores = NDArray[np.float32]

BM25_K1 = 1.2
BM25_B = 0.75
# A cosine below this says too little to search by.
TRANSLATION_FLOOR = 0.35
TRANSLATION_SHARPNESS = 12.0
TRANSLATIONS = 3


def dense(question: NDArray[np.float32], texts: NDArray[np.float32]) -> Scores:
    """Return D, the cosine of the question's vector with each text's.

    Args:
        question: unit vector, shape [dimension].
        texts: unit vectors, shape [texts, dimension].
    """
    return np.asarray(texts @ question, dtype=np.float32)


class LateInteraction:
    """M of a question: how well the best token of a text matches each token of the question.

    A match is ``max(cosine - 0.3, 0) / 0.7``: 1 for the same token, 0 for a stranger (MaxSim of ColBERT,
    arXiv 2004.12832, over static vectors).
    """

    def __init__(self, question: TokenIds, model: StaticEmbedder) -> None:
        """Take a question.

        Args:
            question: its token ids, shape [question tokens].
            model: whose tokens they are.
        """
        self.question = question
        self._lengths = model.lengths[question]
        # Rows lie together in memory, so the tokens of texts go down and the question goes across.
        self._table: Scores = np.zeros((len(model.vectors), len(question)), dtype=np.float32)
        for place, (ids, cosines) in enumerate(model.near.of(question.tolist())):
            self._table[ids, place] = np.clip((cosines - FLOOR) / (1 - FLOOR), 0, 1)

    @property
    def weights(self) -> Scores:
        """What each token of the question counts: its length, as a share of all, shape [question tokens]."""
        return np.asarray(self._lengths / max(self._lengths.sum(), 1e-9), dtype=np.float32)

    def matches(self, texts: TokenRows) -> Scores:
        """Return how well each token of the question is matched by each text.

        Returns:
            Array of shape [question tokens, texts], from 0 to 1.
        """
        matches: Scores = np.zeros((len(self.question), len(texts)), dtype=np.float32)
        filled = np.flatnonzero(texts.counts)
        if len(self.question) and len(filled):
            table = self._table.take(texts.ids, axis=0)
            matches[:, filled] = np.maximum.reduceat(table, texts.starts[:-1][filled], axis=0).T
        return matches

    def near(self, tokens: TokenIds) -> NDArray[np.bool_]:
        """Return for each of some tokens whether it matches one of the question's by half or more."""
        return np.asarray(self._table.take(tokens, axis=0).max(axis=1, initial=0.0) >= 0.5)

    def scores(self, texts: TokenRows) -> Scores:
        """Return M of each text: its matches averaged over the question's tokens, weighted by their lengths."""
        return np.asarray(self.weights @ self.matches(texts), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class WeightedTokens:
    """Search terms: token ids, each once, with the weight of a match."""

    ids: NDArray[np.int64]
    weights: NDArray[np.float64]


NO_TOKENS = WeightedTokens(np.zeros(0, dtype=np.int64), np.zeros(0))


class Translator:
    """Turns question tokens into the nearest tokens that a collection contains, whatever their language.

    A token the collection contains is its own nearest and takes nearly all the weight, so within a language
    this is plain keyword search; across languages the neighbours are translations.
    """

    def __init__(self, model: StaticEmbedder, statistics: TokenStatistics) -> None:
        self._model = model
        self._statistics = statistics
        self._known: dict[int, WeightedTokens] = {}

    @cached_property
    def _held(self) -> NDArray[np.bool_]:
        """For every token whether the collection contains it, shape [vocabulary]."""
        return self._statistics.frequencies > 0

    def translate(self, question: TokenIds) -> WeightedTokens:
        """Return at most three search terms a question token; a term reached twice adds up."""
        found = self._translations(question)
        if not found:
            return NO_TOKENS
        ids, place = np.unique(np.concatenate([terms.ids for terms in found]), return_inverse=True)
        weights = np.zeros(len(ids))
        np.add.at(weights, place, np.concatenate([terms.weights for terms in found]))
        return WeightedTokens(ids, weights)

    def rarity(self, tokens: TokenIds) -> NDArray[np.float32]:
        """Return how much it tells that a text has each token, or its nearest term: BM25's idf, shape [tokens].

        What the collection has nothing near to is the rarest of all.
        """
        frequencies = [
            self._statistics.frequencies[terms.ids[terms.weights.argmax()]] if len(terms.ids) else 0
            for terms in self._translations(tokens) or [NO_TOKENS] * len(tokens)
        ]
        return _idf(np.array(frequencies, dtype=np.int64), self._statistics.rows).astype(np.float32)

    def nearness(self, tokens: TokenIds) -> float:
        """Return how near the collection comes to the token it is furthest from: a cosine, or 0 for strangers."""
        # The weight of a token's nearest term is their cosine.
        return min((float(terms.weights.max(initial=0.0)) for terms in self._translations(tokens)), default=0.0)

    def _translations(self, tokens: TokenIds) -> list[WeightedTokens]:
        """Return the search terms of each token; none at all where the collection is empty."""
        if not self._statistics.rows:
            return []
        unknown = [token for token in dict.fromkeys(tokens.tolist()) if token not in self._known]
        for token, near in zip(unknown, self._model.near.of(unknown), strict=True):
            self._known[token] = self._nearest(near)
        return [self._known[token] for token in tokens.tolist()]

    def _nearest(self, near: Near) -> WeightedTokens:
        held = np.flatnonzero(self._held[near.ids] & (near.cosines > TRANSLATION_FLOOR))
        nearest = held[np.argsort(-near.cosines[held], kind="stable")[:TRANSLATIONS]]
        best = near.cosines[nearest].astype(np.float64)
        weights = np.exp(TRANSLATION_SHARPNESS * (best - best.max(initial=0.0))) * best
        return WeightedTokens(near.ids[nearest], weights)


def keywords(terms: WeightedTokens, texts: TokenRows, statistics: TokenStatistics) -> Scores:
    """Return T, the BM25 score of each text for weighted terms.

    Args:
        terms: what to look for, from ``Translator.translate``.
        texts: the candidates.
        statistics: of the whole collection the candidates come from.
    """
    scores = np.zeros(len(texts), dtype=np.float64)
    if not len(terms.ids) or not len(texts):
        return scores.astype(np.float32)
    value = np.zeros(len(statistics.frequencies))
    value[terms.ids] = terms.weights * _inverse_frequency(terms, statistics)
    matching = np.flatnonzero(value[texts.ids])
    keys, counts = np.unique(
        texts.row_numbers[matching] * len(value) + texts.ids[matching].astype(np.int64), return_counts=True
    )
    row, token = np.divmod(keys, len(value))
    length = texts.counts / max(statistics.mean_length, 1e-9)
    damped = counts * (BM25_K1 + 1) / (counts + BM25_K1 * (1 - BM25_B + BM25_B * length[row]))
    return np.bincount(row, value[token] * damped, len(texts)).astype(np.float32)


def _inverse_frequency(terms: WeightedTokens, statistics: TokenStatistics) -> NDArray[np.float64]:
    """Return BM25's idf of each term."""
    return _idf(statistics.frequencies[terms.ids], statistics.rows)


def _idf(frequencies: NDArray[np.int64], rows: int) -> NDArray[np.float64]:
    """Return ln(1 + (N - n + 0.5) / (n + 0.5))."""
    return np.asarray(np.log1p((rows - frequencies + 0.5) / (frequencies + 0.5)))


def best_keywords(terms: WeightedTokens, statistics: TokenStatistics) -> float:
    """Return the T that no text exceeds, above 0: every term found, more often than can count."""
    return max(float(terms.weights @ _inverse_frequency(terms, statistics)) * (BM25_K1 + 1), 1e-9)


def standardise(scores: Scores) -> Scores:
    """Return the scores with mean 0 and deviation 1; all 0 where they differ by no more than rounding."""
    exact = scores.astype(np.float64)
    deviation = exact.std() if len(exact) else 0.0
    if deviation <= 1e-6 * np.abs(exact).max(initial=0.0):
        return np.zeros(len(scores), dtype=np.float32)
    standard: Scores = ((exact - exact.mean()) / deviation).astype(np.float32)
    return standard
