"""The writing side of an archive: one process at a time, the catalog first, the shelves after it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from index.catalog import Catalog
from index.documents import Document
from index.embedding import Embedder, bundled_embedder
from index.errors import BusyArchiveError, IsnadError
from index.ingestion import PreparedDocument, batches, prepare
from index.passages import passage_spans
from index.shelves import Shelves
from index.token_rows import TokenIds, TokenRows


@dataclass(frozen=True)
class Added:
    """What an ``add`` did, in numbers of documents, and of passages written."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    passages: int = 0

    def __add__(self, other: "Added") -> "Added":
        return Added(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.passages + other.passages,
        )


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to the archive in the folder.

    Raises:
        BusyArchiveError: one is writing.
        IsnadError: the folder cannot be written.
    """
    lock = FileLock(folder / "write.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyArchiveError(
            f"another process is writing to the archive {folder}; try again when it is done"
        ) from error
    except OSError as error:
        raise IsnadError(f"cannot write to the archive {folder}: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


class Writer:
    """Adds and removes documents; a kill at any moment costs a catch-up, never data."""

    def __init__(self, folder: Path, catalog: Catalog, shelves: Shelves, embedder: Embedder) -> None:
        self._folder = folder
        self._catalog = catalog
        self._shelves = shelves
        self._embedder = embedder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the write lock, with the shelves brought up to date first.

        Raises:
            BusyArchiveError: another process is writing.
            IsnadError: the folder cannot be written.
        """
        with write_lock(self._folder):
            self._shelves.follow()
            self._shelves.mend()
            yield

    def add(self, documents: Iterable[Document], on_batch: Callable[[Added], None] | None) -> Added:
        """See ``Archive.add``."""
        added = Added()
        ahead: dict[str, Document] = {}  # prepared but not yet written

        def unknown() -> Iterator[Document]:
            nonlocal added
            for given in documents:
                document = given.canonical()
                if document == (ahead.get(document.uri) or self._catalog.stored(document.uri)):
                    added += Added(unchanged=1)
                else:
                    ahead[document.uri] = document
                    yield document

        with self.writing():
            try:
                for batch in self._prepared(unknown()):
                    added += self._write(batch)
                    for prepared in batch:
                        if ahead.get(prepared.document.uri) is prepared.document:
                            del ahead[prepared.document.uri]
                    if on_batch:
                        on_batch(added)
            finally:
                self._shelves.catch_up()
        return added

    def remove(self, uri: str) -> bool:
        """See ``Archive.remove``."""
        with self.writing():
            if self._catalog.stored(uri) is None:
                return False
            with self._catalog.transaction() as generation:
                self._count(self._catalog.delete(uri, generation), -1)
            self._shelves.catch_up()
        return True

    def _prepared(self, documents: Iterable[Document]) -> Iterator[list[PreparedDocument]]:
        # One batch ahead in a thread: tokenizing and embedding leave Python's lock to the cutting and writing.
        ahead: deque[Future[list[PreparedDocument]]] = deque()
        size = self._shelves.manifest.passage_characters
        with ThreadPoolExecutor(1) as worker:
            for batch in batches(documents):
                spans = [passage_spans(document, size) for document in batch]
                ahead.append(worker.submit(prepare, batch, spans, self._embedder))
                if len(ahead) > 1:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _write(self, batch: list[PreparedDocument]) -> Added:
        """Store a batch in one transaction."""
        added = Added()
        with self._catalog.transaction() as generation:
            fresh: dict[str, list[TokenIds]] = defaultdict(list)
            gone: dict[str, list[TokenIds]] = defaultdict(list)
            for prepared in batch:
                document = prepared.document
                known = self._catalog.stored(document.uri) is not None
                if known:
                    for language, rows in self._catalog.delete(document.uri, generation).items():
                        gone[language] += rows
                self._catalog.insert(document, prepared.passages, generation)
                fresh[document.language] += [passage.tokens for passage in prepared.passages]
                added += Added(not known, known, 0, len(prepared.passages))
            self._count(fresh, 1)
            self._count(gone, -1)
        return added

    def _count(self, rows_by_language: Mapping[str, Iterable[TokenIds]], sign: int) -> None:
        vocabulary = len(bundled_embedder().vectors)
        for language, rows in rows_by_language.items():
            statistics = self._catalog.statistics(language, vocabulary).plus(TokenRows.of(list(rows)), sign)
            self._catalog.set_statistics(language, statistics)
