"""Where articles come from: the folders and files a user names, and what is in them now."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from index.errors import IsnadError
from index.fetch import checked_url, is_url
from index.files import readable_files
from index.ledger import Stamp
from index.manifest import sha256_of
from index.readers import VERSION, ReadFailure

# A file changed within this time may change again without its time telling; coarse file systems count 2 s.
_FRESH = 2_000_000_000


@dataclass(frozen=True)
class Place:
    """A folder or file and the files found there; or an address, which is a file of its own.

    Attributes:
        name: what the ledger knows it by: its absolute path, or the address.
        files: by their path within the place; that is also the uri of articles without one of their own.
        unseen: what could not be looked into, as paths within the place.
    """

    name: str
    files: Mapping[str, Path | str]
    unseen: tuple[str, ...] = ()

    @classmethod
    def of(cls, place: Path | str, on_failure: Callable[[ReadFailure], None], *, empty: bool = False) -> Self:
        """Look what is there now; at an address, nothing is looked at yet.

        Args:
            place: the folder, file or address.
            on_failure: told of what cannot be looked into.
            empty: whether there may be nothing to read, or nothing of that name.

        Raises:
            IsnadError: there is nothing of that name, nothing to read in it, or it cannot be looked into.
        """
        if isinstance(place, str) and is_url(place):
            return cls(place_name(place), {place_name(place): place_name(place)})
        path = Path(place)
        unseen: list[Path] = []

        def note(failure: ReadFailure) -> None:
            if failure.path == path:
                raise IsnadError(str(failure))
            unseen.append(Path(failure.path))
            on_failure(failure)

        try:
            files = readable_files(path, note)
        except IsnadError:
            if not empty or not _is_readable(path):
                raise
            files = []
        base = path if path.is_dir() else path.parent
        return cls(
            place_name(path),
            {storable(file.relative_to(base).as_posix()): file for file in files},
            tuple(storable(each.relative_to(base).as_posix()) for each in unseen),
        )

    def gone(self, names: Iterable[str]) -> list[str]:
        """Return those of the names that are surely no longer there."""
        hidden = tuple(f"{folder}/" for folder in self.unseen)
        return [
            name
            for name in names
            if name not in self.files and name not in self.unseen and not name.startswith(hidden)
        ]


def _is_readable(path: Path) -> bool:
    """Whether a path is surely looked at: an empty folder, or nothing where its parent can be read."""
    try:
        next(os.scandir(path if path.is_dir() else path.parent), None)
    except OSError:
        return False
    return True


def place_name(place: Path | str) -> str:
    """Return what the ledger calls a folder, file or address.

    Raises:
        IsnadError: it is an address of another kind than http or https.
    """
    if isinstance(place, str) and is_url(place):
        return checked_url(place)
    # Links are not followed: "latest", a link to another folder each day, is one place.
    return storable(os.path.abspath(place))  # noqa: PTH100


def path_of(place: str, name: str) -> Path:
    """Return the path of a file that the ledger knows."""
    path = Path(place)
    return path if path.name == name and not path.is_dir() else path / name


def storable(name: str) -> str:
    """Return a path as text that a database takes: bytes that are no UTF-8 are spelled out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_read(known: Stamp) -> bool:
    """Tell whether a file has been read whole, by readers that would give the same articles today."""
    return known.sha256 is not None and known.readers == VERSION


def looks_like(file: Path, known: Stamp) -> bool:
    """Tell from size and time alone whether a file is as it was."""
    try:
        stat = file.stat()
    except OSError:
        return False
    return (stat.st_size, stat.st_mtime_ns) == (known.size, known.modified)


def stamp_of(file: Path) -> Stamp:
    """Return what a file looks like now.

    Raises:
        OSError: it cannot be read.
    """
    stat = file.stat()
    return Stamp(stat.st_size, stat.st_mtime_ns, sha256_of(file), VERSION)


def settled(stamp: Stamp, now: int) -> Stamp:
    """Return a stamp without its time if that is so fresh that a later change might not show in it.

    Args:
        stamp: what a file looked like.
        now: when it was looked at, in nanoseconds since 1970.
    """
    fresh = stamp.modified is not None and stamp.modified > now - _FRESH
    return replace(stamp, modified=None) if fresh else stamp
