"""Markdown articles: front matter, a heading, and the body with its marks as they stand."""

import re
from collections.abc import Iterator
from pathlib import Path

from index.origin import Origin
from index.readers.article import Article, ReadFailure
from index.readers.decoding import read_utf8
from index.readers.field_names import named_fields, named_origins

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?\n)?---[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_KEPT = ("title", "source", "author", "agency", "published", "language")


def read_markdown(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .md file as one article.

    Args:
        path: The file. Its front matter (`key: value` lines between two `---`) may give title, date, author,
            agency, source and language, under any of their names in `index/data/field_names.txt`; without a title
            there, the first `# heading` is the title.

    Yields:
        The article, or why there is none.
    """
    try:
        article = parse_markdown(read_utf8(path))
        if not article.text.strip():
            raise ValueError("there is no text below the title: an article needs a body")
        yield article
    except (OSError, ValueError) as error:
        yield ReadFailure(path, None, str(error))


def parse_markdown(text: str) -> Article:
    """Part a Markdown text into front matter, title and body.

    Args:
        text: The text of a Markdown file.

    Returns:
        The article; markup within its body is kept.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    given: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        pairs = ((name, value.strip("\"'")) for name, value in _FIELD.findall(front[1] or ""))
        given = {name: value for name, value in pairs if value}
        text = text[front.end() :]
    names = {field: name for field, name in named_fields(given).items() if field in _KEPT}
    fields = {field: given[name] for field, name in names.items()}
    origins = named_origins(names, "front matter")
    text = text.strip()
    heading = _HEADING.search(text)
    if heading and "title" not in fields:
        fields["title"] = heading[1]
        origins += (Origin("title", "first heading", True),)
    if heading and heading.start() == 0 and heading[1] == fields["title"] and heading.end() < len(text):
        text = text[heading.end() :]
    return Article(text=text, origins=origins, **fields)  # type: ignore[arg-type]
