"""One small file per format: a file on disk in, the articles it holds out."""

from collections.abc import Callable, Iterator
from pathlib import Path

from index.readers.article import Article, ReadFailure
from index.readers.html import read_html
from index.readers.jsonl import read_jsonl
from index.readers.markdown import read_markdown
from index.readers.text import read_text

__all__ = ["READERS", "Article", "ReadFailure"]

READERS: dict[str, Callable[[Path], Iterator[Article | ReadFailure]]] = {
    ".htm": read_html,
    ".html": read_html,
    ".jsonl": read_jsonl,
    ".md": read_markdown,
    ".txt": read_text,
}
