"""One small file per format: a file on disk in, the articles it holds out."""

from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from index.readers.article import Article, ReadFailure
from index.readers.csv import read_csv
from index.readers.docx import read_docx
from index.readers.html import read_html
from index.readers.jsonl import read_jsonl
from index.readers.markdown import read_markdown
from index.readers.pdf import read_pdf
from index.readers.text import read_text
from index.readers.warc import read_warc
from index.readers.xml import XML_SUFFIXES, read_xml
from index.readers.zip import read_zip

__all__ = ["READERS", "VERSION", "Article", "ReadFailure", "suffix_of"]

# To be raised whenever a reader comes to give other articles for the same file: files read before are read again.
VERSION = 1

READERS: dict[str, Callable[[Path], Iterator[Article | ReadFailure]]] = {
    ".csv": read_csv,
    ".docx": read_docx,
    ".htm": read_html,
    ".html": read_html,
    ".jsonl": read_jsonl,
    ".md": read_markdown,
    ".pdf": read_pdf,
    ".tsv": read_csv,
    ".txt": read_text,
    ".warc": read_warc,
    ".warc.gz": read_warc,
    **dict.fromkeys(XML_SUFFIXES, read_xml),
    ".zip": read_zip,
}


def suffix_of(path: PurePath) -> str:
    """Return what tells a file's kind, in small letters; with ".gz" also what stands before it."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    return "".join(suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:])
