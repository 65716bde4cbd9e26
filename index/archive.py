"""A searchable archive in a folder: the only door of this room."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from index.archive_folder import ArchiveFolder
from index.catalog import Catalog
from index.disk import require_free, sizes
from index.documents import Document
from index.embedding import Embedder
from index.errors import IsnadError
from index.fetch import Access
from index.filters import Filter
from index.info import Info, info
from index.ledger import Root
from index.manifest import Manifest
from index.passage_data import PassageData
from index.passages import Passage
from index.places import place_name
from index.selection import Selection
from index.shelf import Shelf
from index.story import Story
from index.sync import Sync
from index.synced import Synced
from index.writer import Added, write_lock

__all__ = ["Added", "Archive", "Info", "Root", "Synced"]

# So many filters' passages are kept for the next question under the same filter.
SELECTIONS = 16


class Archive(ArchiveFolder):
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
        super().__init__(folder, catalog, manifest, embedder)
        self._selections: dict[tuple[int, str, Filter], Selection] = {}

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
        allow_loss: bool = False,
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
            allow_loss: whether to prune also where a place is gone or has less than half of the files it had.
            reread: whether to read also files that have not changed.
            dry_run: whether only to tell what would be done.
            access: what may be fetched, where a place is an address.
            on_progress: called with what has been done so far.

        Returns:
            What was done, or would be.

        Raises:
            IsnadError: a place is missing, has nothing to read or, to be pruned, less than half of the files it
                had; another process is writing; or the disk cannot be written. What was committed before stays.
        """
        sync = Sync(
            self._catalog,
            self._writer,
            places,
            prune=prune,
            allow_loss=allow_loss,
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
        return self._catalog.passages.at(ids)

    def passages_of(self, uri: str) -> list[Passage]:
        """Return the passages of a document in order."""
        return self._catalog.passages.of(uri)

    def passage_data(self, ids: Iterable[int]) -> PassageData:
        """Return ids, tokens and vectors of those passages in order of id, without those removed meanwhile."""
        return self._catalog.passages.data(ids)

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
