"""Which place and file gave which documents, so that what has not changed need not be read again."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from index.database import Database

# A root is what the user named: a folder, a file or an address. Everything here is bookkeeping: without it
# nothing is lost, files are only read again.
TABLES = """
CREATE TABLE root (id INTEGER PRIMARY KEY, place TEXT NOT NULL UNIQUE, synced TEXT);
CREATE TABLE file (
    -- sha256 is NULL unless the whole file has been read without a failure
    id INTEGER PRIMARY KEY, root INTEGER NOT NULL REFERENCES root ON DELETE CASCADE, name TEXT NOT NULL,
    pass INTEGER NOT NULL DEFAULT 0, size INTEGER, modified INTEGER, sha256 TEXT, readers INTEGER,
    etag TEXT, last_modified TEXT,  -- as a server sent them
    UNIQUE (root, name));
CREATE TABLE given (
    -- the last pass over the file that gave the document; one below the file's own means it is gone from there.
    -- Where new articles push old ones out, the file's own is not raised: nothing is gone from there.
    file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE, uri TEXT NOT NULL, pass INTEGER NOT NULL,
    PRIMARY KEY (file, uri)) WITHOUT ROWID;
CREATE INDEX given_by_uri ON given (uri);
"""

_FILE = "(SELECT file.id FROM file JOIN root ON root.id = root WHERE place = ? AND name = ?)"
_CURRENT = (
    "EXISTS (SELECT 1 FROM given AS other JOIN file AS its ON its.id = other.file WHERE other.uri = given.uri"
)
_CURRENT += " AND other.pass >= its.pass{})"


@dataclass(frozen=True)
class Stamp:
    """What a file looked like when it was read.

    Attributes:
        size: bytes.
        modified: time of the last change in nanoseconds; None where it was too fresh to tell a later change.
        sha256: of its bytes; None where it is not known to have been read whole.
        readers: version of the readers.
        etag: the tag a server gave this version, for an address.
        last_modified: when it was last changed as a server says.
    """

    size: int | None
    modified: int | None
    sha256: str | None
    readers: int | None
    etag: str | None = None
    last_modified: str | None = None


STAMP = tuple(field.name for field in fields(Stamp))


@dataclass(frozen=True)
class Pass:
    """One reading of a file, from its first article to its last."""

    place: str
    name: str
    number: int


@dataclass(frozen=True)
class Root:
    """A place as the ledger knows it.

    Attributes:
        place: the absolute path, or the address.
        synced: when it was last read to its end, ISO in UTC; None if never.
        files: how many files of it have been read.
        documents: how many documents they gave.
    """

    place: str
    synced: str | None
    files: int
    documents: int


class Ledger:
    """The catalog's tables of places and files; what changes them runs inside a transaction of the catalog.

    A pass over a file notes each document as it is committed, and raises the file's own number only when all
    have been: a killed pass thus leaves every document known, and the file still to be read.
    """

    def __init__(self, database: Database) -> None:
        self._rows = database.rows

    def roots(self) -> list[Root]:
        """Return all places, in order of their names."""
        rows = self._rows(
            "SELECT place, synced, count(DISTINCT file.id), count(DISTINCT uri) FROM root "
            "LEFT JOIN file ON root.id = root LEFT JOIN given ON file.id = file GROUP BY root.id ORDER BY place"
        )
        return [Root(*row) for row in rows]

    def places(self) -> list[str]:
        """Return the names of all places in the order they were first read."""
        return [row[0] for row in self._rows("SELECT place FROM root ORDER BY id")]

    def last_synced(self, place: str) -> datetime | None:
        """Return when a place was last read to its end."""
        rows = self._rows("SELECT synced FROM root WHERE place = ? AND synced IS NOT NULL", (place,))
        return datetime.fromisoformat(rows[0][0]) if rows else None

    def files(self, place: str, name: str | None = None) -> dict[str, Stamp]:
        """Return the files of a place by name, or only the one named, as they were when they were read."""
        rows = self._rows(
            f"SELECT name, {', '.join(STAMP)} FROM file JOIN root ON root.id = root WHERE place = ?1 "
            "AND (?2 IS NULL OR name = ?2)",
            (place, name),
        )
        return {row[0]: Stamp(*row[1:]) for row in rows}

    def documents(self, place: str, name: str) -> set[str]:
        """Return the uris of the documents a file gave, also of those it no longer gives."""
        return {row[0] for row in self._rows(f"SELECT uri FROM given WHERE file = {_FILE}", (place, name))}

    def givers(self, uri: str) -> dict[tuple[str, str], int]:
        """Return place and name of every file that gives a document, and number of the last pass that gave it."""
        rows = self._rows(
            "SELECT place, name, given.pass FROM given JOIN file ON file.id = file JOIN root ON root.id = root "
            "WHERE uri = ? AND given.pass >= file.pass",
            (uri,),
        )
        return {(place, name): number for place, name, number in rows}

    def gone(self, place: str) -> list[str]:
        """Return the uris of documents that files of the place gave and no file gives any more."""
        statement = (
            "SELECT DISTINCT uri FROM given JOIN file ON file.id = file JOIN root ON root.id = root "
            f"WHERE place = ? AND given.pass < file.pass AND NOT {_CURRENT.format('')}"
        )
        return [row[0] for row in self._rows(statement, (place,))]

    def only_of(self, place: str) -> list[str]:
        """Return the uris of documents that files of this place gave and no file of another gives."""
        statement = (
            "SELECT DISTINCT uri FROM given JOIN file ON file.id = file JOIN root ON root.id = root "
            f"WHERE place = ? AND NOT {_CURRENT.format(' AND its.root != file.root')}"
        )
        return [row[0] for row in self._rows(statement, (place,))]

    def next_pass(self, place: str, name: str) -> Pass:
        """Return a pass that comes after all others over that file."""
        rows = self._rows(
            f"SELECT max(pass) FROM (SELECT pass FROM file WHERE id = {_FILE} "
            f"UNION ALL SELECT pass FROM given WHERE file = {_FILE})",
            (place, name) * 2,
        )
        return Pass(place, name, (rows[0][0] or 0) + 1)

    # changes

    def begin(self, reading: Pass) -> None:
        """Enter a file, from now on as one not yet read whole."""
        self._rows("INSERT OR IGNORE INTO root (place) VALUES (?)", (reading.place,))
        self._rows(
            "INSERT OR IGNORE INTO file (root, name) SELECT id, ? FROM root WHERE place = ?",
            (reading.name, reading.place),
        )
        self._rows(f"UPDATE file SET sha256 = NULL WHERE id = {_FILE}", (reading.place, reading.name))

    def give(self, reading: Pass, uri: str) -> None:
        """Note that the pass has given a document."""
        self._rows(
            f"INSERT OR REPLACE INTO given VALUES ({_FILE}, ?, ?)",
            (reading.place, reading.name, uri, reading.number),
        )

    def finish(self, reading: Pass, stamp: Stamp, *, rolling: bool = False) -> None:
        """Note that the pass has read the whole file.

        Args:
            reading: the pass.
            stamp: what the file looked like.
            rolling: whether new articles push old ones out of the file; else what the pass has not given is no
                longer there.
        """
        file = (reading.place, reading.name)
        self._rows(
            f"UPDATE file SET {', '.join(f'{name} = ?' for name in STAMP)} WHERE id = {_FILE}",
            (*astuple(stamp), *file),
        )
        if rolling:
            return
        self._rows(f"UPDATE file SET pass = ? WHERE id = {_FILE}", (reading.number, *file))
        # The archive may hold this file's version of a document that another still gives: read that one again.
        self._rows(
            "UPDATE file SET sha256 = NULL WHERE id IN (SELECT other.file FROM given "
            "JOIN given AS other ON other.uri = given.uri AND other.file != given.file "
            f"WHERE given.file = {_FILE} AND given.pass < ?)",
            (*file, reading.number),
        )
        self._rows(
            f"DELETE FROM given WHERE file = {_FILE} AND pass < ? AND {_CURRENT.format('')}",
            (*file, reading.number),
        )

    def stamp(self, place: str, name: str, stamp: Stamp) -> None:
        """Note a new time and size of a file that is otherwise as it was."""
        self._rows(
            f"UPDATE file SET size = ?, modified = ? WHERE id = {_FILE}", (stamp.size, stamp.modified, place, name)
        )

    def forget(self, uri: str) -> None:
        """Drop a document that is removed; files that still give it will be read again."""
        self._rows(
            "UPDATE file SET sha256 = NULL WHERE id IN (SELECT file FROM given WHERE uri = ? AND "
            "given.pass >= file.pass)",
            (uri,),
        )
        self._rows("DELETE FROM given WHERE uri = ?", (uri,))

    def forget_files(self, place: str, names: Sequence[str]) -> None:
        """Drop files that are gone; what they gave must have been removed, or be given by others."""
        for name in names:
            self._rows(f"DELETE FROM file WHERE id = {_FILE}", (place, name))

    def forget_root(self, place: str) -> None:
        """Drop a place with all its files."""
        self._rows("DELETE FROM root WHERE place = ?", (place,))

    def synced(self, place: str, when: str) -> None:
        """Note that a place has been read to its end."""
        self._rows("INSERT OR IGNORE INTO root (place) VALUES (?)", (place,))
        self._rows("UPDATE root SET synced = ? WHERE place = ?", (when, place))

    def copy_from(self, catalog: Path) -> None:
        """Take over all places and files from the ledger of another catalog; outside a transaction."""
        self._rows("ATTACH DATABASE ? AS older", (str(catalog),))
        for table in ("root", "file", "given"):
            self._rows(f"INSERT INTO {table} SELECT * FROM older.{table}")
        self._rows("DETACH DATABASE older")
