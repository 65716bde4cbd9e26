"""Folders and what the archive makes of them, against reading them anew."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.sync
from index import ingestion, places
from index.archive import Added, Archive, Synced
from index.documents import Document, documents_of, read_documents
from index.errors import BusyArchiveError, IsnadError
from index.fetch import Access
from index.readers import VERSION


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


def write(file: Path, *versions: int) -> None:
    file.parent.mkdir(exist_ok=True)
    if file.suffix == ".jsonl":
        lines = [json.dumps({"text": f"Made-up line version{v}.", "uri": f"own/{v % 3}"}) for v in versions]
        file.write_text("\n".join(lines) or " ")
    else:
        file.write_text("\n\n".join(["Made up"] + [f"A made-up story, version{v}." for v in versions]))


def uris(archive: Archive) -> list[str]:
    return sorted(document.uri for document in archive.documents())


def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files parsed from now on."""
    names: list[str] = []
    real = documents_of

    def noting(place: Any, uri: str, *others: Any) -> Iterator[Document]:
        names.append(uri)
        return real(place, uri, *others)

    monkeypatch.setattr(index.sync, "documents_of", noting)
    return names


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
        with pytest.raises(IsnadError, match=r"news: .*nothing was removed.*--allow-empty"):
            archive.sync([news])
        news.mkdir(exist_ok=True)
    assert len(uris(archive)) == 2
    assert archive.sync([news], allow_empty=True, dry_run=True).removed == 2
    assert archive.sync([news], allow_empty=True).removed == 2
    assert uris(archive) == []


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


def test_two_files_of_one_name_do_not_replace_each_other(news: Path, archive: Archive, tmp_path: Path) -> None:
    archive.sync([news])
    write(tmp_path / "other" / "tower.txt", 9)
    assert "also the name of an article in" in archive.sync([tmp_path / "other"]).failures[0].reason
    assert "version1" in archive.document("tower.txt").text
    news.rename(tmp_path / "moved")  # the same folder under a new name is no rival of itself
    write(tmp_path / "moved" / "tower.txt", 5)
    assert archive.sync([tmp_path / "moved"]).failures == ()


@pytest.mark.parametrize("prune", [True, False])
def test_the_first_text_of_a_uri_is_kept_and_others_are_told_once(
    news: Path, archive: Archive, settled: None, prune: bool
) -> None:
    write(news / "z.jsonl", 5, 8, 3, 3)  # own/2 again, twice, and own/0 twice the same
    done = archive.sync([news], prune=prune)
    first, again = news / "inner" / "wire.jsonl", news / "z.jsonl"
    remark = f"{again}: also gives the uri own/2 with another text; the text of {first} is kept"
    assert list(map(str, done.warnings)) == [remark] * 2
    assert (done.failures, done.added.new, done.added.changed, done.added.unchanged) == ((), 3, 0, 1)
    assert archive.sync([news], prune=prune) == Synced(skipped=3)
    write(news / "z.jsonl", 5, 3, 6)
    done = archive.sync([news], prune=prune)
    assert [warning.reason for warning in done.warnings] == [
        f"also gives the uri own/2 with another text; the text of {first} is kept",
        "gives the uri own/0 again with another text; the first is kept",
    ]
    assert "version2" in archive.document("own/2").text
    write(news / "a.jsonl", 8)  # before the others
    (warning,) = archive.sync([news], prune=prune).warnings
    assert (
        str(warning) == f"{first}: also gives the uri own/2 with another text; the text of {news}/a.jsonl is kept"
    )
    assert "version8" in archive.document("own/2").text
    assert archive.sync([news], prune=prune) == Synced(skipped=4)


def test_the_text_of_the_file_that_is_left(news: Path, archive: Archive, settled: None) -> None:
    write(news / "x.jsonl", 8)
    write(news / "z.jsonl", 5)
    archive.sync([news])
    assert "version2" in archive.document("own/2").text
    (news / "inner" / "wire.jsonl").unlink()
    done = archive.sync([news])
    assert (done.added.changed, done.removed) == (1, 0)
    assert "version8" in archive.document("own/2").text
    write(news / "x.jsonl", 4)  # another uri
    archive.sync([news])
    assert "version5" in archive.document("own/2").text
    assert archive.sync([news]) == Synced(skipped=3)


