"""Folders and what the archive makes of them, against reading them anew."""

import os
import shutil
import subprocess
import sys
import threading
from contextlib import suppress
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ingestion, places
from index.archive import Added, Archive, Synced
from index.documents import Document, read_documents
from index.errors import BusyArchiveError, IsnadError
from index.fetch import Access
from index.readers import VERSION
from tests.index.newsroom import Feed, read, uris, write


def test_only_what_changed_is_read(
    news: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, settled: None
) -> None:
    first = archive.sync([news])
    assert (first.added.new, first.files, first.skipped) == (2, 2, 0)
    names = read(monkeypatch)
    assert archive.sync([news]) == Synced(skipped=2)
    os.utime(news / "tower.txt", (5, 5))  # another time, the same bytes
    assert archive.sync([news]).skipped == 2
    write(news / "inner" / "new.txt", 3)
    write(news / "tower.txt", 4)
    done = archive.sync([news])
    assert (done.added.new, done.added.changed, done.skipped) == (1, 1, 1)
    assert names == ["inner/new.txt", "tower.txt"]
    archive.sync([news], reread=True)
    assert len(names) == 5


def test_a_change_within_the_clocks_tick_is_seen(news: Path, archive: Archive) -> None:
    archive.sync([news])
    before = (news / "tower.txt").stat()
    write(news / "tower.txt", 7)  # as long as before
    os.utime(news / "tower.txt", ns=(before.st_mtime_ns, before.st_mtime_ns))
    assert (news / "tower.txt").stat().st_size == before.st_size
    assert archive.sync([news]).added.changed == 1


def test_other_readers_read_all_again(
    news: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, settled: None
) -> None:
    archive.sync([news])
    monkeypatch.setattr(places, "VERSION", VERSION + 1)
    names = read(monkeypatch)
    assert archive.sync([news]).added.unchanged == 2
    assert len(names) == 2


def test_what_is_gone_is_removed_by_sync_alone(news: Path, archive: Archive) -> None:
    archive.add([Document.create("by hand", "A made-up text that no file gave.")])
    archive.sync([news])
    (news / "tower.txt").unlink()
    write(news / "inner" / "wire.jsonl", 4)
    archive.sync([news], prune=False)
    assert uris(archive) == ["by hand", "own/1", "own/2", "tower.txt"]
    preview = archive.sync([news], dry_run=True)
    assert preview.gone == ("own/2", "tower.txt")
    assert len(uris(archive)) == 4
    assert archive.sync([news]).removed == 2
    assert uris(archive) == ["by hand", "own/1"]
    assert archive.verify() == []
    assert [root.files for root in archive.roots()] == [1]


def test_a_place_that_is_gone_is_not_taken_for_an_empty_one(news: Path, archive: Archive, tmp_path: Path) -> None:
    archive.sync([news])
    news.rename(tmp_path / "away")
    for _ in range(2):
        with pytest.raises(IsnadError, match=r"news: .*nothing was removed.*--allow-loss"):
            archive.sync([news])
        news.mkdir(exist_ok=True)
    assert len(uris(archive)) == 2
    assert archive.sync([news], allow_loss=True, dry_run=True).removed == 2
    assert archive.sync([news], allow_loss=True).removed == 2
    assert uris(archive) == []


def test_a_place_that_has_lost_most_of_its_files_keeps_its_articles(news: Path, archive: Archive) -> None:
    for number in range(3, 7):
        write(news / f"{number}.txt", number)
    archive.sync([news])
    for number in range(3, 6):
        (news / f"{number}.txt").rename(news / f"moved-{number}.txt")  # as many files as before
    assert archive.sync([news]).removed == 3
    for number in range(3, 6):
        (news / f"moved-{number}.txt").unlink()
    assert archive.sync([news]).removed == 3  # half are left
    (news / "inner" / "wire.jsonl").unlink()
    (news / "tower.txt").unlink()
    refusal = (
        rf"^{news}: files left there: 1\. The archive has articles of 3 files from there and nothing "
        rf"was removed: is a .*mounted\? .*: isnad sync {news} --archive {archive.folder} --allow-loss$"
    )
    for dry_run in (True, False):
        with pytest.raises(IsnadError, match=refusal):
            archive.sync([news], dry_run=dry_run)
    assert len(uris(archive)) == 3
    assert archive.sync([news], prune=False).removed == 0
    assert archive.sync([news], allow_loss=True).removed == 2
    assert uris(archive) == ["6.txt"]
    assert archive.sync([news]).removed == 0


def test_files_that_fail_keep_their_articles(news: Path, archive: Archive, settled: None) -> None:
    archive.sync([news])
    (news / "tower.txt").write_bytes("Título\n\numa notícia".encode("latin-1"))
    with (news / "inner" / "wire.jsonl").open("a") as stream:
        stream.write("\n{broken\n" + '{"text": "Another made-up line.", "uri": "own/9"}')
    for _ in range(2):  # neither is taken for read
        done = archive.sync([news])
        assert (len(done.failures), done.removed) == (2, 0)
    assert uris(archive) == ["own/2", "own/9", "tower.txt"]
    (news / "link.txt").symlink_to(news / "nowhere.txt")
    assert "leads nowhere" in archive.sync([news]).failures[0].reason


def test_no_place_removes_what_another_gave(news: Path, archive: Archive, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other / "wire.jsonl", 2, 3)
    archive.sync([news, other])
    shutil.rmtree(news / "inner")
    assert archive.sync([news]).removed == 0
    assert uris(archive) == ["own/0", "own/2", "tower.txt"]
    assert archive.remove_root(other) == 2
    assert uris(archive) == ["tower.txt"]
    with pytest.raises(IsnadError, match=r"nothing .* came from .*other; the places known are: .*news"):
        archive.remove_root(other)


