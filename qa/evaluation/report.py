"""Figures per cell as a record, as tables and as a list of misses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from qa.calibration import Calibration
from qa.evaluation.curve import Curve
from qa.evaluation.estimate import Estimate, short
from qa.evaluation.metrics import Figures, figures, probabilities
from qa.evaluation.outcome import Outcome

MARKDOWN = {
    "hit@1": "hit_1",
    "hit@3": "hit_3",
    "nDCG@10": "ndcg_10",
    "recall@5": "recall_5",
    "AUROC": "auroc",
    "false answers": "false_answers",
    "false refusals": "false_refusals",
}
MARKDOWN_MIXED = {"alone": "recall_5_alone", "mixed": "recall_5", "lost": "recall_5_lost"}


@dataclass(frozen=True)
class Report:
    """Figures per cell, and what became of each question behind them."""

    cells: dict[str, Figures]
    curves: dict[str, Curve]
    outcomes: tuple[Outcome, ...]

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Report":
        """Work out the figures of every cell.

        Where an archive in several languages does not answer, no language can be said to fail. The probabilities
        given to such questions are held against those of all cells with the same language of the question.
        """
        by_cell: dict[str, list[Outcome]] = defaultdict(list)
        absent: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in outcomes:
            by_cell[outcome.cell].append(outcome)
            if not outcome.answerable:
                absent[outcome.gold.language].append(outcome)
        cells, curves = {}, {}
        for cell, of_cell in sorted(by_cell.items()):
            contrast = absent[of_cell[0].gold.language]
            cells[cell] = figures(of_cell, contrast)
            present = [outcome for outcome in of_cell if outcome.answerable]
            without = [outcome for outcome in of_cell if not outcome.answerable] or contrast
            if present and without:
                curves[cell] = Curve.of(probabilities(present), probabilities(without))
        return cls(cells, curves, tuple(outcomes))

    def as_dict(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return {
            "threshold": Calibration.shipped().threshold,
            "cells": {cell: asdict(of_cell) for cell, of_cell in self.cells.items()},
            "curves": {cell: asdict(curve) for cell, curve in self.curves.items()},
            "questions": [
                {
                    "id": outcome.gold.id,
                    "question": outcome.gold.question,
                    "cell": outcome.cell,
                    "answerable": outcome.answerable,
                    "found": outcome.found,
                    "probability": round(outcome.probability, 4),
                    "place": outcome.place,
                }
                for outcome in self.outcomes
            ],
        }

    def table(self) -> Table:
        """Return the figures as a table for the terminal, a column a cell, so that it fits 80 characters.

        Below each share stands its 95 % interval.
        """
        table = Table("", padding=(0, 1, 0, 0))
        for cell in self.cells:
            table.add_column(cell, justify="right")
        for name in Figures.__dataclass_fields__:
            values = [getattr(of_cell, name) for of_cell in self.cells.values()]
            table.add_row(name.replace("_", " "), *map(_shown, values))
        return table

    def markdown(self, title: str) -> list[str]:
        """Return a row of a Markdown table for each cell, under ``markdown_head(MARKDOWN)``."""
        return [
            _row([title, cell, f"{one.answerable} + {one.unanswerable}", *_values(one, MARKDOWN)])
            for cell, one in self.cells.items()
        ]

    def markdown_mixed(self, title: str) -> list[str]:
        """Return a row for each cell that other languages could cost something, under its own head."""
        return [
            _row([title, cell, str(one.recall_5_alone.n), *_values(one, MARKDOWN_MIXED)])
            for cell, one in self.cells.items()
            if one.recall_5_alone
        ]

    def misses(self) -> list[str]:
        """Return a line for each question that was wrongly answered or refused, or whose first sentence fails it.

        Only for questions that may be looked at.
        """
        lines = []
        for one in self.outcomes:
            faults = [
                fault
                for fault, holds in (
                    ("false answer", one.found and not one.answerable),
                    ("false refusal", one.answerable and not one.found),
                    (f"first at {one.place}" if one.place else "not found", one.answerable and one.place != 1),
                )
                if holds
            ]
            if faults:
                lines.append(
                    f"{one.cell} {one.gold.id} ({one.probability:.2f}; {', '.join(faults)}): {one.gold.question}"
                )
        return lines


def markdown_head(columns: Sequence[str]) -> list[str]:
    """Return the head of a Markdown table with these columns behind set, cell and n."""
    return [_row(["set", "cell", "n", *columns]), "|---" * (3 + len(columns)) + "|"]


def _values(of_cell: Figures, columns: dict[str, str]) -> list[str]:
    found: list[Estimate | None] = [getattr(of_cell, name) for name in columns.values()]
    return ["–" if one is None else f"{short(one.value)} ({one.interval})" for one in found]


def _row(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"


def _shown(value: Estimate | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, Estimate):
        return f"{value.value:.3f}\n{value.interval}"
    return str(value) if isinstance(value, int) else f"{value:.1f}"
