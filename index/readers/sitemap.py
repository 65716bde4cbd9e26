"""Sitemaps (sitemaps.org): the newest articles they list, sitemap indexes and news sitemaps included."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from index.crawler import Crawler
from index.fetch import FetchError, checked_url
from index.origin import Origin
from index.readers.article import Article, ReadFailure
from index.readers.limits import MAX_BYTES
from index.readers.page import visit_page
from index.unpacking import GZIP, gunzip

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_SITEMAPS = 50  # files read of one index
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}([-_]\w+)*")
_NEWS = {"title": "title", "name": "source", "publication_date": "published", "language": "language"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a sitemap: an address, when it last changed, and what a news sitemap says about the article."""

    url: str
    lastmod: str = ""
    news: tuple[tuple[str, str], ...] = ()

    def moment(self, unknown: float) -> float:
        """When it last changed, in seconds since 1970; a day counts to its end."""
        text = self.lastmod if len(self.lastmod) > len("2017-09-20") else f"{self.lastmod}T23:59:59"
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return unknown
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def read_sitemap(data: bytes, place: Path | str, crawler: Crawler) -> Iterator[Article | ReadFailure]:
    """Read the articles a sitemap lists, the newest first.

    Args:
        data: The sitemap or sitemap index.
        place: The file or address it is from.
        crawler: Fetches the pages, as many as its limit.

    Yields:
        The articles, and why there is none for a page.
    """
    listing = _Listing(crawler)
    listing.add(data, place)
    listing.follow()
    yield from listing.failures
    pages = sorted(listing.pages.values(), key=_changed, reverse=True)
    for entry in pages[: crawler.limit]:
        for found in visit_page(entry.url, entry.lastmod or None, crawler):
            yield _with_news(found, entry) if isinstance(found, Article) else found
    if crawler.access.limit is None and (len(pages) > crawler.limit or not listing.complete):
        count = f"{len(pages):,}" if listing.complete else f"more than {len(pages):,}"
        reason = f"it lists {count} pages, of which the {crawler.limit:,} newest were read; for more give --limit"
        yield ReadFailure(place, None, reason, kept=True)


def _changed(entry: _Entry) -> float:
    return entry.moment(unknown=-math.inf)


class _Listing:
    """The pages of a sitemap and of those it leads to, as far as they can be among the newest."""

    def __init__(self, crawler: Crawler) -> None:
        self.pages: dict[str, _Entry] = {}
        self.failures: list[ReadFailure] = []
        self.complete = True
        self._crawler = crawler
        self._sitemaps: dict[str, _Entry] = {}
        self._read: set[str] = set()

    def add(self, data: bytes, place: Path | str) -> None:
        try:
            is_index, entries = _parse(data, place)
        except ValueError as error:
            self.failures.append(ReadFailure(place, None, str(error)))
            return
        for entry in entries:
            (self._sitemaps if is_index else self.pages).setdefault(entry.url, entry)

    def follow(self) -> None:
        while waiting := [entry for url, entry in self._sitemaps.items() if url not in self._read]:
            newest = max(waiting, key=lambda entry: entry.moment(unknown=math.inf))
            if len(self._read) == _MOST_SITEMAPS or self._is_older(newest):
                self.complete = False
                return
            self._read.add(newest.url)
            try:
                fetched = self._crawler.visit(newest.url)
                packed = fetched.data.startswith(GZIP)
                self.add(gunzip([fetched.data], MAX_BYTES) if packed else fetched.data, fetched.url)
            except FetchError as error:
                self.failures.append(ReadFailure(error.url, None, error.reason))
            except ValueError as error:
                self.failures.append(ReadFailure(newest.url, None, str(error)))

    def _is_older(self, sitemap: _Entry) -> bool:
        """Whether a sitemap is older than all pages wanted; it is as new as its newest page."""
        changes = sorted(map(_changed, self.pages.values()), reverse=True)[: self._crawler.limit]
        return len(changes) == self._crawler.limit and changes[-1] > sitemap.moment(unknown=math.inf)


def _parse(data: bytes, place: Path | str) -> tuple[bool, list[_Entry]]:
    """Whether data is a sitemap index, and its lines.

    Raises:
        ValueError: It is no sitemap.
    """
    from lxml import etree

    # No entities, no network, no depth without end: what is fetched may mean harm.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"the sitemap is not well-formed XML: {error}") from None
    name = _local(root)
    if name not in ("urlset", "sitemapindex"):
        raise ValueError(f"expected a sitemap, its first element is <{name}>")
    base = place if isinstance(place, str) else ""
    return name == "sitemapindex", [entry for line in root if (entry := _entry(line, base))]


def _entry(line: "_Element", base: str) -> _Entry | None:
    own = {_local(element): (element.text or "").strip() for element in line}
    news = {
        _NEWS[_local(element)]: element.text.strip()
        for element in line.iter()
        if "sitemap-news" in str(element.tag) and _local(element) in _NEWS and element.text
    }
    if not _LANGUAGE.fullmatch(news.get("language", "")):
        news.pop("language", None)
    if _Entry("", news.get("published", "")).moment(0.0) == 0.0:
        news.pop("published", None)
    try:
        url = checked_url(urljoin(base, own.get("loc", "")))
    except (FetchError, ValueError):
        return None
    return _Entry(url, own.get("lastmod") or news.get("published", ""), tuple(news.items()))


def _with_news(article: Article, entry: _Entry) -> Article:
    """The article with what the news sitemap says outright in place of what the page says."""
    said: dict[str, Any] = dict(entry.news)
    origins = [origin for origin in article.origins if origin.field not in said]
    origins += [Origin(field, "news sitemap", True) for field in said]
    return replace(article, **said, origins=tuple(origins))


def _local(element: "_Element") -> str:
    return str(element.tag).rpartition("}")[2].lower()
