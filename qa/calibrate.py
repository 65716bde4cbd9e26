"""Learn the weights in data/calibration.json: ``python -m qa.calibrate --data CORPORA``.

Questions of the development part are asked of an archive of articles, once with their article in it and once
with it taken out. What is learned: per cell, a logistic regression of whether a sentence answers, and one of
whether the best sentence does. What is reported: the same on the test part, which nothing was chosen on.
"""

import argparse
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.archive import Archive
from index.documents import Document
from index.training import Part, load_held_out
from index.training.data import written_questions
from index.training.splits import part_of_passage
from qa.calibration import Calibration, Logistic
from qa.evidence import Evidence, gather
from qa.question import Question


@dataclass(frozen=True)
class Case:
    """A question with the article and the stretch of it that answers."""

    question: str
    language: str
    document: Document
    start: int
    end: int

    @property
    def cell(self) -> str:
        """Language of the question and of the article."""
        return f"{self.language}-{self.document.language}"


@dataclass(frozen=True, eq=False)
class Trial:
    """A case asked of an archive that holds its article, or of one that does not."""

    case: Case
    evidence: Evidence
    present: bool

    def right(self, place: int) -> bool:
        """Whether the sentence at that place of the evidence overlaps the stretch that answers."""
        sentence = self.evidence.sentences[place]
        case = self.case
        return (
            self.present
            and sentence.document.uri == case.document.uri
            and sentence.start < case.end
            and case.start < sentence.end
        )

    def hit(self, count: int) -> bool:
        """Whether one of the first sentences is right."""
        return any(self.right(place) for place in range(min(count, len(self.evidence.sentences))))


def written_cases(data: Path, part: Part) -> tuple[list[Document], list[Case]]:
    """Return the written passages as documents, in both languages, and the part's questions in both.

    Passages of all parts stand in the archive, so that what is near the answer is there too.
    """
    documents, cases = [], []
    for number, row in enumerate(written_questions(data)):
        for language, passage in (("en", row.passage_en), ("ar", row.passage_ar)):
            document = Document.create(f"written/{number}.{language}", passage, language=language)
            documents.append(document)
            if part_of_passage(row.passage_en) is part:
                for asked_in, question in (("en", row.question_en), ("ar", row.question_ar)):
                    cases.append(Case(question, asked_in, document, 0, len(document.text)))
    return documents, cases


def arcd_cases(
    data: Path, benchmarks: Path | None, english: Path, part: Part
) -> tuple[list[Document], list[Case]]:
    """Return the Wikipedia passages of ARCD's part and its Arabic questions, also as put into English."""
    translations = _translations(english)
    documents: dict[str, Document] = {}
    cases = []
    for row in load_held_out(data, part, benchmarks).arcd:
        if row.passage not in documents:
            uri = f"arcd/{len(documents)}.ar"
            documents[row.passage] = Document.create(uri, row.passage, row.title, language="ar")
        document = documents[row.passage]
        start = document.text.find(row.answer.strip())
        if start >= 0:
            place = (document, start, start + len(row.answer.strip()))
            cases.append(Case(row.question, "ar", *place))
            key = hashlib.sha256(row.question.encode()).hexdigest()[:16]
            if key in translations:
                cases.append(Case(translations[key], "en", *place))
    return list(documents.values()), cases


def _translations(file: Path) -> dict[str, str]:
    """Read English questions by the first 16 digits of the SHA-256 of the Arabic one."""
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return dict(rows)


def trials(documents: Sequence[Document], cases: Sequence[Case]) -> Iterator[Trial]:
    """Ask every case of an archive with its article and of one without.

    Two archives, each with every second article out, so that all the others stand in the way as they would.
    """
    stories = sorted({_story(document) for document in documents})
    for removed in (set(stories[0::2]), set(stories[1::2])):
        with tempfile.TemporaryDirectory() as folder, Archive.create(folder) as archive:
            archive.add(document for document in documents if _story(document) not in removed)
            for case in cases:
                # Only articles of the case's own language: the other holds the same story.
                evidence = gather(Question.parse(case.question), archive, (case.document.language,))
                yield Trial(case, evidence, _story(case.document) not in removed)


def _story(document: Document) -> str:
    return document.uri.rsplit(".", 1)[0]


