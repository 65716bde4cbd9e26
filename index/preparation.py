"""Cutting, tokenizing and embedding beside the writing: at first in a thread, for many articles in a process."""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

from index.documents import Document
from index.embedding import Embedder, bundled_embedder
from index.ingestion import PreparedDocument, is_bundled, prepare

# A process takes a second to start, which so many batches are worth.
PATIENCE = 4


class Preparation:
    """Prepares batches one after the other while its user goes on; both sides are busy with Python's own work.

    The helping process is told what to do through pipes, so it ends by itself when this process ends in whatever
    way, and nothing is asked of a user's main module as by ``multiprocessing``. Only the bundled model goes there:
    a large one would be in memory twice.
    """

    def __init__(self, embedder: Embedder, size: int) -> None:
        """Prepare passages of at most ``size`` characters with the vectors of an embedder."""
        self._embedder = embedder
        self._size = size
        self._worker = ThreadPoolExecutor(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting = PATIENCE if is_bundled(embedder) and (os.cpu_count() or 1) > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.shutdown(cancel_futures=True)
        self._stop()

    def submit(self, documents: Sequence[Document]) -> Future[list[PreparedDocument]]:
        """Prepare a batch, after those submitted before."""
        return self._worker.submit(self._prepare, documents)

    def _prepare(self, documents: Sequence[Document]) -> list[PreparedDocument]:
        if self._waiting is not None:
            self._waiting -= 1
            if self._waiting < 0:
                try:
                    return self._prepare_there(documents)
                except (OSError, EOFError, pickle.UnpicklingError):
                    # It could not be started or has been killed; this process can do all it does.
                    self._waiting = None
                    self._stop()
        return prepare(documents, self._size, self._embedder)

    def _prepare_there(self, documents: Sequence[Document]) -> list[PreparedDocument]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from index.preparation import serve; serve({self._size})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        requests, replies = self._process.stdin, self._process.stdout
        if requests is None or replies is None:
            raise EOFError
        pickle.dump(documents, requests, pickle.HIGHEST_PROTOCOL)
        requests.flush()
        passages = pickle.load(replies)
        return [PreparedDocument(*pair) for pair in zip(documents, passages, strict=True)]

    def _stop(self) -> None:
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
            self._process.wait()
            self._process = None


def serve(size: int) -> None:
    """Prepare with the bundled model what comes in on stdin until it ends; the other side of ``Preparation``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that writes
    embedder = bundled_embedder()
    requests: IO[bytes] = sys.stdin.buffer
    replies: IO[bytes] = sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError):
        while True:
            documents = pickle.load(requests)
            passages = [prepared.passages for prepared in prepare(documents, size, embedder)]
            pickle.dump(passages, replies, pickle.HIGHEST_PROTOCOL)
            replies.flush()
