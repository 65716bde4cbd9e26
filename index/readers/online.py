"""What stands at an address: an article, a feed, a sitemap, or a file of a kind that is read from disk too."""

import mimetypes
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from index.crawler import Crawler
from index.fetch import Fetched, FetchError
from index.readers import READERS, Article, ReadFailure, suffix_of
from index.readers.limits import MAX_BYTES
from index.readers.page import media_type, read_page
from index.readers.xml import is_feed_or_sitemap, parse_xml
from index.unpacking import GZIP, gunzip

_PAGES = (".html", ".htm", ".xhtml")
_KINDS = {  # what servers send beside the types that the standard library knows
    "application/jsonl": ".jsonl",
    "application/warc": ".warc",
    "application/x-ndjson": ".jsonl",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}


def read_online(place: str | Fetched, crawler: Crawler) -> Iterator[Article | ReadFailure]:
    """Read what stands at an address.

    Args:
        place: The address, or what has been fetched from it already.
        crawler: Fetches it, and the pages a feed or sitemap leads to.

    Yields:
        The articles, and what could not be read. The uri of an article is its address; where a file holds
        several, with what tells them apart.
    """
    try:
        fetched = crawler.fetch(place) if isinstance(place, str) else place
        if fetched.data.startswith(GZIP) and _suffix(fetched) != ".warc.gz":
            fetched = replace(fetched, data=gunzip([fetched.data], MAX_BYTES))
        if is_feed_or_sitemap(fetched.data):
            yield from parse_xml(fetched.data, fetched.url, crawler, fetched.content_type)
        elif _suffix(fetched) in _PAGES:
            yield read_page(fetched)
        else:
            yield from _read_file(fetched)
    except FetchError as error:
        yield ReadFailure(error.url, None, error.reason)
    except ValueError as error:
        url = place if isinstance(place, str) else place.url
        yield ReadFailure(url, None, str(error))


def _suffix(fetched: Fetched) -> str:
    """What kind of file it is: by what the server says, or by its name where that says nothing."""
    kind = media_type(fetched)[0]
    named = suffix_of(PurePosixPath(unquote(urlsplit(fetched.url).path)))
    told = _KINDS.get(kind) or mimetypes.guess_extension(kind) or ""
    if kind == "text/plain" or told not in (*READERS, *_PAGES):
        return named if named in READERS else told
    return told


def _read_file(fetched: Fetched) -> Iterator[Article | ReadFailure]:
    suffix = _suffix(fetched)
    if suffix not in READERS:
        kinds = ", ".join(sorted(READERS))
        sent = fetched.content_type or "something without a type"
        raise ValueError(f"the server sent {sent:.80}; expected a web page, a feed, a sitemap or a file ({kinds})")
    name = PurePosixPath(unquote(urlsplit(fetched.url).path)).name
    with TemporaryDirectory(prefix="isnad-") as folder:
        file = Path(folder, f"download{suffix}")
        file.write_bytes(fetched.data)
        for found in READERS[suffix](file):
            if isinstance(found, ReadFailure):
                path = str(found.path).replace(str(file), fetched.url)
                yield replace(found, path=path, reason=found.reason.replace(str(file), name or fetched.url))
            elif found.uri:
                yield found
            else:
                address = fetched.url if found.member is None else f"{fetched.url}/{found.member}"
                yield replace(found, uri=address if found.line is None else f"{address}#{found.line}")
