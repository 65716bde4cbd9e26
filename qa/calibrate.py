"""Learn the weights in data/calibration.json: ``python -m qa.calibrate --data CORPORA``.

Questions of the development part are asked of an archive of articles, once with their article in it and once
with it taken out. What is learned: per cell, a conditional logit of which sentence answers, and a logistic
regression of whether the best one does. What is reported: the same on the test part, which no weight is fitted to.
"""

import argparse
import hashlib
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.archive import Archive
from index.documents import Document, read_documents
from index.filters import Filter
from index.training import Part, load_held_out
from index.training.corpora import written_questions
from index.training.splits import part_of_passage
from qa.calibration import FEATURES, RANKING, Calibration, Logistic
from qa.default_archive import default_archive
from qa.evidence import Evidence, gather
from qa.gold import Place, load_gold
from qa.question import Question

# Where development and test questions come from; each source weighs the same in what is learned, however many
# questions it has. Only the last two ask about news, and past articles that are there.
SOURCES = ("written", "ARCD", "newsroom", "gold")
# How strongly the weights of standardised features are held down.
RIDGE = 3.0


@dataclass(frozen=True)
class Case:
    """A question with the article and the stretch of it that answers."""

    question: str
    language: str
    document: Document
    start: int
    end: int


@dataclass(frozen=True, eq=False)
class Trial:
    """A question asked of an archive.

    Attributes:
        source: of the question, one of ``SOURCES``.
        cell: language of the question and of the archive's articles.
        evidence: what was found.
        places: what answers; nothing where the archive does not.
    """

    source: str
    cell: str
    evidence: Evidence
    places: tuple[Place, ...]

    @property
    def present(self) -> bool:
        """Whether the archive answers."""
        return bool(self.places)

    @cached_property
    def right(self) -> list[bool]:
        """Whether each sentence of the evidence touches a place that answers."""
        return [
            any(place.overlaps(sentence.document.uri, sentence.start, sentence.end) for place in self.places)
            for sentence in self.evidence.sentences
        ]

    def under(self, calibration: Calibration) -> "Trial":
        """Return the trial as it goes under other learned weights."""
        return Trial(self.source, self.cell, self.evidence.under(calibration), self.places)


def written_cases(data: Path, part: Part) -> tuple[list[Document], list[Case]]:
    """Return the written passages as documents, in both languages, and the part's questions in both.

    Passages of all parts stand in the archive, so that what is near the answer is there too.
    """
    documents: dict[str, Document] = {}
    cases = []
    for row in written_questions(data):
        for language, passage in (("en", row.passage_en), ("ar", row.passage_ar)):
            if passage not in documents:  # several questions may be asked of one
                uri = f"written/{len(documents) // 2}#{language}"
                documents[passage] = Document.create(uri, passage, language=language)
            document = documents[passage]
            if part_of_passage(row.passage_en) is part:
                for asked_in, question in (("en", row.question_en), ("ar", row.question_ar)):
                    cases.append(Case(question, asked_in, document, 0, len(document.text)))
    return list(documents.values()), cases


def arcd_cases(
    data: Path, benchmarks: Path | None, english: Path, part: Part
) -> tuple[list[Document], list[Case]]:
    """Return the Wikipedia passages of ARCD's part and its Arabic questions, also as put into English."""
    translations = _translations(english)
    documents: dict[str, Document] = {}
    articles: dict[str, int] = {}
    cases = []
    for row in load_held_out(data, part, benchmarks).arcd:
        if row.passage not in documents:
            # All passages of an article are taken out together: one often answers the question of another.
            uri = f"arcd/{articles.setdefault(row.title, len(articles))}#{len(documents)}"
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


