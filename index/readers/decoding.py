"""UTF-8 bytes to text, and a helpful word about bytes that are something else."""

import shlex
import unicodedata
from pathlib import Path

from index.readers.limits import MAX_BYTES

_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class NotUTF8Error(ValueError):
    """Bytes that are not UTF-8; the message says where, what they may be and how to convert them."""


def read_utf8(path: Path) -> str:
    """Read a whole text file.

    Args:
        path: A file in UTF-8, with or without a byte order mark, of at most 50 MB.

    Returns:
        Its text.

    Raises:
        NotUTF8Error: If it is in another encoding.
        ValueError: If it is too large or empty.
        OSError: If it cannot be opened.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(
            f"the file has {size / 2**20:.0f} MB; one text may have at most {MAX_BYTES // 2**20} MB: "
            "split it into one file per article, or into the lines of a .jsonl file"
        )
    text = decode_utf8(path.read_bytes(), path)
    if not text.strip():
        raise ValueError("the file is empty: it needs at least one line of text")
    return text


def decode_utf8(data: bytes, path: Path, position: int = 0) -> str:
    """Decode UTF-8.

    Args:
        data: The bytes, possibly with a byte order mark.
        path: The file they are from, for the message.
        position: Where in the file they start.

    Returns:
        The text.

    Raises:
        NotUTF8Error: If the bytes are not UTF-8.
    """
    head = data[:200]
    if head.startswith(_UTF16_BOMS) or sum(byte < 9 for byte in head) * 5 > len(head):
        raise NotUTF8Error(_advice(position, "UTF-16", path))
    content = data.removeprefix(_BOM)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = position + len(data) - len(content) + error.start
        raise NotUTF8Error(_advice(offset, likely_encoding(content), path)) from None


def likely_encoding(data: bytes) -> str:
    """Guess what bytes that are not UTF-8 are.

    Args:
        data: The bytes, without markup.

    Returns:
        WINDOWS-1256, WINDOWS-1252, or UTF-8 for UTF-8 with damaged places.
    """
    valid = data.decode("utf-8", errors="ignore")
    intact = sum(len(character.encode()) for character in valid if not character.isascii())
    high = sum(byte > 127 for byte in data)
    if intact > high / 2:
        return "UTF-8"
    letters = [character for character in data.decode("cp1256") if not character.isascii()]
    arabic = sum(unicodedata.name(letter, "").startswith("ARABIC LETTER") for letter in letters)
    return "WINDOWS-1256" if arabic > len(letters) / 2 and high > len(data) / 4 else "WINDOWS-1252"


def _advice(offset: int, encoding: str, path: Path) -> str:
    target = shlex.quote(f"{path.stem}.utf8{path.suffix}")
    command = f"iconv -f {encoding} -t UTF-8 {shlex.quote(str(path))} > {target}"
    if encoding == "UTF-8":
        command = command.replace("iconv", "iconv -c", 1)
        return f"damaged UTF-8 at byte {offset}; take the damaged places out with: {command}"
    return f"not UTF-8 at byte {offset}, it looks like {encoding}; convert it with: {command}"
