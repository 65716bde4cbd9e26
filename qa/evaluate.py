"""Score an archive on gold questions: ``python -m qa.evaluate GOLD [--archive DIR] [--out REPORT.json]``.

Figures are given per cell, language of the question and of the document, because an average over cells hides the
one that fails.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from rich.console import Console
from rich.table import Table

from index.archive import Archive
from index.errors import IsnadError
from qa.answer import ask
from qa.default_archive import default_archive
from qa.evidence import gather
from qa.gold import GoldQuestion, load_gold
from qa.question import Question
from qa.retrieval import retrieve

DEPTH = 10
RANKED = {"ndcg_10": nDCG @ 10, "mrr": RR, "recall_1": R @ 1, "recall_5": R @ 5, "recall_10": R @ 10}


@dataclass(frozen=True)
class Outcome:
    """What became of one gold question.

    Attributes:
        gold: the question.
        cell: such as "en-ar"; "any" stands for the document where nothing answers in a mixed archive.
        passages: ids of the passages retrieved, best first.
        relevant: ids of the passages that hold evidence.
        found: whether an answer was given.
        place: place of the first sentence that answers, from 1; None if none of the ranked ones does.
        seconds: time the answer took.
    """

    gold: GoldQuestion
    cell: str
    passages: tuple[int, ...]
    relevant: frozenset[int]
    found: bool
    place: int | None
    seconds: float


@dataclass(frozen=True)
class Figures:
    """Figures of a cell: shares from 0 to 1, times in milliseconds; None where no question tells.

    Attributes:
        answerable: number of questions that the archive answers.
        unanswerable: number of questions that it does not.
        ndcg_10: of the passages; ties, if any, in the order they were retrieved.
        mrr: reciprocal rank of the first passage with evidence.
        recall_1: share of the passages with evidence among the first, ``recall_5`` and ``recall_10`` likewise.
        hit_1: the first sentence answers.
        hit_3: one of the first three does.
        false_answers: share of the unanswerable questions that were answered.
        false_refusals: share of the answerable questions that were not.
        p50: median time of an answer.
        p95: time that 95 of 100 answers stay under.
    """

    answerable: int
    unanswerable: int
    ndcg_10: float | None
    mrr: float | None
    recall_1: float | None
    recall_5: float | None
    recall_10: float | None
    hit_1: float | None
    hit_3: float | None
    false_answers: float | None
    false_refusals: float | None
    p50: float
    p95: float


@dataclass(frozen=True)
class Report:
    """Figures per cell, and the misses behind them."""

    cells: dict[str, Figures]
    outcomes: tuple[Outcome, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {
            "cells": {cell: asdict(figures) for cell, figures in self.cells.items()},
            "questions": [
                {
                    "id": outcome.gold.id,
                    "question": outcome.gold.question,
                    "cell": outcome.cell,
                    "answerable": bool(outcome.gold.evidence),
                    "found": outcome.found,
                    "place": outcome.place,
                }
                for outcome in self.outcomes
            ],
        }

    def table(self) -> Table:
        """Return the figures as a table for the terminal, a column a cell, so that it fits 80 characters."""
        table = Table("")
        for cell in self.cells:
            table.add_column(cell, justify="right")
        for name in Figures.__dataclass_fields__:
            table.add_row(
                name.replace("_", " "), *(_shown(getattr(figures, name)) for figures in self.cells.values())
            )
        return table


def evaluate(gold: Path, archive: Archive, part: str | None = None) -> Report:
    """Ask an archive all gold questions of a file.

    Args:
        gold: the file; see ``load_gold``.
        archive: what is asked.
        part: only questions of this part, such as "test".

    Raises:
        IsnadError: the file is malformed, names evidence that the archive does not hold, or has no question of
            that part.
    """
    questions = [one for one in load_gold(gold, archive) if part is None or one.part == part]
    if not questions:
        raise IsnadError(f"the gold file {gold} has no question of the part {part!r}")
    ask(questions[0].question, archive)  # the first question of a process loads what the others find loaded
    outcomes = tuple(_outcome(one, archive) for one in questions)
    by_cell = defaultdict(list)
    for outcome in outcomes:
        by_cell[outcome.cell].append(outcome)
    return Report({cell: _figures(of_cell) for cell, of_cell in sorted(by_cell.items())}, outcomes)


def _outcome(gold: GoldQuestion, archive: Archive) -> Outcome:
    question = Question.parse(gold.question)
    answer = ask(gold.question, archive)
    evidence = gather(question, archive)
    hits = retrieve(question, archive, DEPTH)
    places = [
        number
        for number, sentence in enumerate(evidence.sentences, start=1)
        if any(place.nests(sentence.document.uri, sentence.start, sentence.end) for place in gold.evidence)
    ]
    languages = sorted({archive.document(place.uri).language for place in gold.evidence}) or list(
        archive.passage_counts()
    )
    return Outcome(
        gold,
        f"{gold.language}-{languages[0] if len(languages) == 1 else 'any'}",
        tuple(hit.passage.id for hit in hits),
        frozenset(
            passage.id
            for uri in {place.uri for place in gold.evidence}
            for passage in archive.passages_of(uri)
            if any(place.overlaps(uri, passage.start, passage.end) for place in gold.evidence)
        ),
        answer.found,
        places[0] if places else None,
        answer.elapsed,
    )


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    present = [outcome for outcome in outcomes if outcome.gold.evidence]
    absent = [outcome for outcome in outcomes if not outcome.gold.evidence]
    milliseconds = [1000 * outcome.seconds for outcome in outcomes]
    return Figures(
        len(present),
        len(absent),
        **{name: _ranked(measure, present) for name, measure in RANKED.items()},
        hit_1=_share([outcome.place == 1 for outcome in present]),
        hit_3=_share([outcome.place in (1, 2, 3) for outcome in present]),
        false_answers=_share([outcome.found for outcome in absent]),
        false_refusals=_share([not outcome.found for outcome in present]),
        p50=float(np.percentile(milliseconds, 50)),
        p95=float(np.percentile(milliseconds, 95)),
    )


def _ranked(measure: Any, outcomes: Sequence[Outcome]) -> float | None:  # noqa: ANN401  (the library is untyped)
    """Return the mean of a measure of ir-measures; a question without any passage retrieved counts as 0."""
    if not outcomes:
        return None
    relevant = {str(n): {str(i): 1 for i in outcome.relevant} for n, outcome in enumerate(outcomes)}
    run = {
        str(n): {str(passage): -float(rank) for rank, passage in enumerate(outcome.passages)}
        for n, outcome in enumerate(outcomes)
    }
    values = [float(metric.value) for metric in ir_measures.iter_calc([measure], relevant, run)]
    return sum(values) / len(outcomes)


def _share(cases: Sequence[bool]) -> float | None:
    return float(np.mean(cases)) if cases else None


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return str(value)
    return f"{value:.3f}" if value <= 1 else f"{value:.1f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.evaluate", description=__doc__)
    parser.add_argument("gold", type=Path, help="gold questions, a JSON object a line")
    parser.add_argument("--archive", type=Path, help="the archive's folder; the one that ships if none is given")
    parser.add_argument("--part", help="only questions of this part, such as test")
    parser.add_argument("--out", type=Path, help="where to write the report as JSON")
    options = parser.parse_args(arguments)
    try:
        archive = Archive.open(options.archive) if options.archive else default_archive()
        report = evaluate(options.gold, archive, options.part)
        if options.out:
            options.out.write_text(
                json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
    except (IsnadError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    Console().print(report.table())


if __name__ == "__main__":
    main()