def trials(source: str, documents: Sequence[Document], cases: Sequence[Case]) -> Iterator[Trial]:
    """Ask every case of an archive with its article and of one without.

    Two archives, each with every second article out, so that all the others stand in the way as they would.
    """
    stories = sorted({_story(document) for document in documents})
    for removed in (set(stories[0::2]), set(stories[1::2])):
        with tempfile.TemporaryDirectory() as folder, Archive.create(folder) as archive:
            archive.add(document for document in documents if _story(document) not in removed)
            for case in cases:
                written_in = case.document.language
                # Only articles of the case's own language: the other holds the same story.
                evidence = gather(Question.parse(case.question), archive, Filter(languages=(written_in,)))
                present = _story(case.document) not in removed
                places = (Place(case.document.uri, case.start, case.end),) if present else ()
                yield Trial(source, f"{case.language}-{written_in}", evidence, places)


def gold_trials(gold: Path, part: Part) -> Iterator[Trial]:
    """Ask the archive that ships the gold questions of a part."""
    archive = default_archive()
    (written_in,) = archive.passage_counts()
    for one in load_gold(gold, archive):
        if one.part == part:
            evidence = gather(Question.parse(one.question), archive)
            yield Trial("gold", f"{one.language}-{written_in}", evidence, one.evidence)


def newsroom_trials(folder: Path, part: Part) -> Iterator[Trial]:
    """Ask the articles of each language of a made-up newsroom the gold questions of a part.

    What only the other language's articles answer is asked in vain, past news of the same events.

    Args:
        folder: holds articles.jsonl and gold.jsonl.
        part: of the questions.
    """
    with tempfile.TemporaryDirectory() as scratch, Archive.create(scratch) as archive:
        archive.add(read_documents(folder / "articles.jsonl"))
        for one in load_gold(folder / "gold.jsonl", archive):
            for written_in in archive.passage_counts() if one.part == part else ():
                evidence = gather(Question.parse(one.question), archive, Filter(languages=(written_in,)))
                places = [place for place in one.evidence if archive.document(place.uri).language == written_in]
                yield Trial("newsroom", f"{one.language}-{written_in}", evidence, tuple(places))


def _story(document: Document) -> str:
    return document.uri.partition("#")[0]


def fit(rows: NDArray[np.float64], right: NDArray[np.bool_], weights: NDArray[np.float64]) -> Logistic:
    """Fit a logistic regression (scikit-learn) on standardised features; return it for the raw ones.

    Args:
        rows: shape [n, features].
        right: what is to be told, shape [n].
        weights: of the rows, shape [n].
    """
    from sklearn.linear_model import LogisticRegression

    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, max_iter=3000).fit((rows - mean) / deviation, right, sample_weight=weights)
    raw = model.coef_[0] / deviation
    return Logistic(raw, float(model.intercept_[0] - raw @ mean))


def fit_choice(groups: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_], float]]) -> NDArray[np.float64]:
    """Fit a conditional logit (McFadden 1974): which of a question's sentences answers it.

    Unlike a regression over all sentences it learns only from differences within a question.

    Args:
        groups: of each question the features of its sentences, shape [sentences, features]; which of them
            answer, shape [sentences], at least one; and what it weighs.

    Returns:
        Weights of the raw features, shape [features].
    """
    from scipy.optimize import minimize

    rows = np.concatenate([features for features, _, _ in groups])
    right = np.concatenate([right for _, right, _ in groups])
    weights = np.array([weight for _, _, weight in groups])
    sizes = [len(right) for _, right, _ in groups]
    owner, starts = np.repeat(np.arange(len(groups)), sizes), np.cumsum([0, *sizes[:-1]])
    deviation = rows.std(axis=0) + 1e-9
    standard = (rows - rows.mean(axis=0)) / deviation

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = standard @ weight
        terms = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(terms, starts)
        answering = np.add.reduceat(terms * right, starts)
        change = (terms / total[owner] - terms * right / answering[owner]) * weights[owner]
        value = weights @ (np.log(total) - np.log(answering)) + RIDGE * weight @ weight
        return float(value), standard.T @ change + 2 * RIDGE * weight

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / deviation)


