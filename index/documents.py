"""Documents: articles as the archive keeps them, and how files become documents."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from index.crawler import Crawler
from index.dates import parse_date
from index.errors import IsnadError
from index.fetch import Access, Fetched, checked_url, is_url
from index.files import readable_files
from index.language import detect_language
from index.origin import Origin
from index.readers import READERS, Article, ReadFailure, suffix_of
from index.readers.agencies import dateline_agency
from index.readers.online import read_online
from index.readers.xml import XML_SUFFIXES, read_xml

__all__ = ["Access", "Document", "ReadFailure", "documents_of", "read_documents"]

_LINE_BREAK = re.compile(r"\r\n?|[\u0085\u2028\x0b\x0c]")
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Hardly any text has one of these, and looking for all of them at once is the quickest way to know.
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9_-]+)?")
_TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Document:
    """An article in canonical form. Make one with `Document.create`, which normalises and checks.

    Attributes:
        uri: The key it is kept under.
        title: The headline.
        text: The body in Unicode NFC with newline line ends; offsets of quotes count its characters.
        source: The outlet or agency, if known.
        author: The byline, if known.
        published: ISO date "YYYY-MM-DD", if known.
        language: ISO 639-1 code, "und" when there is none to be told.
        sha256: Hexadecimal digest of everything but the uri.
        agency: The news agency the text is from, where that is another than the outlet, if known.
        origins: Where title, source, author, agency, published and language were found, sorted by field; a
            field without an origin was given by the caller.
    """

    uri: str
    title: str
    text: str
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str = ""
    sha256: str = ""
    agency: str | None = None
    origins: tuple[Origin, ...] = ()

    @classmethod
    def create(
        cls,
        uri: str,
        text: str,
        title: str = "",
        source: str | None = None,
        author: str | None = None,
        published: str | None = None,
        language: str | None = None,
        agency: str | None = None,
        origins: Iterable[Origin] = (),
    ) -> Self:
        """Normalise an article, tell its language and work out its digest.

        Args:
            uri: The key to keep it under.
            text: The body.
            title: The headline; when empty, the first words of the body stand in for it.
            source: The outlet or agency.
            author: The byline.
            published: A date, or date and time, as ISO or RFC 822 or as people write it (see
                `index.dates.parse_date`); the day is kept. One that can be read in two ways makes its origin
                uncertain.
            language: A code such as "ar" or "ar-MA"; detected when missing.
            agency: The news agency.
            origins: Where the fields above were found.

        Returns:
            The document.

        Raises:
            IsnadError: If uri or text is empty, or published or language cannot be understood.
        """
        uri = _normalise(uri)
        text = _normalise(text)
        if not uri:
            raise IsnadError("a document needs a uri (any text that names it), got an empty one")
        if not text:
            raise IsnadError(f"{uri}: the text is empty: a document needs a body")
        origins = [*origins]
        if not language or not language.strip():
            origins.append(Origin("language", "detected from the text", False))
        day, certain = _day(published) if published and published.strip() else (None, True)
        if not certain:
            places = [origin.place for origin in origins if origin.field == "published"]
            origins = [origin for origin in origins if origin.field != "published"]
            origins += [Origin("published", place, False) for place in places or ["day and month unclear"]]
        content = {
            "title": " ".join((_normalise(title) or _first_words(text)).split()),
            "text": text,
            "source": _normalise(source or "") or None,
            "author": _normalise(author or "") or None,
            "published": day,
            "language": _language_code(language) if language and language.strip() else detect_language(text),
            "agency": _normalise(agency or "") or None,
            "origins": tuple(sorted(origins)),
        }
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return cls(uri=uri, sha256=hashlib.sha256(canonical.encode()).hexdigest(), **content)  # type: ignore[arg-type]

    @property
    def label(self) -> dict[str, str | None]:
        """What the article is known by, for JSON: everything but its text and digest."""
        names = ("uri", "title", "source", "author", "agency", "published", "language")
        return {name: getattr(self, name) for name in names}

    def canonical(self) -> "Document":
        """Return the document as `create` makes it: itself, unless it was made or altered in another way."""
        return Document.create(
            self.uri,
            self.text,
            self.title,
            self.source,
            self.author,
            self.published,
            self.language,
            self.agency,
            self.origins,
        )


def read_documents(
    place: Path | str | Fetched,
    on_failure: Callable[[ReadFailure], None] | None = None,
    access: Access | None = None,
) -> Iterator[Document]:
    """Read the articles of a file, of a folder and all folders in it, or of an address.

    Args:
        place: A file of a kind in `READERS`, a folder, or an http(s) address of an article, a feed, a sitemap or
            such a file; or what has been fetched from an address. In a folder hidden files and files of other
            kinds are passed over, and the order is that of the sorted paths.
        on_failure: Told of every file, line, entry or page that cannot be read; reading goes on with the next.
            Told also of what is only a warning (`ReadFailure.kept`), such as a date that cannot be understood.
        access: What may be fetched, where `place` is an address or holds a feed or sitemap with links.

    Returns:
        The documents, read as they are asked for. The uri of each is the path of its file within the folder
        (the bare name when a file is given), with "#LINE" for a line of a .jsonl or .csv file without a uri, and
        for a file in a .zip file followed by its path in there: "export.zip/2021/a.html". Articles from the web
        have their address.

    Raises:
        IsnadError: If there is no such path or nothing to read in it, or an address is not http(s); also,
            without `on_failure`, at the first failure.
    """
    crawler = Crawler(access)
    on_failure = on_failure or _raise
    if isinstance(place, Fetched) or is_url(place):
        found = place if isinstance(place, Fetched) else checked_url(str(place))
        return documents_of(found, found if isinstance(found, str) else found.url, crawler, on_failure)
    root = Path(place)
    base = root if root.is_dir() else root.parent
    files = readable_files(root, on_failure)
    return (
        document
        for file in files
        for document in documents_of(file, file.relative_to(base).as_posix(), crawler, on_failure)
    )


def _raise(failure: ReadFailure) -> None:
    if not failure.kept:
        raise IsnadError(str(failure))


def documents_of(
    place: Path | str | Fetched, uri: str, crawler: Crawler, on_failure: Callable[[ReadFailure], None]
) -> Iterator[Document]:
    """Read the articles of one file, or of what is at one address.

    Args:
        place: A file that `readable_files` has found, an address, or what was fetched from one.
        uri: The uri of articles that have none of their own.
        crawler: Fetches what a feed or sitemap leads to.
        on_failure: Told of what cannot be read.

    Yields:
        The documents in the file's order.
    """
    for article in _articles(place, crawler):
        if isinstance(article, ReadFailure):
            on_failure(article)
            continue
        where = place.url if isinstance(place, Fetched) else place
        its_uri = uri
        if article.member:
            where, its_uri = f"{where}/{article.member}", f"{uri}/{article.member}"
        article, doubts = _without_misunderstood(article)
        for doubt in doubts:
            on_failure(ReadFailure(where, article.line, doubt, kept=True))
        try:
            document = _document(article, its_uri)
        except IsnadError as error:
            on_failure(ReadFailure(where, article.line, str(error)))
        else:
            yield document


def _articles(place: Path | str | Fetched, crawler: Crawler) -> Iterator[Article | ReadFailure]:
    if not isinstance(place, Path):
        return read_online(place, crawler)
    suffix = suffix_of(place)
    return read_xml(place, crawler) if suffix in XML_SUFFIXES else READERS[suffix](place)


def _without_misunderstood(article: Article) -> tuple[Article, list[str]]:
    """Drop a date or language that cannot be understood: an article is worth more than its date."""
    doubts: list[str] = []
    checks: dict[str, Callable[[str], object]] = {"published": _day, "language": _language_code}
    for field, check in checks.items():
        value = getattr(article, field)
        try:
            if value and value.strip():
                check(value)
        except IsnadError as error:
            doubts.append(f"{error}; the article is kept without it")
            origins = tuple(origin for origin in article.origins if origin.field != field)
            article = replace(article, origins=origins, **{field: None})  # type: ignore[arg-type]
    return article, doubts


def _document(article: Article, file_uri: str) -> Document:
    place = file_uri if article.line is None else f"{file_uri}#{article.line}"
    agency, origins = article.agency, article.origins
    if not agency and (agency := dateline_agency(article.text)):
        origins += (Origin("agency", "dateline", False),)
    return Document.create(
        uri=article.uri or place,
        text=article.text,
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        language=article.language,
        agency=agency,
        origins=origins,
    )


def _normalise(text: str) -> str:
    if _ODD.search(text):
        text = _UNWANTED.sub("", _LINE_BREAK.sub("\n", text)).replace("\u2029", "\n\n")
        text = _SURROGATE.sub("\ufffd", text)
    return unicodedata.normalize("NFC", text).strip()


def _first_words(text: str) -> str:
    line = text.partition("\n")[0].strip()
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[:_TITLE_LENGTH].rsplit(None, 1)[0] + "…"


def _day(value: str) -> tuple[str, bool]:
    """The ISO date a field means, and whether that is certain."""
    found = parse_date(value)
    if found is None:
        raise IsnadError(
            f"published: expected one day with its year, best as an ISO date such as 2017-09-20, got {value!r:.60}"
        )
    return found[0].isoformat(), found[1]


def _language_code(value: str) -> str:
    match = _LANGUAGE.fullmatch(value.strip().lower())
    if not match:
        raise IsnadError(f"language: expected a code such as ar, en or fr, got {value!r:.60}")
    return match[1]
