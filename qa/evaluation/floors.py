"""What each cell must reach."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from index.errors import IsnadError
from qa.evaluation.estimate import Estimate
from qa.evaluation.metrics import Figures

# What is held: at least so much of these ...
FLOORS = ("hit_1", "hit_3", "ndcg_10", "recall_5", "auroc")
# ... and at most so much of those.
CEILINGS = ("recall_5_lost", "false_answers", "false_refusals")
# So far from what was reached is a floor pinned.
MARGIN = 0.01
# A figure a rounding error below its floor stands on it.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Shortfall:
    """A figure that is worse than it must be.

    Attributes:
        cell: where.
        metric: which.
        reached: what it is; None where it is not measured any more.
        floor: what it must be.
    """

    cell: str
    metric: str
    reached: float | None
    floor: float

    def __str__(self) -> str:
        """Say it in a line."""
        reached = "not measured any more" if self.reached is None else f"reached {self.reached:.3f}"
        bound = "ceiling" if self.metric in CEILINGS else "floor"
        return f"{self.cell} {self.metric}: {reached}, {bound} {self.floor:.3f}"


@dataclass(frozen=True)
class Floors:
    """The worst that each figure may be, by cell and name of the figure; of ``CEILINGS`` the most."""

    bounds: Mapping[str, Mapping[str, float]]

    @classmethod
    def from_dict(cls, values: Mapping[str, Mapping[str, Any]]) -> Self:
        """Read floors by cell and name.

        Raises:
            IsnadError: a figure is not known, or its floor is no number.
        """
        bounds = {cell: dict(of_cell) for cell, of_cell in values.items()}
        for cell, of_cell in bounds.items():
            for metric, bound in of_cell.items():
                if metric not in FLOORS + CEILINGS:
                    raise IsnadError(
                        f"{cell}: no figure is called {metric!r}; held are {', '.join(FLOORS + CEILINGS)}"
                    )
                if isinstance(bound, bool) or not isinstance(bound, int | float) or not -1 <= bound <= 1:
                    raise IsnadError(f"{cell} {metric}: expected a share from 0 to 1, not {bound!r}")
        return cls(bounds)

    def as_dict(self) -> dict[str, dict[str, float]]:
        """Return the floors for JSON."""
        return {cell: dict(of_cell) for cell, of_cell in self.bounds.items()}

    def __bool__(self) -> bool:
        """Return whether anything is held."""
        return any(self.bounds.values())

    def shortfalls(self, cells: Mapping[str, Figures]) -> list[Shortfall]:
        """Return what is worse than it must be."""
        reached = {(cell, metric): value for cell, metric, value in _measured(cells)}
        return [
            Shortfall(cell, metric, reached.get((cell, metric)), bound)
            for cell, of_cell in self.bounds.items()
            for metric, bound in of_cell.items()
            if (cell, metric) not in reached or _worse(metric, reached[cell, metric], bound)
        ]

    def raised(self, cells: Mapping[str, Figures]) -> "Floors":
        """Return floors moved up to what was reached less the margin, none of them down."""
        bounds = self.as_dict()
        for cell, metric, value in _measured(cells):
            of_cell = bounds.setdefault(cell, {})
            bound = _bound(metric, value)
            if metric not in of_cell or _worse(metric, of_cell[metric], bound):
                of_cell[metric] = bound
        return Floors(bounds)

    def lowered(self, cells: Mapping[str, Figures]) -> "Floors":
        """Return floors moved down, where less was reached, to that less the margin; what is not measured goes."""
        bounds = self.as_dict()
        for shortfall in self.shortfalls(cells):
            if shortfall.reached is None:
                del bounds[shortfall.cell][shortfall.metric]
            else:
                bounds[shortfall.cell][shortfall.metric] = _bound(shortfall.metric, shortfall.reached)
        return Floors({cell: of_cell for cell, of_cell in bounds.items() if of_cell})


def _measured(cells: Mapping[str, Figures]) -> Iterator[tuple[str, str, float]]:
    for cell, figures in cells.items():
        for metric in FLOORS + CEILINGS:
            estimate: Estimate | None = getattr(figures, metric)
            if estimate is not None:
                yield cell, metric, estimate.value


def _worse(metric: str, value: float, bound: float) -> bool:
    """Return whether a value is on the wrong side of a bound."""
    return value > bound + TOLERANCE if metric in CEILINGS else value < bound - TOLERANCE


def _bound(metric: str, value: float) -> float:
    """Return a value less the margin, rounded to three digits to the side that is easier to keep to."""
    if metric in CEILINGS:
        return min(1.0, math.ceil(round(1000 * (value + MARGIN), 6)) / 1000)
    return max(0.0, math.floor(round(1000 * (value - MARGIN), 6)) / 1000)
