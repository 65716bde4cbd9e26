"""Learned weights: how likely a sentence answers, and how likely the archive does."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Logistic:
    """A logistic regression."""

    weights: NDArray[np.float64]
    bias: float

    def odds(self, features: NDArray[np.float64]) -> float:
        """Return the log odds of one row of features."""
        return float(features @ self.weights + self.bias)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What ``python -m qa.calibrate`` learned from development questions, per cell.

    A cell is the language of the question and of the document, such as "en-ar".

    Attributes:
        sentence: by cell, whether a sentence answers, from ``qa.features``.
        answer: by cell, whether the best sentence does, from ``Evidence.features``.
        threshold: probability from which an answer is given.
        company: how far behind the best sentence's log odds another may be to be quoted with it.
    """

    sentence: Mapping[str, Logistic]
    answer: Mapping[str, Logistic]
    threshold: float
    company: float

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """Return the calibration of the bundled model."""
        return cls.from_dict(json.loads((files("qa") / "data" / "calibration.json").read_text(encoding="utf-8")))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what ``as_dict`` wrote."""
        sentence, answer = (
            {cell: Logistic(np.array(of["weights"]), of["bias"]) for cell, of in values[name].items()}
            for name in ("sentence", "answer")
        )
        return cls(sentence, answer, values["threshold"], values["company"])

    def as_dict(self) -> dict[str, Any]:
        """Return the weights for JSON."""
        learned = {
            name: {
                cell: {"weights": [round(float(w), 5) for w in of.weights], "bias": round(of.bias, 5)}
                for cell, of in models.items()
            }
            for name, models in (("sentence", self.sentence), ("answer", self.answer))
        }
        return {"threshold": self.threshold, "company": self.company, **learned}

    def sentence_odds(self, cell: str, features: NDArray[np.float64]) -> float:
        """Return the log odds that a sentence answers."""
        return self._of(self.sentence, cell).odds(features)

    def answered(self, cell: str, features: NDArray[np.float64]) -> float:
        """Return the probability that the best sentence answers, from 0 to 1."""
        odds = self._of(self.answer, cell).odds(features)
        return float((1 + np.tanh(odds / 2)) / 2)  # 1 / (1 + exp(-odds)), which would overflow

    @staticmethod
    def _of(models: Mapping[str, Logistic], cell: str) -> Logistic:
        # A document in a third language is as far from the question as one across the two.
        across = {"en": "en-ar", "ar": "ar-en"}[cell.split("-")[0]]
        return models[cell if cell in models else across]
