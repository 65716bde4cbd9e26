"""Which tokens of a model are near to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from index.errors import IsnadError

# A cosine of no more than this between two tokens of different words says nothing.
FLOOR = 0.3
# So many tokens are compared with all others at a time.
BLOCK = 512
STEPS = 65_535


class Near(NamedTuple):
    """The tokens near to one.

    Attributes:
        ids: in order, shape [n]; the token itself is among them, unless its vector is zero.
        cosines: of each, above ``FLOOR``, shape [n].
    """

    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class NearTokens:
    """For every token of a model the tokens near to it, worked out when the model was trained.

    Late interaction and translated keywords both ask for them. Comparing a question's tokens with all vectors when
    it comes took more time than the search.

    Attributes:
        starts: where the neighbours of each token begin, and their number at the end, shape [vocabulary + 1].
        ids: the neighbours of all tokens, each token's in order, shape [total].
        steps: their cosines, from 0 for ``FLOOR`` to 65,535 for 1, shape [total].
    """

    starts: NDArray[np.uint32]
    ids: NDArray[np.uint16]
    steps: NDArray[np.uint16]

    @classmethod
    def among(cls, vectors: NDArray[np.float32]) -> Self:
        """Compare every token with every other.

        Args:
            vectors: shape [vocabulary, dimension], vocabulary <= 65,536.
        """
        units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        counts, ids, steps = [0], [], []
        for first in range(0, len(units), BLOCK):
            cosines = units[first : first + BLOCK] @ units.T
            rows, near = np.nonzero(cosines > FLOOR)
            counts += np.bincount(rows, minlength=len(cosines)).tolist()
            ids.append(near.astype(np.uint16))
            shares = np.clip((cosines[rows, near] - FLOOR) / (1 - FLOOR), 0, 1)
            steps.append(np.round(shares * STEPS).astype(np.uint16))
        return cls(np.cumsum(counts).astype(np.uint32), np.concatenate(ids), np.concatenate(steps))

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read what ``save`` wrote.

        Raises:
            IsnadError: the file is missing or cannot be read.
        """
        from safetensors.numpy import load_file

        try:
            stored = load_file(file)
            return cls(stored["starts"], stored["ids"], stored["steps"])
        except Exception as error:  # the library raises kinds of its own, all of them for a wrong file
            raise IsnadError(f"cannot read {file}: {error}. Copy the model there again.") from error

    def save(self, file: Path) -> None:
        """Write the arrays to a safetensors file."""
        from safetensors.numpy import save_file

        save_file({"starts": self.starts, "ids": self.ids, "steps": self.steps}, file)
        file.chmod(0o644)

    def of(self, tokens: Sequence[int]) -> list[Near]:
        """Return what is near to each of the tokens."""
        near = []
        for token in tokens:
            place = slice(int(self.starts[token]), int(self.starts[token + 1]))
            cosines = FLOOR + (1 - FLOOR) / STEPS * self.steps[place]
            near.append(Near(self.ids[place].astype(np.int64), cosines.astype(np.float32)))
        return near
