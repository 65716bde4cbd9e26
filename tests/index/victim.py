"""A server of writers that are killed: it imports everything once and forks a writer for each task.

A task is a line of JSON on standard input::

    {"folder": of the archive, "steps": [["add", [[number, version], ...]], ["remove", [uri, ...]],
     ["sync", folder of sources], ["compact"], ["rebuild"]], "after": seconds | null, "point": number | null}

The writer opens the archive and takes the steps; it is killed by SIGKILL after so many seconds, or kills itself so
right before the call of that number which changes what is on the disk. Lines on standard output:

    done STEP COUNT     so many documents of a step are committed: what is told here may never be lost
    at NAME             it kills itself right before or after this call
    points COUNT        it has come to its end, and made so many such calls
    end SECONDS STATUS  it is gone
"""

import itertools
import json
import os
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import index.segment
from index import ingestion, vectors, writer
from index.archive import Archive
from index.catalog import Catalog
from index.database import Database
from index.documents import Document
from index.embedding import bundled_embedder
from index.keywords import KeywordWriter
from index.manifest import Manifest
from index.passages import PASSAGE_CHARACTERS

ADDED_AT_ONCE = 700  # characters: a few articles
REMOVED_AT_ONCE = 2
FRESH = 16
CLUSTERED_FROM = 48

_WORDS = {"en": "The council met about the plan named", "ar": "اجتمع المجلس لبحث الخطة المسماة"}
_CALLS = [
    (os, "fsync"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (shutil, "rmtree"),
    (index.segment.faiss, "write_index"),
    (Manifest, "save"),
    (Catalog, "forget_removals"),
    (Catalog, "vacuum"),
]


def article(number: int, version: int) -> Document:
    """A made-up article of one passage or of several; every version has words and a length of its own."""
    language = ("ar", "en")[(number + version // 3) % 2]
    sentences = [f"{_WORDS[language]} z{number}q{version} w{i}." for i in range(1 + (number + version) % 4 * 14)]
    return Document.create(f"story/{number}", " ".join(sentences), title=f"Story {number}", language=language)


@contextmanager
def small() -> Iterator[None]:
    """Make batches and indexes so small that in a second every step of a large archive happens."""
    with (
        mock.patch.object(ingestion, "BATCH_CHARACTERS", ADDED_AT_ONCE),
        mock.patch.object(writer, "BATCH_REMOVALS", REMOVED_AT_ONCE),
        mock.patch.object(vectors, "FRESH", FRESH),
        mock.patch.object(vectors, "CLUSTERED_FROM", CLUSTERED_FROM),
    ):
        yield


def _say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


class Points:
    """Counts the calls that change what is on the disk, and kills the process at one of them."""

    def __init__(self, fatal: int | None) -> None:
        self.count = 0
        self._numbers = itertools.count()
        self._fatal = fatal

    def reach(self, name: str) -> None:
        number = next(self._numbers)  # one step even for two threads
        self.count = max(self.count, number + 1)
        if number == self._fatal:
            _say("at", name)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for owner, name in _CALLS:
            self._watch(owner, name)
        rows, begin = Database.rows, KeywordWriter.__init__

        def watched_rows(database: Database, statement: str, values: Any = ()) -> list[Any]:
            if statement != "COMMIT":
                return rows(database, statement, values)
            self.reach("before COMMIT")
            rows(database, statement)
            self.reach("after COMMIT")
            return []

        def watched_begin(keywords: KeywordWriter, *arguments: Any) -> None:
            begin(keywords, *arguments)
            keywords._writer = _Watched(keywords._writer, self)

        Database.rows = watched_rows  # type: ignore[method-assign, assignment]
        KeywordWriter.__init__ = watched_begin  # type: ignore[method-assign, assignment]

    def _watch(self, owner: Any, name: str) -> None:
        call = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self.reach(f"{getattr(owner, '__name__', owner)}.{name}")
            return call(*arguments, **named)

        setattr(owner, name, watched)


class _Watched:
    """A writer of tantivy, whose methods cannot be replaced."""

    def __init__(self, writer: Any, points: Points) -> None:
        self._writer = writer
        self._points = points

    def __getattr__(self, name: str) -> Any:
        if name in ("commit", "wait_merging_threads"):
            self._points.reach(f"tantivy {name}")
        return getattr(self._writer, name)


def _take(folder: Path, steps: list[list[Any]]) -> None:
    archive = Archive.open(folder)
    for number, (kind, *arguments) in enumerate(steps):
        if kind == "add":
            articles = [article(*each) for each in arguments[0]]
            archive.add(articles, lambda added, n=number: _say("done", n, added.new + added.changed))  # type: ignore[misc]
        elif kind == "remove":
            uris = arguments[0]
            for first in range(0, len(uris), REMOVED_AT_ONCE):
                archive.remove_all(uris[first : first + REMOVED_AT_ONCE])
                _say("done", number, min(first + REMOVED_AT_ONCE, len(uris)))
        elif kind == "sync":
            archive.sync(
                [Path(arguments[0])],
                allow_loss=True,
                on_progress=lambda s, n=number: _say("done", n, s.added.new + s.added.changed + s.removed),  # type: ignore[misc]
            )
        elif kind == "compact":
            archive.compact()
        elif kind == "rebuild":
            archive.close()
            archive = Archive.rebuild(folder)
        else:
            raise ValueError(kind)
    archive.close()


def _write(task: dict[str, Any]) -> None:
    points = Points(task["point"])
    points.watch()
    with small():
        _take(Path(task["folder"]), task["steps"])
    _say("points", points.count)


def _warm_up() -> None:
    """Load all that a writer would load, and start no thread."""
    documents = [article(number, 0) for number in range(2)]
    ingestion.prepare(documents, PASSAGE_CHARACTERS, bundled_embedder())
    _ = np.ma  # which numpy would load at the first use


def _serve() -> None:
    _warm_up()
    _say("ready")
    for line in sys.stdin:
        task = json.loads(line)
        alive, held = os.pipe()  # the writer alone holds the other end, so its end is seen here
        start = time.perf_counter()
        pid = os.fork()
        if not pid:
            os.close(alive)
            try:
                _write(task)
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        os.close(held)
        if task["after"] is not None and not select.select([alive], [], [], task["after"])[0]:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(alive)
        _say("end", time.perf_counter() - start, os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    _serve()
