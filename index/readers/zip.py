"""Zip files of articles: every file in them that can be read, zip files in them too."""

import stat
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  (a class with a small name)

from index.readers import limits
from index.readers.article import Article, ReadFailure

_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_LONGEST_NAME = 1000
_CHUNK = 2**20
_SYSTEM_FOLDERS = {"__MACOSX"}


def read_zip(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .zip file: each file in it as if it lay in a folder of that name.

    Files are unpacked one at a time, under a name of our own in a temporary folder. What the limits of
    `index.readers.limits` forbid is reported; hidden files and files of other kinds are passed over.

    Args:
        path: The file.

    Yields:
        The articles with their `member`, and what could not be read; paths go on within the file.
    """
    yield from _Unpacking().read(path, path, 1)


class _Unpacking:
    """The unpacking of one file, all that is nested in it included: what it may still unpack."""

    def __init__(self) -> None:
        self._bytes_left = limits.MAX_UNPACKED_BYTES
        self._members_left = limits.MAX_MEMBERS

    def read(self, path: Path, shown: Path, depth: int) -> Iterator[Article | ReadFailure]:
        """Read a zip file that lies at one path and is shown to the user as another."""
        try:
            with ZipFile(path) as archive:
                yield from self._members(archive, shown, depth)
        except (BadZipFile, NotImplementedError, ValueError) as error:
            yield ReadFailure(shown, None, f"the .zip file is damaged or of an unknown kind: {error}")
        except OSError as error:
            yield ReadFailure(shown, None, str(error))

    def _members(self, archive: ZipFile, shown: Path, depth: int) -> Iterator[Article | ReadFailure]:
        from index.readers import READERS

        members = [(member, _name(member)) for member in archive.infolist() if not member.is_dir()]
        self._members_left -= len(members)
        if self._members_left < 0:
            yield ReadFailure(
                shown, None, f"it holds more than {limits.MAX_MEMBERS:,} files; pack them in several"
            )
            return
        readable = [(member, name) for member, name in members if _is_article(name, set(READERS))]
        if not readable:
            others = f"; it holds {len(members)} others, such as {members[0][1]!r:.80}" if members else ""
            yield ReadFailure(shown, None, f"it holds no file to read ({', '.join(sorted(READERS))}){others}")
        for member, name in readable:
            if member.file_size > self._bytes_left:
                left_out = f"all in all more than {limits.MAX_UNPACKED_BYTES / 2**30:.0f} GB unpacked"
                yield ReadFailure(shown, None, f"{left_out}: {name!r:.80} and what follows are left out")
                return
            try:
                _check_name(name)
                _check_kind(member)
                limits.check_member(member)
            except ValueError as error:
                yield ReadFailure(shown, None, f"{name!r:.120}: {error}")
                continue
            self._bytes_left -= member.file_size
            yield from self._member(archive, member, shown, PurePosixPath(name), depth)

    def _member(
        self, archive: ZipFile, member: ZipInfo, shown: Path, name: PurePosixPath, depth: int
    ) -> Iterator[Article | ReadFailure]:
        from index.readers import READERS, suffix_of

        suffix = suffix_of(name)
        if suffix == ".zip" and depth == limits.MAX_DEPTH:
            yield ReadFailure(shown / name, None, f"nested more than {limits.MAX_DEPTH} deep; unpack it first")
            return
        with tempfile.TemporaryDirectory(prefix="isnad-") as folder:
            unpacked = Path(folder) / f"unpacked{suffix}"
            try:
                _unpack(archive, member, unpacked)
            except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
                yield ReadFailure(shown / name, None, f"cannot be unpacked: {error or 'it is damaged'}")
                return
            nested = suffix == ".zip"
            for each in self.read(unpacked, shown / name, depth + 1) if nested else READERS[suffix](unpacked):
                if isinstance(each, Article):
                    yield replace(each, member=str(name / each.member) if each.member else str(name))
                else:
                    place = each.path if nested or isinstance(each.path, str) else shown / name
                    reason = each.reason
                    if str(unpacked) in reason:
                        reason = f"{reason.replace(str(unpacked), str(shown / name))} (unpack it first)"
                    yield replace(each, path=place, reason=reason)


def _unpack(archive: ZipFile, member: ZipInfo, target: Path) -> None:
    """Write a member to a file, and never more of it than it said it has."""
    left = member.file_size
    with archive.open(member) as packed, target.open("wb") as file:
        while data := packed.read(_CHUNK):
            left -= len(data)
            if left < 0:
                raise ValueError("it unpacks to more than it says")
            file.write(data)


def _name(member: ZipInfo) -> str:
    """The path of a member; names in UTF-8 that are not marked as such come right."""
    if member.flag_bits & _UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _is_article(name: str, suffixes: set[str]) -> bool:
    from index.readers import suffix_of

    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    return suffix_of(path) in suffixes and not hidden and not _SYSTEM_FOLDERS.intersection(path.parts)


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or parts[0].endswith(":"):
        raise ValueError("its path leads out of the .zip file; such files are not unpacked")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError("its name is longer than any file's, or holds characters that cannot be shown")


def _check_kind(member: ZipInfo) -> None:
    if member.flag_bits & _ENCRYPTED:
        raise ValueError("it is encrypted; unpack the .zip file with its password first")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise ValueError("it is a link to another file; links are not followed")
