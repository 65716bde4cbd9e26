"""One small file per format: a file on disk in, the articles it holds out."""

from collections.abc import Callable, Iterator
from pathlib import Path

from index.readers.article import Article, ReadFailure
from index.readers.jsonl import read_jsonl
from index.readers.markdown import read_markdown
from index.readers.text import read_text

__all__ = ["READERS", "VERSION", "Article", "ReadFailure"]

# To be raised whenever a reader comes to give other articles for the same file: files read before are read again.
VERSION = 1

READERS: dict[str, Callable[[Path], Iterator[Article | ReadFailure]]] = {
    ".jsonl": read_jsonl,
    ".md": read_markdown,
    ".txt": read_text,
}
