"""The commands that keep an archive up to date, as their users run them."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from tests.index.archives import story
from ui import indexing, watch
from ui.cli import app
from ui.durations import parse_duration, spoken
from ui.terminal import json_lines


def started(command: list[str]) -> "subprocess.Popen[str]":
    """Start a command that hears Ctrl-C, even where the tests themselves run in the background and do not."""
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


ISNAD = [sys.executable, "-m", "ui.cli"]


def isnad(*arguments: str | Path, **settings: str) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **settings)  # type: ignore[arg-type]


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "tower.txt").write_text("The tower of Testville (made up)\n\nThe tower is 90 metres high.\n")
    (folder / "bridge.md").write_text(
        "---\ntitle: Bridge\ndate: 2021-03-04\nsource: Sample Agency\n---\nThe made-up bridge opened.\n"
    )
    return folder


def test_a_day_of_a_newsroom(news: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    assert isnad("sync", news, "-a", folder).exit_code == 0
    (news / "bridge.md").unlink()
    (news / "tower.txt").write_text("The tower (made up)\n\nThe tower is 95 metres high.\n")
    told = isnad("sync", news, "-a", folder, "--dry-run")
    assert "would remove bridge.md" in told.stdout
    assert "nothing done yet: 0 new, 1 changed, 0 unchanged and 1 removed" in told.stdout
    assert json.loads(isnad("sync", news, "-a", folder, "-n", "--json").stdout)["gone"] == ["bridge.md"]
    assert "0 new, 1 changed, 0 unchanged and 1 removed" in isnad("sync", news, "-a", folder).stdout
    assert isnad("list", "-a", folder).stdout == "tower.txt\ten\t\tThe tower (made up)\n"

    news.rename(tmp_path / "away")
    refused = isnad("sync", news, "-a", folder)
    assert refused.exit_code == 2
    assert "nothing was removed" in refused.stderr
    assert isnad("remove", "--root", news, "-a", folder).stdout == "1 removed\n"
    assert isnad("list", "-a", folder).stdout == ""
    compacted = isnad("compact", "-a", folder)
    assert compacted.exit_code == 0
    assert "catalog" in compacted.stdout
    assert isnad("verify", "-a", folder).exit_code == 0


def test_a_share_that_is_not_mounted_loses_nothing(news: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (news / "again.jsonl").write_text('{"text": "Another made-up tower.", "uri": "tower.txt"}')
    indexed = isnad("index", news, "-a", folder)
    assert indexed.exit_code == 0
    assert f"1 to note in what was read:\n  {news}/tower.txt: also gives the uri tower.txt" in indexed.stderr
    for name in ("bridge.md", "again.jsonl"):
        (news / name).unlink()
    said: list[str] = []
    watch.Watch(folder, [str(news)], 60, said.append).round()
    refused = isnad("sync", news, "-a", folder)
    assert (refused.exit_code, refused.stdout) == (2, "")
    command = f"isnad sync {news} --archive {folder} --allow-loss"
    for told in (said[0], refused.stderr):
        assert (
            "files left there: 1. The archive has articles of 3 files from there and nothing was removed" in told
        )
        assert told.strip().endswith(command)
    assert "1 removed" in isnad(*command.split()[1:]).stdout
    assert isnad("list", "-a", folder).stdout == "tower.txt\ten\t\tThe tower of Testville (made up)\n"


def test_a_new_archive_that_gets_nothing_is_not_left(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_bytes(b"\xff\xfe\x00\xd8")
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "archive", tmp_path / "empty"):
        result = isnad("sync", tmp_path / "news", "-a", folder)
        assert result.exit_code == 2
        assert "nothing could be read" in result.stderr
        assert not folder.exists()


def test_info(news: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    isnad("index", news, "-a", folder)
    isnad("remove", "tower.txt", "-a", folder)
    told = json.loads(isnad("info", "-a", folder, "--json").stdout)
    assert (told["documents"], told["passages"], told["undated"], told["removed_share"]) == (1, 1, 0, 0.5)
    assert told["languages"] == [{"language": "en", "documents": 1, "passages": 1}]
    assert told["sources"] == [{"source": "Sample Agency", "documents": 1, "passages": 1}]
    assert (told["first"], told["last"]) == ("2021-03-04", "2021-03-04")
    assert [(root["place"], root["documents"], root["files"]) for root in told["roots"]] == [(str(news), 1, 2)]
    assert told["sizes"]["catalog"] == sum(file.stat().st_size for file in folder.glob("catalog.*"))
    lines = isnad("info", "-a", folder).stdout
    for words in ("1 articles", "50.0%", "Sample Agency", str(news), "2021-03-04", "last compacted: never"):
        assert words in lines
    isnad("compact", "-a", folder)
    after = json.loads(isnad("info", "-a", folder, "--json").stdout)
    assert (after["removed_share"], bool(after["compacted"])) == (0.0, True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["ar", "early", "late"]),
        (["--language", "ar"], ["ar"]),
        (["--source", "sample agency"], ["early", "late"]),
        (["--since", "2020-06-01"], ["late"]),
        (["--until", "2020-06-01"], ["early"]),
        (["--since", "2020-01-01", "--until", "2020-01-01"], ["early"]),
        (["--match", "الجسر"], ["ar"]),
        (["--match", "LATE"], ["late"]),
        (["--source", "SAMPLE AGENCY", "--source", "Other Agency"], ["ar", "early", "late"]),
        (["--since", "December 2020"], ["late"]),
        (["--until", "2020-01"], ["early"]),
    ],
)
def test_list_with_filters(tmp_path: Path, options: list[str], expected: list[str]) -> None:
    texts = {
        "ar": Document.create("ar", "نص مختلق عن جسر.", "افتتاح الجِسر", language="ar", agency="Other Agency"),
        "early": Document.create("early", "A made-up text.", source="Sample Agency", published="2020-01-01"),
        "late": Document.create("late", "Another made-up text.", source="Sample Agency", published="2020-12-31"),
    }
    with Archive.create(tmp_path / "archive") as archive:
        archive.add(texts.values())
    result = isnad("list", *options, "-a", tmp_path / "archive")
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == expected
    records = json.loads(isnad("list", *options, "--json", "-a", tmp_path / "archive").stdout)
    assert [record["uri"] for record in records] == expected
    assert [record["sha256"] for record in records] == [texts[uri].sha256 for uri in expected]


def test_list_says_which_date_is_wrong(tmp_path: Path) -> None:
    Archive.create(tmp_path / "archive").close()
    for options, said in (
        (["--since", "some day"], "--since: expected a date such as 2021-03-15 or March 2021, got 'some day'"),
        (["--since", "2021-02-01", "--until", "2021-01-01"], "swap them"),
    ):
        result = isnad("list", *options, "-a", tmp_path / "archive")
        assert (result.exit_code, said in result.stderr) == (2, True)


def test_removing_many_asks(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([story(number) for number in range(30)])
    many = [f"story/{number}" for number in range(30)]
    assert isnad("remove", *many, "-a", tmp_path / "archive", input="n\n").exit_code == 2
    with Archive.open(tmp_path / "archive") as archive:
        assert len(archive) == 30
    assert isnad("remove", *many, "-a", tmp_path / "archive", input="y\n").stdout.endswith("30 removed\n")
    assert isnad("remove", "-a", tmp_path / "archive").exit_code == 2
    assert isnad("remove", "x", "--root", "y", "-a", tmp_path / "archive").exit_code == 2


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), (" 2H ", 7200), ("1d", 86_400)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds
    assert parse_duration(spoken(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "15", "m", "1.5h", "-3m", "0s", "2weeks", "400d", "٣m", "999999999999s"])
def test_what_is_no_duration_is_named(text: str) -> None:
    with pytest.raises(IsnadError, match="expected") as caught:
        parse_duration(text)
    assert repr(text) in str(caught.value)


def test_two_units_are_spoken() -> None:
    assert [spoken(value) for value in (0, 59.6, 3725, 90_000)] == ["0s", "1m", "1h 2m", "1d 1h"]


def test_json_is_listed_one_at_a_time() -> None:
    for values in ([], [{"a": 1}], [{"a": "\u2028"}, {"b": [1, 2]}]):
        assert json.loads("\n".join(json_lines(values))) == values


def test_plain_progress_where_no_bar_can_be_drawn(
    news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "PLAIN_SECONDS", 0.0)
    told = isnad("index", news, "-a", tmp_path / "archive").stderr
    assert "of 2 files" in told
    assert "a second" in told
    assert " left" in told


# Watching


def test_a_round_that_fails_is_tried_again_ever_later(news: Path, tmp_path: Path) -> None:
    Archive.create(tmp_path / "archive").close()
    said: list[str] = []
    gone = str(tmp_path / "gone")
    rounds = watch.Watch(tmp_path / "archive", [gone, str(news)], 60, said.append)
    for _ in range(12):
        assert not rounds.round()
    failures = [line for line in said if gone in line]
    assert ["again in 1m" in failures[0], "in 2m" in failures[1], "in 4m" in failures[2]] == [True] * 3
    assert len(failures) == 4  # in rounds 1, 2, 4 and 8
    assert sum(str(news) in line for line in said) == 12
    assert "2 new" in said[1]
    Path(gone).mkdir()
    (Path(gone) / "back.txt").write_text("Back (made up)\n\nThe drive is mounted again.")
    for _ in range(5):
        rounds.round()
    assert any(gone in line and "1 new" in line for line in said)


def test_a_round_gives_way_to_another_writer(news: Path, tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        said: list[str] = []
        rounds = watch.Watch(tmp_path / "archive", [str(news)], 60, said.append)
        with archive._writer.writing():
            assert rounds.round()
        assert "another process is writing" in said[-1]
        assert not rounds.round()
        assert len(archive) == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_watch_stops_cleanly(news: Path, tmp_path: Path, number: int, code: int) -> None:
    command = [*ISNAD, "watch", str(news), "--every", "1s", "-a", str(tmp_path / "archive")]
    with started(command) as watching:
        assert watching.stdout
        assert "2 new" in watching.stdout.readline()
        (news / "new.txt").write_text("New (made up)\n\nA new made-up article.")
        deadline = time.monotonic() + 20
        while "1 new" not in watching.stdout.readline():
            assert time.monotonic() < deadline
        watching.send_signal(number)
        _, errors = watching.communicate(timeout=20)
    assert (watching.returncode, "Traceback" in errors) == (code, False)
    with Archive.open(tmp_path / "archive") as archive:
        assert len(archive) == 3
        assert archive.verify() == []


def committed(folder: Path) -> int:
    """Number of articles that a process writing to the archive has committed."""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"file:{folder / 'catalog.sqlite'}?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM document").fetchone()[0])
    return 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_indexing_goes_on_where_it_stopped(tmp_path: Path, number: int, code: int) -> None:
    articles = tmp_path / "wire.jsonl"
    text = "A made-up sentence about the harbour of Testville. " * 20
    articles.write_text("".join(json.dumps({"text": f"{text}Number {i}."}) + "\n" for i in range(8_000)))
    command = [*ISNAD, "index", str(articles), "-a", str(tmp_path / "archive")]
    with started(command) as indexing:
        deadline = time.monotonic() + 60
        while not committed(tmp_path / "archive"):
            assert time.monotonic() < deadline
            assert indexing.poll() is None
            time.sleep(0.02)
        os.kill(indexing.pid, number)
        _, errors = indexing.communicate(timeout=60)
    assert indexing.returncode == code
    assert "Traceback" not in errors
    with Archive.open(tmp_path / "archive") as archive:
        stored = len(archive)
        assert 0 < stored < 8_000
        assert f"holds {stored:,} articles" in errors
        assert archive.verify() == []
        done = archive.sync([articles])
        assert (done.added.new, done.added.unchanged) == (8_000 - stored, stored)
