"""Documents as rows of the catalog's table of that name."""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from index.documents import Document
from index.errors import IsnadError
from index.origin import Origin

COLUMNS = tuple(field.name for field in fields(Document))


def row_of(document: Document) -> tuple[object, ...]:
    """Return the values of ``COLUMNS``."""
    return tuple(
        json.dumps(document.origins, ensure_ascii=False) if name == "origins" else getattr(document, name)
        for name in COLUMNS
    )


def document_of(row: Sequence[Any]) -> Document:
    """Return the document that values of ``COLUMNS`` are of, be it damaged or not."""
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        values["origins"] = tuple(Origin(*origin) for origin in json.loads(values["origins"]))
    except (ValueError, TypeError):
        values["origins"] = ()  # damaged: the document's hash will tell
    return Document(**values)


def is_intact(document: Document) -> bool:
    """Return whether a document's digest is that of what it holds."""
    try:
        return document.canonical() == document
    except IsnadError:
        return False
