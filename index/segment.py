"""Vectors in one FAISS index."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import faiss as untyped_faiss
import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedArchiveError, IsnadError
from index.selection import Selection, Without

faiss: Any = untyped_faiss  # its type stubs lack what its Python side adds

# Training looks at this many vectors a cluster, a few times: more makes no measurable difference to recall.
TRAINING_VECTORS = 64
TRAINING_ROUNDS = 8
MARGIN = 0.1
# Share of the clusters that a search looks into.
PROBED = 1 / 16


class Segment:
    """Unit vectors under passage ids, searched by inner product, which is then their cosine.

    Flat in half precision, which is exact up to rounding; or clustered (IVF) with 8 bits a number, which is
    approximate, a sixteenth of the work and half the memory.
    """

    def __init__(self, index: Any) -> None:  # noqa: ANN401  (faiss has no types)
        """Use ``flat``, ``clustered`` or ``load``."""
        self._index = index

    @classmethod
    def flat(cls, dimension: int) -> Self:
        """Return an empty segment that looks at every vector."""
        codes = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        return cls(faiss.IndexIDMap(codes))

    @classmethod
    def clustered(cls, sample: NDArray[np.float32], clusters: int) -> Self:
        """Return an empty segment that looks at a part of its vectors.

        Args:
            sample: vectors like those it will hold, shape [n, dimension], n >= clusters.
            clusters: how many.
        """
        dimension = sample.shape[1]
        centres = faiss.IndexFlatIP(dimension)
        index = faiss.IndexIVFScalarQuantizer(
            centres, dimension, clusters, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
        )
        centres.this.disown()
        index.own_fields = True
        # Later vectors may lie outside the range of the sample; beyond this margin they are cut to it.
        index.sq.rangestat_arg = MARGIN
        index.cp.niter = TRAINING_ROUNDS
        index.cp.max_points_per_centroid = TRAINING_VECTORS
        index.cp.min_points_per_centroid = 1  # fewer than advised is no reason to write to stderr
        index.train(np.ascontiguousarray(sample, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, file: Path, *, mapped: bool) -> Self:
        """Read a segment written by ``save``.

        Args:
            file: where it is.
            mapped: leave the vectors on disk until they are looked at; such a segment cannot be changed.

        Raises:
            DamagedArchiveError: the file cannot be read as one.
        """
        try:
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC if mapped else 0)
        except RuntimeError as error:
            raise DamagedArchiveError(f"{file} cannot be read as a vector index") from error
        return cls(index)

    def save(self, file: Path) -> None:
        """Write the segment to a file, and all the way to the disk.

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
    def clusters(self) -> int:
        """Number of clusters; 0 where it is flat."""
        return int(self._index.nlist) if isinstance(self._index, faiss.IndexIVF) else 0

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passage ids, shape [len]."""
        if not self.clusters:
            return np.asarray(faiss.vector_to_array(self._index.id_map), dtype=np.int64)
        return np.concatenate([ids for ids, _ in self._lists()] or [np.zeros(0, dtype=np.int64)])

    def vectors(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield ids and vectors as they are stored, in parts of shapes [n] and [n, dimension]."""
        if self.clusters:
            for ids, codes in self._lists():
                yield ids, self._index.sq.decode(codes.reshape(len(ids), -1))
        else:
            ids = self.ids
            for first in range(0, len(ids), 4096):
                part = ids[first : first + 4096]
                yield part, self._index.index.reconstruct_n(first, len(part))

    def _lists(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint8]]]:
        """Yield copies of the ids and codes of every cluster that has any."""
        lists = self._index.invlists
        for number in range(lists.nlist):
            size = lists.list_size(number)
            if size:
                ids = faiss.rev_swig_ptr(lists.get_ids(number), size).copy()
                codes = faiss.rev_swig_ptr(lists.get_codes(number), size * lists.code_size).copy()
                yield ids, codes

    def add(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> None:
        """Add vectors under ids not yet in the segment.

        Args:
            ids: shape [n].
            vectors: unit vectors, shape [n, dimension].
        """
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), ids)

    def remove(self, ids: NDArray[np.int64]) -> None:
        """Take ids out; one that is not there is ignored."""
        if len(ids) and len(self):
            self._index.remove_ids(ids)

    def search(
        self, vector: NDArray[np.float32], k: int, among: Selection | Without | None = None
    ) -> list[tuple[float, int]]:
        """Return cosine and id of the ``k`` nearest vectors, nearest first.

        Args:
            vector: unit vector, shape [dimension].
            k: how many at most.
            among: the only passages to look at.
        """
        if not len(self):
            return []
        selector = among.selector if among is not None else None
        if self.clusters:
            probes = max(1, round(self.clusters * PROBED))
            parameters = faiss.SearchParametersIVF(nprobe=probes, sel=selector)
        else:
            parameters = faiss.SearchParameters(sel=selector)
        cosines, ids = self._index.search(vector[None, :].astype(np.float32), min(k, len(self)), params=parameters)
        return [(float(cosine), int(i)) for cosine, i in zip(cosines[0], ids[0], strict=True) if i >= 0]
