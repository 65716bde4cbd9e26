"""The archive that ships: built once, by one process at a time, and again where it is damaged."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.documents import read_documents
from index.errors import IsnadError
from qa.answer import ask
from qa.default_archive import default_archive
from tests.qa.conftest import SEEDS

ROOT = Path(__file__).parents[2]
PROGRAM = "from qa import ask\nanswer = ask('Who co-chairs the GCTF?')\nprint(answer.question.text)\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache folder, and no archive opened before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    default_archive.cache_clear()
    yield tmp_path / "cache" / "isnad"
    default_archive.cache_clear()


def forget(archive: Archive) -> None:
    archive.close()
    default_archive.cache_clear()


def only_folder(cache: Path) -> Path:
    (folder,) = cache.glob("seeds-*")
    return folder


def test_it_holds_the_articles_of_seeds(cache: Path) -> None:
    archive = default_archive()
    assert list(archive.documents()) == list(read_documents(SEEDS / "articles"))
    assert archive.verify() == []
    assert archive.folder == only_folder(cache)
    forget(archive)


def test_it_is_opened_once_and_built_once(cache: Path) -> None:
    archive = default_archive()
    assert default_archive() is archive
    built = (archive.folder / "catalog.sqlite").stat()
    forget(archive)
    again = default_archive()
    assert again is not archive
    assert (again.folder / "catalog.sqlite").stat().st_ino == built.st_ino
    forget(again)


def test_nothing_is_left_lying_about(cache: Path) -> None:
    archive = default_archive()
    assert {path.name for path in cache.iterdir()} <= {archive.folder.name, "seeds.lock"}
    forget(archive)


def cut(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")


def flip(folder: Path) -> None:
    file = next((folder / "vectors").glob("*.npz"))
    content = bytearray(file.read_bytes())
    content[-1] ^= 0xFF
    file.write_bytes(content)


def lose_catalog(folder: Path) -> None:
    (folder / "catalog.sqlite").unlink()


@pytest.mark.parametrize("damage", [cut, flip, lose_catalog])
def test_a_damaged_one_is_built_again(damage: Callable[[Path], None], cache: Path) -> None:
    forget(default_archive())
    damage(only_folder(cache))
    archive = default_archive()
    assert archive.verify() == []
    assert ask("Who co-chairs the GCTF?").question.language == "en"
    forget(archive)


def test_a_killed_building_leaves_no_half_archive(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "add", stop)
        with pytest.raises(KeyboardInterrupt):
            default_archive()
    assert list(cache.glob("seeds-*")) == []
    archive = default_archive()
    assert len(archive) == len(list(read_documents(SEEDS / "articles")))
    forget(archive)


def test_two_processes_at_once_both_get_it(cache: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        out, error = process.communicate(timeout=120)
        assert (process.returncode, out.strip(), error) == (0, "Who co-chairs the GCTF?", "")
    archive = default_archive()
    assert archive.folder == only_folder(cache)
    assert archive.verify() == []
    forget(archive)


def test_a_file_in_the_place_of_the_folder(cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("not a folder", encoding="utf-8")
    with pytest.raises(IsnadError, match="XDG_CACHE_HOME") as caught:
        default_archive()
    assert str(cache) in str(caught.value)


def test_a_folder_that_cannot_be_written(cache: Path) -> None:
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    try:
        if os.access(cache, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(IsnadError, match="XDG_CACHE_HOME"):
            default_archive()
    finally:
        cache.chmod(0o700)


def test_an_empty_archive_is_not_taken_for_none(cache: Path, no_archive: Archive) -> None:
    answer = ask("Who co-chairs the GCTF?", no_archive)
    assert not answer.found
    assert answer.nearest == ()
    assert not cache.exists()
