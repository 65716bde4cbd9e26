"""Evaluation: each question in its cell with what was found, against the parts of the program that find it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from index.filters import Filter
from qa.answer import ask
from qa.evaluate import evaluate, main
from qa.evaluation.metrics import ESTIMATES, Figures
from qa.evidence import gather
from qa.question import Question
from qa.retrieval import retrieve
from tests.qa.conftest import SEEDS
from tests.qa.evaluation.test_metrics import mean, ndcg, value

ROOT = Path(__file__).parents[2]

GOLD: list[dict[str, Any]] = [
    {
        "id": "boats-en",
        "question": "How many boats were lost in Kessan?",
        "language": "en",
        "part": "dev",
        "answerable": True,
        "evidence": [{"uri": "en/1", "quote": "lost eleven boats"}],
    },
    {
        "id": "strike-en",
        "question": "When did the strike in Osk end?",
        "language": "en",
        "part": "test",
        "answerable": True,
        "evidence": [
            {"uri": "en/3", "quote": "ended their strike on Thursday"},
            {"uri": "en/6", "start": 0, "end": 31},
        ],
    },
    {
        "id": "boats-across",
        "question": "How many boats did the fishermen lose?",
        "language": "en",
        "part": "dev",
        "answerable": True,
        "evidence": [{"uri": "ar/1", "quote": "فقد الصيادون في كسان أحد عشر قاربا في العاصفة."}],
    },
    {
        "id": "prison-ar",
        "question": "كم سنة يقضي المصرفي في السجن؟",
        "language": "ar",
        "part": "dev",
        "answerable": True,
        "evidence": [{"uri": "ar/2", "quote": "بالسجن ست سنوات"}],
    },
    {"id": "volcano", "question": "Which volcano erupted?", "language": "en", "part": "dev", "answerable": False},
    {"id": "kaman", "question": "من عزف على الكمان؟", "language": "ar", "part": "dev", "answerable": False},
]


def write(folder: Path, rows: Sequence[dict[str, Any]]) -> Path:
    file = folder / "gold.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path, GOLD)


def test_each_question_in_its_cell_with_what_was_found(gold: Path, news_archive: Archive) -> None:
    report = evaluate(gold, news_archive)
    cells = {outcome.gold.id: outcome.cell for outcome in report.outcomes}
    assert cells == {
        "boats-en": "en-en",
        "strike-en": "en-en",
        "boats-across": "en-ar",
        "prison-ar": "ar-ar",
        "volcano": "en-any",
        "kaman": "ar-any",
    }
    assert list(report.cells) == sorted(set(cells.values()))
    ids = {uri: news_archive.passages_of(uri)[0].id for uri in ("en/1", "en/3", "en/6", "ar/1", "ar/2")}
    relevant = {outcome.gold.id: outcome.relevant for outcome in report.outcomes}
    assert relevant["boats-en"] == {ids["en/1"]}
    assert relevant["strike-en"] == {ids["en/3"], ids["en/6"]}
    assert relevant["volcano"] == frozenset()
    for row, one in zip(GOLD, report.outcomes, strict=True):
        assert one.passages == tuple(hit.passage.id for hit in retrieve(row["question"], news_archive))
        assert one.found == ask(row["question"], news_archive).found
        evidence = gather(Question.parse(row["question"]), news_archive)
        assert one.probability == evidence.probability
        sentences = evidence.sentences
        quotes = [(place["uri"], place["quote"]) for place in row.get("evidence", []) if "quote" in place]
        expected = next(
            (
                number
                for number, s in enumerate(sentences, start=1)
                if any(
                    s.document.uri == uri and quote in s.document.text[s.start : s.end] for uri, quote in quotes
                )
            ),
            None,
        )
        if row["id"] != "strike-en":
            assert one.place == expected
    for cell, figures in report.cells.items():
        own = [one for one in report.outcomes if one.cell == cell and one.relevant]
        if own:
            assert value(figures.ndcg_10) == pytest.approx(mean([ndcg(one.passages, one.relevant) for one in own]))
            assert value(figures.hit_3) == pytest.approx(mean([one.place in (1, 2, 3) for one in own]))


def test_an_unanswerable_question_of_an_archive_in_one_language(
    gold: Path, make_archive: Callable[..., Archive]
) -> None:
    archive = make_archive([Document.create("en/1", "Fishermen in Kessan lost eleven boats.", language="en")])
    report = evaluate(write(gold.parent, [GOLD[0], GOLD[4], GOLD[5]]), archive)
    assert [outcome.cell for outcome in report.outcomes] == ["en-en", "en-en", "ar-en"]
    assert value(report.cells["en-en"].recall_1) == 1
    assert [outcome.alone for outcome in report.outcomes] == [None] * 3


def test_a_mixed_archive_is_also_searched_in_the_language_of_the_evidence_alone(
    gold: Path, news_archive: Archive
) -> None:
    report = evaluate(gold, news_archive)
    for row, one in zip(GOLD, report.outcomes, strict=True):
        languages = {place["uri"][:2] for place in row.get("evidence", [])}
        if not languages:
            assert one.alone is None
        else:
            hits = retrieve(row["question"], news_archive, 5, Filter(languages=tuple(languages)))
            assert one.alone == tuple(hit.passage.id for hit in hits)
            assert {news_archive.document(hit.passage.document).language for hit in hits} == languages
    assert value(report.cells["en-ar"].recall_5_alone) == 1


def test_evidence_in_both_languages_is_of_any(gold: Path, news_archive: Archive) -> None:
    row = GOLD[0] | {"evidence": GOLD[0]["evidence"] + GOLD[2]["evidence"]}
    (one,) = evaluate(write(gold.parent, [row]), news_archive).outcomes
    assert (one.cell, one.alone, len(one.relevant)) == ("en-any", None, 2)


def test_of_copies_of_a_story_only_one_is_to_be_found(gold: Path, make_archive: Callable[..., Archive]) -> None:
    text = (
        "Fishermen in Kessan lost eleven boats in the storm of Monday night. The government promised new ones by "
        "the spring, and the port stayed closed for two days while divers searched the harbour for what was left."
    )
    other = "The railway from Velmora to Osk will open in 2031, the ministry of transport said."
    texts = {"en/1": text, "en/2": text, "en/3": other}
    archive = make_archive([Document.create(uri, text, language="en") for uri, text in texts.items()])
    assert len(archive.uris_of_story("en/1")) == 2
    places = [{"uri": uri, "quote": "lost eleven boats"} for uri in ("en/1", "en/2")]
    (one,) = evaluate(write(gold.parent, [GOLD[0] | {"evidence": places}]), archive).outcomes
    assert len(one.relevant) == 1
    assert one.relevant <= set(one.passages)


def test_a_sentence_that_holds_only_part_of_the_evidence_does_not_count(
    tmp_path: Path, news_archive: Archive
) -> None:
    text = news_archive.document("en/1").text
    whole, across = {"start": 0, "end": len(text)}, {"start": 20, "end": len(text) - 5}
    for number, (evidence, counts) in enumerate(((whole, True), (across, False))):
        row = GOLD[0] | {"id": str(number), "evidence": [{"uri": "en/1", **evidence}]}
        (one,) = evaluate(write(tmp_path, [row]), news_archive).outcomes
        assert (one.place is not None) == counts
        assert len(one.relevant) == 1


def test_only_a_part(gold: Path, news_archive: Archive) -> None:
    report = evaluate(gold, news_archive, "test")
    assert [outcome.gold.id for outcome in report.outcomes] == ["strike-en"]
    with pytest.raises(IsnadError, match=r"gold.jsonl has no question of the part 'tset'"):
        evaluate(gold, news_archive, "tset")


def test_an_archive_without_articles_scores_zero(tmp_path: Path, no_archive: Archive) -> None:
    report = evaluate(write(tmp_path, [GOLD[4]]), no_archive)
    assert value(report.cells["en-any"].false_answers) == 0


def test_the_report_for_json_and_the_terminal(gold: Path, news_archive: Archive) -> None:
    report = evaluate(gold, news_archive)
    values = json.loads(json.dumps(report.as_dict()))
    assert set(values) == {"threshold", "cells", "curves", "questions"}
    assert set(values["cells"]) == set(report.cells)
    for figures in values["cells"].values():
        assert set(figures) == set(Figures.__dataclass_fields__)
        for name in ESTIMATES:
            assert figures[name] is None or set(figures[name]) == {"value", "n", "low", "high"}
    for curve in values["curves"].values():
        assert set(map(len, curve.values())) == {101}
    assert [row["probability"] for row in values["questions"]] == [
        round(one.probability, 4) for one in report.outcomes
    ]
    assert [row["id"] for row in values["questions"]] == [row["id"] for row in GOLD]
    assert [row["answerable"] for row in values["questions"]] == [row["answerable"] for row in GOLD]
    table = report.table()
    assert [column.header for column in table.columns] == ["", *report.cells]
    assert table.row_count == len(Figures.__dataclass_fields__)


def test_the_command_prints_a_table_and_writes_the_report(
    gold: Path, news_archive: Archive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = gold.parent / "report.json"
    main([str(gold), "--archive", str(news_archive.folder), "--part", "dev", "--out", str(out)])
    printed = capsys.readouterr().out
    for word in ("en-en", "en-ar", "ar-ar", "ndcg 10", "false refusals", "p95"):
        assert word in printed
    assert "…" not in printed
    report = json.loads(out.read_text(encoding="utf-8"))
    assert [row["id"] for row in report["questions"]] == [row["id"] for row in GOLD if row["part"] == "dev"]


def test_six_cells_fit_the_screen(
    gold: Path, news_archive: Archive, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    extra: list[dict[str, Any]] = [
        GOLD[0]
        | {"id": str(n), "language": language, "evidence": GOLD[2]["evidence"] * both + GOLD[0]["evidence"]}
        for n, (language, both) in enumerate((("ar", 0), ("ar", 1), ("en", 1)) * 5)
    ]
    main([str(write(gold.parent, [*GOLD, *extra])), "--archive", str(news_archive.folder)])
    printed = capsys.readouterr().out
    for cell in ("ar-any", "ar-ar", "ar-en", "en-any", "en-ar", "en-en"):
        assert cell in printed
    assert "…" not in printed
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.skipif(not find_spec("matplotlib"), reason="the drawing needs matplotlib")
def test_the_command_draws_the_curve(gold: Path, news_archive: Archive) -> None:
    picture = gold.parent / "curve.png"
    main([str(gold), "--archive", str(news_archive.folder), "--curve", str(picture)])
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_articles_are_made_an_archive_of(gold: Path, news_archive: Archive) -> None:
    rows = [{"uri": one.uri, "text": one.text, "language": one.language} for one in news_archive.documents()]
    articles = gold.parent / "articles"
    articles.mkdir()
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (articles / "all.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = []
    for place in (articles, articles / "all.jsonl", news_archive.folder):
        main([str(gold), "--archive", str(place), "--out", str(gold.parent / "report.json")])
        report = json.loads((gold.parent / "report.json").read_text(encoding="utf-8"))
        found.append([(row["id"], row["cell"], row["probability"], row["place"]) for row in report["questions"]])
    assert found[0] == found[1] == found[2]
    assert [file.name for file in articles.iterdir()] == ["all.jsonl"]


BAD = [
    (["missing.jsonl"], "missing.jsonl"),
    (["gold.jsonl", "--part", "nothing"], "no question of the part 'nothing'"),
    (["gold.jsonl", "--archive", "nowhere"], "nowhere"),
    (["bad.jsonl"], "bad.jsonl, line 1"),
    (["gold.jsonl", "--out", "no/such/folder.json", "--part", "dev"], "no/such/folder.json"),
    (["gold.jsonl", "--part", "test", "--curve", "curve.png"], "no curve can be drawn"),
    (["gold.jsonl", "--archive", "nothing.jsonl"], "nothing.jsonl"),
    ([], "gold"),
]


@pytest.mark.parametrize(("arguments", "problem"), BAD)
def test_bad_input_ends_in_2(
    arguments: list[str],
    problem: str,
    gold: Path,
    news_archive: Archive,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(gold.parent)
    Path("bad.jsonl").write_text("{", encoding="utf-8")
    Path("nothing.jsonl").write_text("{", encoding="utf-8")
    elsewhere = [] if "--archive" in arguments or not arguments else ["--archive", str(news_archive.folder)]
    with pytest.raises(SystemExit) as caught:
        main([*arguments, *elsewhere])
    assert caught.value.code == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(("name", "code"), [("few.jsonl", 0), ("missing.jsonl", 2)])
def test_as_a_program_on_the_archive_that_ships(name: str, code: int, tmp_path: Path) -> None:
    lines = (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    (tmp_path / "few.jsonl").write_text("\n".join([lines[0], lines[-1]]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "qa.evaluate", name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code
    assert ("en-ar" in done.stdout) == (code == 0)
    assert ("missing.jsonl" in done.stderr) == (code == 2)
    assert "Traceback" not in done.stderr
    assert list((tmp_path / "cache" / "isnad").glob("seeds-*"))
