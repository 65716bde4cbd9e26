"""Tables of articles: a header, then an article a row."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from index.readers.article import Article, ReadFailure
from index.readers.decoding import NotUTF8Error, decode_utf8
from index.readers.field_names import named_fields, named_origins
from index.readers.limits import MAX_BYTES

_DELIMITERS = (",", ";", "\t", "|")
_LISTED = 12  # names of columns a message shows


def read_csv(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .csv or .tsv file, one article a row.

    Args:
        path: A file in UTF-8. Its first row names the columns, in any of the spellings of
            `index/data/field_names.txt`; cells are parted by commas, semicolons, tabs or bars.

    Yields:
        For each row that is not blank its article, or why there is none.
    """
    csv.field_size_limit(MAX_BYTES)
    try:
        with path.open("rb") as file:
            yield from _read(_Lines(file, path), path)
    except OSError as error:
        yield ReadFailure(path, None, str(error))


class _Lines:
    """The lines of a file as text, with the first that is not UTF-8 since it was last asked for."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._position = 0
        self._error: NotUTF8Error | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        data = self._file.readline(MAX_BYTES + 1)
        if not data:
            raise StopIteration
        try:
            return decode_utf8(data, self._path, self._position)
        except NotUTF8Error as error:
            self._error = self._error or error
            return data.decode("utf-8", errors="replace")
        finally:
            self._position += len(data)

    def take_error(self) -> NotUTF8Error | None:
        error, self._error = self._error, None
        return error


def _read(lines: _Lines, path: Path) -> Iterator[Article | ReadFailure]:
    header, skipped = "", 0
    while not header.strip() or header.lower().startswith("sep="):  # a line Excel writes
        try:
            header = next(lines)
        except StopIteration:
            yield ReadFailure(
                path, None, "the file is empty: it needs a row of column names, then a row an article"
            )
            return
        skipped += 1
    if misread := lines.take_error():
        yield ReadFailure(path, skipped, str(misread))
        return
    try:
        delimiter, columns = _header(header)
    except ValueError as error:
        yield ReadFailure(path, skipped, str(error))
        return
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    empty = True
    while True:
        number = skipped + rows.line_num + 1
        try:
            row = next(rows)
            if misread := lines.take_error():
                raise misread
            if any(map(str.strip, row)):
                empty = False
                yield _article(row, columns, number)
        except StopIteration:
            break
        except csv.Error as error:
            empty = False
            reason = (
                f"the row cannot be parted into cells ({error}): a quote in it may not be closed, or not doubled"
            )
            yield ReadFailure(path, number, reason)
            if "field limit" in str(error):
                return  # where the next row starts cannot be told
        except ValueError as error:
            empty = False
            yield ReadFailure(path, number, str(error))
    if empty:
        yield ReadFailure(path, None, "there is no row below the names of the columns")


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter that makes most sense of a header, and the names of the columns."""
    parted = {delimiter: _cells(line, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda each: (len(named_fields(parted[each])), len(parted[each])))
    columns = parted[delimiter]
    if "text" not in named_fields(columns):
        shown = ", ".join(columns[:_LISTED]) + (" ..." if len(columns) > _LISTED else "")
        raise ValueError(
            f"no column holds the text of the articles; the columns are: {shown:.400}. "
            'Name one of them "text" in the first row'
        )
    return delimiter, columns


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def _article(row: list[str], columns: list[str], number: int) -> Article:
    if any(cell.strip() for cell in row[len(columns) :]):
        raise ValueError(
            f"the row has {len(row)} cells, the first row names {len(columns)} columns: "
            "a cell that holds the delimiter must stand in double quotes"
        )
    cells: dict[str, str] = {}
    for column, cell in zip(columns, row, strict=False):
        if cell.strip():
            cells.setdefault(column, cell.strip())
    names = named_fields(cells)
    if "text" not in names:
        raise ValueError("the text is empty: an article needs a body")
    fields = {field: cells[name] for field, name in names.items()}
    return Article(line=number, origins=named_origins(names, "column"), **fields)
