"""A measured value with its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000
SEED = 20240601
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value measured on questions, and where it would probably lie on others of their kind.

    Attributes:
        value: as measured.
        n: number of questions it was measured on.
        low: lower end of the 95 % bootstrap interval; None where there are too few questions for one.
        high: its upper end.
    """

    value: float
    n: int
    low: float | None
    high: float | None

    @property
    def interval(self) -> str:
        """The interval for a table, such as ".51–.66"; a dash where there is none."""
        return "–" if self.low is None or self.high is None else f"{short(self.low)}–{short(self.high)}"


def short(value: float, digits: int = 2) -> str:
    """Return a share as it stands in tables: ".51", "1.00", "-.02"."""
    text = f"{round(value, digits) + 0.0:.{digits}f}"  # + 0.0, as -0.00 would only ask to be misread
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def mean(values: Sequence[float | bool]) -> Estimate | None:
    """Return the mean of what was measured on each question; None where there is none."""
    if not values:
        return None
    sample = np.asarray(values, dtype=np.float64)
    return Estimate(float(sample.mean()), len(sample), *_interval([sample], np.mean))


def auroc(present: Sequence[float], absent: Sequence[float]) -> Estimate | None:
    """Return how often a question with an answer is given a higher probability than one without.

    Area under the receiver operating characteristic (scikit-learn); a tie counts half.

    Args:
        present: probabilities given to questions that have an answer.
        absent: probabilities given to those that have none.

    Returns:
        The estimate, resampled within both kinds; None where there is no question of one of them.
    """
    from sklearn.metrics import roc_auc_score

    if not present or not absent:
        return None
    value = roc_auc_score([True] * len(present) + [False] * len(absent), [*present, *absent])
    samples = [np.asarray(present, dtype=np.float64), np.asarray(absent, dtype=np.float64)]
    return Estimate(float(value), len(present) + len(absent), *_interval(samples, _won))


def _won(present: NDArray[np.float64], absent: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Return the area as Mann-Whitney's U over the number of pairs, for many samples at once."""
    from scipy.stats import rankdata

    n, m = present.shape[axis], absent.shape[axis]
    ranks = np.moveaxis(rankdata(np.concatenate([present, absent], axis=axis), axis=axis), axis, -1)
    return np.asarray((ranks[..., :n].sum(axis=-1) - n * (n + 1) / 2) / (n * m))


def _interval(
    samples: Sequence[NDArray[np.float64]], statistic: Callable[..., Any]
) -> tuple[float | None, float | None]:
    """Return the percentile bootstrap interval (scipy) of a statistic of samples drawn with a fixed seed."""
    from scipy.stats import bootstrap

    if min(map(len, samples)) < 2:
        return None, None
    found = bootstrap(
        samples,
        statistic,
        n_resamples=ROUNDS,
        vectorized=True,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return float(found.low), float(found.high)
