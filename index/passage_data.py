"""What is stored of a passage beside its place: its tokens and its vector."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.token_rows import TokenIds, TokenRows


@dataclass(frozen=True, eq=False)
class PassageData:
    """Passages of one language with what the scores are computed from.

    Attributes:
        ids: shape [n].
        tokens: n rows.
        vectors: shape [n, dimension].
    """

    ids: NDArray[np.int64]
    tokens: TokenRows
    vectors: NDArray[np.float32]

    def first(self, count: int) -> "PassageData":
        """Return the first passages."""
        return PassageData(self.ids[:count], self.tokens[:count], self.vectors[:count])

    def take(self, order: NDArray[np.int64]) -> "PassageData":
        """Return the passages at those places, in that order."""
        return PassageData(self.ids[order], self.tokens.take(order), self.vectors[order])


@dataclass(frozen=True, eq=False)
class NewPassage:
    """A passage about to be stored, its vector in the half precision that is kept."""

    start: int
    end: int
    tokens: TokenIds
    vector: NDArray[np.float16]