def fit(rows: NDArray[np.float64], right: NDArray[np.bool_]) -> Logistic:
    """Fit a logistic regression (scikit-learn) on standardised features; return it for the raw ones."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=1000).fit((rows - mean) / deviation, right)
    weights = model.coef_[0] / deviation
    return Logistic(weights, float(model.intercept_[0] - weights @ mean))


def learn(development: Sequence[Trial], before: Calibration) -> Calibration:
    """Fit both regressions, the second on the order that the first gives.

    The two cells within a language share their weights, and so do the two across: what tells a sentence that
    answers is the same, and there are more questions to learn it from.
    """
    groups = defaultdict(list)
    for trial in development:
        asked_in, _, written_in = trial.case.cell.partition("-")
        groups[asked_in == written_in].append(trial)
    sentence: dict[str, Logistic] = {}
    answer: dict[str, Logistic] = {}
    for group in groups.values():
        cells = {trial.case.cell for trial in group}
        present = [trial for trial in group if trial.present]
        rows = np.array([s.features for trial in present for s in trial.evidence.sentences])
        right = np.array([trial.right(i) for trial in present for i in range(len(trial.evidence.sentences))])
        sentence |= dict.fromkeys(cells, fit(rows, right))
        learned = replace(before, sentence=sentence)
        again = [replace(trial, evidence=trial.evidence.under(learned)) for trial in group]
        rows = np.array([trial.evidence.features for trial in again])
        answer |= dict.fromkeys(cells, fit(rows, np.array([trial.right(0) for trial in again])))
    return replace(before, sentence=sentence, answer=answer)


@dataclass(frozen=True)
class Figures:
    """What a cell reaches: shares from 0 to 1, ``questions`` of each kind."""

    questions: int
    hit_1: float
    hit_3: float
    auroc: float
    false_answers: float
    false_refusals: float


def measure(asked: Sequence[Trial]) -> dict[str, Figures]:
    """Return the figures of each cell."""
    from sklearn.metrics import roc_auc_score

    cells: dict[str, list[Trial]] = defaultdict(list)
    for trial in asked:
        cells[trial.case.cell].append(trial)
    figures = {}
    for cell, of_cell in sorted(cells.items()):
        present = [trial for trial in of_cell if trial.present]
        absent = [trial for trial in of_cell if not trial.present]
        figures[cell] = Figures(
            len(present),
            float(np.mean([trial.hit(1) for trial in present])),
            float(np.mean([trial.hit(3) for trial in present])),
            float(roc_auc_score([t.present for t in of_cell], [t.evidence.probability for t in of_cell])),
            float(np.mean([trial.evidence.answers for trial in absent])),
            float(np.mean([not trial.evidence.answers for trial in present])),
        )
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora folder")
    parser.add_argument("--benchmarks", type=Path, help="the folder of arcd_test.tsv.gz")
    parser.add_argument(
        "--english",
        type=Path,
        default=Path("tests/data/arcd_questions_en.tsv"),
        help="ARCD's questions in English",
    )
    parser.add_argument("--out", type=Path, help="where to write the weights; without it they are only measured")
    options = parser.parse_args(arguments)
    console = Console()
    asked = {}
    for part in (Part.DEV, Part.TEST):
        asked[part] = {
            "written": list(trials(*written_cases(options.data, part))),
            "ARCD": list(trials(*arcd_cases(options.data, options.benchmarks, options.english, part))),
        }
    shipped = Calibration.shipped()
    learned = (
        learn([trial for source in asked[Part.DEV].values() for trial in source], shipped)
        if options.out
        else shipped
    )
    for part, sources in asked.items():
        for source, of_source in sources.items():
            again = [replace(trial, evidence=trial.evidence.under(learned)) for trial in of_source]
            console.print(_table(f"{source}, {part}", measure(again)))
    if options.out:
        options.out.write_text(json.dumps(learned.as_dict(), indent=1) + "\n", encoding="utf-8")


def _table(title: str, figures: dict[str, Figures]) -> Table:
    table = Table("cell", *(name.replace("_", " ") for name in Figures.__dataclass_fields__), title=title)
    for cell, of_cell in figures.items():
        table.add_row(
            cell,
            *(f"{value:.3f}" if isinstance(value, float) else str(value) for value in asdict(of_cell).values()),
        )
    return table


if __name__ == "__main__":
    main()
