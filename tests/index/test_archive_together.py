"""An archive that several read and write."""

import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index.archive import Archive
from index.documents import Document
from index.embedding import bundled_embedder
from index.errors import BusyArchiveError
from index.manifest import Manifest
from index.scores import WeightedTokens
from tests.index.archives import check, story

MakeArchive = Callable[..., Archive]


def test_only_one_writes_at_a_time(made_up_archive: Archive, made_up_documents: list[Document]) -> None:
    with FileLock(made_up_archive.folder / "write.lock"), Archive.open(made_up_archive.folder) as reader:
        for change in (lambda: reader.add([story(1)]), lambda: reader.remove("en/bridge"), reader.verify):
            with pytest.raises(BusyArchiveError, match=r"another process is writing.*try again"):
                change()
        with pytest.raises(BusyArchiveError):
            Archive.repair(made_up_archive.folder)
        assert list(reader.documents()) == made_up_documents
    made_up_archive.add([story(1)])
    check(made_up_archive, [*made_up_documents, story(1)])


def test_two_writers_in_turn_lose_nothing(make_archive: MakeArchive) -> None:
    first = make_archive([story(0), story(1)])
    with Archive.open(first.folder) as second, Archive.open(first.folder) as unloaded:
        second.add([story(2), story(3, language="ar")])
        second.remove("story/0")
        check(first, [story(1), story(2), story(3, language="ar")])  # a reader sees what another wrote
        first.add([story(4)])
        second.remove("story/1")
        unloaded.add([story(5)])
        expected = [story(2), story(3, language="ar"), story(4), story(5)]
        for archive in (first, second, unloaded):
            check(archive, expected)


def test_threads_search_while_another_adds(make_archive: MakeArchive) -> None:
    archive = make_archive([story(0)])
    before = archive.shelf("en").vectors
    question = archive.embedder.encode(["the plan"])[0]
    something = WeightedTokens(bundled_embedder().tokenize(["plan"]).ids.astype(np.int64)[:1], np.ones(1))
    done = threading.Event()

    def search() -> int:
        rounds = 0
        while not done.is_set() or not rounds:
            shelf = archive.shelf("en")
            ids = shelf.vectors.search(question, 50)
            assert ids
            assert set(archive.passage_data(ids).ids.tolist()) <= set(ids)
            assert len(shelf.keywords.search(something, 50))
            assert shelf.translator.translate(something.ids.astype(np.uint32)).ids.size
            rounds += 1
        return rounds

    with ThreadPoolExecutor(3) as threads:
        searches = [threads.submit(search) for _ in range(3)]
        for number in range(12):
            archive.add([story(number * 10 + i) for i in range(10)])
        done.set()
        assert all(future.result() for future in searches)
    check(archive, [story(i) for i in range(120)])
    assert len(before) == 1  # what a search has in hand does not change under it


def test_a_manifest_read_too_late_takes_no_shelf_back(
    make_archive: MakeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_archive([story(0)])
    older = Manifest.load(archive.folder)
    archive.add([story(1)])  # puts the files of the older manifest away
    with archive._catalog.transaction():  # as another thread that has committed and not yet caught up
        pass
    monkeypatch.setattr(Manifest, "load", lambda _: older)
    assert len(archive.shelf("en").vectors) == 2


def test_a_reader_works_while_another_is_half_way(made_up_archive: Archive, tmp_path: Path) -> None:
    copy = tmp_path / "older"
    made_up_archive.close()
    shutil.copytree(made_up_archive.folder, copy)
    with Archive.open(made_up_archive.folder) as writer:
        writer.add([story(1)])
    shutil.copy(made_up_archive.folder / "catalog.sqlite", copy)
    with FileLock(copy / "write.lock"), Archive.open(copy) as reader:
        assert len(reader.shelf("en").vectors) == 2
        assert reader.document("story/1") == story(1)
    with Archive.open(copy) as archive:
        assert archive.verify() == []
        assert len(archive.shelf("en").vectors) == 3
