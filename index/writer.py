"""The writing side of an archive: one process at a time, the catalog first, the shelves after it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from filelock import FileLock, Timeout

from index.catalog import Catalog
from index.disk import disk_errors
from index.documents import Document
from index.embedding import Embedder, bundled_embedder
from index.errors import BusyArchiveError
from index.ingestion import Batch, Entry, PreparedDocument, batches
from index.preparation import Preparation
from index.shelves import Shelves
from index.token_rows import TokenIds, TokenRows

# Documents removed in one transaction.
BATCH_REMOVALS = 256

# Batches that are prepared before those written, so that neither side waits for the other.
AHEAD = 2


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
        DiskError: the folder cannot be written, or its disk is full.
    """
    lock = FileLock(folder / "write.lock", timeout=0)
    with disk_errors(folder):
        try:
            lock.acquire()
        except Timeout as error:
            raise BusyArchiveError(
                f"another process is writing to the archive {folder}; try again when it is done"
            ) from error
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
        """Hold the write lock, with the shelves brought up to date before and after.

        Raises:
            BusyArchiveError: another process is writing.
            DiskError: the folder cannot be written, or its disk is full.
        """
        with write_lock(self._folder):
            self._shelves.follow()
            self._shelves.mend()
            try:
                yield
            finally:
                self._shelves.catch_up()

    def add(self, items: Iterable[Document | Entry], on_batch: Callable[[Added], None] | None = None) -> Added:
        """Add documents, see ``Archive.add``, and make the entries among them; inside ``writing``.

        Args:
            items: an entry is made in one transaction with the documents around it, never before the document
                that stands before it.
            on_batch: called after each committed batch with the counts so far.
        """
        added = Added()
        ahead: dict[str, Document] = {}  # prepared but not yet written

        def unknown() -> Iterator[Document | Entry]:
            nonlocal added
            for item in items:
                if not isinstance(item, Document):
                    yield item
                    continue
                document = item.canonical()
                if document == (ahead.get(document.uri) or self._catalog.stored(document.uri)):
                    added += Added(unchanged=1)
                else:
                    ahead[document.uri] = document
                    yield document

        for batch, prepared in self._prepared(unknown()):
            added += self._write(prepared, batch.entries)
            for each in prepared:
                if ahead.get(each.document.uri) is each.document:
                    del ahead[each.document.uri]
            if on_batch:
                on_batch(added)
        return added

    def remove(self, uris: Iterable[str], on_batch: Callable[[int], None] | None = None) -> int:
        """Remove documents, see ``Archive.remove``; inside ``writing``.

        Args:
            uris: unknown ones are passed over.
            on_batch: called after each committed batch with the number removed so far.
        """
        removed = 0
        waiting = iter(uris)
        while group := list(islice(waiting, BATCH_REMOVALS)):
            known = [uri for uri in group if self._catalog.stored(uri)]
            with self._catalog.transaction() if known else self._catalog.bookkeeping() as generation:
                gone: dict[str, list[TokenIds]] = defaultdict(list)
                for uri in known:
                    self._delete(uri, generation, gone)
                for uri in group:
                    self._catalog.ledger.forget(uri)
                self._count(gone, -1)
            removed += len(known)
            if on_batch:
                on_batch(removed)
        return removed

    def _prepared(self, items: Iterable[Document | Entry]) -> Iterator[tuple[Batch, list[PreparedDocument]]]:
        ahead: deque[tuple[Batch, Future[list[PreparedDocument]]]] = deque()
        with Preparation(self._embedder, self._shelves.manifest.passage_characters) as preparation:
            for batch in batches(items):
                ahead.append((batch, preparation.submit(batch.documents)))
                if len(ahead) > AHEAD:
                    first, future = ahead.popleft()
                    yield first, future.result()
            for batch, future in ahead:
                yield batch, future.result()

    def _write(self, batch: list[PreparedDocument], entries: Iterable[Entry]) -> Added:
        """Store a batch in one transaction."""
        added = Added()
        # What is only in the ledger is no concern of the shelves.
        with self._catalog.transaction() if batch else self._catalog.bookkeeping() as generation:
            fresh: dict[str, list[TokenIds]] = defaultdict(list)
            gone: dict[str, list[TokenIds]] = defaultdict(list)
            for prepared in batch:
                document = prepared.document
                known = self._catalog.stored(document.uri) is not None
                if known:
                    self._delete(document.uri, generation, gone)
                self._catalog.insert(document, prepared.passages, generation)
                fresh[document.language] += [passage.tokens for passage in prepared.passages]
                added += Added(not known, known, 0, len(prepared.passages))
            for enter in entries:
                enter()
            self._count(fresh, 1)
            self._count(gone, -1)
        return added

    def _delete(self, uri: str, generation: int, gone: dict[str, list[TokenIds]]) -> None:
        for language, rows in self._catalog.delete(uri, generation).items():
            gone[language] += rows

    def _count(self, rows_by_language: Mapping[str, Iterable[TokenIds]], sign: int) -> None:
        vocabulary = len(bundled_embedder().vectors)
        for language, rows in rows_by_language.items():
            statistics = self._catalog.statistics(language, vocabulary).plus(TokenRows.of(list(rows)), sign)
            self._catalog.set_statistics(language, statistics)
