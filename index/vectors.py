"""Nearest vectors, on FAISS."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedArchiveError, IsnadError


class VectorIndex:
    """Unit vectors under passage ids, searched by inner product, which is then their cosine.

    Half-precision numbers in a flat index: exact order up to rounding, and half the memory.
    """

    def __init__(self, dimension: int) -> None:
        flat = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._index: Any = faiss.IndexIDMap2(flat)

    @classmethod
    def load(cls, file: Path) -> "VectorIndex":
        """Read an index written by ``save``.

        Raises:
            DamagedArchiveError: the file cannot be read as an index.
        """
        index = cls.__new__(cls)
        try:
            index._index = faiss.read_index(str(file))
        except RuntimeError as error:
            raise DamagedArchiveError(f"{file} cannot be read as a vector index") from error
        return index

    def copy(self) -> "VectorIndex":
        """Return an index of its own with the same vectors."""
        index = VectorIndex.__new__(VectorIndex)
        index._index = faiss.clone_index(self._index)
        return index

    def save(self, file: Path) -> None:
        """Write the index to a file, and all the way to the disk.

        Raises:
            IsnadError: it cannot be written.
        """
        try:
            faiss.write_index(self._index, str(file))
            with file.open("rb") as stream:
                os.fsync(stream.fileno())
        except (RuntimeError, OSError) as error:
            raise IsnadError(f"cannot write {file}: {error}") from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passage ids in the index, shape [len]."""
        return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def holds(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> bool:
        """Return whether exactly these vectors, in half precision, stand under these ids of the index."""
        if not len(ids):
            return True
        return np.array_equal(self._index.reconstruct_batch(ids), vectors.astype(np.float16).astype(np.float32))

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors under ids not yet in the index.

        Args:
            ids: shape [n].
            vectors: unit vectors, shape [n, dimension].
        """
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: Iterable[int]) -> None:
        """Take ids out; one that is not there is ignored."""
        gone = np.fromiter(ids, dtype=np.int64)
        if len(gone):
            self._index.remove_ids(gone)

    def search(self, vector: NDArray[np.float32], k: int) -> list[int]:
        """Return the ids of the ``k`` nearest vectors, nearest first.

        Args:
            vector: unit vector, shape [dimension].
            k: how many; fewer come back where the index holds fewer.
        """
        if not len(self):
            return []
        _, ids = self._index.search(vector[None, :].astype(np.float32), min(k, len(self)))
        return [int(i) for i in ids[0] if i >= 0]
