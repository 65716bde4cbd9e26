"""WARC web archives (ISO 28500), read by warcio: the article of each page that was answered with success."""

from collections.abc import Iterator
from dataclasses import replace
from os import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from index.fetch import Fetched
from index.readers.article import Article, ReadFailure
from index.readers.limits import MAX_PAGE_BYTES
from index.readers.page import media_type, read_page
from index.unpacking import GZIP, unpacked

if TYPE_CHECKING:
    from warcio.recordloader import ArcWarcRecord

_PAGES = ("text/html", "application/xhtml+xml")
_STEP = 1 << 16
_RECORD_END = b"\r\n\r\n"


def read_warc(path: Path) -> Iterator[Article | ReadFailure]:
    """Read the web pages of a .warc or .warc.gz file.

    Args:
        path: The file. Its response records with status 200 and HTML are read, all others passed over.

    Yields:
        The article of each page, or why there is none. The uri of each is its address.
    """
    from warcio.archiveiterator import ArchiveIterator

    count = offset = 0
    cut_off = False
    try:
        with path.open("rb") as file:
            records = ArchiveIterator(file)
            for record in records:
                count += 1
                if record.rec_type == "response" and record.http_headers is not None:
                    yield from _page(record, path)
                cut_off = not _drained(record)
                offset = records.get_record_offset()
            cut_off |= bool(count) and not _ends_whole(file, offset)
    except Exception as error:  # damaged headers make warcio stumble in many ways, AttributeError among them
        reason = str(error).strip().partition("\n")[0]
        if "non-chunked gzip" in reason:
            reason = (
                "it is packed as a whole, not record by record; unpack it with gunzip and index the .warc file"
            )
        yield ReadFailure(path, None, f"not a WARC file that can be read (after {count:,} records): {reason}")
        return
    if cut_off:
        yield ReadFailure(path, None, f"the file is cut off after {count:,} records; copy it again")
    elif not count:
        yield ReadFailure(path, None, "there is no WARC record in the file")


def _page(record: "ArcWarcRecord", path: Path) -> Iterator[Article | ReadFailure]:
    headers = record.http_headers
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    page = Fetched(url, b"", headers.get_header("content-type") or "")
    if headers.get_statuscode() != "200" or media_type(page)[0] not in _PAGES:
        return
    try:
        data = _content(record)
        if not _drained(record):
            return  # cut off: half an article is none, and the end of the file is reported
        yield read_page(replace(page, data=data))
    except ValueError as error:
        yield ReadFailure(path, None, f"{url}: {error}")


def _content(record: "ArcWarcRecord") -> bytes:
    """The body of an answer, unpacked.

    Raises:
        ValueError: It is too large, or packed in a way that cannot be unpacked within limits.
    """
    packing = (record.http_headers.get_header("content-encoding") or "identity").lower()
    if packing not in ("identity", "gzip", "deflate"):
        raise ValueError(f"the page is packed as {packing!r:.40}; gzip and deflate can be read")
    stream = record.content_stream()
    data = bytearray()
    while chunk := stream.read(_STEP):
        data += chunk
        if len(data) > MAX_PAGE_BYTES:
            raise ValueError(f"the page has more than {MAX_PAGE_BYTES // 2**20} MB")
    return bytes(data)


def _drained(record: "ArcWarcRecord") -> bool:
    """Read what is left of a record, and tell whether all of its announced length is there."""
    while record.raw_stream.read(_STEP):
        pass
    return not getattr(record.raw_stream, "limit", 0)


def _ends_whole(file: BinaryIO, offset: int) -> bool:
    """Whether nothing is missing after the beginning of the last record that could be read."""
    file.seek(0)
    if file.read(2) != GZIP:
        file.seek(-len(_RECORD_END), SEEK_END)
        return file.read() == _RECORD_END
    file.seek(offset)
    try:
        for _ in unpacked(iter(lambda: file.read(_STEP), b"")):
            pass
    except ValueError:
        return False
    return True
