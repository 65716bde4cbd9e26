"""How near the tokens of a model are to each other."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

# Of so many tokens the cosines with all others are remembered, in some 40 MB.
REMEMBERED = 256


class TokenCosines:
    """Cosines of some tokens with all tokens.

    Late interaction and translated keywords both need them, in each language searched; reading all vectors once
    for a question is most of what they cost.
    """

    def __init__(self, vectors: NDArray[np.float32], lengths: NDArray[np.float32]) -> None:
        """Take the vectors, shape [vocabulary, dimension], and their lengths, shape [vocabulary]."""
        self._vectors = vectors
        self._lengths = lengths
        self._known: dict[int, NDArray[np.float32]] = {}
        self._lock = Lock()

    def of(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the cosine of each of the tokens with every token, shape [tokens, vocabulary]."""
        with self._lock:
            new = [token for token in dict.fromkeys(tokens) if token not in self._known]
            if len(self._known) + len(new) > REMEMBERED:
                self._known.clear()
                new = list(dict.fromkeys(tokens))
            if new:
                units = self._vectors[new] / self._lengths[new][:, None]
                cosines = units @ self._vectors.T
                cosines /= self._lengths
                self._known.update(zip(new, cosines, strict=True))
            rows = [self._known[token] for token in tokens]
        return np.stack(rows) if rows else np.zeros((0, len(self._vectors)), dtype=np.float32)
