from collections.abc import Iterator
from pathlib import Path

import pytest

from index import places
from index.archive import Archive
from tests.index.newsroom import write


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    write(folder / "tower.txt", 1)
    write(folder / "inner" / "wire.jsonl", 2)
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "archive") as archive:
        yield archive


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file's time count, however fresh."""
    monkeypatch.setattr(places, "_FRESH", -(10**15))
