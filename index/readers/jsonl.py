"""JSON Lines: an article a line."""

import json
from collections.abc import Iterator
from pathlib import Path

from index.readers.article import Article, ReadFailure
from index.readers.decoding import decode_utf8
from index.readers.field_names import named_fields, named_origins
from index.readers.limits import MAX_BYTES

_FIELDS = ("text", "title", "source", "author", "agency", "published", "language", "uri")


def read_jsonl(path: Path) -> Iterator[Article | ReadFailure]:
    """Read a .jsonl file, one article a line.

    Args:
        path: The file. Each line is an object with `text` and, if known, `title`, `source`, `author`, `agency`,
            `published`, `language` and `uri`, or other names of these in `index/data/field_names.txt`; other
            keys are ignored.

    Yields:
        For each line that is not blank its article, or why there is none.
    """
    position = 0
    empty = True
    try:
        with path.open("rb") as file:
            for number, data in enumerate(iter(lambda: file.readline(MAX_BYTES + 1), b""), start=1):
                if len(data) > MAX_BYTES:
                    reason = (
                        f"more than {MAX_BYTES // 2**20} MB in a line; expected one object a line, not one array"
                    )
                    yield ReadFailure(path, number, reason)
                    return
                if data.strip():
                    empty = False
                    try:
                        yield _article(decode_utf8(data, path, position), number)
                    except ValueError as error:
                        yield ReadFailure(path, number, str(error))
                position += len(data)
    except OSError as error:
        yield ReadFailure(path, None, str(error))
    else:
        if empty:
            yield ReadFailure(path, None, "the file is empty: it needs one JSON object a line")


def _article(line: str, number: int) -> Article:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"not JSON at column {error.colno} ({error.msg}); expected one object a line, "
            'such as {"title": "...", "text": "..."}'
        ) from None
    except RecursionError:
        raise ValueError("JSON nested too deeply; expected one flat object a line") from None
    if not isinstance(value, dict):
        raise ValueError(f"expected a JSON object, got {_kind(value)}")
    for name in _FIELDS:
        if not isinstance(value.get(name, ""), str | None):
            raise ValueError(f'"{name}" must be a string, got {_kind(value[name])}: {value[name]!r:.60}')
    filled = {name: content for name, content in value.items() if isinstance(content, str) and content.strip()}
    names = named_fields(filled)
    if "text" not in names:
        raise ValueError('"text" is missing or empty: an article needs a body')
    fields = {field: filled[name] for field, name in names.items()}
    return Article(line=number, origins=named_origins(names, "key"), **fields)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
