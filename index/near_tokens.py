"""Which tokens of a model are near to each other."""

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A cosine of no more than this between two tokens of different words says nothing.
FLOOR = 0.3
# So many vectors stay in the processor's cache while they are multiplied.
BLOCK = 512


class Near(NamedTuple):
    """The tokens near to one.

    Attributes:
        ids: in order, shape [n]; the token itself is among them.
        cosines: of each, above ``FLOOR``, shape [n].
    """

    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]


class NearTokens:
    """Finds the tokens near to others, and remembers them.

    Late interaction and translated keywords both need them, in each language searched. Reading all vectors is most
    of what a question costs, and is done only for words that no question before had.
    """

    def __init__(self, vectors: NDArray[np.float32], lengths: NDArray[np.float32]) -> None:
        """Take the vectors, shape [vocabulary, dimension], and their lengths, shape [vocabulary]."""
        self._vectors = vectors
        self._lengths = lengths
        self._known: dict[int, Near] = {}
        self._lock = Lock()

    def of(self, tokens: Sequence[int]) -> list[Near]:
        """Return what is near to each of the tokens."""
        with self._lock:
            new = [token for token in dict.fromkeys(tokens) if token not in self._known]
            for token, cosines in zip(new, self._cosines(new), strict=True):
                ids = np.flatnonzero(cosines > FLOOR)
                self._known[token] = Near(ids, cosines[ids])
            return [self._known[token] for token in tokens]

    def _cosines(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Return the cosine of each of the tokens with every token, shape [tokens, vocabulary]."""
        cosines = np.empty((len(tokens), len(self._vectors)), dtype=np.float32)
        if tokens:
            units = np.ascontiguousarray((self._vectors[tokens] / self._lengths[tokens][:, None]).T)
            for first in range(0, len(self._vectors), BLOCK):
                block = slice(first, first + BLOCK)
                cosines[:, block] = (self._vectors[block] @ units).T / self._lengths[block]
        return cosines
