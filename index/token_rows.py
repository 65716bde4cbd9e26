"""Many short sequences of token ids in two flat arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

TokenIds = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class TokenRows:
    """Rows of unequal length, one a text, laid end to end so that numpy can work on all of them at once.

    Attributes:
        ids: the token ids of all rows, shape [total].
        starts: where each row begins, and the total at the end, shape [rows + 1].
    """

    ids: TokenIds
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int] | TokenIds]) -> "TokenRows":
        """Lay the rows end to end."""
        arrays = [np.asarray(row, dtype=np.uint32) for row in rows]
        starts = np.zeros(len(arrays) + 1, dtype=np.int64)
        np.cumsum([len(array) for array in arrays], out=starts[1:])
        return cls(np.concatenate([np.zeros(0, dtype=np.uint32), *arrays]), starts)

    @classmethod
    def from_bytes(cls, blobs: Sequence[bytes]) -> "TokenRows":
        """Read rows stored with ``to_bytes``."""
        starts = np.zeros(len(blobs) + 1, dtype=np.int64)
        np.cumsum([len(blob) // 2 for blob in blobs], out=starts[1:])
        return cls(np.frombuffer(b"".join(blobs), dtype="<u2").astype(np.uint32), starts)

    def to_bytes(self) -> list[bytes]:
        """Return every row as little-endian 16-bit numbers; the bundled vocabulary fits them."""
        if len(self.ids) and self.ids.max() > np.iinfo(np.uint16).max:
            raise ValueError(f"token id {self.ids.max()} does not fit 16 bits")
        return [row.astype("<u2", copy=False).tobytes() for row in self]

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of tokens a row, shape [rows]."""
        return np.diff(self.starts)

    @property
    def row_numbers(self) -> NDArray[np.int64]:
        """For every token the number of its row, shape [total]."""
        return np.repeat(np.arange(len(self)), self.counts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __iter__(self) -> Iterator[TokenIds]:
        return (self.ids[start:end] for start, end in pairwise(self.starts))

    def take(self, order: NDArray[np.int64]) -> "TokenRows":
        """Return the rows at those places, in that order."""
        rows = list(self)
        return TokenRows.of([rows[i] for i in order])

    def __getitem__(self, rows: slice) -> "TokenRows":
        first, last, step = rows.indices(len(self))
        if step != 1:
            raise ValueError(f"TokenRows are cut in steps of 1, not {step}")
        starts = self.starts[first : max(first, last) + 1]
        return TokenRows(self.ids[starts[0] : starts[-1]], starts - starts[0])
