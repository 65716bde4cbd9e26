"""How often the right words are offered as a short answer: ``python -m tests.bench.short_answers --data CORPORA``.

The sentence is given that holds ARCD's answer; the question is asked in Arabic, as it is there, and in English, as
we put it. A span is right where it shares characters with the answer in the gold standard. With ``--out`` the
weights of qa/data/short_answers.json are learned first, on ARCD's training and development questions.
"""

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.documents import Document
from index.sentences import sentence_spans
from index.tokens import stems
from index.training import Part
from qa.answer_spans import Span
from qa.asked import asked
from qa.calibrate import Case, arcd_cases, fit
from qa.question import Question
from qa.short_answer import Weights, best_span
from qa.span_features import FEATURES, candidates

# Offered spans of which at least this share is to be right.
PRECISION = 0.87
# Kinds with fewer questions than this to choose a threshold on share one.
FEW = 25
_FOLDS = 10


@dataclass(frozen=True, eq=False)
class Trial:
    """A question and the sentence that answers it; the answer stands from ``start`` to ``end`` in the sentence."""

    question: Question
    sentence: str
    start: int
    end: int
    title: str

    def right(self, span: Span) -> bool:
        """Whether a span shares characters with the answer."""
        return span.start < self.end and self.start < span.end

    def f1(self, span: Span) -> float:
        """F1 of the stems of a span and of the answer."""
        offered = Counter(stems(self.sentence[span.start : span.end], stopwords=False))
        gold = Counter(stems(self.sentence[self.start : self.end], stopwords=False))
        shared = (offered & gold).total()
        return 2 * shared / max(offered.total() + gold.total(), 1)


@dataclass(frozen=True)
class Figures:
    """What came of some questions.

    Attributes:
        asked: how many there are.
        offered: share to which a span was offered.
        right: share of the offered spans that touch the answer.
        f1: mean F1 of the offered spans.
        exact: share of the offered spans that are the answer, word for word.
    """

    asked: int
    offered: float
    right: float
    f1: float
    exact: float


def held_out(data: Path, benchmarks: Path | None, english: Path, part: Part) -> list[Trial]:
    """Return the questions of ARCD's part, in both languages."""
    return list(_trials(arcd_cases(data, benchmarks, english, part)[1]))


