"""Calibration, learned: from a few made-up questions to weights, and what is counted as right."""

import gzip
import json
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from index.documents import Document
from index.training import Part
from index.training.splits import part_of_passage, part_of_title
from qa.calibrate import Case, Trial, learn, main, measure, written_cases
from qa.calibration import Calibration
from qa.evidence import Evidence, Sentence
from qa.features import FEATURES

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


def test_from_data_to_weights(
    corpora: Path,
    english: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    out = tmp_path / "calibration.json"
    main(["--data", str(corpora), "--english", str(english), "--out", str(out)])
    learned = Calibration.from_dict(json.loads(out.read_text(encoding="utf-8")))
    assert set(learned.sentence) == set(learned.answer) == {"ar-ar", "ar-en", "en-ar", "en-en"}
    for cell in learned.sentence:
        assert learned.sentence[cell].weights.shape == (len(FEATURES),)
        assert learned.answer[cell].weights.shape == (5 + len(FEATURES),)
        assert np.isfinite(learned.sentence[cell].weights).all()
    printed = capsys.readouterr().out
    for title in ("written, dev", "written, test", "ARCD, dev", "ARCD, test"):
        assert title in printed


def test_questions_are_of_their_part_and_passages_of_all(corpora: Path) -> None:
    documents, cases = written_cases(corpora, Part.TEST)
    assert len(documents) == 2 * 3 * len(TOPICS)
    assert len(cases) == 4 * len(TOPICS)
    assert {case.cell for case in cases} == {"ar-ar", "ar-en", "en-ar", "en-en"}
    for case in cases:
        assert (case.start, case.end) == (0, len(case.document.text))
    asked = {case.document.text for case in cases if case.document.language == "en"}
    assert {part_of_passage(text) for text in asked} == {Part.TEST}


def trial(odds: list[float], right: int, present: bool, cell: str = "en-en") -> Trial:
    """A question with a sentence for each first feature; the sentence at ``right`` is the one that answers."""
    document = Document.create("story.en", "x" * 100, language=cell[-2:])
    sentences = []
    for i, value in enumerate(odds):
        features = np.zeros(len(FEATURES))
        features[0] = value
        matches = np.array([0.5, 0.5], dtype=np.float32)
        sentences.append(Sentence(document, 10 * i, 10 * i + 10, features, matches, matches, cell))
    case = Case("Who?", cell[:2], document, 10 * right, 10 * right + 5)
    return Trial(case, Evidence(sentences, Calibration.shipped()), present)


def test_right_is_what_overlaps_the_answer() -> None:
    made = trial([3, 2, 1], right=1, present=True)
    starts = [sentence.start for sentence in made.evidence.sentences]
    assert [made.right(place) for place in range(3)] == [start == 10 for start in starts]
    place = starts.index(10)
    assert [made.hit(k) for k in (1, 2, 3, 4)] == [place < k for k in (1, 2, 3, 4)]
    absent = trial([3, 2, 1], right=1, present=False)
    assert not absent.hit(3)


def test_what_is_learned_puts_the_right_sentence_first_and_refuses_the_rest() -> None:
    random = np.random.default_rng(1)
    development = []
    for cell in ("en-en", "ar-ar", "en-ar", "ar-en"):
        for _ in range(40):
            # A sentence that answers has the lower first feature, against what any weights by hand would say.
            wrong = random.uniform(0.6, 1.0, size=4).tolist()
            development.append(trial([*wrong, 0.1], right=4, present=True, cell=cell))
            development.append(trial([*wrong, 0.9], right=4, present=False, cell=cell))
    learned = learn(development, Calibration.shipped())
    again = [Trial(one.case, one.evidence.under(learned), one.present) for one in development]
    for figures in measure(again).values():
        assert figures.questions == 40
        assert (figures.hit_1, figures.hit_3, figures.auroc) == (1.0, 1.0, 1.0)
        assert figures.false_refusals <= 0.05
        assert figures.false_answers <= 0.05
    shipped = Calibration.shipped()
    assert (learned.threshold, learned.company) == (shipped.threshold, shipped.company)
    assert learned.sentence["en-en"] is learned.sentence["ar-ar"]  # what tells an answer is the same
    assert learned.sentence["en-en"] is not learned.sentence["en-ar"]
