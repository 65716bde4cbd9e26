"""XML files: told apart by their first element, whatever their name and declared type."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.crawler import Crawler
from index.readers.article import Article, ReadFailure
from index.readers.feed import read_feed
from index.readers.limits import MAX_BYTES, read_bytes
from index.readers.sitemap import read_sitemap
from index.unpacking import GZIP, gunzip

XML_SUFFIXES = (".atom", ".rss", ".xml", ".xml.gz")
_FEEDS = ("rss", "feed", "rdf")
_SITEMAPS = ("urlset", "sitemapindex")
_PROLOGUE = re.compile(
    rb"\A(?:\xef\xbb\xbf|\s+|<\?.*?\?>|<!--.*?-->|<!doctype(?:\[[^\]]*\]|[^>\[])*>)+", re.DOTALL | re.I
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_HEAD = 20_000


def read_xml(path: Path, crawler: Crawler | None = None) -> Iterator[Article | ReadFailure]:
    """Read a feed (RSS, Atom) or a sitemap, and the pages it leads to.

    Args:
        path: A file, which may be packed with gzip.
        crawler: Fetches the pages; one with the usual limits if not given.

    Yields:
        The articles, and why there is none for an entry or a page.
    """
    try:
        data = read_bytes(path)
        if data.startswith(GZIP):
            data = gunzip([data], MAX_BYTES)
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))
        return
    yield from parse_xml(data, path, crawler or Crawler())


def parse_xml(
    data: bytes, place: Path | str, crawler: Crawler, content_type: str = ""
) -> Iterator[Article | ReadFailure]:
    """Read a feed or a sitemap as `read_xml` does.

    Args:
        data: The file, unpacked.
        place: The file or address it is from.
        crawler: Fetches the pages.
        content_type: As the server named it.

    Yields:
        The articles, and why there is none for an entry or a page.
    """
    root = root_name(data)
    if root in _FEEDS:
        yield from read_feed(data, place, crawler, content_type)
    elif root in _SITEMAPS:
        yield from read_sitemap(data, place, crawler)
    else:
        found = f"its first element is <{root}>" if root else "it has no element"
        yield ReadFailure(place, None, f"expected a feed (RSS, Atom) or a sitemap; {found}")


def is_feed_or_sitemap(data: bytes) -> bool:
    """Tell whether data is what `parse_xml` reads."""
    return root_name(data) in (*_FEEDS, *_SITEMAPS)


def root_name(data: bytes) -> str:
    """Return the name of the first element in small letters and without its prefix, "" if there is none."""
    head = data[:_HEAD]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16; the names are ASCII
        head = head[2:].replace(b"\x00", b"")
    found = _ROOT.match(_PROLOGUE.sub(b"", head))
    return found[1].decode("ascii", errors="replace").lower() if found else ""
