"""The archive's one source of truth, on SQLite."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.database import Database
from index.document_rows import COLUMNS, document_of, is_intact, row_of
from index.documents import Document
from index.errors import DamagedArchiveError
from index.filter_query import select, sources
from index.filters import Filter
from index.ledger import TABLES, Ledger
from index.passage_data import NewPassage, PassageData
from index.passage_table import PassageTable
from index.statistics import TokenStatistics
from index.stories import SCHEMA as STORIES
from index.stories import Stories
from index.token_rows import TokenRows

__all__ = ["Catalog", "NewPassage", "PassageData"]

SCHEMA = """
CREATE TABLE document (
    id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL, source TEXT,
    author TEXT, published TEXT, language TEXT NOT NULL, sha256 TEXT NOT NULL, agency TEXT,
    origins TEXT NOT NULL);  -- origins: JSON, a list of [field, place, certain]
CREATE TABLE passage (
    -- AUTOINCREMENT: an id is never given twice, so a derived index cannot confuse two passages
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES document ON DELETE CASCADE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, language TEXT NOT NULL, generation INTEGER NOT NULL,
    tokens BLOB NOT NULL, vector BLOB NOT NULL);
-- all that a filter asks for, so that it need not read the texts
CREATE INDEX document_filter ON document (language, published, source, agency);
CREATE INDEX passage_of_document ON passage (document);
CREATE INDEX passage_by_generation ON passage (language, generation);
-- passages that are gone: what a derived index that lags has to take out
CREATE TABLE removal (passage INTEGER PRIMARY KEY, language TEXT NOT NULL, generation INTEGER NOT NULL);
CREATE TABLE statistic (
    language TEXT PRIMARY KEY, passages INTEGER NOT NULL, tokens INTEGER NOT NULL, frequencies BLOB NOT NULL);
CREATE TABLE state (
    -- removed: passages taken out since the archive was last compacted; compacted: when that was
    generation INTEGER NOT NULL, label TEXT NOT NULL, removed INTEGER NOT NULL DEFAULT 0, compacted TEXT);
