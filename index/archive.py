"""A searchable archive in a folder: the only door of this room."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from index.catalog import Catalog, PassageData
from index.disk import disk_errors, require_free, sizes
from index.documents import Document
from index.embedding import Embedder, load_embedder
from index.errors import BusyArchiveError, DamagedArchiveError, DiskError, IsnadError
from index.fetch import Access
from index.filters import Filter
from index.info import Info, info
from index.ledger import Root
from index.manifest import Manifest, repair_command
from index.passages import Passage
from index.places import place_name
from index.replacement import Replacement
from index.selection import Selection
from index.shelf import Shelf
from index.shelves import Shelves
from index.story import Story
from index.sync import Sync, Synced
from index.writer import Added, Writer, write_lock

__all__ = ["Added", "Archive", "Info", "Root", "Synced"]

# So many filters' passages are kept for the next question under the same filter.
SELECTIONS = 16


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
        self._selections: dict[tuple[int, str, Filter], Selection] = {}
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
            with disk_errors(folder):
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
            try:
                with suppress(BusyArchiveError), self._writer.writing():
                    pass
            except DiskError:
                # So it is where the disk is full or read-only, if its files are whole.
                if shelves.manifest.damaged_files(self.folder):
                    raise
            return
        problems = shelves.manifest.damaged_files(self.folder, thorough=False)
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
                archive._catalog.ledger.copy_from(catalog.file)
            catalog.close()
            replacement.swap()
        return cls.open(folder, model)

    def close(self) -> None:
        """Close the archive's files."""
        self._catalog.close()

    def discard_if_empty(self) -> None:
        """Delete the archive if it holds no document and nobody else is writing to it; close it then."""
        with suppress(BusyArchiveError, DiskError), write_lock(self.folder):
            if not len(self):
                self.close()
                shutil.rmtree(self.folder, ignore_errors=True)

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
        with self._writer.writing():
            return self._writer.add(documents, on_batch)

    def sync(
        self,
        places: Sequence[Path | str],
        *,
        prune: bool = True,
        allow_empty: bool = False,
        reread: bool = False,
        dry_run: bool = False,
        access: Access | None = None,
        on_progress: Callable[[Synced], None] | None = None,
    ) -> Synced:
        """Bring the archive into line with places; what has not changed is not read again.

        Args:
            places: folders, files and addresses; the archive remembers under these names which gave which
                documents. What is no longer at an address or in a feed stays.
            prune: whether to remove documents which a file of these places gave and no file gives any more.
                Those of files that cannot be read are kept.
            allow_empty: whether to prune even where a place is gone or empty, all its documents then.
            reread: whether to read also files that have not changed.
            dry_run: whether only to tell what would be done.
            access: what may be fetched, where a place is an address.
            on_progress: called with what has been done so far.

        Returns:
            What was done, or would be.

        Raises:
            IsnadError: a place is missing or has nothing to read, another process is writing, or the disk
                cannot be written. What was committed before that stays.
        """
        sync = Sync(
            self._catalog,
            self._writer,
            places,
            prune=prune,
            allow_empty=allow_empty,
            reread=reread,
            access=access,
            on_progress=on_progress,
        )
        return sync.preview() if dry_run else sync.run()

    def remove(self, uri: str) -> bool:
        """Remove a document everywhere; return whether there was one of that URI.

        A later ``sync`` of a file that still gives it adds it again.
        """
        return self.remove_all([uri]) == 1

    def remove_all(self, uris: Iterable[str]) -> int:
        """Remove documents everywhere; return how many there were."""
        with self._writer.writing():
            return self._writer.remove(uris)

    def remove_root(self, place: Path | str) -> int:
        """Remove all documents that only this place gave, and forget the place; return how many there were.

        Args:
            place: as given to ``sync``, or as in ``roots``.

        Raises:
            IsnadError: no such place is known.
        """
        with self._writer.writing():
            name = self._root(place).place
            removed = self._writer.remove(self._catalog.ledger.only_of(name))
            with self._catalog.bookkeeping():
                self._catalog.ledger.forget_root(name)
        return removed

    def documents_of(self, place: Path | str) -> list[str]:
        """Return the uris of the documents that only this place gave.

        Raises:
            IsnadError: no such place is known.
        """
        return self._catalog.ledger.only_of(self._root(place).place)

    def roots(self) -> list[Root]:
        """Return the places that documents came from."""
        return self._catalog.ledger.roots()

    def _root(self, place: Path | str) -> Root:
        roots = {root.place: root for root in self.roots()}
        for name in (str(place), place_name(place)):
            if name in roots:
                return roots[name]
        known = ", ".join(roots) or "none"
        raise IsnadError(f"nothing in the archive {self.folder} came from {place}; the places known are: {known}")

    def info(self) -> Info:
        """Return what the archive is made of."""
        return info(self.folder, self._catalog, self._shelves.manifest)

    def compact(self) -> tuple[dict[str, int], dict[str, int]]:
        """Give back the disk space of what was removed, and build everything derived anew.

        Killed at any moment it leaves the archive whole, and can be done again.

        Returns:
            The bytes of each part before and after.

        Raises:
            DiskError: the disk has not the space this needs meanwhile.
            BusyArchiveError: another process is writing.
        """
        before = sizes(self.folder)
        with self._writer.writing():
            require_free(self.folder, sum(before.values()), "compacting the archive")
            self._catalog.vacuum()
            # A generation of its own: killed from here on, what is derived is known to be half built.
            with self._catalog.transaction():
                self._catalog.note_compaction(datetime.now(UTC).isoformat(timespec="seconds"))
            self._shelves.catch_up(anew=True)
        return before, sizes(self.folder)

    def __contains__(self, uri: str) -> bool:
        """Whether there is a document of that URI."""
        return self._catalog.stored(uri) is not None

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
        uris = self.uris_of_story(uri)
        found = [asked if other == uri else self._catalog.document(other) for other in uris]
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
        # Where nobody can write, nobody does.
        with write_lock(self.folder) if os.access(self.folder, os.W_OK) else nullcontext():
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

    def select(self, language: str, where: Filter) -> Selection:
        """Return the passages of a language whose articles meet a filter."""
        key = (self.generation, language, where)
        if key not in self._selections:
            if len(self._selections) >= SELECTIONS:
                self._selections.clear()
            self._selections[key] = Selection(self._catalog.select(language, where))
        return self._selections[key]

    def sources(self) -> list[str]:
        """Return the names of all outlets and agencies."""
        return self._catalog.sources()

    def shelf(self, language: str) -> Shelf:
        """Return the indexes of one language."""
        return self._shelves.of(language)


def _embedder_of(folder: Path, manifest: Manifest, model: str | Path | None) -> Embedder:
    embedder = load_embedder(model or manifest.model)
    manifest.check_models(folder, embedder)
    return embedder
