"""Evaluation: figures against the definitions of the measures, worked out here in plain Python."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from qa.answer import ask
from qa.evaluate import Figures, Outcome, _figures, evaluate, main
from qa.evidence import gather
from qa.gold import GoldQuestion, Place
from qa.question import Question
from qa.retrieval import retrieve
from tests.qa.conftest import SEEDS

ROOT = Path(__file__).parents[2]


def ndcg(found: Sequence[int], relevant: frozenset[int]) -> float:
    gain = sum(1 / math.log2(place + 1) for place, one in enumerate(found[:10], start=1) if one in relevant)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), 10) + 1))
    return gain / best


def reciprocal_rank(found: Sequence[int], relevant: frozenset[int]) -> float:
    return next((1 / place for place, one in enumerate(found, start=1) if one in relevant), 0.0)


def recall(found: Sequence[int], relevant: frozenset[int], k: int) -> float:
    return len(relevant & set(found[:k])) / len(relevant)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def outcome(
    passages: Sequence[int] = (), relevant: Sequence[int] = (), found: bool = True, place: int | None = None
) -> Outcome:
    evidence = tuple(Place("x", i, i + 1) for i in relevant)
    gold = GoldQuestion("id", "Who?", "en", "", evidence)
    return Outcome(gold, "en-en", tuple(passages), frozenset(relevant), found, place, 0.001)


def test_figures_by_hand() -> None:
    figures = _figures(
        [
            outcome([5, 3, 1], [3], found=True, place=1),
            outcome([1, 2, 3, 4, 5, 6], [6, 9], found=False, place=4),
            outcome([], [7], found=True, place=None),  # nothing retrieved counts as zero
            outcome([8, 4], [8], found=True, place=3),
            outcome([1, 2], found=True),
            outcome([1, 2], found=False),
            outcome([1, 2], found=False),
        ]
    )
    assert (figures.answerable, figures.unanswerable) == (4, 3)
    ideal = 1 + 1 / math.log2(3)
    assert figures.ndcg_10 == pytest.approx((1 / math.log2(3) + (1 / math.log2(7)) / ideal + 0 + 1) / 4)
    assert figures.mrr == pytest.approx((1 / 2 + 1 / 6 + 0 + 1) / 4)
    assert figures.recall_1 == pytest.approx((0 + 0 + 0 + 1) / 4)
    assert figures.recall_5 == pytest.approx((1 + 0 + 0 + 1) / 4)
    assert figures.recall_10 == pytest.approx((1 + 1 / 2 + 0 + 1) / 4)
    assert (figures.hit_1, figures.hit_3) == (1 / 4, 2 / 4)
    assert figures.false_answers == pytest.approx(1 / 3)
    assert figures.false_refusals == pytest.approx(1 / 4)
    assert (figures.p50, figures.p95) == pytest.approx((1.0, 1.0))


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 15), max_size=10, unique=True),
            st.lists(st.integers(1, 15), min_size=1, max_size=4, unique=True),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_figures_equal_the_definitions(rows: list[tuple[list[int], list[int]]]) -> None:
    figures = _figures([outcome(found, relevant) for found, relevant in rows])
    pairs = [(found, frozenset(relevant)) for found, relevant in rows]
    assert figures.ndcg_10 == pytest.approx(mean([ndcg(*pair) for pair in pairs]), abs=1e-6)
    assert figures.mrr == pytest.approx(mean([reciprocal_rank(*pair) for pair in pairs]), abs=1e-6)
    for k, value in ((1, figures.recall_1), (5, figures.recall_5), (10, figures.recall_10)):
        assert value == pytest.approx(mean([recall(*pair, k) for pair in pairs]), abs=1e-6)


def test_what_no_question_tells_is_left_open() -> None:
    absent = _figures([outcome([1])])
    assert absent.unanswerable == absent.false_answers == 1
    assert (absent.ndcg_10, absent.mrr, absent.hit_1, absent.false_refusals) == (None,) * 4
    assert _figures([outcome([1], [1])]).false_answers is None


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
        sentences = gather(Question.parse(row["question"]), news_archive).sentences
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
            assert figures.ndcg_10 == pytest.approx(mean([ndcg(one.passages, one.relevant) for one in own]))
            assert figures.hit_3 == pytest.approx(mean([one.place in (1, 2, 3) for one in own]))


def test_an_unanswerable_question_of_an_archive_in_one_language(
    gold: Path, make_archive: Callable[..., Archive]
) -> None:
    archive = make_archive([Document.create("en/1", "Fishermen in Kessan lost eleven boats.", language="en")])
    report = evaluate(write(gold.parent, [GOLD[0], GOLD[4], GOLD[5]]), archive)
    assert [outcome.cell for outcome in report.outcomes] == ["en-en", "en-en", "ar-en"]
    assert report.cells["en-en"].recall_1 == 1


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
    assert report.cells["en-any"].false_answers == 0


def test_the_report_for_json_and_the_terminal(gold: Path, news_archive: Archive) -> None:
    report = evaluate(gold, news_archive)
    values = json.loads(json.dumps(report.as_dict()))
    assert set(values) == {"cells", "questions"}
    assert set(values["cells"]) == set(report.cells)
    for figures in values["cells"].values():
        assert set(figures) == set(Figures.__dataclass_fields__)
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


BAD = [
    (["missing.jsonl"], "missing.jsonl"),
    (["gold.jsonl", "--part", "nothing"], "no question of the part 'nothing'"),
    (["gold.jsonl", "--archive", "nowhere"], "nowhere"),
    (["bad.jsonl"], "bad.jsonl, line 1"),
    (["gold.jsonl", "--out", "no/such/folder.json", "--part", "dev"], "no/such/folder.json"),
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
