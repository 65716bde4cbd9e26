"""An archive for as long as it takes to ask it."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.archive import Archive
from index.documents import Document, read_documents
from index.manifest import FILE_NAME


@contextmanager
def archive_of(place: Path) -> Iterator[Archive]:
    """Open an archive, or make one of articles that is gone afterwards.

    Args:
        place: an archive's folder; or a folder or file of articles, as ``read_documents`` takes it.

    Raises:
        IsnadError: there is no such path, the archive is damaged, or an article cannot be read.
    """
    is_archive = any((place / name).exists() for name in ("catalog.sqlite", FILE_NAME))
    if place.exists() and not is_archive:
        with temporary_archive(read_documents(place)) as archive:
            yield archive
    else:
        with Archive.open(place) as archive:
            yield archive


@contextmanager
def temporary_archive(documents: Iterable[Document]) -> Iterator[Archive]:
    """Make an archive in a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, Archive.create(folder) as archive:
        archive.add(documents)
        yield archive
