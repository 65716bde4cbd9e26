"""Learn the weights in data/calibration.json: ``python -m qa.calibrate --data CORPORA``.

Questions of the development part are asked of an archive of articles, once with their article in it and once
with it taken out. What is learned: per cell, a conditional logit of which sentence answers, and a logistic
regression of whether the best one does. What is reported: the same on the test part, which no weight is fitted to.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.training import Part
from qa.calibration import FEATURES, RANKING, Calibration, Logistic
from qa.evaluation.trials import SOURCES, Trial, arcd_cases, gold_trials, newsroom_trials, trials, written_cases

# How strongly the weights of standardised features are held down.
RIDGE = 3.0


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
