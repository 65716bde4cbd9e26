"""False answers against false refusals, over all thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from index.errors import IsnadError
from qa.evaluation.estimate import short

THRESHOLDS = tuple(step / 100 for step in range(101))


@dataclass(frozen=True)
class Curve:
    """What a cell would come to if answers were given from another probability on.

    Attributes:
        thresholds: probabilities from which an answer would be given, from 0 to 1.
        false_answers: at each, the share of the unanswerable questions that would be answered.
        false_refusals: at each, the share of the answerable questions that would not.
    """

    thresholds: tuple[float, ...]
    false_answers: tuple[float, ...]
    false_refusals: tuple[float, ...]

    @classmethod
    def of(cls, present: Sequence[float], absent: Sequence[float]) -> "Curve":
        """Draw a curve from the probabilities given to answerable and to unanswerable questions, some of both."""
        thresholds = np.array(THRESHOLDS)[:, None]
        answers = (np.array(absent) >= thresholds).mean(axis=1)
        refusals = (np.array(present) < thresholds).mean(axis=1)
        return cls(THRESHOLDS, tuple(answers.tolist()), tuple(refusals.tolist()))


def draw(curves: Mapping[str, Curve], threshold: float, file: Path) -> None:
    """Draw curves into a picture with matplotlib, with a dot at the threshold in use.

    Args:
        curves: by cell.
        threshold: probability from which answers are given.
        file: a file of a kind that matplotlib writes, such as .png.

    Raises:
        IsnadError: there is no curve, matplotlib is not installed, or the file cannot be written.
    """
    if not curves:
        raise IsnadError("no curve can be drawn: it takes both questions with an answer and questions without")
    if not find_spec("matplotlib"):
        raise IsnadError(f"drawing {file} takes matplotlib; install it with: pip install matplotlib")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 6), layout="constrained")
    for cell, curve in curves.items():
        (line,) = axes.plot(curve.false_refusals, curve.false_answers, label=cell)
        used = int(np.abs(np.array(curve.thresholds) - threshold).argmin())
        axes.plot(curve.false_refusals[used], curve.false_answers[used], "o", color=line.get_color())
    axes.set(
        xlabel="false refusals (share of questions with an answer)",
        ylabel="false answers (share of questions without)",
        title=f"Over all thresholds; the dots are at {short(threshold)}",
        xlim=(0, 1),
        ylim=(0, 1),
        aspect="equal",
    )
    axes.legend(title="question-article")
    try:
        figure.savefig(file, dpi=150)
    except (OSError, ValueError) as error:
        raise IsnadError(f"cannot write the picture {file}: {error}") from error
    finally:
        pyplot.close(figure)
