"""Sets of passages that a search is limited to, or is to leave out."""

from functools import cached_property
from typing import Any

import faiss as untyped_faiss
import numpy as np
from numpy.typing import NDArray

faiss: Any = untyped_faiss  # its type stubs lack what its Python side adds


class Selection:
    """The passages of one language that a filter lets through."""

    def __init__(self, ids: NDArray[np.int64]) -> None:
        """Keep the ids, shape [n], each once and in order."""
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """For every id up to the largest whether it is in the set, shape [largest + 1]."""
        held = np.zeros(int(self.ids[-1]) + 1 if len(self.ids) else 0, dtype=bool)
        held[self.ids] = True
        return held

    @cached_property
    def selector(self) -> Any:  # noqa: ANN401  (faiss has no types)
        """The set as FAISS takes it."""
        return faiss.IDSelectorBitmap(np.packbits(self.held, bitorder="little"))

    def among(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for each of those ids whether it is in the set."""
        inside = ids < len(self.held)
        inside[inside] = self.held[ids[inside]]
        return inside


class Without:
    """All passages but some."""

    def __init__(self, ids: NDArray[np.int64]) -> None:
        """Leave the ids out, shape [n]."""
        self.ids = ids

    @cached_property
    def selector(self) -> Any:  # noqa: ANN401  (faiss has no types)
        """The set as FAISS takes it; none where nothing is left out."""
        return faiss.IDSelectorNot(faiss.IDSelectorBatch(self.ids)) if len(self.ids) else None
