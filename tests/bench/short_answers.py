"""How often the right words are offered as a short answer: ``python -m tests.bench.short_answers --data CORPORA``.

The sentence is given that holds the answer. Two sources of questions: ARCD, asked in Arabic as it is there and in
English as we put it, where a span is right if it shares characters with the gold one; and the made-up newsroom in
both languages, where the short answer in the language of the question is right if it gives the figure or the date
of the gold answer, or shares a word of meaning with it. With ``--out`` the weights of qa/data/short_answers.json
are learned first, on ARCD's training questions and the development questions of both.
"""

import argparse
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.documents import Document, read_documents
from index.sentences import sentence_spans
from index.tokens import stems
from index.training import Part
from qa.calibrate import fit
from qa.evaluation.trials import Case, arcd_cases
from qa.question import Question
from qa.short.answer_spans import Span
from qa.short.asked import Asked, asked
from qa.short.short_answer import Weights, best_span, rendered
from qa.short.span_features import FEATURES, candidates
from tests.bench.short_gold import Gold, GoldSpan, GoldText

NEWSROOM = Path(__file__).parents[1] / "data" / "newsroom"
# Offered spans of which at least this share is to be right on questions the weights were not fitted to.
PRECISION = 0.87
# Kinds with fewer questions than this to choose a threshold on share one.
FEW = 25
FOLDS = 10


@dataclass(frozen=True, eq=False)
class Trial:
    """A question and the sentence that answers it.

    Attributes:
        source: "ARCD" or "newsroom".
        question: the question.
        sentence: the sentence.
        language: of the sentence.
        published: the day its article was published.
        story: what it is about; questions of one story are kept together when the fit is tried on others.
        gold: what is right.
    """

    source: str
    question: Question
    sentence: str
    language: str
    published: date | None
    story: str
    gold: Gold

    @property
    def cell(self) -> str:
        """Language of the question and of the sentence."""
        return f"{self.question.language}-{self.language}"

    @cached_property
    def asked(self) -> Asked | None:
        """What the question asks for."""
        return asked(self.question.text, self.question.language)

    @cached_property
    def candidates(self) -> tuple[list[Span], NDArray[np.float64]]:
        """The spans that may answer, with their features."""
        if not self.asked:
            return [], np.zeros((0, len(FEATURES)))
        return candidates(self.question, self.asked, self.sentence, self.language, self.published)

    def said(self, span: Span) -> str:
        """What the reader is told, in the language of the question where there is a way to say it."""
        text = self.sentence[span.start : span.end]
        rendering = rendered(span, text, self.language, self.question.language)
        return rendering.text if rendering else text

    def right(self, span: Span) -> bool:
        """Whether a span answers."""
        return self.gold.right(span, self.said(span))


@dataclass(frozen=True)
class Figures:
    """What came of some questions.

    Attributes:
        asked: how many there are.
        offered: share to which a span was offered.
        right: share of the offered spans that are right.
        f1: mean F1 of the words of the offered and the gold answer.
        exact: share of the offered answers that are the gold one, word for word.
    """

    asked: int
    offered: float
    right: float
    f1: float
    exact: float


def arcd_trials(cases: Sequence[Case]) -> Iterator[Trial]:
    """Return questions of ARCD with the sentence in which the answer begins."""
    for case in cases:
        text = case.document.text
        for start, end in sentence_spans(text, "ar"):
            if start <= case.start < end:
                gold = GoldSpan(
                    case.start - start, min(case.end, end) - start, text[case.start : min(case.end, end)]
                )
                question = Question.parse(case.question)
                yield Trial("ARCD", question, text[start:end], "ar", None, case.document.title, gold)


