"""Calibration, learned: from a few made-up questions to weights, and what is counted as right."""

import gzip
import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from index.documents import Document
from index.training import Part
from index.training import corpora as corpora_module
from index.training.splits import part_of_passage, part_of_title
from qa.calibrate import learn, main, measure
from qa.calibration import ANSWER_FEATURES, FEATURES, Calibration
from qa.default_archive import default_archive
from qa.evaluation.gold import Place
from qa.evaluation.trials import Trial, written_cases
from qa.evidence import Evidence, Sentence
from tests.qa.conftest import SEEDS

# Made-up news of a few words, each in both languages.
TOPICS = [
    ("bridge", "الجسر", "opened", "افتتح"),
    ("harvest", "المحصول", "failed", "فشل"),
    ("railway", "القطار", "stopped", "توقف"),
    ("hospital", "المستشفى", "burned", "احترق"),
]


def passages(part: Part, topic: tuple[str, str, str, str]) -> tuple[str, str]:
    """A made-up passage that the hash assigns to the part."""
    english, arabic, did, did_arabic = topic
    for year in count(1900):
        text = f"The {english} of Osk {did} in {year}. Nobody was hurt."
        if part_of_passage(text) is part:
            return text, f"{did_arabic} {arabic} في أوسك عام {year}. ولم يصب أحد."
    raise AssertionError


@pytest.fixture(scope="module", autouse=True)
def _no_rows_written_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora_module, "WRITTEN_HERE", tmp_path_factory.mktemp("none"))
        yield


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "corpora"
    (folder / "written").mkdir(parents=True)
    (folder.parent / "benchmarks").mkdir()
    rows = []
    for part in (Part.DEV, Part.TEST, Part.TRAIN):
        for topic in TOPICS:
            english, arabic, did, did_arabic = topic
            rows.append(
                [f"When was it that the {english} {did}?", f"متى {did_arabic} {arabic}؟", *passages(part, topic)]
            )
    (folder / "written" / "qa.tsv").write_text("\n".join(map("\t".join, rows)) + "\n", encoding="utf-8")
    titles = [
        next(t for t in map(str, count(start)) if part_of_title(t) is part)
        for start in (0, 500)
        for part in (Part.DEV, Part.TEST)
    ]
    arcd = [
        [
            str(i),
            f"متى {did_arabic} {arabic}؟",
            f"في عام {year} {did_arabic} {arabic} في كسان. ولم يصب أحد.",
            str(year),
            title,
        ]
        for i, (title, (_, arabic, _, did_arabic), year) in enumerate(
            zip(titles, TOPICS, range(1800, 1804), strict=False)
        )
    ]
    with gzip.open(folder.parent / "benchmarks" / "arcd_test.tsv.gz", "wt", encoding="utf-8") as stream:
        stream.write("\n".join(map("\t".join, arcd)) + "\n")
    return folder


@pytest.fixture
def english(tmp_path: Path) -> Path:
    file = tmp_path / "english.tsv"
    file.write_text("# no question is translated\n", encoding="utf-8")
    return file


def few_gold(folder: Path) -> Path:
    """Three of the gold questions that ship of each part, language and kind of answer."""
    kept: dict[tuple[str, str, bool], list[str]] = {}
    for line in (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        kept.setdefault((row["part"], row["language"], row["answerable"]), []).append(line)
    file = folder / "gold.jsonl"
    file.write_text("\n".join(line for lines in kept.values() for line in lines[:3]), encoding="utf-8")
    return file


def test_from_data_to_weights(
    corpora: Path,
    english: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = tmp_path / "calibration.json"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    default_archive.cache_clear()
    files = {"--data": corpora, "--english": english, "--gold": few_gold(tmp_path), "--out": out}
    main([str(part) for option in files.items() for part in option])
    default_archive().close()
    default_archive.cache_clear()
    learned = Calibration.from_dict(json.loads(out.read_text(encoding="utf-8")))
    assert set(learned.sentence) == set(learned.answer) == {"ar-ar", "ar-en", "en-ar", "en-en"}
    for cell in learned.sentence:
        assert learned.sentence[cell].weights.shape == (len(FEATURES),)
        assert learned.answer[cell].weights.shape == (len(ANSWER_FEATURES),)
        assert np.isfinite(learned.sentence[cell].weights).all()
    printed = capsys.readouterr().out
    for title in ("written, dev", "written, test", "ARCD, dev", "ARCD, test", "gold, dev", "gold, test"):
        assert title in printed


def test_questions_are_of_their_part_and_passages_of_all(corpora: Path) -> None:
    documents, cases = written_cases(corpora, Part.TEST)
    assert len(documents) == 2 * 3 * len(TOPICS)
    assert len(cases) == 4 * len(TOPICS)
    assert len({(case.language, case.document.language) for case in cases}) == 4
    for case in cases:
        assert (case.start, case.end) == (0, len(case.document.text))
    asked = {case.document.text for case in cases if case.document.language == "en"}
    assert {part_of_passage(text) for text in asked} == {Part.TEST}


def trial(odds: list[float], right: int | None, cell: str = "en-en") -> Trial:
    """A question with a sentence for each first feature; the sentence at ``right``, if any, answers."""
    document = Document.create("story.en", "x" * 100, language=cell[-2:])
    sentences = []
    for i, value in enumerate(odds):
        features = np.zeros(len(FEATURES))
        features[0] = value
        sentences.append(Sentence(document, 10 * i, 10 * i + 10, features, cell))
    places = () if right is None else (Place(document.uri, 10 * right, 10 * right + 5),)
    return Trial("written", cell, Evidence(sentences, Calibration.shipped()), places)


def test_right_is_what_overlaps_the_answer() -> None:
    made = trial([3, 2, 1], right=1)
    assert made.right == [sentence.start == 10 for sentence in made.evidence.sentences]
    assert made.present
    absent = trial([3, 2, 1], right=None)
    assert absent.right == [False] * 3
    assert not absent.present


def test_what_is_learned_puts_the_right_sentence_first_and_refuses_the_rest() -> None:
    random = np.random.default_rng(1)
    development = []
    for cell in ("en-en", "ar-ar", "en-ar", "ar-en"):
        for _ in range(40):
            # A sentence that answers has the lower first feature, against what any weights by hand would say.
            wrong = random.uniform(0.6, 1.0, size=4).tolist()
            development.append(trial([*wrong, 0.1], right=4, cell=cell))
            development.append(trial([*wrong, 0.9], right=None, cell=cell))
    learned = learn(development, Calibration.shipped())
    for figures in measure([one.under(learned) for one in development]).values():
        assert (figures.answerable, figures.unanswerable) == (40, 40)
        assert (figures.hit_1, figures.hit_3, figures.auroc) == (1.0, 1.0, 1.0)
    shipped = Calibration.shipped()
    assert (learned.threshold, learned.company) == (shipped.threshold, shipped.company)
    assert learned.sentence["en-en"] is learned.sentence["ar-ar"]  # what tells an answer is the same
    assert learned.sentence["en-en"] is not learned.sentence["en-ar"]
