"""The disk an archive is on: how full it is, and what is wrong when it cannot be written."""

import errno
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from index.errors import DiskError, IsnadError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
# tantivy and FAISS pass on only the system's words, not its number.
_WORDS = {os.strerror(number): number for number in (*_FULL, *_FORBIDDEN, errno.EIO)}


def full(folder: Path) -> DiskError:
    """Return what to raise when the disk of an archive is full."""
    free = shutil.disk_usage(folder).free if folder.is_dir() else 0
    return DiskError(
        f"the disk of the archive {folder} is full ({free / 2**20:,.1f} MB free). What was stored before is safe; "
        f"free some space and run the same command again"
    )


def read_only(folder: Path) -> DiskError:
    """Return what to raise when an archive cannot be written."""
    return DiskError(
        f"cannot write to the archive {folder}: the folder or its disk is read-only, or belongs to another user. "
        f"It can be searched as it is; to change it, make the folder writable or copy it to one that is"
    )


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the system says of the archive's disk into a ``DiskError``.

    Raises:
        DiskError: the disk is full, read-only or failing.
    """
    try:
        yield
    except DiskError:
        raise
    except (OSError, ValueError, RuntimeError, IsnadError) as error:
        number = _number(error, folder) or (error.__cause__ and _number(error.__cause__, folder))
        if number in _FULL:
            raise full(folder) from error
        if number in _FORBIDDEN:
            raise read_only(folder) from error
        if number != errno.EIO:
            raise
        raise DiskError(
            f"the disk of the archive {folder} failed ({error}). Check the disk, then the archive with: "
            f"isnad verify --archive {folder}"
        ) from error


def _number(error: BaseException, folder: Path) -> int | None:
    """The system's number of an error, if it is one of the archive's disk."""
    if isinstance(error, OSError):
        elsewhere = error.filename and not Path(str(error.filename)).resolve().is_relative_to(folder.resolve())
        return None if elsewhere else error.errno
    message = str(error)
    return next((number for words, number in _WORDS.items() if words in message), None)


def require_free(folder: Path, size: int, purpose: str) -> None:
    """Refuse a task that needs more space than there is.

    Args:
        folder: of the archive.
        size: bytes needed beside it.
        purpose: what they are needed for, to be said.

    Raises:
        DiskError: there is less, in the folder or where temporary files go.
    """
    for place in (folder, Path(tempfile.gettempdir())):
        free = shutil.disk_usage(place).free
        if free < size:
            raise DiskError(
                f"{purpose} {folder} needs {size / 2**20:,.1f} MB free in {place}, which has {free / 2**20:,.1f}. "
                f"Nothing was changed; free some space and run the same command again"
            )


def sizes(folder: Path) -> dict[str, int]:
    """Return the bytes of each part of an archive: the catalog, and what each of its folders holds."""
    found: dict[str, int] = defaultdict(int)
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another process may be writing
            if file.is_file():
                top = file.relative_to(folder).parts[0]
                part = "catalog" if top.startswith("catalog.") else "other" if top == file.name else top
                found[part] += file.stat().st_size
    return dict(sorted(found.items()))
