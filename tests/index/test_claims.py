"""Several texts under one uri."""

import threading
from http.server import HTTPServer
from pathlib import Path

import pytest

from index.archive import Added, Archive, Synced
from index.fetch import Access
from tests.index.newsroom import Feed, read, rss, write


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


def test_two_files_of_one_name_do_not_replace_each_other(news: Path, archive: Archive, tmp_path: Path) -> None:
    archive.sync([news])
    write(tmp_path / "other" / "tower.txt", 9)
    assert "also the name of an article in" in archive.sync([tmp_path / "other"]).failures[0].reason
    assert "version1" in archive.document("tower.txt").text
    news.rename(tmp_path / "moved")  # the same folder under a new name is no rival of itself
    write(tmp_path / "moved" / "tower.txt", 5)
    assert archive.sync([tmp_path / "moved"]).failures == ()


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
