"""PDF files: the text of the pages as one article, Arabic letters and their order mended."""

import shutil
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from index.readers import limits
from index.readers.article import Article, ReadFailure
from index.readers.lam_alef import mend_lam_alef
from index.readers.pdf_layout import paragraphs
from index.readers.pdf_text import pages_by_pdftotext, pages_by_pypdf, properties
from index.readers.properties import article_with_properties
from index.readers.visual_order import evidence, mend_order, plain_letters

_HEAD_BYTES = 1024  # in which "%PDF-" may stand
_DOUBTFUL = 0.2  # as many words still back to front, of all that tell, are worth a warning
_LISTED = 10


def read_pdf(path: Path, pages_of: Callable[[Path], list[str]] | None = None) -> Iterator[Article | ReadFailure]:
    """Read a .pdf file as one article.

    Args:
        path: The file.
        pages_of: What takes the text out of the file; pdftotext by default where it is installed, else pypdf.

    Yields:
        The article, or why there is none; also a warning where pages had no text or letters stay in doubt.
    """
    if pages_of is None:
        pages_of = pages_by_pdftotext if shutil.which("pdftotext") else pages_by_pypdf
    try:
        _check(path)
        pages = [plain_letters(mend_order(page)) for page in pages_of(path)]
        _check_letters(pages)
        text, had_changed = mend_lam_alef(paragraphs(pages) or "\n".join(pages))
        yield from _warnings(path, pages)
        if had_changed:
            doubt = "its font made lam and alef change places; mended at the start of words, not within (دوالر)"
            yield ReadFailure(path, None, doubt, kept=True)
        if pages_of is pages_by_pypdf and any(evidence(text)):
            doubt = "the order of words in Arabic PDFs is surer by pdftotext: install poppler (poppler-utils)"
            yield ReadFailure(path, None, doubt, kept=True)
        yield article_with_properties(text, "PDF", *properties(path))
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))


def _check(path: Path) -> None:
    size = path.stat().st_size
    if size > limits.MAX_PDF_BYTES:
        raise ValueError(f"the PDF has {size / 2**20:.0f} MB, more than {limits.MAX_PDF_BYTES // 2**20}; split it")
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(_HEAD_BYTES):
            raise ValueError("this is no PDF: it does not start with %PDF-")


def _check_letters(pages: list[str]) -> None:
    """Refuse text that is none: of pictures, or of fonts that do not say what their shapes mean."""
    characters = "".join("".join(pages).split())
    if not characters:
        raise ValueError(
            f"no page of the PDF has text, only pictures ({len(pages)} pages): it was scanned, and text "
            "recognition (OCR) is not done here; run it through an OCR program, such as ocrmypdf, first"
        )
    unknown = sum(unicodedata.category(character) in ("Co", "Cn", "Cc") for character in characters)
    if unknown + characters.count("\ufffd") > len(characters) / 3:
        raise ValueError(
            "its fonts do not say which letters their shapes are, so that the text cannot be taken out; make the "
            "PDF anew from the original, or run it through an OCR program, such as ocrmypdf"
        )


def _warnings(path: Path, pages: list[str]) -> Iterator[ReadFailure]:
    blank = [str(number) for number, page in enumerate(pages, start=1) if not page.strip()]
    if blank:
        shown = ", ".join(blank[:_LISTED]) + (" ..." if len(blank) > _LISTED else "")
        yield ReadFailure(path, None, f"no text on page {shown}: if scanned, note that OCR is not done", kept=True)
    forward, backward = evidence("\n".join(pages))
    if backward > _DOUBTFUL * (forward + backward):
        yield ReadFailure(path, None, "some lines of Arabic seem to have their letters back to front", kept=True)
