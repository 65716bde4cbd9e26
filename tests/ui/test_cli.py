import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from index.archive import Archive
from index.documents import Document
from ui.cli import app

PYTHON = [sys.executable, "-m", "ui.cli"]
FOUND = "Who paid for the repairs of the harbour of Testville?"
NOT_FOUND = "How many astronauts flew to the planet Jupiter?"


def isnad(*arguments: str | Path, **settings: Any) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **settings)


def failed(result: Result, *said: str) -> None:
    """Expect one clear line on stderr and the exit code of bad input."""
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("isnad: ")
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.output
    for words in said:
        assert words in result.stderr


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Made-up articles as files, one of them with a malformed line."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "tower.txt").write_text("The tower of Testville (made up)\n\nThe tower is 90 metres high.\n")
    lines = [
        '{"title": "Made up", "text": "A made-up market opened.", "uri": "market"}',
        '{"title": ',
        '{"text": 5}',
    ]
    (folder / "wire.jsonl").write_text("\n".join(lines))
    return folder


def test_answer_is_cited(archive_folder: Path) -> None:
    result = isnad("ask", FOUND, "--archive", archive_folder)
    assert result.exit_code == 0
    assert "[1]" in result.stdout
    assert "Sample Agency · 2020-02-03 · harbour.txt · characters " in result.stdout


def test_answer_for_programs(archive_folder: Path, documents: list[Document]) -> None:
    result = isnad("ask", "من افتتح جسر النهر الجديد؟", "--json", env={"ISNAD_ARCHIVE": str(archive_folder)})
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert (answer["found"], answer["language"]) == (True, "ar")
    texts = {document.uri: document.text for document in documents}
    for citation in answer["citations"]:
        assert texts[citation["uri"]][citation["start"] : citation["end"]] == citation["quote"]
    assert "سمير المثال" in answer["text"]


def test_what_is_not_in_the_archive_exits_with_1(archive_folder: Path) -> None:
    result = isnad("ask", NOT_FOUND, "--archive", archive_folder, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert answer["citations"] == []
    assert answer["reason"]


def test_an_empty_archive_answers_nothing(tmp_path: Path) -> None:
    Archive.create(tmp_path / "empty").close()
    for command in ("ask", "search"):
        result = isnad(command, "Who co-chairs the GCTF?", "--archive", tmp_path / "empty", "--json")
        assert result.exit_code == 1, command


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "no words"),
        (" ?! ", "no words"),
        ("why " * 25_000, "long"),
        ("Qui est le ministre des affaires étrangères de la Turquie ?", "language"),
        ("who \udcff?", "UTF-8"),
    ],
)
def test_questions_that_cannot_be_asked(command: str, question: str, said: str, archive_folder: Path) -> None:
    failed(isnad(command, question, "--archive", archive_folder), said)


def test_search_gives_passages(archive_folder: Path, documents: list[Document]) -> None:
    result = isnad("search", "harbour repairs", "-k", "2", "--archive", archive_folder, "--json")
    assert result.exit_code == 0
    hits = json.loads(result.stdout)
    assert len(hits) == 2
    assert hits[0]["uri"] == "harbour.txt"
    assert hits[0]["text"] == documents[0].text[hits[0]["start"] : hits[0]["end"]]
    assert "harbour.txt" in isnad("search", "harbour repairs", "--archive", archive_folder).stdout


def test_hostile_article_cannot_act_on_the_terminal(archive_folder: Path) -> None:
    result = isnad("search", "lighthouse", "--archive", archive_folder)
    assert "<script>" in result.stdout
    assert not set("\x1b\u202e\u2069") & set(result.stdout)


