"""Word files: paragraphs, headings and tables in the order of the document."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from index.origin import Origin
from index.readers.article import Article, ReadFailure
from index.readers.limits import check_document
from index.readers.properties import article_with_properties

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_TEMPLATE = datetime(2013, 12, 23, 23, 15)  # the day of python-docx's own template, left in what it writes
_TITLE_STYLES = ("Title", "Heading 1")


def read_docx(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .docx file as one article.

    Args:
        path: The file. A paragraph in the style Title (or Heading 1) that comes first is the headline, else the
            first line is; the rows of tables become lines with bars between the cells.

    Yields:
        The article, or why there is none.
    """
    try:
        yield _read(path)
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))


def _read(path: Path) -> Article:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    with path.open("rb") as file:
        if file.read(4) == _OLD_WORD:
            raise ValueError("a Word file of the old kind (.doc), or one with a password: save it anew as .docx")
    try:
        with ZipFile(path) as parts:
            check_document(parts)
        document = Document(str(path))
        lines = [line for line in _lines(document.element.body) if line.strip()]
        headline = _headline(document)
        title, author, created = _properties(document)
    except (BadZipFile, OpcError, LxmlError, KeyError, AttributeError) as error:
        raise ValueError(f"the Word file is damaged or is none: {error}") from None
    if not lines:
        raise ValueError("the Word file holds no text; if it holds pictures of pages, note that OCR is not done")
    article = article_with_properties("\n".join(lines), "Word", title, author, created)
    if headline and headline == " ".join(lines[0].split()) and article.title == headline:
        origins = [origin for origin in article.origins if origin.field != "title"]
        article = replace(article, origins=(*origins, Origin("title", "Word title style", True)))
    return article


def _headline(document: "WordDocument") -> str | None:
    """The first paragraph with text, if its style says that it is a title."""
    first = next((paragraph for paragraph in document.paragraphs if paragraph.text.strip()), None)
    if first is None or first.style is None or first.style.name not in _TITLE_STYLES:
        return None
    return " ".join(first.text.split())


def _properties(document: "WordDocument") -> tuple[str | None, str | None, datetime | None]:
    try:
        core = document.core_properties
        created = core.created and core.created.replace(tzinfo=None)
        return core.title, core.author, None if created == _TEMPLATE else created
    except ValueError:  # a date no calendar knows
        return None, None, None


def _lines(container: Any) -> Iterator[str]:  # noqa: ANN401  (an lxml element)
    """The paragraphs and table rows below an element, also those in content controls."""
    from docx.oxml.ns import qn

    for element in container:
        if element.tag == qn("w:p"):
            yield from _text(element).split("\n")
        elif element.tag == qn("w:tbl"):
            for row in element.iter(qn("w:tr")):
                cells = [" ".join(" ".join(_lines(cell)).split()) for cell in row.iterchildren(qn("w:tc"))]
                yield " | ".join(cells) if any(cells) else ""
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _lines(element)


def _text(paragraph: Any) -> str:  # noqa: ANN401  (an lxml element)
    """The text of a paragraph as it is printed: with tracked insertions, without what was deleted."""
    from docx.oxml.ns import qn

    words: list[str] = []
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag == qn("w:t"):
            words.append(element.text or "")
        elif element.tag in (qn("w:br"), qn("w:cr")):
            words.append("\n")
        elif element.tag == qn("w:tab"):
            words.append(" ")
        elif element.tag == qn("w:noBreakHyphen"):
            words.append("-")
        elif isinstance(element.tag, str) and not element.tag.endswith(("}Fallback", "}del", "}moveFrom", "}pPr")):
            waiting.extend(reversed(element))
    return "".join(words)
