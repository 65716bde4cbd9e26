"""The archive's one source of truth, on SQLite."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.errors import DamagedArchiveError, IsnadError
from index.passages import Passage
from index.statistics import TokenStatistics
from index.token_rows import TokenIds, TokenRows

SCHEMA = """
CREATE TABLE document (
    id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT,
    author TEXT, published TEXT, language TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TABLE passage (
    -- AUTOINCREMENT: an id is never given twice, so a derived index cannot confuse two passages
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, language TEXT NOT NULL, generation INTEGER NOT NULL,
    tokens BLOB NOT NULL, vector BLOB NOT NULL);
CREATE INDEX passage_of_document ON passage (document);
CREATE INDEX passage_by_generation ON passage (language, generation);
-- passages that are gone: what a derived index that lags has to take out
CREATE TABLE removal (passage INTEGER PRIMARY KEY, language TEXT NOT NULL, generation INTEGER NOT NULL);
CREATE TABLE statistic (
    language TEXT PRIMARY KEY, passages INTEGER NOT NULL, tokens INTEGER NOT NULL, frequencies BLOB NOT NULL);
CREATE TABLE state (generation INTEGER NOT NULL, label TEXT NOT NULL);
INSERT INTO state VALUES (0, '{}');
"""

COLUMNS = ", ".join(f"document.{field.name}" for field in fields(Document))


@dataclass(frozen=True, eq=False)
class PassageData:
    """Passages of one language with what the scores are computed from.

    Attributes:
        ids: shape [n].
        tokens: n rows.
        vectors: shape [n, dimension].
    """

    ids: NDArray[np.int64]
    tokens: TokenRows
    vectors: NDArray[np.float32]

    def first(self, count: int) -> "PassageData":
        """Return the first passages."""
        return PassageData(self.ids[:count], self.tokens[:count], self.vectors[:count])

    def take(self, order: NDArray[np.int64]) -> "PassageData":
        """Return the passages at those places, in that order."""
        return PassageData(self.ids[order], self.tokens.take(order), self.vectors[order])


@dataclass(frozen=True, eq=False)
class NewPassage:
    """A passage about to be stored."""

    start: int
    end: int
    tokens: TokenIds
    vector: NDArray[np.float32]


class Catalog:
    """Documents, passages, vectors and token statistics; every change is a transaction with a generation."""

    def __init__(self, file: Path, *, create: bool = False) -> None:
        """Open the catalog, or create it.

        Raises:
            DamagedArchiveError: the file is missing or is no catalog.
        """
        self.file = file
        self._threads = threading.local()
        self._connections: list[sqlite3.Connection] = []
        if create:
            self._connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {SCHEMA} COMMIT;")
        elif not file.is_file():
            raise DamagedArchiveError(
                f"{file} is missing, and with it the archive's documents; restore a backup"
            )
        _ = self.generation

    @property
    def _connection(self) -> sqlite3.Connection:
        """The thread's own connection, so that one that reads never sees another's unfinished transaction."""
        if not hasattr(self._threads, "connection"):
            connection = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            self._threads.connection = connection
            self._connections.append(connection)
        return cast(sqlite3.Connection, self._threads.connection)

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.OperationalError as error:  # a full disk, a lock, a folder that cannot be written
            raise IsnadError(f"{self.file}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise DamagedArchiveError(f"{self.file} is damaged ({error}); restore a backup") from error

    def close(self) -> None:
        """Close the file."""
        for connection in self._connections:
            connection.close()

    @property
    def generation(self) -> int:
        """Number of the last commit."""
        return int(self._rows("SELECT generation FROM state")[0][0])

    @property
    def label(self) -> str:
        """What made the archive, as JSON; the manifest can be written anew from it."""
        return str(self._rows("SELECT label FROM state")[0][0])

    @label.setter
    def label(self, label: str) -> None:
        self._rows("UPDATE state SET label = ?", (label,))

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Make all changes inside it at once or not at all; yields the generation they get."""
        self._rows("BEGIN IMMEDIATE")
        try:
            generation = self.generation + 1
            self._rows("UPDATE state SET generation = ?", (generation,))
            yield generation
            self._rows("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    # documents

    def count_documents(self) -> int:
        """Return the number of documents."""
        return int(self._rows("SELECT count(*) FROM document")[0][0])

    def count_passages(self) -> dict[str, int]:
        """Return the number of passages by language."""
        return dict(self._rows("SELECT language, passages FROM statistic WHERE passages > 0"))

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order they were added."""
        for (uri,) in self._rows("SELECT uri FROM document ORDER BY id"):
            document = self.document(uri)
            if document:
                yield document

    def document(self, uri: str) -> Document | None:
        """Return the document of that URI, or None."""
        rows = self._rows(f"SELECT {COLUMNS} FROM document WHERE uri = ?", (uri,))
        return self._checked(Document(*rows[0])) if rows else None

    def hash_of(self, uri: str) -> str | None:
        """Return the content hash stored for that URI, or None."""
        rows = self._rows("SELECT sha256 FROM document WHERE uri = ?", (uri,))
        return str(rows[0][0]) if rows else None

    def _checked(self, document: Document) -> Document:
        if not _is_intact(document):
            raise DamagedArchiveError(
                f"the document {document.uri!r} in {self.file} is not what was stored (its SHA-256 differs); "
                f"index its file again or restore a backup"
            )
        return document

    # changes, inside a transaction

    def insert(self, document: Document, passages: Sequence[NewPassage], generation: int) -> None:
        """Store a document and its passages."""
        marks = ", ".join("?" * len(fields(Document)))
        names = COLUMNS.replace("document.", "")
        self._rows(f"INSERT INTO document ({names}) VALUES ({marks})", astuple(document))
        number = self._rows("SELECT last_insert_rowid()")[0][0]
        self._connection.executemany(
            "INSERT INTO passage (document, start, end, language, generation, tokens, vector) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    new.start,
                    new.end,
                    document.language,
                    generation,
                    new.tokens.astype("<u2").tobytes(),
                    new.vector.astype("<f2").tobytes(),
                )
                for new in passages
            ],
        )

    def delete(self, uri: str, generation: int) -> dict[str, TokenRows]:
        """Delete a document with its passages; return the tokens taken out by language, none if unknown."""
        rows = self._rows(
            "SELECT passage.id, passage.language, tokens FROM passage JOIN document ON document.id = document "
            "WHERE uri = ?",
            (uri,),
        )
        self._connection.executemany(
            "INSERT INTO removal VALUES (?, ?, ?)", [(row[0], row[1], generation) for row in rows]
        )
        self._rows("DELETE FROM document WHERE uri = ?", (uri,))
        languages = {row[1] for row in rows}
        return {
            language: TokenRows.from_bytes([row[2] for row in rows if row[1] == language])
            for language in languages
        }

    def forget_removals(self, generation: int) -> None:
        """Drop the record of removals that every derived index has made."""
        self._rows("DELETE FROM removal WHERE generation <= ?", (generation,))

    # statistics

    def statistics(self, language: str, vocabulary: int) -> TokenStatistics:
        """Return the token statistics of a language, empty where it has no passage."""
        rows = self._rows(
            "SELECT frequencies, passages, tokens FROM statistic WHERE language = ?", (language,)
        )
        if not rows:
            return TokenStatistics.empty(vocabulary)
        frequencies, passages, tokens = rows[0]
        return TokenStatistics(np.frombuffer(frequencies, dtype="<u4").astype(np.int64), passages, tokens)

    def set_statistics(self, language: str, statistics: TokenStatistics) -> None:
        """Store the token statistics of a language."""
        self._rows(
            "INSERT OR REPLACE INTO statistic VALUES (?, ?, ?, ?)",
            (language, statistics.rows, statistics.tokens, statistics.frequencies.astype("<u4").tobytes()),
        )

    # passages

    def languages(self) -> list[str]:
        """Return the languages that passages have or have had."""
        return [row[0] for row in self._rows("SELECT language FROM statistic ORDER BY language")]

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Return the passages of those ids in that order, without those that are gone."""
        rows = self._rows(
            "SELECT passage.id, uri, start, end FROM passage JOIN document ON document.id = document "
            f"WHERE passage.id IN ({_list(ids)})"
        )
        found = {row[0]: Passage(*row) for row in rows}
        return [found[i] for i in ids if i in found]

    def passage_data(self, ids: Iterable[int]) -> PassageData:
        """Return tokens and vectors of those passages in order of id, without those that are gone."""
        return self._data(f"id IN ({_list(ids)}) ORDER BY id", ())

    def passages_since(self, language: str, generation: int) -> Iterator[PassageData]:
        """Yield the passages added after a generation, a few thousand at a time."""
        last = 0
        while True:
            data = self._data(
                "language = ? AND generation > ? AND id > ? ORDER BY id LIMIT 4096",
                (language, generation, last),
            )
            if not len(data.ids):
                return
            yield data
            last = int(data.ids[-1])

    def removals_since(self, language: str, generation: int) -> list[int]:
        """Return the ids of passages removed after a generation."""
        rows = self._rows(
            "SELECT passage FROM removal WHERE language = ? AND generation > ?", (language, generation)
        )
        return [row[0] for row in rows]

    def passage_ids(self, language: str) -> NDArray[np.int64]:
        """Return all passage ids of a language in order, shape [n]."""
        rows = self._rows("SELECT id FROM passage WHERE language = ? ORDER BY id", (language,))
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def _data(self, condition: str, values: tuple[object, ...]) -> PassageData:
        rows = self._rows(f"SELECT id, tokens, vector FROM passage WHERE {condition}", values)
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f2").astype(np.float32)
        return PassageData(
            np.array([row[0] for row in rows], dtype=np.int64),
            TokenRows.from_bytes([row[1] for row in rows]),
            vectors.reshape(len(rows), -1) if rows else vectors.reshape(0, 0),
        )

    def problems(self) -> list[str]:
        """Return a line for everything SQLite or the stored hashes find wrong."""
        try:
            found = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
            found += [
                f"the document {row[0]!r} is not what was stored"
                for (uri,) in self._rows("SELECT uri FROM document ORDER BY id")
                for row in self._rows(f"SELECT {COLUMNS} FROM document WHERE uri = ?", (uri,))
                if not _is_intact(Document(*row))
            ]
        except DamagedArchiveError as error:
            return [str(error)]
        return [f"{self.file.name}: {problem}" for problem in found]


def _is_intact(document: Document) -> bool:
    again = Document.create(
        document.uri,
        document.text,
        document.title,
        document.source,
        document.author,
        document.published,
        document.language,
    )
    return again == document


def _list(ids: Iterable[int]) -> str:
    # Numbers only, so they can stand in the statement; there may be more than SQLite takes as parameters.
    return ", ".join(str(int(i)) for i in ids)
