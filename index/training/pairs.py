"""Pairs of texts that belong together, and how a batch of them is drawn."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.training.corpora import SentencePair
from index.training.texts import Texts

Teacher = Callable[[Sequence[str]], NDArray[np.float32]]


class Pairs:
    """Two columns of texts, how often each row is shown, and what the teacher says of the left one."""

    def __init__(self, left: Texts, right: Texts, names: NDArray[np.int64], weights: Sequence[float]) -> None:
        self.left = left
        self.right = right
        self.names = names
        self.weights = np.asarray(weights, dtype=np.float64)
        self._cumulative = np.cumsum(self.weights)
        self._goals: NDArray[np.float32] | None = None
        self._goal_of_row = np.full(len(self.weights), -1, dtype=np.int64)

    @classmethod
    def of(
        cls, tokenizer: Tokenizer, rows: Sequence[tuple[str, str]], weights: Sequence[float], max_tokens: int
    ) -> "Pairs":
        """Tokenize both columns and number equal texts alike."""
        numbers: dict[str, int] = {}
        names = [[numbers.setdefault(text, len(numbers)) for text in row] for row in rows]
        left = Texts(tokenizer, [row[0] for row in rows], max_tokens)
        right = Texts(tokenizer, [row[1] for row in rows], max_tokens)
        return cls(left, right, np.array(names, dtype=np.int64).reshape(-1, 2), weights)

    def teach(self, pairs: Sequence[SentencePair], teacher: Teacher) -> None:
        """Ask the teacher for the vectors of the English texts it can judge, each once."""
        texts = list(dict.fromkeys(pair.english for pair in pairs if pair.taught))
        if texts:
            place = {text: number for number, text in enumerate(texts)}
            self._goals = teacher(texts)
            goals = [place[pair.english] if pair.taught else -1 for pair in pairs]
            self._goal_of_row = np.array(goals, dtype=np.int64)

    def goals(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]] | None:
        """Return which of the rows the teacher has judged, and its vectors of them."""
        chosen = np.flatnonzero(self._goal_of_row[rows] >= 0)
        if self._goals is None or not len(chosen):
            return None
        return chosen, self._goals[self._goal_of_row[rows[chosen]]]

    def one_pass(self, random: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of one pass in random order: weight 3 thrice, weight 0.5 in about every other."""
        whole = np.floor(self.weights).astype(np.int64)
        extra = random.random(len(whole)) < self.weights - whole
        rows = np.repeat(np.arange(len(whole)), whole + extra)
        random.shuffle(rows)
        return rows

    def sample(self, random: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Return distinct rows drawn in proportion to their weights, or none where there are no rows."""
        if not len(self.weights):
            return np.zeros(0, dtype=np.int64)
        drawn = np.searchsorted(self._cumulative, random.random(count) * self._cumulative[-1], side="right")
        return np.unique(drawn)

    def same(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark pairs of different rows that share a text: they are no negatives of each other."""
        left, right = self.names[rows].T
        shared: NDArray[np.bool_] = (left[:, None] == left) | (right[:, None] == right)
        np.fill_diagonal(shared, False)
        return shared
