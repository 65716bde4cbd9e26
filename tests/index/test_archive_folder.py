"""Where an archive can be made, which can be opened, and with which model."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from index.archive import Archive
from index.documents import Document
from index.embedding import load_embedder
from index.errors import BusyArchiveError, IsnadError
from tests.index.archives import check, story

MakeArchive = Callable[..., Archive]


class Killed(BaseException):
    """Stands for a process that ends."""


def test_created_only_in_a_new_or_empty_folder(tmp_path: Path) -> None:
    Archive.create(tmp_path / "new" / "folder").close()
    (tmp_path / "empty").mkdir()
    Archive.create(str(tmp_path / "empty")).close()
    file = tmp_path / "file"
    file.write_text("text", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "article.txt").write_text("text", encoding="utf-8")
    for place in (file, tmp_path / "full", tmp_path / "empty", file / "below", tmp_path / ("x" * 300)):
        with pytest.raises(IsnadError, match=f"cannot create an archive in {place}"):
            Archive.create(place)
    assert file.read_text(encoding="utf-8") == "text"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["article.txt"]


def test_no_folder_is_left_when_the_model_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "no-model").mkdir()
    with pytest.raises(IsnadError, match="no-model"):
        Archive.create(tmp_path / "archive", tmp_path / "no-model")
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("place", ["missing", "file", "folder", "file/below"])
def test_what_is_no_archive_is_not_opened(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("text", encoding="utf-8")
    with pytest.raises(IsnadError, match=f"{place} is not an Isnad archive.*isnad index"):
        Archive.open(tmp_path / place)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


# Models


def test_another_model_is_refused_with_both_names(
    made_up_archive: Archive, transformer_folder: Path, make_archive: MakeArchive
) -> None:
    with pytest.raises(IsnadError, match=r"'bundled'.*transformer.*isnad rebuild --archive"):
        Archive.open(made_up_archive.folder, transformer_folder)
    other = make_archive([story(1)], name="other", model=transformer_folder)
    with pytest.raises(IsnadError, match=r"transformer.*'bundled'.*isnad rebuild --archive"):
        Archive.open(other.folder, "bundled")


def test_a_model_that_has_moved_is_named_anew(
    tmp_path: Path, transformer_folder: Path, make_archive: MakeArchive
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    shutil.copytree(transformer_folder, before)
    make_archive([story(1)], model=before).close()
    before.rename(after)
    with pytest.raises(IsnadError, match="before"):
        Archive.open(tmp_path / "archive")
    with Archive.open(tmp_path / "archive", after) as archive:
        check(archive, [story(1)])
    with Archive.repair(tmp_path / "archive", after) as archive:
        check(archive, [story(1)])


def test_rebuilt_with_another_model(
    made_up_archive: Archive, made_up_documents: list[Document], transformer_folder: Path
) -> None:
    folder = made_up_archive.folder
    made_up_archive.remove("en/harvest")
    expected = [document for document in made_up_documents if document.uri != "en/harvest"]
    with Archive.rebuild(folder, transformer_folder) as rebuilt:
        assert rebuilt.embedder.fingerprint == load_embedder(transformer_folder).fingerprint
        assert list(rebuilt.documents()) == expected
        check(rebuilt, expected)
    for use in (lambda: made_up_archive.add([story(1)]), lambda: made_up_archive.shelf("en")):
        with pytest.raises(IsnadError, match=r"replaced since it was opened; open it again"):
            use()
    with Archive.rebuild(folder, "bundled") as rebuilt:
        check(rebuilt, expected)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_relative_folder_is_rebuilt(made_up_archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made_up_archive.folder.parent)
    with Archive.rebuild("archive") as rebuilt:
        assert len(rebuilt) == len(made_up_archive)


def test_rebuilding_waits_for_no_writer_and_is_finished_after_a_kill(
    made_up_archive: Archive, made_up_documents: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_up_archive.folder
    with FileLock(folder / "write.lock"), pytest.raises(BusyArchiveError):
        Archive.rebuild(folder)
    rename = Path.rename

    for killed_at in range(3):
        done = 0

        def failing(self: Path, target: Path, stop: int = killed_at) -> Path:
            nonlocal done
            if done == stop:
                raise Killed
            done += 1
            return rename(self, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", failing)
            with pytest.raises(Killed):
                Archive.rebuild(folder)
        with Archive.open(folder) as archive:
            check(archive, made_up_documents)
    Archive.rebuild(folder).close()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
