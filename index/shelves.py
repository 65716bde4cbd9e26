"""All shelves of an archive, and the manifest that vouches for their files."""

from dataclasses import replace
from pathlib import Path

from index.catalog import Catalog
from index.errors import DamagedArchiveError, IsnadError
from index.manifest import Manifest
from index.shelf import Shelf


class Shelves:
    """The derived side of an archive: follows the catalog, and other processes that write.

    The manifest is written after the files it vouches for. So a catalog ahead of it means that a process is
    writing or was killed, and a file that differs from it without that means damage.
    """

    def __init__(self, folder: Path, catalog: Catalog, manifest: Manifest) -> None:
        self.manifest = manifest
        self._folder = folder
        self._catalog = catalog
        self._loaded: dict[str, Shelf] = {}

    @property
    def lag(self) -> bool:
        """Whether the shelves are of another generation than the catalog."""
        return self._catalog.generation != self.manifest.generation

    def of(self, language: str) -> Shelf:
        """Return the shelf of a language, as of the newest manifest.

        Raises:
            IsnadError: the archive has been replaced since it was opened.
            DamagedArchiveError: its files cannot be read.
        """
        self.follow()
        try:
            return self._shelf(language)
        except DamagedArchiveError:
            # Another process that has just finished writing has put away the files of the generation before.
            if not self.follow():
                raise
            return self._shelf(language)

    def follow(self) -> bool:
        """Let go of shelves that another process has brought further; return whether one has."""
        if self._catalog.replaced:
            raise IsnadError(f"the archive {self._folder} has been replaced since it was opened; open it again")
        if self.lag:
            manifest = Manifest.load(self._folder)
            # Only forward: what was read may be older than what another thread has written meanwhile.
            if manifest.generation > self.manifest.generation:
                self.manifest = manifest
                self._loaded = {}
                return True
        return False

    def mend(self) -> None:
        """Catch up where a killed process left the shelves behind; needs the write lock."""
        if self.lag:
            try:
                self.catch_up(anew=bool(self._overwritten()))
            except DamagedArchiveError:
                self.catch_up(anew=True)

    def _overwritten(self) -> list[str]:
        """Return what cannot come from a process that was killed while it wrote.

        Such a process leaves files that nothing vouches for, may have put away files of the keyword index that it
        had merged into others, and replaced the list of them. Catching up once more makes all of it good.
        """
        damaged = self.manifest.damaged_files(self._folder, thorough=False)
        return [problem for problem in damaged if not problem.startswith("keywords/")]

    def catch_up(self, *, anew: bool = False) -> None:
        """Bring the shelves to the catalog's generation, then vouch for their files; needs the write lock.

        Args:
            anew: whether to build them again from the catalog alone, as is done also where it was begun before.
        """
        generation = self._catalog.generation
        anew = anew or self.manifest.generation < self._catalog.forgotten
        since = 0 if anew else self.manifest.generation
        if generation == since and not anew:
            return
        if anew:
            self._loaded = {}
            # Killed from here on, the keyword index is half built, and no catching up from before makes it good.
            self._catalog.forget_removals(generation)
        try:
            shelves = [self._shelf(language, empty=anew) for language in self._catalog.languages()]
            for shelf in shelves:
                if anew:
                    shelf.clear()
                shelf.update(since, generation)
            files = [file for shelf in shelves for file in shelf.files()]
            known = replace(self.manifest, files={}) if anew else self.manifest
            manifest = known.at(generation, self._folder, files)
            manifest.save(self._folder)
        except BaseException:
            self._loaded = {}  # what is in memory is ahead of what is vouched for
            raise
        self.manifest = manifest
        self._catalog.forget_removals(generation)
        for file in (self._folder / "vectors").glob("*"):
            if file not in files:
                file.unlink()

    def problems(self) -> list[str]:
        """Return a line for each file that is damaged, and each index that differs from the catalog."""
        found = self.manifest.damaged_files(self._folder)
        for language in self._catalog.languages():
            try:
                found += self._shelf(language).problems()
            except DamagedArchiveError as error:
                found.append(str(error))
        return found

    def _shelf(self, language: str, *, empty: bool = False) -> Shelf:
        if language not in self._loaded:
            shelf = Shelf(self._folder, language, self._catalog, self.manifest.dimension)
            if not empty:
                shelf.load(self.manifest.files)
            self._loaded[language] = shelf
        return self._loaded[language]
