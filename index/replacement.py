"""An archive that is built beside another and takes its place."""

import shutil
from pathlib import Path


class Replacement:
    """Swaps one folder for another so that, whenever the process is killed, one of them is found whole.

    Two renames are needed, and between them the folder is not there; ``finish`` makes the second where a killed
    process made only the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        place = folder.resolve()
        self._unfinished, self._whole, self._old = (
            place.with_name(f".{place.name}.{state}") for state in ("building", "rebuilt", "replaced")
        )

    def start(self) -> Path:
        """Return where to build."""
        shutil.rmtree(self._unfinished, ignore_errors=True)
        return self._unfinished

    def swap(self) -> None:
        """Put what was built in the folder's place and delete what was there."""
        for leftover in (self._whole, self._old):
            shutil.rmtree(leftover, ignore_errors=True)
        self._unfinished.rename(self._whole)
        self._folder.resolve().rename(self._old)
        self.finish()

    def finish(self) -> None:
        """Make the second rename if a swap has made only the first."""
        if self._old.is_dir() and self._whole.is_dir() and not self._folder.exists():
            self._whole.rename(self._folder.resolve())
            shutil.rmtree(self._old, ignore_errors=True)
