"""The text of the pages of a PDF, by poppler's pdftotext or by pypdf."""

import logging
import re
import subprocess
import tempfile
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from index.readers import limits
from index.readers.visual_order import turn_around

if TYPE_CHECKING:
    from datetime import datetime

    from pypdf import PdfReader

# What is no Arabic in a line of Arabic; pdftotext leaves it as it is drawn, years from the last to the first.
_EMBEDDED = re.compile("\u202a([^\u202a-\u202c\n]*)\u202c")
_CONTROLS = re.compile("[\u202a-\u202c]")
_RIGHT_TO_LEFT = "".join(map(chr, (*range(0x590, 0x900), *range(0xFB1D, 0xFE00), *range(0xFE70, 0xFF00))))
_ENCRYPTED = "the PDF is encrypted; save it without its password first"


class Properties(NamedTuple):
    """What the properties of a PDF say; None where they say nothing."""

    title: str | None = None
    author: str | None = None
    created: "datetime | None" = None


def pages_by_pdftotext(path: Path) -> list[str]:
    """Take the text out of a PDF with poppler's pdftotext.

    Args:
        path: The file.

    Returns:
        The text of each page.

    Raises:
        ValueError: If the file is encrypted, damaged or too large, or takes too long.
        OSError: If pdftotext cannot be run.
    """
    # An absolute path cannot be taken for an option.
    command = ["pdftotext", "-enc", "UTF-8", "-eol", "unix", str(path.resolve()), "-"]
    start = monotonic()
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        overdue = Timer(limits.PDF_SECONDS, process.kill)
        overdue.start()
        try:
            text = process.stdout.read(limits.MAX_BYTES + 1) if process.stdout else b""
            if len(text) > limits.MAX_BYTES:
                process.kill()
            process.wait()
        finally:
            overdue.cancel()
        complaints.seek(0)
        complaint = complaints.read(limits.MAX_BYTES).decode(errors="replace")
    if len(text) > limits.MAX_BYTES:
        raise ValueError(f"the PDF holds more than {limits.MAX_BYTES // 2**20} MB of text; split it")
    if monotonic() - start >= limits.PDF_SECONDS:
        raise ValueError(f"reading the PDF took more than {limits.PDF_SECONDS:.0f} seconds")
    if "password" in complaint.lower():
        raise ValueError(_ENCRYPTED)
    if process.returncode:
        raise ValueError(
            f"the PDF is damaged or cut off: {' '.join(complaint.split()) or 'it cannot be read'!s:.120}"
        )
    in_order = _EMBEDDED.sub(lambda run: turn_around(run[1]), text.decode(errors="replace"))
    return _CONTROLS.sub("", in_order).removesuffix("\f").split("\f")


def pages_by_pypdf(path: Path) -> list[str]:
    """Take the text out of a PDF with pypdf, where there is no pdftotext.

    Arabic comes in the order it is drawn in, mostly from left to right: pypdf's own turning around of letters
    loses the order of words around numbers, and is switched off.

    Args:
        path: The file.

    Returns:
        The text of each page.

    Raises:
        ValueError: If the file is encrypted, damaged or too large, or takes too long.
        OSError: If it cannot be opened.
    """
    from pypdf._text_extraction import set_custom_rtl

    start = monotonic()
    pages: list[str] = []
    reader = _open(path)
    set_custom_rtl(specials=_RIGHT_TO_LEFT)
    # pypdf meets damage with errors of every kind.
    try:
        for page in reader.pages:
            pages.append(page.extract_text())
            if monotonic() - start > limits.PDF_SECONDS:
                raise ValueError(f"reading the PDF took more than {limits.PDF_SECONDS:.0f} seconds")
            if sum(map(len, pages)) > limits.MAX_BYTES:
                raise ValueError(f"the PDF holds more than {limits.MAX_BYTES // 2**20} MB of text; split it")
    except (ValueError, OSError):
        raise
    except Exception as error:
        raise ValueError(f"the PDF is damaged or cut off: {error!s:.120}") from None
    return pages


def properties(path: Path) -> Properties:
    """Read the properties of a PDF.

    Args:
        path: A file whose text could be read.

    Returns:
        What they say, nothing where they are damaged.
    """
    try:
        metadata = _open(path).metadata
        return Properties(metadata.title, metadata.author, metadata.creation_date) if metadata else Properties()
    except Exception:
        return Properties()


def _open(path: Path) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValueError(_ENCRYPTED)
        if len(reader.pages) > limits.MAX_PDF_PAGES:
            raise ValueError(
                f"the PDF has {len(reader.pages):,} pages, more than {limits.MAX_PDF_PAGES:,}; split it"
            )
    except (ValueError, OSError):
        raise
    except DependencyError:
        raise ValueError(_ENCRYPTED) from None
    except Exception as error:
        raise ValueError(f"the PDF is damaged or cut off: {error!s:.120}") from None
    return reader
