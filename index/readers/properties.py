"""What the properties of PDF and Word files are worth: programs fill many of them in by themselves."""

import re
from dataclasses import replace
from datetime import datetime
from functools import cache

from index.data import rows
from index.origin import Origin
from index.readers.article import Article
from index.readers.text import split_article

_FIRST_LINES = [
    (start, end) for start in range(3) for end in range(start + 1, start + 4)
]  # where a headline stands


def article_with_properties(
    text: str, kind: str, title: str | None, author: str | None, created: datetime | None
) -> Article:
    """Make an article of the text of a file and the file's properties.

    Args:
        text: The whole text, headline and all.
        kind: Of file, such as "PDF", for the origins.
        title: The title in its properties, which counts where the text holds it too, or has no headline.
        author: The author in its properties, which counts where the text has no byline, and a program has not put
            it there.
        created: The day the file was made, taken for the day of publication and marked uncertain.

    Returns:
        The article; what the properties say is certain only where the text bears it out.
    """
    article = split_article(text)
    fields: dict[str, str] = {}
    origins = list(article.origins)
    title = " ".join((title or "").split())
    if title and not _fits(title, "no_titles.txt"):
        lines = text.split("\n")
        end = next(
            (end for start, end in _FIRST_LINES if " ".join(" ".join(lines[start:end]).split()) == title), 0
        )
        if end and len(lines) > end:
            article = split_article("\n".join([title, *lines[end:]]))
            origins = [origin for origin in article.origins if origin.field != "title"]
            fields["title"] = title
            if not article.title:
                fields["text"] = "\n".join(lines[end:])
            origins.append(Origin("title", f"{kind} properties and text", True))
        elif not article.title:
            fields["title"] = title
            origins.append(Origin("title", f"{kind} properties", False))
    author = " ".join((author or "").split())
    if author and not _fits(author, "no_authors.txt") and not article.author and not article.agency:
        fields["author"] = author
        origins.append(Origin("author", f"{kind} properties", False))
    if created:
        fields["published"] = created.date().isoformat()
        origins.append(Origin("published", f"{kind} properties: day the file was made", False))
    return replace(article, origins=tuple(origins), **fields)  # type: ignore[arg-type]


def _fits(value: str, names: str) -> bool:
    return any(pattern.fullmatch(value) for pattern in _patterns(names))


@cache
def _patterns(names: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(row, re.IGNORECASE) for row in rows(names))
