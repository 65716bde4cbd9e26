"""The passages of the catalog, with their tokens and vectors."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.errors import DamagedArchiveError
from index.passage_data import PassageData
from index.passages import Passage
from index.token_rows import TokenRows

_PASSAGES = "SELECT passage.id, uri, start, end FROM passage JOIN document ON document.id = document"


class PassageTable:
    """What is asked of passages; the catalog writes them together with their documents."""

    def __init__(self, database: Database) -> None:
        self._rows = database.rows
        self._file = database.file

    def at(self, ids: Sequence[int]) -> list[Passage]:
        """Return the passages of those ids in that order, without those that are gone."""
        rows = self._rows(f"{_PASSAGES} WHERE passage.id IN ({_list(ids)})")
        found = {row[0]: Passage(*row) for row in rows}
        return [found[i] for i in ids if i in found]

    def of(self, uri: str) -> list[Passage]:
        """Return the passages of a document in order."""
        return [Passage(*row) for row in self._rows(f"{_PASSAGES} WHERE uri = ? ORDER BY start", (uri,))]

    def data(self, ids: Iterable[int]) -> PassageData:
        """Return tokens and vectors of those passages in order of id, without those that are gone."""
        return self._data(f"id IN ({_list(ids)}) ORDER BY id", ())

    def since(self, language: str, generation: int) -> Iterator[PassageData]:
        """Yield the passages added after a generation, a few thousand at a time."""
        last = 0
        while True:
            condition = "language = ? AND generation > ? AND id > ? ORDER BY id LIMIT 4096"
            data = self._data(condition, (language, generation, last))
            if not len(data.ids):
                return
            yield data
            last = int(data.ids[-1])

    def count_since(self, language: str, generation: int) -> int:
        """Return the number of passages added after a generation."""
        statement = "SELECT count(*) FROM passage WHERE language = ? AND generation > ?"
        return int(self._rows(statement, (language, generation))[0][0])

    def sample_vectors(self, language: str, count: int) -> NDArray[np.float32]:
        """Return vectors of a language chosen at random, the same ones every time.

        Returns:
            Array of shape [n, dimension], n being ``count`` or all there are.
        """
        ids = self.ids(language)
        if len(ids) > count:
            ids = np.sort(np.random.default_rng(0).choice(ids, count, replace=False))
        parts = [self.data(ids[first : first + 4096]).vectors for first in range(0, len(ids), 4096)]
        return np.concatenate(parts)

    def removed_since(self, language: str, generation: int) -> list[int]:
        """Return the ids of passages removed after a generation."""
        statement = "SELECT passage FROM removal WHERE language = ? AND generation > ?"
        return [row[0] for row in self._rows(statement, (language, generation))]

    def ids(self, language: str) -> NDArray[np.int64]:
        """Return all passage ids of a language in order, shape [n]."""
        rows = self._rows("SELECT id FROM passage WHERE language = ? ORDER BY id", (language,))
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def _data(self, condition: str, values: tuple[object, ...]) -> PassageData:
        rows = self._rows(f"SELECT id, tokens, vector FROM passage WHERE {condition}", values)
        try:
            vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f2").astype(np.float32)
            return PassageData(
                np.array([row[0] for row in rows], dtype=np.int64),
                TokenRows.from_bytes([row[1] for row in rows]),
                vectors.reshape(len(rows), -1) if rows else vectors.reshape(0, 0),
            )
        except (ValueError, TypeError) as error:
            raise DamagedArchiveError(f"{self._file} is damaged ({error}); restore a backup") from error


def _list(ids: Iterable[int]) -> str:
    # Numbers only, so they can stand in the statement; there may be more than SQLite takes as parameters.
    return ", ".join(str(int(i)) for i in ids)
