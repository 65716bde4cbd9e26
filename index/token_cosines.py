"""How near the tokens of a model are to each other."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

# Of so many tokens the cosines with all others are remembered, in some 80 MB.
REMEMBERED = 512
# So many vectors stay in the processor's cache while they are multiplied.
BLOCK = 512


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
            wanted = dict.fromkeys(tokens)
            new = [token for token in wanted if token not in self._known]
            if len(self._known) + len(new) > REMEMBERED:
                # The older half goes, but for what is wanted now.
                for token in list(self._known)[: REMEMBERED // 2]:
                    if token not in wanted:
                        del self._known[token]
            if new:
                self._known.update(zip(new, self._work_out(new), strict=True))
            rows = [self._known[token] for token in tokens]
        return np.stack(rows) if rows else np.zeros((0, len(self._vectors)), dtype=np.float32)

    def _work_out(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        units = np.ascontiguousarray((self._vectors[tokens] / self._lengths[tokens][:, None]).T)
        cosines = np.empty((len(tokens), len(self._vectors)), dtype=np.float32)
        for first in range(0, len(self._vectors), BLOCK):
            block = slice(first, first + BLOCK)
            cosines[:, block] = (self._vectors[block] @ units).T / self._lengths[block]
        return cosines
