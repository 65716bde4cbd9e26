"""An SQLite file whose errors are ours, with a connection a thread."""

import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from index.disk import full, read_only
from index.errors import DamagedArchiveError, DiskError, IsnadError

# What SQLite may also say where the disk is full.
_DISK = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


class Database:
    """Runs statements; what SQLite cannot do is an ``IsnadError``, what it cannot read is damage."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._threads = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._identity: tuple[int, int] | None = None

    @property
    def _connection(self) -> sqlite3.Connection:
        """The thread's own connection, so that one that reads never sees another's unfinished transaction."""
        if hasattr(self._threads, "frozen_at") and self._threads.frozen_at != self._state():
            self._threads.connection.close()
            del self._threads.connection, self._threads.frozen_at
        if not hasattr(self._threads, "connection"):
            try:
                self._threads.connection = self._connect(str(self.file))
            except sqlite3.OperationalError:
                # SQLite's log needs a file of shared memory beside it even to read. Where none can be made, and
                # the log holds nothing, the file itself is all there is.
                state = self._state()
                if state is None or state[-1]:
                    raise
                self._threads.connection = self._connect(f"{self.file.resolve().as_uri()}?immutable=1")
                self._threads.frozen_at = state
        return cast(sqlite3.Connection, self._threads.connection)

    def _connect(self, file: str) -> sqlite3.Connection:
        connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, uri="?" in file)
        try:
            # Damaged text must reach the check of its hash, which names the document it belongs to.
            connection.text_factory = lambda stored: stored.decode("utf-8", "replace")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # Pages are read where the system keeps them: fetching a question's candidates is five times as fast.
            connection.execute(f"PRAGMA mmap_size = {1 << 36}")
            # 32 MB of pages in memory, and as much in the log before it is copied into the file.
            connection.execute("PRAGMA cache_size = -32000")
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except BaseException:
            connection.close()
            raise
        self._connections.append(connection)
        self._identity = self._identity or _identity(self.file)
        return connection

    def _state(self) -> tuple[int, int, int] | None:
        """Time and size of the file, and the size of its log; None where they cannot be told."""
        try:
            stat = self.file.stat()
            log = self.file.with_name(f"{self.file.name}-wal")
            return stat.st_mtime_ns, stat.st_size, log.stat().st_size if log.exists() else 0
        except OSError:
            return None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if str(error).startswith(("no such table", "no such column")):
                raise DamagedArchiveError(f"{self.file} is no catalog ({error}); restore a backup") from error
            folder = self.file.parent
            kind = error.sqlite_errorcode & 0xFF
            if kind == sqlite3.SQLITE_FULL or (
                kind in _DISK and folder.is_dir() and not shutil.disk_usage(folder).free
            ):
                raise full(folder) from error
            if kind in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM} or (
                kind == sqlite3.SQLITE_CANTOPEN and folder.is_dir()
            ):
                raise read_only(folder) from error
            if kind == sqlite3.SQLITE_IOERR:
                raise DiskError(f"the disk of {self.file} failed ({error}); check the disk") from error
            raise IsnadError(f"cannot use {self.file}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise DamagedArchiveError(f"{self.file} is damaged ({error}); restore a backup") from error

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Run a statement and return the rows it gives."""
        with self._errors():
            return self._connection.execute(statement, values).fetchall()

    def run_many(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each sequence of values."""
        with self._errors():
            self._connection.executemany(statement, values)

    def run_script(self, script: str) -> None:
        """Run statements divided by semicolons."""
        with self._errors():
            self._connection.executescript(script)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside it at once or not at all."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.rollback()
            raise

    @property
    def replaced(self) -> bool:
        """Whether another file, or none, has taken this one's place since it was first used."""
        return _identity(self.file) != self._identity

    def close(self) -> None:
        """Close the connections of all threads."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._threads = threading.local()


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
