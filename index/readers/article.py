"""What a reader hands on: an article as its file gives it, or why there is none."""

from dataclasses import dataclass
from pathlib import Path

from index.origin import Origin


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its file gives it, not yet checked or normalised.

    Attributes:
        text: The body.
        title: The headline, "" when the file gives none.
        source: The outlet or agency.
        author: The byline.
        published: The date of publication as written.
        language: The language as written, None to detect it.
        uri: The article's own address, None to make one from the file's path.
        line: The line it stands in, for files with an article a line.
        member: The path within the file, for files that hold other files.
        agency: The news agency.
        origins: Where title, source, author, agency, published and language were found.
    """

    text: str
    title: str = ""
    source: str | None = None
    author: str | None = None
    published: str | None = None
    language: str | None = None
    uri: str | None = None
    line: int | None = None
    member: str | None = None
    agency: str | None = None
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """A file, a line of one, or a page that could not be read, or not all of it.

    Attributes:
        path: The file, or the address of the page.
        line: The line, counted from 1, None when the whole file is meant.
        reason: What is wrong and how to mend it.
        kept: Whether the article is there all the same, and this is only a warning about a part of it, or about
            another article under its uri.
    """

    path: Path | str
    line: int | None
    reason: str
    kept: bool = False

    def __str__(self) -> str:
        """Say where and why, ready to be shown to the user."""
        place = str(self.path) if self.line is None else f"{self.path}, line {self.line}"
        return f"{place}: {self.reason}"