def learn(development: Sequence[Trial], before: Calibration) -> Calibration:
    """Fit both regressions, the second on the order that the first gives.

    The two cells within a language share their weights, and so do the two across: what tells a sentence that
    answers is the same, and there are more questions to learn it from.
    """
    groups = defaultdict(list)
    for trial in development:
        asked_in, _, written_in = trial.cell.partition("-")
        groups[asked_in == written_in].append(trial)
    sentence: dict[str, Logistic] = {}
    answer: dict[str, Logistic] = {}
    used = np.isin(FEATURES, RANKING)
    for group in groups.values():
        cells = {trial.cell for trial in group}
        present = [trial for trial in group if any(trial.right)]
        sources = Counter(trial.source for trial in present)
        weights = np.zeros(len(FEATURES))
        weights[used] = fit_choice(
            [
                (
                    np.stack([sentence.features[used] for sentence in trial.evidence.sentences]),
                    np.array(trial.right),
                    len(present) / len(sources) / sources[trial.source],
                )
                for trial in present
            ]
        )
        sentence |= dict.fromkeys(cells, Logistic(weights, 0.0))
        learned = replace(before, sentence=sentence)
        rows = [
            (trial.under(learned).evidence.features[trial.cell], trial.present, trial.source)
            for trial in group
            if trial.evidence.sentences
        ]
        answer |= dict.fromkeys(cells, _fit_weighted(rows))
    return replace(before, sentence=sentence, answer=answer)


def _fit_weighted(rows: Sequence[tuple[NDArray[np.float64], bool, str]]) -> Logistic:
    """Fit with every source weighing the same, and both outcomes of it."""
    kinds = [(source, right) for _, right, source in rows]
    sizes = Counter(kinds)
    weights = np.array([len(rows) / sizes[kind] for kind in kinds])
    return fit(np.array([row for row, _, _ in rows]), np.array([right for _, right, _ in rows]), weights)


@dataclass(frozen=True)
class Figures:
    """What a cell reaches: numbers of questions, and shares from 0 to 1."""

    answerable: int
    unanswerable: int
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
        cells[trial.cell].append(trial)
    figures = {}
    for cell, of_cell in sorted(cells.items()):
        present = [trial for trial in of_cell if trial.present]
        absent = [trial for trial in of_cell if not trial.present]
        figures[cell] = Figures(
            len(present),
            len(absent),
            float(np.mean([any(trial.right[:1]) for trial in present])),
            float(np.mean([any(trial.right[:3]) for trial in present])),
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
    parser.add_argument(
        "--newsroom", type=Path, default=Path("tests/data/newsroom"), help="the folder of the made-up newsroom"
    )
    parser.add_argument("--gold", type=Path, default=Path("seeds/gold.jsonl"), help="gold questions of the seeds")
    parser.add_argument("--out", type=Path, help="where to write the weights; without it they are only measured")
    options = parser.parse_args(arguments)
    asked = {
        part: [
            *trials("written", *written_cases(options.data, part)),
            *trials("ARCD", *arcd_cases(options.data, options.benchmarks, options.english, part)),
            *newsroom_trials(options.newsroom, part),
            *gold_trials(options.gold, part),
        ]
        for part in (Part.DEV, Part.TEST)
    }
    calibration = Calibration.shipped()
    if options.out:
        calibration = learn(asked[Part.DEV], calibration)
        options.out.write_text(json.dumps(calibration.as_dict(), indent=1) + "\n", encoding="utf-8")
    for part, of_part in asked.items():
        for source in SOURCES:
            of_source = [trial.under(calibration) for trial in of_part if trial.source == source]
            Console().print(_table(f"{source}, {part}", measure(of_source)))


def _table(title: str, figures: dict[str, Figures]) -> Table:
    table = Table("cell", *(name.replace("_", " ") for name in Figures.__dataclass_fields__), title=title)
    for cell, of_cell in figures.items():
        values = asdict(of_cell).values()
        table.add_row(cell, *(f"{value:.3f}" if isinstance(value, float) else str(value) for value in values))
    return table


if __name__ == "__main__":
    main()