def training(data: Path) -> list[Trial]:
    """Return ARCD's training questions, which are in Arabic."""
    cases = []
    with gzip.open(data / "qa" / "arcd_train.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            _, question, passage, answer, title = line.rstrip("\n").split("\t")
            document = Document.create("arcd/train", passage, title, language="ar")
            start = document.text.find(answer.strip())
            if start >= 0:
                cases.append(Case(question.strip(" -"), "ar", document, start, start + len(answer.strip())))
    return list(_trials(cases))


def _trials(cases: Sequence[Case]) -> Iterator[Trial]:
    for case in cases:
        for start, end in sentence_spans(case.document.text, "ar"):
            if start <= case.start < end:
                sentence = case.document.text[start:end]
                last = min(case.end, end) - start
                question = Question.parse(case.question)
                yield Trial(question, sentence, case.start - start, last, case.document.title)


def learn(trials: Sequence[Trial]) -> Weights:
    """Fit the regression, and choose the thresholds on what it says of titles it was not fitted to."""
    kinds, rows, right = [], [], []
    for trial in trials:
        wanted = asked(trial.question.text, trial.question.language)
        found = candidates(trial.question, wanted, trial.sentence, "ar", None) if wanted else ([], None)
        if wanted and found[0] and found[1] is not None:
            kinds.append((wanted.kind, trial))
            rows.append(found[1])
            right.append(np.array([trial.right(span) for span in found[0]]))
    titles = sorted({trial.title for _, trial in kinds})
    fold = {title: i % _FOLDS for i, title in enumerate(titles)}
    of = np.array([fold[trial.title] for _, trial in kinds])
    best: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for held in range(_FOLDS):
        weights = _fit(
            [r for r, f in zip(rows, of, strict=True) if f != held],
            [r for r, f in zip(right, of, strict=True) if f != held],
        )
        for at in np.flatnonzero(of == held):
            likely = weights.probabilities(rows[at])
            first = int(likely.argmax())
            best[kinds[at][0]].append((float(likely[first]), bool(right[at][first])))
    few = [kind for kind, found in best.items() if len(found) < FEW]
    for kind in few:
        best[""] += best.pop(kind)
    return Weights(
        **{**asdict(_fit(rows, right)), "threshold": {k: _threshold(v) for k, v in sorted(best.items())}}
    )


def _fit(rows: list[NDArray[np.float64]], right: list[NDArray[np.bool_]]) -> Weights:
    # A question counts once however many spans its sentence has.
    weight = np.concatenate([np.full(len(row), 1 / len(row)) for row in rows])
    model = fit(np.concatenate(rows), np.concatenate(right), weight)
    weights = {name: round(float(value), 4) for name, value in zip(FEATURES, model.weights, strict=True)}
    return Weights(weights, round(model.bias, 4), {})


def _threshold(found: list[tuple[float, bool]]) -> float:
    """Return the lowest probability at which, and above which, enough of the offered spans are right."""
    found = sorted(found, reverse=True)
    right = np.cumsum([each for _, each in found])
    enough = np.flatnonzero(right / np.arange(1, len(found) + 1) >= PRECISION)
    return round(found[int(enough[-1])][0], 4) if len(enough) else 1.0


def measure(trials: Sequence[Trial], weights: Weights) -> dict[tuple[str, str], Figures]:
    """Return the figures by kind asked for and language of the question; "any" kind for all that ask for one."""
    outcomes: dict[tuple[str, str], list[tuple[Trial, Span | None]]] = defaultdict(list)
    for trial in trials:
        language = trial.question.language
        wanted = asked(trial.question.text, language)
        found = best_span(trial.question, trial.sentence, "ar", None, weights)
        for kind in (wanted.kind, "any") if wanted else ("none",):
            outcomes[kind, language].append((trial, found[0] if found else None))
    return {key: _figures(of_key) for key, of_key in sorted(outcomes.items())}


def _figures(outcomes: Sequence[tuple[Trial, Span | None]]) -> Figures:
    offered = [(trial, span) for trial, span in outcomes if span]
    f1 = [trial.f1(span) for trial, span in offered]
    return Figures(
        len(outcomes),
        len(offered) / len(outcomes),
        float(np.mean([trial.right(span) for trial, span in offered])) if offered else 0.0,
        float(np.mean(f1)) if f1 else 0.0,
        float(np.mean([each == 1 for each in f1])) if f1 else 0.0,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.short_answers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora folder")
    parser.add_argument("--benchmarks", type=Path, help="the folder of arcd_test.tsv.gz")
    parser.add_argument("--english", type=Path, default=Path("tests/data/arcd_questions_en.tsv"))
    parser.add_argument("--part", choices=["dev", "test"], default="dev")
    parser.add_argument("--out", type=Path, help="learn the weights and write them there")
    parser.add_argument("--show", action="store_true", help="print every span that is offered")
    options = parser.parse_args(arguments)
    weights = Weights.shipped() if not options.out else None
    if weights is None:
        development = held_out(options.data, options.benchmarks, options.english, Part.DEV)
        weights = learn([*training(options.data), *development])
        options.out.write_text(json.dumps(asdict(weights), indent=1) + "\n", encoding="utf-8")
    trials = held_out(options.data, options.benchmarks, options.english, Part(options.part))
    console = Console(width=160)
    for trial in trials if options.show else ():
        if found := best_span(trial.question, trial.sentence, "ar", None, weights):
            span, likely = found
            answer = trial.sentence[trial.start : trial.end]
            console.print(
                f"{'+' if trial.right(span) else '-'} {likely:.2f} {span.kind}: {trial.question.text}\n"
                f"    {trial.sentence[span.start : span.end]}   [gold: {answer}]",
                markup=False,
            )
    table = Table("kind", "language", *Figures.__dataclass_fields__, title=f"ARCD, {options.part}")
    for (kind, language), figures in measure(trials, weights).items():
        values = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in asdict(figures).values()]
        table.add_row(kind, language, *values)
    console.print(table)


if __name__ == "__main__":
    main()