def test_the_place_known_first_comes_first(news: Path, archive: Archive, tmp_path: Path, settled: None) -> None:
    other = tmp_path / "a-folder-before"
    write(other / "wire.jsonl", 5)
    archive.sync([news])
    for named in ([other], [other, news], [news, other]):
        done = archive.sync(named, reread=True)
        assert [warning.path for warning in done.warnings] == [other / "wire.jsonl"]
        assert "version2" in archive.document("own/2").text
    (news / "inner" / "wire.jsonl").unlink()
    assert archive.sync([other, news], dry_run=True).removed == 0
    archive.sync([news])  # what is left is in another place
    archive.sync([other])
    assert "version5" in archive.document("own/2").text


def test_another_headline_is_told_and_the_same_article_is_not(news: Path, archive: Archive) -> None:
    same = '{"text": "Made-up line version2.", "uri": "own/2"}'
    (news / "z.jsonl").write_text(same)
    (news / "z.csv").write_text("uri,text\nown/2,Made-up line version2.\n")
    assert archive.sync([news]).warnings == ()
    (news / "z.jsonl").write_text(same.replace("{", '{"title": "Another", '))
    (warning,) = archive.sync([news]).warnings
    assert "with another headline, date or the like" in warning.reason


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
                archive.sync(folders, on_progress=count)
            preview = archive.sync(folders, dry_run=True)
            before = set(uris(archive))
            done = archive.sync(folders)
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


def test_a_saved_feed_has_a_say_in_what_it_still_holds(news: Path, archive: Archive, settled: None) -> None:
    address = "http://news.example"
    (news / "a.xml").write_text(rss(address, ["one", "two"], "first "))
    (news / "b.xml").write_text(rss(address, ["two", "three"], "second "))
    done = archive.sync([news])
    assert [(warning.path, "text of" in warning.reason) for warning in done.warnings] == [(news / "b.xml", True)]
    assert "first two" in archive.document(f"{address}/two").text
    assert archive.sync([news]) == Synced(skipped=4)
    (news / "a.xml").write_text(rss(address, ["one", "four"], "first "))  # the second one has scrolled off
    assert archive.sync([news]).warnings == ()
    assert "first two" in archive.document(f"{address}/two").text
    (news / "b.xml").write_text(rss(address, ["two", "three"], "third "))
    assert archive.sync([news]).warnings == ()
    assert "third two" in archive.document(f"{address}/two").text


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


def rss(address: str, items: Sequence[str], version: str = "") -> str:
    text = "The made-up council of Testville met on Monday and spoke about the bridge. " * 12 + version
    entries = "".join(
        f"<item><title>Made up {item}</title><link>{address}/{item}</link><guid>{item}</guid>"
        f"<content:encoded><![CDATA[<p>{text}{item}.</p>]]></content:encoded></item>"
        for item in items
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {space}><channel><title>Made up</title>{entries}</channel></rss>'


class Feed(BaseHTTPRequestHandler):
    """A made-up feed; what it holds is set by the test."""

    items: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def do_GET(self) -> None:
        type(self).asked += (f"{self.path} {self.headers.get('If-None-Match', '')}".strip(),)
        body = rss(self.address, self.items).encode()
        tag = f'"{hash(self.items)}"'
        if self.path != "/feed":
            self.send_error(404)
        elif self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.connection.getsockname()[1]}"

    def log_message(self, *_: object) -> None:
        pass


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


def test_of_two_feeds_the_first_is_kept_until_one_changes(
    news: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), Feed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        access = Access(allow_private=True, delay=0)
        Feed.items = ("one", "two")
        (news / "saved.xml").write_text(rss(address, ["two"], "saved "))
        done = archive.sync([f"{address}/feed", news], access=access)
        assert [warning.path for warning in done.warnings] == [news / "saved.xml"]
        names = read(monkeypatch)
        again = archive.sync([news, f"{address}/feed"], access=access)
        assert (names, again.added, again.removed, again.warnings) == ([], Added(), 0, ())
        assert "saved" not in archive.document(f"{address}/two").text
        (news / "saved.xml").write_text(rss(address, ["two"], "updated "))
        assert archive.sync([news], access=access).warnings == ()  # what is at an address may be long gone
        assert "updated" in archive.document(f"{address}/two").text
        server.shutdown()
