"""Article pages on the web."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from index.crawler import Crawler
from index.fetch import Fetched, FetchError, checked_url
from index.readers.article import Article, ReadFailure
from index.readers.html import parse_html

_PAGES = ("text/html", "application/xhtml+xml", "")


def visit_page(url: str, updated: str | None, crawler: Crawler) -> Iterator[Article | ReadFailure]:
    """Fetch and read an article that a feed or sitemap leads to.

    Args:
        url: The link.
        updated: When the article was last changed as written there, if known.
        crawler: Fetches it.

    Yields:
        The article, or why there is none; nothing if the caller does not want it.
    """
    if crawler.skips(url, updated):
        return
    try:
        fetched = crawler.visit(url)
        kind = media_type(fetched)[0]
        if kind not in _PAGES:
            raise ValueError(f"expected a web page, the server sent {kind}")
        yield read_page(fetched)
    except FetchError as error:
        yield ReadFailure(error.url, None, error.reason)
    except ValueError as error:
        yield ReadFailure(url, None, str(error))


def read_page(fetched: Fetched) -> Article:
    """Read a web page.

    Args:
        fetched: The page as it was fetched.

    Returns:
        Its article. The uri is the address which the page itself names as its lasting one, if that is of the same
        host, otherwise that it was found at.

    Raises:
        ValueError: If there is no article in it.
    """
    article = parse_html(fetched.data, fetched.url, media_type(fetched)[1])
    return replace(article, uri=stable_url(_canonical(fetched) or fetched.url))


def media_type(fetched: Fetched) -> tuple[str, str | None]:
    """Return the kind of content in small letters, "" if unknown, and the charset if named."""
    header = Message()
    header["content-type"] = fetched.content_type
    kind = fetched.content_type.partition(";")[0].strip().lower()
    return kind if "/" in kind else "", header.get_content_charset()


def stable_url(url: str) -> str:
    """Return an address without what tells where its reader came from, so that it is the same each time."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in query if not name.lower().startswith("utm_")]
    return url if kept == query else urlunsplit(parts._replace(query=urlencode(kept)))


def _canonical(fetched: Fetched) -> str | None:
    from lxml import etree, html

    try:
        page = html.document_fromstring(fetched.data)
    except (etree.LxmlError, ValueError):
        return None
    for link in page.iter("link"):
        if "canonical" in link.get("rel", "").lower().split() and link.get("href", "").strip():
            try:
                named = checked_url(urljoin(fetched.url, link.get("href").strip()))
            except (FetchError, ValueError):
                return None
            return named if urlsplit(named).netloc == urlsplit(fetched.url).netloc else None
    return None
