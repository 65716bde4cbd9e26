"""Plain text articles: a headline, perhaps a byline, and the body."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.data import rows
from index.folding import fold
from index.origin import Origin
from index.readers.agencies import names_agency
from index.readers.article import Article, ReadFailure
from index.readers.decoding import read_utf8

_LONGEST_HEADLINE = 200  # characters; more is a paragraph
_LONGEST_BYLINE = 40
_SENTENCE_END = re.compile(r"[.!?؟۔…:؛;][\"'”»)]*$")


def read_text(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .txt file as one article.

    The first line is the headline when more text follows and it is no sentence of the text itself. A short
    second line is the byline, or the agency when `index/data/agencies.txt` knows it. All the rest is the body.

    Args:
        path: The file.

    Yields:
        The article, or why there is none.
    """
    try:
        yield split_article(read_utf8(path))
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))


def split_article(text: str) -> Article:
    """Part a plain text into headline, byline and body, losing nothing.

    Args:
        text: A text with at least one line that is not blank.

    Returns:
        The article; its body is never empty.
    """
    headline, rest = _split_line(text)
    if not rest or len(headline) > _LONGEST_HEADLINE or headline.endswith((".", "۔", "،", ",")):
        return Article(text=text)
    title = Origin("title", "first line", False)
    second, body = _split_line(rest)
    if not body or not _is_byline(second, body):
        return Article(title=headline, text=rest, origins=(title,))
    if names_agency(second):
        return Article(
            title=headline, text=body, agency=second, origins=(title, Origin("agency", "second line", True))
        )
    author = _without_by(second)
    byline = Origin("author", "second line", author != second)
    return Article(title=headline, text=body, author=author, origins=(title, byline))


def _split_line(text: str) -> tuple[str, str]:
    """The first line that is not blank, and what follows it."""
    line, _, rest = text.strip().replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    return line.strip(), rest.strip()


def _is_byline(line: str, body: str) -> bool:
    return (
        len(line) <= _LONGEST_BYLINE
        and len(body) > len(line)
        and not _SENTENCE_END.search(line)
        and not any(map(str.isdecimal, line))
    )


def _without_by(line: str) -> str:
    for row in rows("bylines.txt"):
        name = line[len(row) :]
        if fold(line).startswith(fold(row)) and name[:1] in (" ", ":"):
            return name.strip(" :") or line
    return line
