"""A searchable archive in a folder: the only door of this room."""

import shutil
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from index.catalog import Catalog, PassageData
from index.documents import Document
from index.embedding import Embedder, bundled_embedder, load_embedder
from index.errors import DamagedArchiveError, IsnadError
from index.ingestion import PreparedDocument, batches, prepare
from index.manifest import Manifest
from index.passages import Passage
from index.shelf import Shelf
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


class Archive:
    """Documents, their passages and what is needed to search them, in one folder.

    The catalog (SQLite) is the truth and is committed first; the shelves (FAISS, tantivy) follow it and are
    caught up on opening where a crash left them behind.

    Examples:
        >>> archive = Archive.create("my-archive")  # doctest: +SKIP
        >>> archive.add(read_documents("articles"))  # doctest: +SKIP
        Added(new=120, changed=0, unchanged=0, passages=731)
    """

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest, embedder: Embedder) -> None:
        """Use ``create`` or ``open``."""
        self.folder = folder
        self.embedder = embedder
        self._catalog = catalog
        self._manifest = manifest
        self._shelves: dict[str, Shelf] = {}

    # opening

    @classmethod
    def create(cls, folder: str | Path, model: str | Path | None = None) -> Self:
        """Make an empty archive.

        Args:
            folder: a new or empty folder.
            model: see ``load_embedder``; the bundled model where none is given.

        Raises:
            IsnadError: the folder holds something, cannot be written, or the model cannot be loaded.
        """
        folder = Path(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise IsnadError(f"cannot create an archive in {folder}: it exists and is not an empty folder")
        embedder = load_embedder(model)
        manifest = Manifest.of(embedder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            catalog = Catalog(folder / "catalog.sqlite", create=True)
            catalog.label = manifest.label
            manifest.save(folder)
        except OSError as error:
            raise IsnadError(f"cannot create an archive in {folder}: {error.strerror}") from error
        return cls(folder, catalog, manifest, embedder)

    @classmethod
    def open(cls, folder: str | Path, model: str | Path | None = None) -> Self:
        """Open an archive and bring its shelves up to date.

        Args:
            folder: where the archive is.
            model: must be the model the archive was built with, which is also what ``None`` means; only a
                model that has moved to another place needs to be named.

        Raises:
            IsnadError: no archive there, another format version, or another model.
            DamagedArchiveError: a file is missing or is not what was written.
        """
        folder = Path(folder)
        manifest = Manifest.load(folder)
        embedder = load_embedder(model or manifest.model)
        manifest.check_models(folder, embedder)
        archive = cls(folder, Catalog(folder / "catalog.sqlite"), manifest, embedder)
        if archive._catalog.generation > manifest.generation:
            archive._catch_up_unless_writing()
        elif problems := manifest.damaged_files(folder):
            raise DamagedArchiveError(
                f"the archive {folder} is damaged: {'; '.join(problems)}. Its documents are safe in the catalog; "
                f"mend it with: isnad verify --repair --archive {folder}"
            )
        return archive

    @classmethod
    def repair(cls, folder: str | Path) -> Self:
        """Throw away everything derived and build it again from the catalog.

        Raises:
            DamagedArchiveError: the catalog itself is damaged.
        """
        folder = Path(folder)
        catalog = Catalog(folder / "catalog.sqlite")
        manifest = Manifest.from_label(catalog.label)
        embedder = load_embedder(manifest.model)
        manifest.check_models(folder, embedder)
        archive = cls(folder, catalog, manifest, embedder)
        with archive._writing():
            archive._catch_up(anew=True)
        return archive

    @classmethod
    def rebuild(cls, folder: str | Path, model: str | Path | None = None) -> Self:
        """Embed all documents of an archive again, with another model or another version of it.

        The new archive is built beside the old one and takes its place when it is whole.
        """
        folder = Path(folder)
        catalog = Catalog(folder / "catalog.sqlite")
        building = folder.with_name(f"{folder.name}.building")
        shutil.rmtree(building, ignore_errors=True)
        archive = cls.create(building, model or Manifest.from_label(catalog.label).model)
        archive.add(catalog.documents())
        archive.close()
        catalog.close()
        old = folder.rename(folder.with_name(f"{folder.name}.old"))
        building.rename(folder)
        shutil.rmtree(old)
        return cls.open(folder, model)

    def close(self) -> None:
        """Close the archive's files."""
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # documents

    def add(self, documents: Iterable[Document], on_batch: Callable[[Added], None] | None = None) -> Added:
        """Add documents; the same text again does nothing, changed text under a known URI replaces.

        Args:
            documents: any number; they are read as they are needed.
            on_batch: called after each committed batch with the counts so far.

        Returns:
            What was done.

        Raises:
            IsnadError: another process is writing, or the disk cannot be written. Batches committed before
                that stay.
        """
        added = Added()

        def unknown() -> Iterator[Document]:
            nonlocal added
            for document in documents:
                if self._catalog.hash_of(document.uri) == document.sha256:
                    added += Added(unchanged=1)
                else:
                    yield document

        with self._writing():
            try:
                for batch in self._prepared(unknown()):
                    added += self._write(batch)
                    if on_batch:
                        on_batch(added)
            finally:
                self._catch_up()
        return added

    def remove(self, uri: str) -> bool:
        """Remove a document everywhere; return whether there was one of that URI."""
        with self._writing():
            if self._catalog.hash_of(uri) is None:
                return False
            with self._catalog.transaction() as generation:
                self._count(self._catalog.delete(uri, generation), -1)
            self._catch_up()
        return True

    def __len__(self) -> int:
        """Number of documents."""
        return self._catalog.count_documents()

    def documents(self) -> Iterator[Document]:
        """Yield all documents in the order they were added."""
        return self._catalog.documents()

    def document(self, uri: str) -> Document:
        """Return the document of that URI.

        Raises:
            IsnadError: there is none.
            DamagedArchiveError: its text is not what was stored.
        """
        document = self._catalog.document(uri)
        if document is None:
            raise IsnadError(f"the archive {self.folder} has no document {uri!r}; list them with: isnad list")
        return document

    def verify(self) -> list[str]:
        """Check every file, document and index; return a line for each problem, none when all is well."""
        return [
            *self._catalog.problems(),
            *self._manifest.damaged_files(self.folder),
            *(
                problem
                for language in self._catalog.languages()
                for problem in self.shelf(language).problems()
            ),
        ]

    # search

    @property
    def generation(self) -> int:
        """Number of the last commit; it changes whenever an answer might."""
        return self._catalog.generation

    def passage_counts(self) -> dict[str, int]:
        """Return the number of passages by language, for languages that have any."""
        return self._catalog.count_passages()

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Return the passages of those ids in that order, without those removed meanwhile."""
        return self._catalog.passages(ids)

    def passage_data(self, ids: Iterable[int]) -> PassageData:
        """Return ids, tokens and vectors of those passages in order of id, without those removed meanwhile."""
        return self._catalog.passage_data(ids)

    def shelf(self, language: str) -> Shelf:
        """Return the indexes of one language."""
        if language not in self._shelves:
            shelf = Shelf(self.folder, language, self._catalog, self.embedder.dimension)
            shelf.load(self._manifest.generation)
            self._shelves[language] = shelf
        return self._shelves[language]

    # writing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with FileLock(self.folder / "write.lock", timeout=0):
                yield
        except Timeout as error:
            raise IsnadError(
                f"another process is writing to the archive {self.folder}; try again when it is done"
            ) from error
        except OSError as error:
            raise IsnadError(f"cannot write to the archive {self.folder}: {error.strerror}") from error

    def _prepared(self, documents: Iterable[Document]) -> Iterator[list[PreparedDocument]]:
        # One batch ahead in a thread: tokenizing and embedding leave Python's lock to the writing.
        ahead: deque[Future[list[PreparedDocument]]] = deque()
        with ThreadPoolExecutor(1) as worker:
            for batch in batches(documents):
                ahead.append(worker.submit(prepare, batch, self.embedder, self._manifest.passage_characters))
                if len(ahead) > 1:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _write(self, batch: list[PreparedDocument]) -> Added:
        """Store a batch in one transaction."""
        added = Added()
        with self._catalog.transaction() as generation:
            fresh: dict[str, list[TokenIds]] = defaultdict(list)
            for prepared in batch:
                document = prepared.document
                stored = self._catalog.hash_of(document.uri)
                if stored == document.sha256:  # twice in one batch
                    added += Added(unchanged=1)
                    continue
                if stored is not None:
                    self._count(self._catalog.delete(document.uri, generation), -1)
                self._catalog.insert(document, prepared.passages, generation)
                fresh[document.language] += [passage.tokens for passage in prepared.passages]
                added += Added(stored is None, stored is not None, 0, len(prepared.passages))
            self._count({language: TokenRows.of(rows) for language, rows in fresh.items()}, 1)
        return added

    def _count(self, rows_by_language: dict[str, TokenRows], sign: int) -> None:
        vocabulary = len(bundled_embedder().vectors)
        for language, rows in rows_by_language.items():
            statistics = self._catalog.statistics(language, vocabulary)
            self._catalog.set_statistics(language, statistics.plus(rows, sign))

    def _catch_up(self, *, anew: bool = False) -> None:
        """Bring the shelves to the catalog's generation, then vouch for their files; needs the write lock."""
        generation = self._catalog.generation
        since = 0 if anew else self._manifest.generation
        if generation == since and not anew:
            return
        shelves = [self.shelf(language) for language in self._catalog.languages()]
        for shelf in shelves:
            if anew:
                shelf.clear()
            shelf.update(since, generation)
        files = [file for shelf in shelves for file in shelf.files(generation)]
        self._manifest = self._manifest.at(generation, self.folder, files)
        self._manifest.save(self.folder)
        self._catalog.forget_removals(generation)
        for file in (self.folder / "vectors").glob("*"):
            if file not in files:
                file.unlink()

    def _catch_up_unless_writing(self) -> None:
        """Mend what a crash left behind; while another process writes, its last whole state is good enough."""
        with suppress(IsnadError), self._writing():
            self._catch_up()
