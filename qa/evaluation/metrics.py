"""Figures of a cell from the outcomes of its questions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG

from qa.evaluation.estimate import Estimate, auroc, mean
from qa.evaluation.outcome import ALONE, Outcome

RANKED = {"ndcg_10": nDCG @ 10, "mrr": RR, "recall_1": R @ 1, "recall_5": R @ 5, "recall_10": R @ 10}


@dataclass(frozen=True)
class Figures:
    """Figures of a cell: shares from 0 to 1 with their intervals, times in milliseconds; None where none tells.

    Attributes:
        answerable: number of questions that the archive answers.
        unanswerable: number of questions that it does not.
        ndcg_10: of the passages; ties, if any, in the order they were retrieved.
        mrr: reciprocal rank of the first passage with evidence.
        recall_1: share of the passages with evidence among the first, ``recall_5`` and ``recall_10`` likewise.
        recall_5_alone: likewise where only the articles in the language of the evidence are searched; of an
            archive that has others too.
        recall_5_lost: what the others cost: ``recall_5_alone`` less ``recall_5`` of the same questions.
        hit_1: the first sentence answers.
        hit_3: one of the first three does.
        auroc: how often an answerable question is thought likelier to be answered than an unanswerable one.
        false_answers: share of the unanswerable questions that were answered.
        false_refusals: share of the answerable questions that were not.
        p50: median time of an answer.
        p95: time that 95 of 100 answers stay under.
    """

    answerable: int
    unanswerable: int
    ndcg_10: Estimate | None
    mrr: Estimate | None
    recall_1: Estimate | None
    recall_5: Estimate | None
    recall_10: Estimate | None
    recall_5_alone: Estimate | None
    recall_5_lost: Estimate | None
    hit_1: Estimate | None
    hit_3: Estimate | None
    auroc: Estimate | None
    false_answers: Estimate | None
    false_refusals: Estimate | None
    p50: float
    p95: float


# The figures that have an interval, by name.
ESTIMATES = tuple(field.name for field in fields(Figures) if field.type == Estimate | None)


def figures(outcomes: Sequence[Outcome], contrast: Sequence[Outcome] = ()) -> Figures:
    """Work out the figures of a cell.

    Args:
        outcomes: of its questions, at least one.
        contrast: of unanswerable questions; where the cell has none of its own, they are what the probabilities
            of the answerable ones are held against.
    """
    present = [outcome for outcome in outcomes if outcome.answerable]
    absent = [outcome for outcome in outcomes if not outcome.answerable]
    both = [outcome for outcome in present if outcome.alone is not None]
    alone = ranked([R @ ALONE], both, [outcome.alone or () for outcome in both])[0]
    mixed = ranked([R @ ALONE], both, [outcome.passages for outcome in both])[0]
    by_rank = ranked(list(RANKED.values()), present, [outcome.passages for outcome in present])
    milliseconds = [1000 * outcome.seconds for outcome in outcomes]
    return Figures(
        len(present),
        len(absent),
        **{name: mean(values) for name, values in zip(RANKED, by_rank, strict=True)},
        recall_5_alone=mean(alone),
        recall_5_lost=mean([one - other for one, other in zip(alone, mixed, strict=True)]),
        hit_1=mean([outcome.place == 1 for outcome in present]),
        hit_3=mean([outcome.place in (1, 2, 3) for outcome in present]),
        auroc=auroc(probabilities(present), probabilities(absent or contrast)),
        false_answers=mean([outcome.found for outcome in absent]),
        false_refusals=mean([not outcome.found for outcome in present]),
        p50=float(np.percentile(milliseconds, 50)),
        p95=float(np.percentile(milliseconds, 95)),
    )


def probabilities(outcomes: Sequence[Outcome]) -> list[float]:
    """Return the probability given to each question that it is answered."""
    return [outcome.probability for outcome in outcomes]


def ranked(
    measures: Sequence[Any], outcomes: Sequence[Outcome], passages: Sequence[Sequence[int]]
) -> list[list[float]]:
    """Return the value of each measure (ir-measures) for each question; one that found nothing counts as 0.

    Args:
        measures: such as ``R @ 5``.
        outcomes: of answerable questions.
        passages: ids found for each of them, best first.
    """
    relevant = {str(n): {str(i): 1 for i in outcome.relevant} for n, outcome in enumerate(outcomes)}
    run = {
        str(n): {str(passage): -float(rank) for rank, passage in enumerate(found)}
        for n, found in enumerate(passages)
        if found
    }
    values = {measure: [0.0] * len(outcomes) for measure in measures}
    if run:
        for metric in ir_measures.iter_calc(measures, relevant, run):
            values[metric.measure][int(metric.query_id)] = float(metric.value)
    return list(values.values())
