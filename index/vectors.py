"""Nearest vectors of a language: a large segment on disk, and what has changed since it was written."""

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedArchiveError, IsnadError
from index.passage_data import PassageData
from index.segment import Segment
from index.selection import Selection, Without

# So many changes are kept beside the large segment before it is written anew: they are a file of 12 MB that every
# commit writes.
FRESH = 16_384
# From so many vectors on looking at all of them takes longer than a question may.
CLUSTERED_FROM = 200_000


class VectorIndex:
    """Unit vectors under passage ids.

    ``base`` is memory-mapped and never changed; vectors that are newer are ``fresh`` in memory, and ids of the
    base that have been removed are ``gone``. An addition to a million vectors then writes a small file.
    """

    def __init__(
        self,
        dimension: int,
        base: Segment | None = None,
        fresh_ids: NDArray[np.int64] | None = None,
        fresh_vectors: NDArray[np.float16] | None = None,
        gone: NDArray[np.int64] | None = None,
    ) -> None:
        """Put an index together.

        Args:
            dimension: numbers a vector.
            base: the large segment; none is an empty one.
            fresh_ids: ids of the newer vectors, shape [n].
            fresh_vectors: the newer vectors, shape [n, dimension].
            gone: ids of the base that are not to be found, shape [m].
        """
        self.dimension = dimension
        self.base = base or Segment.flat(dimension)
        self.fresh_ids = np.zeros(0, dtype=np.int64) if fresh_ids is None else fresh_ids
        self.fresh_vectors = np.zeros((0, dimension), dtype=np.float16) if fresh_vectors is None else fresh_vectors
        self.gone = np.zeros(0, dtype=np.int64) if gone is None else gone

    @classmethod
    def load(cls, dimension: int, base: Path | None, fresh: Path) -> Self:
        """Read an index from the files written by ``save_fresh`` and ``Segment.save``.

        Raises:
            DamagedArchiveError: one is missing or cannot be read.
        """
        try:
            with np.load(fresh, allow_pickle=False) as stored:
                arrays = [stored[name] for name in ("ids", "vectors", "gone")]
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise DamagedArchiveError(f"{fresh} cannot be read as vectors") from error
        return cls(dimension, Segment.load(base, mapped=True) if base else None, *arrays)

    def save_fresh(self, file: Path) -> None:
        """Write what is beside the base to a file, and all the way to the disk.

        Raises:
            IsnadError: it cannot be written.
        """
        try:
            with file.open("wb") as stream:
                np.savez(stream, ids=self.fresh_ids, vectors=self.fresh_vectors, gone=self.gone)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise IsnadError(f"cannot write {file}: {error.strerror}") from error

    def __len__(self) -> int:
        return len(self.base) - len(self.gone) + len(self.fresh_ids)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The passage ids in the index in order, shape [len]."""
        return np.sort(np.concatenate([np.setdiff1d(self.base.ids, self.gone), self.fresh_ids]))

    def has_room(self, changes: int) -> bool:
        """Return whether so many changes more can be kept beside the base."""
        return len(self.fresh_ids) + len(self.gone) + changes <= FRESH

    @cached_property
    def _fresh(self) -> Segment:
        segment = Segment.flat(self.dimension)
        segment.add(self.fresh_ids, self.fresh_vectors.astype(np.float32))
        return segment

    @cached_property
    def _held(self) -> Without:
        return Without(self.gone)

    def search(self, vector: NDArray[np.float32], k: int, selection: Selection | None = None) -> list[int]:
        """Return the ids of the ``k`` nearest vectors, nearest first.

        Args:
            vector: unit vector, shape [dimension].
            k: how many; fewer come back where the index holds fewer.
            selection: the only passages to look at; it must not name any that are gone.
        """
        among = self._held if selection is None else selection
        found = self.base.search(vector, k, among) + self._fresh.search(vector, k, selection)
        return [passage for _, passage in sorted(found, key=lambda pair: -pair[0])[:k]]

    def changed(self, gone: Sequence[int], added: Iterable[PassageData]) -> "VectorIndex":
        """Return the index with some passages taken out and a few put in; those put in replace their like.

        Nothing of this index is changed: other threads may go on searching it.
        """
        batches = list(added)
        new = np.concatenate([self.fresh_ids[:0], *(data.ids for data in batches)])
        out = np.array(gone, dtype=np.int64)
        kept = ~np.isin(self.fresh_ids, np.concatenate([out, new]))
        vectors = [data.vectors.astype(np.float16) for data in batches]
        return VectorIndex(
            self.dimension,
            self.base,
            np.concatenate([self.fresh_ids[kept], new]),
            np.concatenate([self.fresh_vectors[kept], *vectors]),
            # Ids only grow, so nothing put in is in the base already.
            np.union1d(self.gone, out[np.isin(out, self.base.ids)]) if len(out) else self.gone,
        )

    def stored(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield ids and vectors as they are stored, in parts of shapes [n] and [n, dimension], n > 0."""
        for segment in (self.base, self._fresh):
            for ids, vectors in segment.vectors():
                held = ~np.isin(ids, self.gone)
                if held.any():
                    yield ids[held], vectors[held]

    def whole(self, base: Path | None, gone: Sequence[int]) -> Segment:
        """Return all vectors but some in one segment in memory, which can be added to.

        Args:
            base: the file of the base, none where it is empty.
            gone: ids to leave out.
        """
        segment = Segment.load(base, mapped=False) if base else Segment.flat(self.dimension)
        out = np.array(gone, dtype=np.int64)
        segment.remove(np.concatenate([self.gone, out]))
        kept = ~np.isin(self.fresh_ids, out)
        segment.add(self.fresh_ids[kept], self.fresh_vectors[kept].astype(np.float32))
        return segment


def clusters_for(total: int) -> int:
    """Return how many clusters so many vectors are put in: about twice the root of their number, or 0 for none."""
    return 0 if total < CLUSTERED_FROM else 2 ** round(math.log2(2 * math.sqrt(total)))
