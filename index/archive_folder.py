"""The folder an archive is in: made, opened, mended, replaced."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Self

from index.catalog import Catalog
from index.disk import disk_errors
from index.embedding import Embedder, load_embedder
from index.errors import BusyArchiveError, DamagedArchiveError, DiskError, IsnadError
from index.manifest import Manifest, repair_command
from index.replacement import Replacement
from index.shelves import Shelves
from index.writer import Writer, write_lock


class ArchiveFolder:
    """An archive's catalog and shelves, its writer and its model; what is done with them is ``Archive``'s."""

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest, embedder: Embedder) -> None:
        """Use ``create`` or ``open``."""
        self.folder = folder
        self.embedder = embedder
        self._catalog = catalog
        self._shelves = Shelves(folder, catalog, manifest)
        self._writer = Writer(folder, catalog, self._shelves, embedder)

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
                with archive._writer.writing():
                    archive._writer.add(catalog.documents())
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
            if not self._catalog.count_documents():
                self.close()
                shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _embedder_of(folder: Path, manifest: Manifest, model: str | Path | None) -> Embedder:
    embedder = load_embedder(model or manifest.model)
    manifest.check_models(folder, embedder)
    return embedder
