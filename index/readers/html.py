"""Web pages: the article of a page, found by trafilatura."""

import codecs
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from index.data import words
from index.language import detect_language
from index.origin import Origin
from index.readers.agencies import names_agency
from index.readers.article import Article, ReadFailure
from index.readers.decoding import likely_encoding
from index.readers.html_fields import find_fields
from index.readers.limits import MAX_PAGE_BYTES, read_bytes

_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1|<[^>]*>|[\s\x00]+", re.IGNORECASE | re.DOTALL)
_HEAD_BYTES = 4096  # browsers look for a charset in the first 1024
_LANGUAGE_LETTERS = 200  # so much text tells its language better than the page's template does
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_BINARY = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a .zip or Word file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}


def read_html(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a saved web page as one article.

    Args:
        path: A .html or .htm file of at most 20 MB.

    Yields:
        The article, or why there is none.
    """
    try:
        yield parse_html(read_bytes(path, MAX_PAGE_BYTES))
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))


def parse_html(data: bytes, url: str | None = None, charset: str | None = None) -> Article:
    """Find the article of a web page and what the page says about it.

    The text is found by trafilatura (Barbaresi 2021). Headline, author, date and so on are taken from the places
    of `index/data/html_fields.txt`; only where these say nothing are trafilatura's and htmldate's guesses taken,
    and marked uncertain.

    Args:
        data: The page as it came.
        url: Its address, which becomes the article's uri.
        charset: Its encoding as the server named it.

    Returns:
        The article.

    Raises:
        ValueError: If there is no article in the page.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ValueError("the page is empty")
    for start, kind in _BINARY.items():
        if data.startswith(start):
            raise ValueError(f"this is {kind}, not a web page; give the file the suffix of its kind")
    from lxml import etree
    from lxml import html as lxml_html
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    logging.getLogger("htmldate").addHandler(logging.NullHandler())
    clean = decode_html(data, charset).replace("\x00", "").encode("utf-8", errors="replace")
    try:
        page = lxml_html.document_fromstring(clean, parser=lxml_html.HTMLParser(encoding="utf-8"))
        fields, origins = find_fields(page)
        found = bare_extraction(
            page, url=url, include_comments=False, with_metadata=True, prune_xpath=_boilerplate()
        )
    except (etree.LxmlError, AssertionError, RecursionError) as error:
        raise ValueError(f"the page is no HTML that can be read: {error}") from None
    text = found.text if found is not None and not isinstance(found, dict) else None
    if found is None or isinstance(found, dict) or not text or not text.strip():
        raise ValueError(
            "no article found in the page: it may be a list of headlines, or its text may come in by JavaScript; "
            "save the page of one article from the browser"
        )
    guesses = (
        ("title", found.title, "guessed from the page"),
        ("author", found.author, "guessed from the page"),
        ("published", found.date, "htmldate: guessed from the page"),
        ("source", found.sitename or found.hostname, "guessed from the page"),
    )
    for field, guess, place in guesses:
        if field not in fields and guess:
            fields[field] = guess
            origins.append(Origin(field, place, False))
    fields["text"] = _without_headline(text, fields.get("title", ""))
    if not _is_language(fields):
        fields.pop("language", None)
    if "agency" not in fields and names_agency(fields.get("author", "")):
        fields["agency"] = fields.pop("author")
        origins = [origin._replace(field="agency") if origin.field == "author" else origin for origin in origins]
    kept = tuple(origin for origin in origins if origin.field in fields)
    return Article(uri=url, line=None, origins=kept, **fields)


def decode_html(data: bytes, charset: str | None = None) -> str:
    """Decode a web page.

    A byte order mark decides, then whether the bytes are UTF-8, because pages that are often name another
    charset; then the charset named by the server or in the page, unless it does not fit the bytes.

    Args:
        data: The page.
        charset: Its encoding as the server named it.

    Returns:
        Its text; bytes that cannot be decoded become U+FFFD.
    """
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, errors="replace")
    named = _CHARSET.search(data[:_HEAD_BYTES])
    written = named[1].decode("ascii", errors="replace") if named else None
    for name in ("utf-8", charset, written):
        try:
            return data.decode(_as_browsers_read(name or "utf-8"))
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode(likely_encoding(_MARKUP.sub(b" ", data)), errors="replace")


def _as_browsers_read(encoding: str) -> str:
    """The encoding browsers use for a name (https://encoding.spec.whatwg.org)."""
    name = codecs.lookup(encoding.strip()).name
    return "cp1252" if name in ("iso8859-1", "ascii") else name


@cache
def _boilerplate() -> list[str]:
    """Paths of what stands in an article and is no part of it: `index/data/html_boilerplate.txt`."""
    classes = "concat(' ', normalize-space(@class), ' ')"
    whole = "descendant-or-self::article or descendant::h1"
    return [f"//body//*[contains({classes}, ' {name} ')][not({whole})]" for name in words("html_boilerplate.txt")]


def _without_headline(text: str, title: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if rest.strip() and " ".join(first.lstrip("# ").split()) == title else text


def _is_language(fields: dict[str, str]) -> bool:
    """Whether the page's word on its language can be right; templates of Arabic pages often say English."""
    code = fields.get("language", "")[:2].lower()
    return len(fields["text"]) < _LANGUAGE_LETTERS or code == detect_language(fields["text"])