"""


class Catalog:
    """Documents, passages, vectors and token statistics; every change is a transaction with a generation."""

    def __init__(self, file: Path, new: str | None = None) -> None:
        """Open the catalog, or make a new one.

        Args:
            file: where it is.
            new: the label of a catalog to be made; see ``label``.

        Raises:
            IsnadError: it cannot be made.
            DamagedArchiveError: the file is missing or is no catalog.
        """
        self.file = file
        if new is None and not file.is_file():
            raise DamagedArchiveError(f"{file} is missing, and with it the archive's documents; restore a backup")
        self._database = Database(file)
        self._rows = self._database.rows
        self.ledger = Ledger(self._database)
        self.passages = PassageTable(self._database)
        self.stories = Stories(self._database)
        if new is not None:
            self._database.run_script(f"PRAGMA journal_mode = WAL; BEGIN; {SCHEMA} {TABLES} {STORIES}")
            self._rows("INSERT INTO state (generation, label) VALUES (0, ?)", (new,))
            self._rows("COMMIT")
        _ = self.generation

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @property
    def replaced(self) -> bool:
        """Whether another file has taken this one's place since it was opened."""
        return self._database.replaced

    @property
    def generation(self) -> int:
        """Number of the last commit."""
        return int(self._rows("SELECT generation FROM state")[0][0])

    @property
    def label(self) -> str:
        """What made the archive, as JSON; the manifest can be written anew from it."""
        return str(self._rows("SELECT label FROM state")[0][0])

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Make all changes inside it at once or not at all; yields the generation they get."""
        self.stories.discard()  # what a transaction that failed has left
        with self._database.transaction():
            generation = self.generation + 1
            self._rows("UPDATE state SET generation = ?", (generation,))
            yield generation
            self.stories.settle()

    @contextmanager
    def bookkeeping(self) -> Iterator[int]:
        """Change the ledger alone, at once or not at all; yields the generation, which stays."""
        with self._database.transaction():
            yield self.generation

    def vacuum(self) -> None:
        """Write the file anew without the space of what was deleted; killed or without space, it is as before."""
        self._rows("VACUUM")
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def note_compaction(self, when: str) -> None:
        """Note, inside a transaction, when the archive was compacted."""
        self._rows("UPDATE state SET removed = 0, compacted = ?", (when,))

    @property
    def compacted(self) -> str | None:
        """When the archive was last compacted, ISO in UTC."""
        return self._rows("SELECT compacted FROM state")[0][0]  # type: ignore[no-any-return]

    @property
    def removed_passages(self) -> int:
        """Number of passages taken out since the archive was last compacted."""
        return int(self._rows("SELECT removed FROM state")[0][0])

    # documents

    def count_documents(self) -> int:
        """Return the number of documents."""
        return int(self._rows("SELECT count(*) FROM document")[0][0])

    def languages(self) -> list[str]:
        """Return the languages that passages have or have had."""
        return [row[0] for row in self._rows("SELECT language FROM statistic ORDER BY language")]

    def count_passages(self) -> dict[str, int]:
        """Return the number of passages by language."""
        return dict(self._rows("SELECT language, passages FROM statistic WHERE passages > 0"))

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order they were added."""
        last = 0
        while rows := self._rows("SELECT id, uri FROM document WHERE id > ? ORDER BY id LIMIT 1024", (last,)):
            for _, uri in rows:
                document = self.document(uri)
                if document:
                    yield document
            last = rows[-1][0]

    def count_by(self, column: str) -> dict[str | None, tuple[int, int]]:
        """Return the number of documents and of passages for each value of a column of documents."""
        statement = (
            f"SELECT document.{column}, count(DISTINCT document.id), count(passage.id) FROM document "
            f"LEFT JOIN passage ON document.id = document GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        return {row[0]: (row[1], row[2]) for row in self._rows(statement)}

    def dates(self) -> tuple[str | None, str | None, int]:
        """Return the first and last day documents were published, and how many give none."""
        statement = "SELECT min(published), max(published), count(*) - count(published) FROM document"
        first, last, undated = self._rows(statement)[0]
        return first, last, undated

    def document(self, uri: str) -> Document | None:
        """Return the document of that URI, or None.

        Raises:
            DamagedArchiveError: it is not what was stored.
        """
        document = self.stored(uri)
        if document and not is_intact(document):
            raise DamagedArchiveError(
                f"the document {uri!r} in {self.file} is not what was stored (its SHA-256 differs); "
                f"index its file again or restore a backup"
            )
        return document

    def stored(self, uri: str) -> Document | None:
        """Return what is stored under that URI, be it damaged or not, or None."""
        rows = self._rows(f"SELECT {', '.join(COLUMNS)} FROM document WHERE uri = ?", (uri,))
        return document_of(rows[0]) if rows else None

    # changes, inside a transaction

    def insert(self, document: Document, passages: Sequence[NewPassage], generation: int) -> None:
        """Store a document and its passages."""
        marks = ", ".join("?" * len(COLUMNS))
        self._rows(f"INSERT INTO document ({', '.join(COLUMNS)}) VALUES ({marks})", row_of(document))
        number = self._rows("SELECT last_insert_rowid()")[0][0]
        self.stories.add(number, document, [new.tokens for new in passages])
        blobs = TokenRows.of([new.tokens for new in passages]).to_bytes()
        self._database.run_many(
            "INSERT INTO passage (document, start, end, language, generation, tokens, vector) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    number,
                    new.start,
                    new.end,
                    document.language,
                    generation,
                    tokens,
                    new.vector.astype("<f2").tobytes(),
                )
                for new, tokens in zip(passages, blobs, strict=True)
            ],
        )

    def delete(self, uri: str, generation: int) -> dict[str, TokenRows]:
        """Delete a document with its passages; return the tokens taken out by language, none if unknown."""
        rows = self._rows(
            "SELECT passage.id, passage.language, tokens FROM passage JOIN document ON document.id = document "
            "WHERE uri = ?",
            (uri,),
        )
        self._database.run_many(
            "INSERT INTO removal VALUES (?, ?, ?)", [(row[0], row[1], generation) for row in rows]
        )
        self._rows("UPDATE state SET removed = removed + ?", (len(rows),))
        self.stories.remove(uri)
        self._rows("DELETE FROM document WHERE uri = ?", (uri,))
        return {
            language: TokenRows.from_bytes([row[2] for row in rows if row[1] == language])
            for language in {row[1] for row in rows}
        }

    def forget_removals(self, generation: int) -> None:
        """Drop the record of removals that every derived index has made."""
        with self._database.transaction():
            self._rows("DELETE FROM removal WHERE generation <= ?", (generation,))
            self._rows(f"PRAGMA user_version = {int(generation)}")

    @property
    def forgotten(self) -> int:
        """The generation that removals are no longer known up to: an older index cannot be caught up."""
        return int(self._rows("PRAGMA user_version")[0][0])

    # statistics

    def statistics(self, language: str, vocabulary: int) -> TokenStatistics:
        """Return the token statistics of a language, empty where it has no passage."""
        rows = self._rows("SELECT frequencies, passages, tokens FROM statistic WHERE language = ?", (language,))
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

    # articles that a filter asks for

    def select(self, language: str, where: Filter) -> NDArray[np.int64]:
        """Return the ids of a language's passages whose articles meet a filter, in order, shape [n]."""
        return select(self._rows, language, where)

    def sources(self) -> list[str]:
        """Return the names of all outlets and agencies."""
        return sources(self._rows)

    def problems(self) -> list[str]:
        """Return a line for everything SQLite, the stored hashes or a recount find wrong."""
        try:
            found = [row[0] for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
            found += [
                f"the document {uri!r} is not what was stored"
                for (uri,) in self._rows("SELECT uri FROM document ORDER BY id")
                if (document := self.stored(uri)) and not is_intact(document)
            ]
            found += [
                f"the token statistics of {language!r} are not those of its passages"
                for language in self.languages()
                if not self._is_counted(language)
            ]
            if not found:  # of a damaged document the story is wrong too, which need not be said
                found += self.stories.problems()
        except DamagedArchiveError as error:
            return [str(error)]
        return [f"{self.file.name}: {problem}" for problem in found]

    def _is_counted(self, language: str) -> bool:
        stored = self.statistics(language, 0)
        counted = TokenStatistics.empty(len(stored.frequencies))
        for data in self.passages.since(language, 0):
            if data.tokens.ids.max(initial=0) >= len(stored.frequencies):
                return False
            counted = counted.plus(data.tokens)
        same = np.array_equal(counted.frequencies, stored.frequencies)
        return same and (counted.rows, counted.tokens) == (stored.rows, stored.tokens)
