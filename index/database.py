"""An SQLite file whose errors are ours, with a connection a thread."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from index.errors import DamagedArchiveError, IsnadError


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
        if not hasattr(self._threads, "connection"):
            connection = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
            self._connections.append(connection)
            self._identity = self._identity or _identity(self.file)
            # Damaged text must reach the check of its hash, which names the document it belongs to.
            connection.text_factory = lambda stored: stored.decode("utf-8", "replace")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            self._threads.connection = connection
        return cast(sqlite3.Connection, self._threads.connection)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if str(error).startswith(("no such table", "no such column")):
                raise DamagedArchiveError(f"{self.file} is no catalog ({error}); restore a backup") from error
            # A full disk, a lock, a folder that cannot be written.
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
