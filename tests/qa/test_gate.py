"""The gate from end to end on small gold sets: what passes, what fails, and how floors are moved."""

import gzip
import json
import re
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from index.errors import IsnadError
from index.training import Part
from index.training.splits import part_of_title
from qa.evaluation.arcd import arcd_outcomes
from qa.evaluation.floor_file import FloorFile
from qa.evaluation.gold_set import GoldSet
from qa.gate import FLOORS_FILE, main
from tests.qa.conftest import ARABIC, ENGLISH
from tests.qa.test_evaluate import GOLD

ROOT = Path(__file__).parents[2]
SET = {"form": "gold", "gold": "gold.jsonl", "articles": "articles.jsonl", "sha256": {}, "floors": {}}
SETS: dict[str, dict[str, Any]] = {
    "made up dev": {**SET, "part": "dev"},
    "made up test": {**SET, "part": "test"},
    "far away": {**SET, "part": "dev", "articles": "CORPORA/articles.jsonl"},
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with gold questions, articles and sets without floors."""
    monkeypatch.chdir(tmp_path)
    texts = {"en": ENGLISH, "ar": ARABIC}
    rows = [
        {"uri": f"{language}/{number}", "text": text, "language": language}
        for language, of_language in texts.items()
        for number, text in enumerate(of_language)
    ]
    for name, lines in (("articles.jsonl", rows), ("gold.jsonl", GOLD)):
        written = [json.dumps(line, ensure_ascii=False) for line in lines]
        Path(name).write_text("\n".join(written) + "\n", encoding="utf-8")
    FLOORS_FILE.parent.mkdir(parents=True)
    write(SETS)
    return tmp_path


def write(sets: dict[str, Any]) -> None:
    FLOORS_FILE.write_text(json.dumps({"sets": sets, "lowered": []}), encoding="utf-8")


def read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FLOORS_FILE.read_text(encoding="utf-8"))
    return found


def gate(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return int(caught.value.code or 0)


def ask_for_more(cell: str = "en-en", metric: str = "hit_1", floor: float = 1.0) -> None:
    values = read()
    values["sets"]["made up dev"]["floors"][cell][metric] = floor
    write(values["sets"])


def test_from_nothing_to_floors_that_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate() == 2
    problems = capsys.readouterr().err
    assert "made up dev: no floors are pinned; pin them with: python -m qa.gate --raise 'made up dev'" in problems
    assert "far away: not measured; it takes the corpora: make eval DATA=FOLDER" in problems
    assert gate("--raise") == 0
    pinned = read()["sets"]
    assert set(pinned["made up dev"]["floors"]) == {"ar-any", "ar-ar", "en-any", "en-ar", "en-en"}
    assert set(pinned["made up dev"]["sha256"]) == {"gold.jsonl", "articles.jsonl"}
    assert pinned["far away"] == SETS["far away"]
    capsys.readouterr()
    assert gate() == 0
    printed = capsys.readouterr().out
    assert "made up dev" in printed
    assert read()["sets"] == pinned
    assert gate("--raise") == 0
    assert read()["sets"] == pinned
    assert read()["lowered"] == []


def test_a_figure_below_its_floor_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate("--raise") == 0
    ask_for_more("en-any", "false_answers", -0.5)
    before = FLOORS_FILE.read_text(encoding="utf-8")
    capsys.readouterr()
    for arguments in ((), ("--part", "dev"), ("made up dev",)):
        assert gate(*arguments) == 1
        problems = [line for line in capsys.readouterr().err.splitlines() if "not measured" not in line]
        assert len(problems) == 1
        assert re.fullmatch(r"made up dev: en-any false_answers: reached [01]\.000, ceiling -0\.500", problems[0])
    assert gate("made up test") == 0
    assert FLOORS_FILE.read_text(encoding="utf-8") == before


def test_raising_does_not_hide_a_loss() -> None:
    assert gate("--raise") == 0
    ask_for_more("en-any", "false_answers", -0.5)
    assert gate("--raise") == 1
    assert read()["sets"]["made up dev"]["floors"]["en-any"]["false_answers"] == -0.5


def test_lowering_takes_a_reason_and_keeps_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate("--raise") == 0
    before = read()
    ask_for_more("en-any", "false_answers", -0.5)
    assert gate("--lower", "  ") == 2
    assert "takes the reason" in capsys.readouterr().err
    assert gate("--lower", "the ceiling was a mistake", "made up dev") == 0
    after = read()
    assert after["sets"] == before["sets"]
    (lowering,) = after["lowered"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", lowering.pop("date"))
    assert lowering == {
        "set": "made up dev",
        "what": "en-any false_answers",
        "before": -0.5,
        "after": before["sets"]["made up dev"]["floors"]["en-any"]["false_answers"],
        "reason": "the ceiling was a mistake",
    }
    assert gate() == 0
    assert gate("--lower", "nothing to lower") == 0
    assert len(read()["lowered"]) == 1


@pytest.mark.parametrize("name", ["gold.jsonl", "articles.jsonl"])
def test_floors_mean_nothing_once_the_files_change(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate("--raise") == 0
    before = read()
    text = Path(name).read_text(encoding="utf-8")
    Path(name).write_text(f"{text}\n", encoding="utf-8")
    capsys.readouterr()
    for arguments in ((), ("--raise",)):
        assert gate(*arguments) == 2
        problems = capsys.readouterr().err
        assert f"made up test: {name} is not what the floors were pinned on" in problems
        assert "python -m qa.gate --lower 'why' 'made up test'" in problems
    assert read() == before
    assert gate("--lower", "a blank line") == 0
    lowered = read()["lowered"]
    assert [(one["set"], one["what"], one["reason"]) for one in lowered] == [
        ("made up dev", name, "a blank line"),
        ("made up test", name, "a blank line"),
    ]
    assert gate() == 0
    Path(name).write_text(text, encoding="utf-8")
    assert gate() == 2


def test_floors_without_a_hash_are_not_trusted() -> None:
    assert gate("--raise") == 0
    values = read()["sets"]
    del values["made up dev"]["sha256"]["gold.jsonl"]
    write(values)
    assert gate("made up dev") == 2


def test_a_folder_is_hashed_with_the_names_in_it() -> None:
    folder = Path("articles")
    folder.mkdir()
    (folder / "a.txt").write_text("Boats were lost.\n", encoding="utf-8")
    one = GoldSet.from_dict("x", {**SET, "part": "dev", "articles": "articles"})
    first = one.hashes(None)["articles"]
    (folder / "a.txt").rename(folder / "b.txt")
    second = one.hashes(None)["articles"]
    (folder / "b.txt").write_text("Boats were found.\n", encoding="utf-8")
    assert len({first, second, one.hashes(None)["articles"]}) == 3
    with pytest.raises(IsnadError, match=r"cannot read gone: .*run the gate there"):
        GoldSet.from_dict("x", {**SET, "part": "dev", "articles": "gone"}).hashes(None)


def test_sets_of_the_corpora(capsys: pytest.CaptureFixture[str]) -> None:
    Path("elsewhere").mkdir()
    Path("articles.jsonl").rename("elsewhere/articles.jsonl")
    assert gate("far away", "--data", "elsewhere", "--raise") == 0
    assert set(read()["sets"]["far away"]["sha256"]) == {"gold.jsonl", "CORPORA/articles.jsonl"}
    assert gate("far away", "--data", "elsewhere") == 0
    capsys.readouterr()
    assert gate("far away") == 0
    assert "far away: not measured" in capsys.readouterr().err


def test_misses_of_test_parts_are_not_shown_in_passing(capsys: pytest.CaptureFixture[str]) -> None:
    values = {name: {**one, "floors": {}} for name, one in SETS.items()}
    write(values)
    Path("gold.jsonl").write_text(
        "\n".join(
            json.dumps({**GOLD[0], "id": part, "part": part, "evidence": [{"uri": "en/5", "quote": "railway"}]})
            for part in ("dev", "test")
        ),
        encoding="utf-8",
    )
    shown = {}
    for arguments in ((), ("--part", "dev"), ("--part", "test"), ("made up test",)):
        assert gate(*arguments, "--misses", "--raise") == 0
        lines = capsys.readouterr().out.splitlines()
        shown[arguments] = [line.split()[1] for line in lines if line.endswith(GOLD[0]["question"])]
    assert shown == {(): ["dev"], ("--part", "dev"): ["dev"], ("--part", "test"): ["test"], ("made up test",): []}


def test_the_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate("--table", "--part", "dev") == 0
    lines = capsys.readouterr().out.splitlines()
    first, second = lines[: lines.index("")], lines[lines.index("") + 1 :]
    assert first[0] == (
        "| set | cell | n | hit@1 | hit@3 | nDCG@10 | recall@5 | AUROC | false answers | false refusals |"
    )
    assert second[0] == "| set | cell | n | recall@5 alone | recall@5 mixed | recall@5 lost |"
    for table in (first, second):
        assert len({line.count("|") for line in table}) == 1
        assert set(table[1]) == {"|", "-"}
    cells = {line.split(" | ")[1]: line.split(" | ")[2] for line in first[2:]}
    assert cells == {"ar-any": "0 + 1", "ar-ar": "1 + 0", "en-any": "0 + 1", "en-ar": "1 + 0", "en-en": "1 + 0"}
    assert [line.split(" | ")[1] for line in second[2:]] == ["ar-ar", "en-ar", "en-en"]
    assert read()["sets"] == SETS


@pytest.mark.skipif(not find_spec("matplotlib"), reason="the drawing needs matplotlib")
def test_a_curve_for_each_set() -> None:
    assert gate("--table", "--part", "dev", "--curves", "pictures") == 0
    assert [file.name for file in Path("pictures").iterdir()] == ["made-up-dev.png"]


def test_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, problem in (
        (["nothing"], "no gold set is called 'nothing'; there are: made up dev, made up test, far away"),
        (["--part", "tset"], "no gold set has the part 'tset'"),
        (["--floors", "gone.json"], "cannot read the floors gone.json"),
        (["--raise", "--lower", "why"], "not allowed with"),
    ):
        assert gate(*arguments) == 2
        assert problem in capsys.readouterr().err
    good = SETS["made up dev"]
    for one, problem in (
        ({**good, "form": "squad"}, "x: the form is 'squad', expected one of gold, arcd"),
        ({**good, "form": "arcd", "part": "tset"}, "ARCD has the parts train, dev, test, not 'tset'"),
        ({**good, "floors": {"en-en": {"hit": 1}}}, "x: en-en: no figure is called 'hit'"),
        ({name: good[name] for name in good if name != "sha256"}, "the field 'sha256' is missing"),
        (3, "cannot be understood"),
    ):
        write({"x": one})
        assert gate() == 2
        assert problem in capsys.readouterr().err
    FLOORS_FILE.write_text("{", encoding="utf-8")
    assert gate() == 2
    assert "cannot be understood" in capsys.readouterr().err


def test_what_is_saved_is_what_was_read() -> None:
    for path in (FLOORS_FILE, ROOT / FLOORS_FILE):
        text = json.loads(path.read_text(encoding="utf-8"))
        file = FloorFile.load(path)
        copy = FloorFile(Path("copy.json"), file.sets, file.lowerings)
        copy.save()
        assert json.loads(Path("copy.json").read_text(encoding="utf-8")) == text
    assert sorted(file.name for file in Path().iterdir() if "copy" in file.name) == ["copy.json"]


def test_the_sets_that_ship(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    sets = FloorFile.load(FLOORS_FILE).sets
    assert list(sets) == ["seeds dev", "seeds test", "newsroom dev", "newsroom test", "ARCD test"]
    for one in sets.values():
        assert one.name.endswith(one.part)
        if not one.needs_corpora:
            assert one.changed(None) == []


def test_arcd_is_asked_with_its_articles_and_without(tmp_path: Path) -> None:
    corpora, benchmarks = tmp_path / "corpora", tmp_path / "benchmarks"
    (corpora / "written").mkdir(parents=True)
    benchmarks.mkdir()
    titles = (title for title in map(str, count()) if part_of_title(title) is Part.TEST)
    topics = [("الجسر", "افتتح"), ("المحصول", "فشل"), ("القطار", "توقف"), ("المستشفى", "احترق")]
    rows = []
    for number, (topic, did) in enumerate(topics):
        text = f"في عام {1800 + number} {did} {topic} في كسان. ولم يصب أحد."
        rows.append([str(number), f"متى {did} {topic}؟", text, str(1800 + number), next(titles)])
    with gzip.open(benchmarks / "arcd_test.tsv.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(map("\t".join, rows)) + "\n")
    english = tmp_path / "english.tsv"
    english.write_text("# none is translated\n", encoding="utf-8")
    outcomes = arcd_outcomes(corpora, english, Part.TEST)
    assert {one.cell for one in outcomes} == {"ar-ar"}
    assert [one.gold.question for one in outcomes if one.answerable] == [row[1] for row in rows]
    assert sorted(one.gold.question for one in outcomes if not one.answerable) == sorted(row[1] for row in rows)
    assert all(one.relevant <= set(one.passages) for one in outcomes)
    assert [one.place for one in outcomes if one.answerable] == [1] * 4
    present = {one.gold.question: one.probability for one in outcomes if one.answerable}
    absent = {one.gold.question: one.probability for one in outcomes if not one.answerable}
    assert all(present[question] > absent[question] for question in present)
    with pytest.raises(IsnadError, match=r"no questions of ARCD: expected the file .*arcd_test.tsv.gz"):
        arcd_outcomes(corpora, english, Part.DEV)
