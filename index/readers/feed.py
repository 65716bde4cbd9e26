"""RSS and Atom feeds, read by feedparser: articles that stand in the feed, and those it only leads to."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException

from index.crawler import Crawler
from index.data import rows
from index.dates import parse_date
from index.fetch import FetchError, checked_url
from index.folding import fold
from index.language import detect_language
from index.origin import Origin
from index.readers.article import Article, ReadFailure
from index.readers.page import stable_url, visit_page

_FULL_CONTENT = 200  # characters; a shorter one is a teaser
_FULL_SUMMARY = 800  # many feeds put the whole article there, more of them a teaser
_LONGEST_END = 60
_CUT_MARKS = ("…", "…]", "...", "...]")
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>\s*(?:<!--.*)?\Z", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}([-_]\w+)*")
_BLOCKS = frozenset(("article", "blockquote", "br", "div", "figure", "li", "ol", "p", "pre", "section"))
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul"}
_UNSEEN = frozenset(("script", "style", "template", "figcaption"))


def read_feed(
    data: bytes, place: Path | str, crawler: Crawler, content_type: str = ""
) -> Iterator[Article | ReadFailure]:
    """Read the articles of a feed.

    An entry with its whole text is an article as it stands; for others the page they link to is fetched. What the
    feed says of an article goes before what the page says.

    Args:
        data: The feed.
        place: The file or address it is from.
        crawler: Fetches the pages, as many as its limit.
        content_type: As the server named it.

    Yields:
        The articles, and why there is none for an entry. The uri of each is its link, or what the page names as
        its own address, so that it is the same whenever the feed is read.
    """
    import feedparser

    headers = {"content-type": content_type} if content_type else {}
    if isinstance(place, str):
        headers["content-location"] = place  # links are relative to it
    feed = feedparser.parse(BytesIO(data), response_headers=headers)
    damage = feed.get("bozo_exception")
    if not feed.entries and damage is not None:
        yield ReadFailure(place, None, f"the feed cannot be read: {damage}")
        return
    entries = list(map(dict, feed.entries))  # its own mapping warns of fields that are not there
    if isinstance(damage, SAXParseException) and not _END.search(data):
        entries = entries[:-1]
        yield ReadFailure(place, None, "the feed is cut off; its last entry was left out: fetch the feed again")
    followed = 0
    known: set[str] = set()
    for entry in entries:
        link = _link(entry)
        uri = link or _made_uri(entry, place)
        if uri in known:
            continue
        known.add(uri)
        fields, origins = _fields(entry, feed.feed)
        text, whole = _text(entry)
        if whole or (text and not link):
            yield _finished(Article(text=text, uri=uri), fields, origins)
        elif not link:
            yield ReadFailure(place, None, f"the entry {fields.get('title', uri)!r:.80} has no text and no link")
        elif followed < crawler.limit:
            followed += 1
            for found in visit_page(link, entry.get("updated") or entry.get("published"), crawler):
                yield _finished(found, fields, origins) if isinstance(found, Article) else found
        elif followed == crawler.limit and crawler.access.limit is None:
            followed += 1
            yield ReadFailure(
                place, None, f"the first {crawler.limit:,} links were followed; for more give --limit", kept=True
            )


def _link(entry: Mapping[str, Any]) -> str | None:
    for link in (entry.get("link"), entry.get("id")):
        try:
            return stable_url(checked_url(link or ""))
        except (FetchError, ValueError):
            continue
    return None


def _made_uri(entry: Mapping[str, Any], place: Path | str) -> str:
    """A name for an entry without an address, the same whenever the feed is read."""
    said = entry.get("id") or "\n".join(str(entry.get(key, "")) for key in ("title", "published", "summary"))
    feed = place if isinstance(place, str) else place.name
    return f"{feed}#{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _fields(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> tuple[dict[str, str], list[Origin]]:
    """What the feed says outright about an article, and where."""
    author = entry.get("author_detail", {}).get("name") or entry.get("author")
    outlet = entry.get("source", {}).get("title")
    said = {
        "title": (_plain(entry.get("title", "")), "feed entry title"),
        "author": (author, "feed entry author"),
        "source": (outlet or _plain(feed.get("title", "")), "feed entry source" if outlet else "feed title"),
        "published": (_date(entry), "feed entry date"),
        "language": (_language(entry, feed), "feed language"),
    }
    fields = {field: " ".join(value.split()) for field, (value, _) in said.items() if value and value.strip()}
    return fields, [Origin(field, said[field][1], True) for field in fields]


def _finished(article: Article, fields: dict[str, str], origins: list[Origin]) -> Article:
    """The article with what the feed says."""
    said: dict[str, Any] = dict(fields)
    # Blogging software says English unless told otherwise, so that the text has the last word.
    language = said.get("language", "")
    if language and language.replace("_", "-").partition("-")[0].lower() != detect_language(article.text):
        del said["language"]
    kept = [origin for origin in article.origins if origin.field not in said]
    return replace(article, **said, origins=(*kept, *(origin for origin in origins if origin.field in said)))


def _date(entry: Mapping[str, Any]) -> str | None:
    """The date of publication as written, and so the day where it was published, not in Greenwich."""
    for key in ("published", "updated"):
        written = entry.get(key, "")
        if written and parse_date(written):
            return str(written)
        moment = entry.get(f"{key}_parsed")
        if moment:
            return f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"
    return None


def _language(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str | None:
    inner = [content.get("language") for content in entry.get("content", [])]
    for language in (*inner, entry.get("language"), feed.get("language")):
        if language and _LANGUAGE.fullmatch(language):
            return str(language)
    return None


def _text(entry: Mapping[str, Any]) -> tuple[str, bool]:
    """The longest text of an entry, and whether it is the whole article."""
    contents = [_plain(content.get("value", "")) for content in entry.get("content", [])]
    content = max(contents, key=len, default="")
    summary = _plain(entry.get("summary", ""))
    if len(content) >= _FULL_CONTENT and not _is_cut(content):
        return content, True
    return max(content, summary, key=len), len(summary) >= _FULL_SUMMARY and not _is_cut(summary)


def _is_cut(text: str) -> bool:
    """Whether a text ends with what feeds put where they cut an article short."""
    end = fold(text[-_LONGEST_END:]).rstrip(" \n»>›→«‹←.:")
    return text.rstrip().endswith(_CUT_MARKS) or end.endswith(_teaser_ends())


@cache
def _teaser_ends() -> tuple[str, ...]:
    return tuple(fold(row) for row in rows("teaser_ends.txt"))


def _plain(markup: str) -> str:
    """The text of a piece of HTML, a line for each of its blocks."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    from lxml import etree, html

    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError):
        return markup.strip()
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            pieces.append("\n" if block else "")
            pieces.append(
                (element.text or "") if element.tag not in _UNSEEN and isinstance(element.tag, str) else ""
            )
        else:
            pieces.append("\n" if block else "")
            pieces.append(element.tail or "")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)
