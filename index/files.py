"""The files of a folder that there are readers for."""

import os
from collections.abc import Callable
from pathlib import Path

from index.errors import IsnadError
from index.readers import READERS, ReadFailure, suffix_of


def readable_files(root: Path, on_failure: Callable[[ReadFailure], None]) -> list[Path]:
    """Find the files there are readers for.

    Args:
        root: A file, or a folder to look through with all folders in it.
        on_failure: Told of every folder that cannot be looked into.

    Returns:
        The files in order, without hidden ones.

    Raises:
        IsnadError: If there is no such file or folder, or nothing to read in it.
    """
    kinds = ", ".join(sorted(READERS))
    if root.is_file():
        if suffix_of(root) not in READERS:
            raise IsnadError(f"{root}: cannot read {root.suffix or 'a file without a suffix'}; expected {kinds}")
        return [root]
    if not root.is_dir():
        raise IsnadError(f"{root}: no such file or folder; check the path")

    def note(error: OSError) -> None:
        on_failure(ReadFailure(Path(error.filename), None, f"the folder cannot be read: {error.strerror}"))

    found = []
    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(folder, name) for name in names if not name.startswith(".")]
    found = sorted(file for file in found if _is_file(file, on_failure))
    readable = [file for file in found if suffix_of(file) in READERS]
    if not readable:
        others = f"; it holds {len(found)} of other kinds, such as {found[0].name}" if found else ""
        raise IsnadError(f"{root}: the folder has no file to read ({kinds}){others}")
    return readable


def _is_file(path: Path, on_failure: Callable[[ReadFailure], None]) -> bool:
    try:
        if path.is_symlink() and not path.exists() and suffix_of(path) in READERS:
            on_failure(ReadFailure(path, None, "a link that leads nowhere; is the drive it points to mounted?"))
        return path.is_file()
    except OSError as error:
        on_failure(ReadFailure(path, None, error.strerror or str(error)))
        return False
