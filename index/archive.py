"""A searchable archive in a folder: the only door of this room."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from index.catalog import Catalog, PassageData
from index.documents import Document
from index.embedding import Embedder, load_embedder
from index.errors import BusyArchiveError, DamagedArchiveError, IsnadError
from index.manifest import Manifest, repair_command
from index.passages import Passage
from index.replacement import Replacement
from index.shelf import Shelf
from index.shelves import Shelves
from index.story import Story
from index.writer import Added, Writer, write_lock

__all__ = ["Added", "Archive"]


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
        self._shelves = Shelves(folder, catalog, manifest)
        self._writer = Writer(folder, catalog, self._shelves, embedder)

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
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise IsnadError(f"cannot create an archive in {folder}: it exists and is not an empty folder")
            embedder = load_embedder(model)
            folder.mkdir(parents=True, exist_ok=True)
            manifest = Manifest.of(embedder)
            catalog = Catalog(folder / "catalog.sqlite", new=manifest.label)
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
        Replacement(folder).finish()
        manifest = Manifest.load(folder)
        embedder = _embedder_of(folder, manifest, model)
        archive = cls(folder, Catalog(folder / "catalog.sqlite"), manifest, embedder)
        try:
            archive._check()
        except IsnadError:
            archive.close()
            raise
        return archive

    def _check(self) -> None:
        """Mend what a killed process left behind, or raise what is damaged."""
        shelves = self._shelves
        if self._catalog.generation > shelves.manifest.generation:
            # While another process writes, its last whole state is good enough.
            with suppress(BusyArchiveError), self._writer.writing():
                pass
            return
        problems = shelves.manifest.damaged_files(self.folder)
        if shelves.lag:
            problems.append("catalog.sqlite is older than the files made from it")
        # A process that has meanwhile finished writing leaves another manifest, and nothing damaged.
        if problems and Manifest.load(self.folder).generation == shelves.manifest.generation:
            raise DamagedArchiveError(
                f"the archive {self.folder} is damaged: {'; '.join(problems)}. Its documents are safe in the "
                f"catalog; mend it with: {repair_command(self.folder)}"
            )

    @classmethod
    def repair(cls, folder: str | Path, model: str | Path | None = None) -> Self:
        """Throw away everything derived and build it again from the catalog.

        Args:
            folder: where the archive is.
            model: see ``open``.

        Raises:
            IsnadError: no archive there, another process is writing, or another model.
            DamagedArchiveError: the catalog itself is damaged.
        """
        folder = Path(folder)
        Replacement(folder).finish()
        catalog = Catalog(folder / "catalog.sqlite")
        manifest = Manifest.from_label(catalog.label, folder)
        archive = cls(folder, catalog, manifest, _embedder_of(folder, manifest, model))
        with write_lock(folder):
            archive._shelves.catch_up(anew=True)
        return archive

    @classmethod
    def rebuild(cls, folder: str | Path, model: str | Path | None = None) -> Self:
        """Embed all documents of an archive again, with another model or another version of it.

        The new archive is built beside the old one and takes its place when it is whole.

        Args:
            folder: where the archive is.
            model: see ``load_embedder``; the archive's own model where none is given.

        Raises:
            IsnadError: no archive there, another process is writing, or the model cannot be loaded.
            DamagedArchiveError: a document is not what was stored.
        """
        folder = Path(folder)
        replacement = Replacement(folder)
        replacement.finish()
        catalog = Catalog(folder / "catalog.sqlite")
        with write_lock(folder):
            model = model or Manifest.from_label(catalog.label, folder).model
            with cls.create(replacement.start(), model) as archive:
                archive.add(catalog.documents())
            catalog.close()
            replacement.swap()
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
        return self._writer.add(documents, on_batch)

    def remove(self, uri: str) -> bool:
        """Remove a document everywhere; return whether there was one of that URI."""
        return self._writer.remove(uri)

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

    def story(self, uri: str) -> Story:
        """Return a document and its near-duplicates, the earliest first.

        Raises:
            IsnadError: there is no document of that URI.
            DamagedArchiveError: the text of one is not what was stored.
        """
        asked = self.document(uri)
        found = [self._catalog.document(other) for other in self.uris_of_story(uri)]
        return Story(tuple(document for document in found if document) or (asked,))

    def uris_of_story(self, uri: str) -> list[str]:
        """Return the URIs of a document and its near-duplicates, the earliest first; none for an unknown one."""
        return self._catalog.stories.uris(self.stories_of([uri]).get(uri, 0))

    def stories_of(self, uris: Iterable[str]) -> Mapping[str, int]:
        """Return the number of each document's story; it may change with every commit.

        Args:
            uris: of documents; those that the archive does not hold are left out.
        """
        return self._catalog.stories.of(uris)

    def verify(self) -> list[str]:
        """Check every file, document and index; return a line for each problem, none when all is well.

        Raises:
            BusyArchiveError: another process is writing.
        """
        with write_lock(self.folder):
            self._shelves.follow()
            return [*self._catalog.problems(), *self._shelves.problems()]

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

    def passages_of(self, uri: str) -> list[Passage]:
        """Return the passages of a document in order."""
        return self._catalog.passages_of(uri)

    def passage_data(self, ids: Iterable[int]) -> PassageData:
        """Return ids, tokens and vectors of those passages in order of id, without those removed meanwhile."""
        return self._catalog.passage_data(ids)

    def shelf(self, language: str) -> Shelf:
        """Return the indexes of one language."""
        return self._shelves.of(language)


def _embedder_of(folder: Path, manifest: Manifest, model: str | Path | None) -> Embedder:
    embedder = load_embedder(model or manifest.model)
    manifest.check_models(folder, embedder)
    return embedder
