"""Documents: articles as the archive keeps them, and how files become documents."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.dates import parse_date
from index.errors import IsnadError
from index.language import detect_language
from index.origin import Origin
from index.readers import READERS, Article, ReadFailure

__all__ = ["Document", "ReadFailure", "read_documents"]

_LINE_BREAK = re.compile(r"\r\n?|[\u0085\u2028\x0b\x0c]")
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
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
        day, certain = _day(published) if published and published.strip() else (None, True)
        origins = tuple(origins)
        if not certain:
            others = [origin for origin in origins if origin.field != "published"]
            places = [origin.place for origin in origins if origin.field == "published"] or [
                "day and month unclear"
            ]
            origins = [*others, *(Origin("published", place, False) for place in places)]
        content = {
            "title": " ".join((_normalise(title) or _first_words(text)).split()),
            "text": text,
            "source": _normalise(source or "") or None,
            "author": _normalise(author or "") or None,
            "published": day,
            "language": _language_code(language) if language else detect_language(text),
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
    path: Path | str, on_failure: Callable[[ReadFailure], None] | None = None
) -> Iterator[Document]:
    """Read the articles of a file, or of a folder and all folders in it.

    Args:
        path: A .txt, .md or .jsonl file, or a folder. In a folder hidden files and files of other kinds are
            passed over, and the order is that of the sorted paths.
        on_failure: Told of every file or line that cannot be read; reading goes on with the next.

    Returns:
        The documents, read as they are asked for. The uri of each is the path of its file within the folder
        (the bare name when a file is given), with "#LINE" for a line of a .jsonl file without a uri.

    Raises:
        IsnadError: If there is no such path or nothing to read in it; also, without `on_failure`, at the first
            failure.
    """
    root = Path(path)
    files = _files(root)
    base = root if root.is_dir() else root.parent
    return _documents(files, base, on_failure or _raise)


def _raise(failure: ReadFailure) -> None:
    raise IsnadError(str(failure))


def _documents(files: list[Path], base: Path, on_failure: Callable[[ReadFailure], None]) -> Iterator[Document]:
    for file in files:
        for article in READERS[file.suffix.lower()](file):
            if isinstance(article, ReadFailure):
                on_failure(article)
                continue
            try:
                document = _document(article, file.relative_to(base).as_posix())
            except IsnadError as error:
                on_failure(ReadFailure(file, article.line, str(error)))
            else:
                yield document


def _document(article: Article, file_uri: str) -> Document:
    place = file_uri if article.line is None else f"{file_uri}#{article.line}"
    return Document.create(
        uri=article.uri or place,
        text=article.text,
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        language=article.language,
        agency=article.agency,
        origins=article.origins,
    )


def _files(root: Path) -> list[Path]:
    """The files to read, checked to be there."""
    kinds = ", ".join(sorted(READERS))
    if root.is_file():
        if root.suffix.lower() not in READERS:
            raise IsnadError(f"{root}: cannot read {root.suffix or 'a file without a suffix'}; expected {kinds}")
        return [root]
    if not root.is_dir():
        raise IsnadError(f"{root}: no such file or folder; check the path")
    found = sorted(
        file
        for file in root.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(root).parts)
    )
    readable = [file for file in found if file.suffix.lower() in READERS]
    if not readable:
        others = f"; it holds {len(found)} of other kinds, such as {found[0].name}" if found else ""
        raise IsnadError(f"{root}: the folder has no file to read ({kinds}){others}")
    return readable


def _normalise(text: str) -> str:
    text = _UNWANTED.sub("", _LINE_BREAK.sub("\n", text)).replace("\u2029", "\n\n")
    return unicodedata.normalize("NFC", _SURROGATE.sub("\ufffd", text)).strip()


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