def training_cases(data: Path) -> Iterator[Case]:
    """Return ARCD's training questions, which are in Arabic."""
    with gzip.open(data / "qa" / "arcd_train.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            _, question, passage, answer, title = line.rstrip("\n").split("\t")
            document = Document.create("arcd/train", passage, title, language="ar")
            start = document.text.find(answer.strip())
            if start >= 0:
                yield Case(question.strip(" -"), "ar", document, start, start + len(answer.strip()))


def newsroom_trials(part: Part) -> Iterator[Trial]:
    """Return the newsroom's questions that have an answer, with the sentence in which their evidence begins."""
    found = read_documents(NEWSROOM / "articles.jsonl")
    documents = {document.uri: document for document in found if isinstance(document, Document)}
    for line in (NEWSROOM / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == part.value and row["answerable"]:
            place = row["evidence"][0]
            document = documents[place["uri"]]
            at = document.text.index(place["quote"])
            spans = sentence_spans(document.text, document.language)
            start, end = next((start, end) for start, end in spans if start <= at < end)
            published = date.fromisoformat(document.published) if document.published else None
            gold = GoldText(row["answer"], row["language"], published)
            question = Question.parse(row["question"])
            sentence = document.text[start:end]
            yield Trial(
                "newsroom", question, sentence, document.language, published, document.uri.split("/")[0], gold
            )


def learn(trials: Sequence[Trial]) -> Weights:
    """Fit the regression, and choose the thresholds on what it says of stories it was not fitted to."""
    trials = [trial for trial in trials if trial.candidates[0]]
    stories = sorted({trial.story for trial in trials})
    fold = np.array([stories.index(trial.story) % FOLDS for trial in trials])
    best: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for held in range(FOLDS):
        weights = _fit([trial for trial, of in zip(trials, fold, strict=True) if of != held])
        for trial, of in zip(trials, fold, strict=True):
            if of != held or not trial.asked:
                continue
            spans, rows = trial.candidates
            likely = weights.probabilities(rows)
            first = int(likely.argmax())
            best[trial.asked.kind].append((float(likely[first]), trial.right(spans[first])))
    for kind in [kind for kind, found in best.items() if len(found) < FEW]:
        best[""] += best.pop(kind)
    thresholds = {kind: _threshold(found) for kind, found in sorted(best.items())}
    for kind, found in sorted(best.items()):
        offered = [right for likely, right in found if likely >= thresholds[kind]]
        Console().print(
            f"{kind or 'others'}: {len(offered)} of {len(found)} offered, "
            f"{sum(offered) / max(len(offered), 1):.3f} right"
        )
    return Weights(**{**asdict(_fit(trials)), "threshold": thresholds})


def _fit(trials: Sequence[Trial]) -> Weights:
    rows = [trial.candidates[1] for trial in trials]
    right = [trial.right(span) for trial in trials for span in trial.candidates[0]]
    # A question counts once however many spans its sentence has.
    weight = np.concatenate([np.full(len(row), 1 / len(row)) for row in rows])
    model = fit(np.concatenate(rows), np.array(right, dtype=bool), weight)
    weights = {name: round(float(value), 4) for name, value in zip(FEATURES, model.weights, strict=True)}
    return Weights(weights, round(model.bias, 4), {})


def _threshold(found: list[tuple[float, bool]]) -> float:
    """Return the lowest probability from which on enough of the offered spans are right."""
    found = sorted(found, reverse=True)
    right = np.cumsum([each for _, each in found])
    enough = np.flatnonzero(right / np.arange(1, len(found) + 1) >= PRECISION)
    return round(found[int(enough[-1])][0], 4) if len(enough) else 1.0


def measure(trials: Sequence[Trial], weights: Weights) -> dict[tuple[str, str, str], Figures]:
    """Return the figures by source, kind asked for ("any" for all, "none" where none is) and cell."""
    outcomes: dict[tuple[str, str, str], list[tuple[Trial, Span | None]]] = defaultdict(list)
    for trial in trials:
        found = best_span(trial.question, trial.sentence, trial.language, trial.published, weights)
        for kind in (trial.asked.kind, "any") if trial.asked else ("none",):
            outcomes[trial.source, kind, trial.cell].append((trial, found[0] if found else None))
    return {key: _figures(of_key) for key, of_key in sorted(outcomes.items())}


def _figures(outcomes: Sequence[tuple[Trial, Span | None]]) -> Figures:
    offered = [(trial, span) for trial, span in outcomes if span]
    f1 = [
        _f1(
            trial.said(span) if trial.source == "newsroom" else trial.sentence[span.start : span.end],
            trial.gold.text,
        )
        for trial, span in offered
    ]
    return Figures(
        len(outcomes),
        len(offered) / len(outcomes),
        float(np.mean([trial.right(span) for trial, span in offered])) if offered else 0.0,
        float(np.mean(f1)) if f1 else 0.0,
        float(np.mean([each == 1 for each in f1])) if f1 else 0.0,
    )


def _f1(offered: str, gold: str) -> float:
    one, other = Counter(stems(offered)), Counter(stems(gold))
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


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

    def held_out(part: Part) -> list[Trial]:
        cases = arcd_cases(options.data, options.benchmarks, options.english, part)[1]
        return [*arcd_trials(cases), *newsroom_trials(part)]

    if options.out:
        weights = learn([*arcd_trials(list(training_cases(options.data))), *held_out(Part.DEV)])
        options.out.write_text(json.dumps(asdict(weights), indent=1) + "\n", encoding="utf-8")
    weights = Weights.shipped() if not options.out else weights
    trials = held_out(Part(options.part))
    console = Console(width=180)
    for trial in trials if options.show else ():
        if found := best_span(trial.question, trial.sentence, trial.language, trial.published, weights):
            span, likely = found
            console.print(
                f"{'+' if trial.right(span) else '-'} {likely:.2f} {span.kind}: {trial.question.text}\n"
                f"    {trial.sentence[span.start : span.end]} = {trial.said(span)}   [gold: {trial.gold.text}]",
                markup=False,
            )
    table = Table("source", "kind", "cell", *Figures.__dataclass_fields__, title=f"Short answers, {options.part}")
    for key, figures in measure(trials, weights).items():
        values = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in asdict(figures).values()]
        table.add_row(*key, *values)
    console.print(table)


if __name__ == "__main__":
    main()