def test_removed_articles_come_back_with_their_file(news: Path, archive: Archive, settled: None) -> None:
    archive.sync([news])
    assert archive.remove("tower.txt")
    assert archive.sync([news]).added.new == 1


def test_rebuild_keeps_the_ledger(news: Path, archive: Archive, settled: None) -> None:
    archive.sync([news])
    roots = archive.roots()
    archive.close()
    with Archive.rebuild(archive.folder) as rebuilt:
        assert rebuilt.roots() == roots
        assert rebuilt.sync([news]) == Synced(skipped=2)


class Stopped(BaseException):
    """Stands for Ctrl-C or a kill."""


NAMES = st.sampled_from(["a.txt", "b.txt", "c.jsonl", "d.jsonl", "in/e.jsonl"])
# Files give one uri several texts, in one file and in several.
VERSIONS = st.lists(st.integers(0, 8), max_size=4)
CHANGES = st.lists(st.tuples(st.sampled_from(["one", "two"]), NAMES, VERSIONS), max_size=5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    rounds=st.lists(st.tuples(CHANGES, st.integers(0, 12)), min_size=1, max_size=4),
    batch=st.sampled_from([1, 9**6]),
)
def test_any_changes_and_stops_end_as_reading_anew(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[tuple[Any, int]], batch: int
) -> None:
    """After every round, stopped somewhere and done again, the archive holds what a new reading gives."""
    base = tmp_path_factory.mktemp("sync")
    folders = [base / "one", base / "two"]
    for folder in folders:  # an article of its own name in each, so that neither is ever empty
        write(folder / f"kept{folder.name}.txt", 1)
    with pytest.MonkeyPatch.context() as patch, Archive.create(base / "archive") as archive:
        patch.setattr(ingestion, "BATCH_CHARACTERS", batch)
        for changes, stop in rounds:
            for place, name, versions in changes:
                # Each folder its own names: what one uri in two places means is tested above.
                file = (
                    base / place / name.replace("/", f"/{place}-")
                    if "/" in name
                    else base / place / f"{place}-{name}"
                )
                if versions:
                    write(file, *versions)
                else:
                    file.unlink(missing_ok=True)
            told = 0

            def count(_: Synced, stop: int = stop) -> None:
                nonlocal told
                told += 1
                if told == stop:
                    raise Stopped

            with suppress(Stopped):
                archive.sync(folders, allow_loss=True, on_progress=count)
            preview = archive.sync(folders, allow_loss=True, dry_run=True)
            before = set(uris(archive))
            done = archive.sync(folders, allow_loss=True)
            assert (preview.removed, set(preview.gone)) == (done.removed, before - set(uris(archive)))
            first: dict[str, Document] = {}
            for folder in folders:
                for document in read_documents(folder):
                    first.setdefault(document.uri, document)
            assert {document.uri: document for document in archive.documents()} == first
            assert archive.verify() == []
            with pytest.MonkeyPatch.context() as noting:
                names = read(noting)
                again = archive.sync(folders)
            assert (names, again.added, again.removed, again.warnings) == ([], Added(), 0, ())
    shutil.rmtree(base)


# Other processes

READER = """
import sys, time
from index.archive import Archive
with Archive.open(sys.argv[1]) as archive:
    sys.stdout.write("open\\n"); sys.stdout.flush()
    for line in sys.stdin:
        shelf = archive.shelf("en")
        sys.stdout.write(f"{len(archive)} {len(shelf.vectors)} {len(shelf.keywords)}\\n"); sys.stdout.flush()
"""


def test_other_processes_read_the_last_commit_and_do_not_write(news: Path, archive: Archive) -> None:
    archive.sync([news])
    command = [sys.executable, "-c", READER, str(archive.folder)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as reader:
        assert reader.stdin
        assert reader.stdout

        def seen() -> str:
            assert reader.stdin
            assert reader.stdout
            reader.stdin.write("\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert reader.stdout.readline() == "open\n"
        for number in range(3, 6):
            assert seen() == f"{number - 1} {number - 1} {number - 1}"
            write(news / f"{number}.txt", number)
            archive.sync([news])
        archive.compact()
        assert seen() == "5 5 5"
        with archive._writer.writing():
            writer = subprocess.run(
                [sys.executable, "-m", "ui.cli", "sync", str(news), "-a", str(archive.folder)],
                capture_output=True,
                text=True,
                env=environment,
            )
        assert writer.returncode == 2
        assert "another process is writing to the archive" in writer.stderr
        reader.stdin.close()


def test_a_second_writer_in_this_process_is_refused(news: Path, archive: Archive) -> None:
    with Archive.open(archive.folder) as other, archive._writer.writing(), pytest.raises(BusyArchiveError):
        other.sync([news])


# Addresses


def test_a_feed_only_adds(archive: Archive) -> None:
    with HTTPServer(("127.0.0.1", 0), Feed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/feed"
        access = Access(allow_private=True, delay=0)
        Feed.items = ("one", "two")
        assert archive.sync([address], access=access).added.new == 2
        assert archive.sync([address], access=access).skipped == 1
        assert Feed.asked[-1].startswith('/feed "')
        Feed.items = ("two", "three")
        done = archive.sync([address], access=access)
        assert (done.added.new, done.removed) == (1, 0)
        assert len(uris(archive)) == 3
        server.shutdown()
    done = archive.sync([address], access=access)
    assert (len(done.failures), done.removed, len(uris(archive))) == (1, 0, 3)
    assert archive.remove_root(address) == 3