@pytest.mark.parametrize("command", ["list", "verify"])
@pytest.mark.parametrize("make", [None, "folder", "file"])
def test_what_is_no_archive(command: str, make: str | None, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if make == "folder":
        place.mkdir()
    elif make == "file":
        place.write_text("x")
    failed(isnad(command, "--archive", place), "place")


@pytest.mark.parametrize("arguments", [["index", "."], ["remove", "x"], ["rebuild"], ["verify", "--repair"]])
def test_what_changes_an_archive_must_be_told_which(arguments: list[str]) -> None:
    failed(isnad(*arguments, env={"ISNAD_ARCHIVE": None}), "--archive", "ISNAD_ARCHIVE")


def test_index_lists_failures_and_adds_the_rest(articles: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    result = isnad("index", articles, "--archive", folder)
    assert result.exit_code == 2
    assert "2 new, 0 changed and 0 unchanged" in result.stdout
    assert "2 could not be read" in result.stderr
    assert "wire.jsonl, line 2: " in result.stderr
    assert "wire.jsonl, line 3: " in result.stderr
    assert isnad("list", "--archive", folder).stdout.splitlines()[0].startswith("tower.txt\ten\t\tThe tower")

    (articles / "wire.jsonl").unlink()
    result = isnad("index", articles, "--archive", folder, "--json")
    assert result.exit_code == 0
    counts = {"new": 0, "changed": 0, "unchanged": 0, "files_skipped": 1, "passages": 0}
    assert json.loads(result.stdout) == {**counts, "failures": [], "warnings": []}


def test_index_warns_of_what_it_could_not_understand(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    table = tmp_path / "wire.csv"
    table.write_text("title,text,date\nHeadline,The body of the article.,some day\n", encoding="utf-8")
    result = isnad("index", table, "--archive", folder)
    assert result.exit_code == 0
    assert "1 to note in what was read:\n" in result.stderr
    assert "wire.csv, line 2: published: expected one day with its year" in result.stderr


def test_index_makes_no_archive_of_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.txt").write_bytes("Título\n\numa notícia inventada".encode("latin-1"))
    failed(isnad("index", tmp_path / "missing", "--archive", folder), "missing: no such file")
    failed(isnad("index", tmp_path / "empty", "--archive", folder), "empty: the folder has no file")
    failed(
        isnad("index", tmp_path / "latin.txt", "--archive", folder), "nothing could be read", "latin.txt", "UTF-8"
    )
    assert not folder.exists()


def test_index_refuses_a_folder_that_is_something_else(articles: Path, tmp_path: Path) -> None:
    failed(isnad("index", articles, "--archive", articles), "articles")
    assert sorted(file.name for file in articles.iterdir()) == ["tower.txt", "wire.jsonl"]


def test_two_files_of_one_name_do_not_replace_each_other(tmp_path: Path) -> None:
    for name in ("monday", "tuesday"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "news.txt").write_text(f"Made-up news of {name}\n\nNothing happened on {name}.")
    result = isnad("index", tmp_path / "monday", tmp_path / "tuesday", "--archive", tmp_path / "archive")
    assert result.exit_code == 2
    assert "news.txt is also the name of an article in" in result.stderr
    assert "monday" in isnad("list", "--archive", tmp_path / "archive").stdout


def test_remove_and_rebuild(articles: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    isnad("index", articles, "--archive", folder)
    failed(isnad("remove", "tower.txt", "nowhere", "--archive", folder), "nowhere", "isnad list")
    assert [record["uri"] for record in json.loads(isnad("list", "--archive", folder, "--json").stdout)] == [
        "market"
    ]
    result = isnad("rebuild", "--archive", folder)
    assert (result.exit_code, "1 articles" in result.stdout) == (0, True)


def test_verify_finds_damage_and_repairs_it(articles: Path, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    isnad("index", articles / "tower.txt", "--archive", folder)
    result = isnad("verify", "--archive", folder, "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"whole": True, "problems": []})

    vectors = next(file for file in (folder / "vectors").iterdir() if file.is_file())
    content = bytearray(vectors.read_bytes())
    content[len(content) // 2] ^= 0xFF
    vectors.write_bytes(content)
    result = isnad("verify", "--archive", folder)
    assert result.exit_code == 2
    assert vectors.name in result.stdout
    failed(isnad("ask", FOUND, "--archive", folder), "damaged", "--repair")

    assert isnad("verify", "--repair", "--archive", folder).exit_code == 0
    assert isnad("verify", "--archive", folder).exit_code == 0


def test_eval_prints_a_table_and_writes_a_report(archive_folder: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    evidence = [{"uri": "harbour.txt", "quote": "The minister of transport, Anna Sample, paid for the repairs"}]
    questions: list[dict[str, Any]] = [
        {"id": "1", "question": FOUND, "language": "en", "answerable": True, "evidence": evidence},
        {"id": "2", "question": NOT_FOUND, "language": "en", "answerable": False, "evidence": []},
    ]
    for question in questions:
        question |= {"kind": "who", "part": "test", "answer": ""}
    gold.write_text("".join(json.dumps(question) + "\n" for question in questions))
    report = tmp_path / "report.json"
    result = isnad("eval", gold, "--archive", archive_folder, "--out", report)
    assert result.exit_code == 0, result.output
    assert "ndcg" in result.stdout
    assert "en-en" in json.loads(report.read_text())["cells"]
    failed(isnad("eval", tmp_path / "missing.jsonl", "--archive", archive_folder), "missing.jsonl")


def test_serve_says_that_a_port_is_taken(archive_folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        failed(isnad("serve", "--port", str(port), "--archive", archive_folder), str(port), "--port")
    failed(isnad("serve", "--host", "no.such.host.invalid", "--archive", archive_folder), "no.such.host.invalid")


def test_usage_errors_exit_with_2() -> None:
    for arguments in (["ask"], ["nothing"], ["ask", "Who?", "-k", "0"], ["serve", "--port", "x"]):
        assert isnad(*arguments).exit_code == 2


def test_a_cold_answer_loads_nothing_heavy(archive_folder: Path) -> None:
    """The command line answers before these could even be imported."""
    command = [sys.executable, "-X", "importtime", "-m", "ui.cli", "ask", FOUND, "--archive", str(archive_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "numpy" in imported  # the list is what it is taken for
    assert not imported & {"torch", "gradio", "sentence_transformers", "transformers", "langchain_text_splitters"}
    assert "Anna Sample" in done.stdout or "Testville" in done.stdout


def test_no_traceback_when_the_reader_of_the_output_goes(archive_folder: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*PYTHON, "list", "--archive", str(archive_folder)], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_interrupted_server_stops_quietly(archive_folder: Path) -> None:
    command = [*PYTHON, "serve", "--port", "0", "--archive", str(archive_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert "http://127.0.0.1:" in server.stdout.readline()
        time.sleep(0.1)
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
    assert "Traceback" not in errors
    assert server.returncode in (0, 130)
