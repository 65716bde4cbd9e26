"""Learned weights: how likely a sentence answers, and how likely the archive does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# What speaks for a sentence. All from the bundled model, so that weights learned with it hold whatever embedder an
# archive has.
SENTENCE_FEATURES = (
    "late",  # M of the sentence
    "context",  # M of the sentence together with its neighbours and the headline
    "dense",  # D of the sentence
    "keywords",  # T of the sentence, as a share of the most that can be reached
    "passage dense",  # D of its passage
    "passage gap",  # how far the fused score of its passage is behind the best passage's
    "lead",  # 1 at the start of the article, falling
    "length",  # logarithm of its number of tokens
    "type met",  # a kind of thing is asked for (a number, a time, a reason ...) and the sentence holds one
    "type missed",  # a kind of thing is asked for and the sentence holds none
)

# What of a sentence's own features also tells whether it answers at all. The others, its length for one, help to
# choose between sentences but depend on the kind of archive.
PICKED = ("context", "dense", "type missed")
# What tells whether the best sentence answers.
ANSWER_FEATURES = (
    "odds",  # log odds of the best sentence
    "ahead",  # how far those are ahead of the next sentence's
    "few",  # near 1 in an archive of few passages, where a sentence is less likely to come near by chance
    *PICKED,
)


@dataclass(frozen=True, eq=False)
class Logistic:
    """A logistic regression."""

    weights: NDArray[np.float64]
    bias: float

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], names: Sequence[str]) -> Self:
        """Read weights by name; a feature that is not named weighs nothing."""
        return cls(np.array([values["weights"].get(name, 0.0) for name in names]), values["bias"])

    def as_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """Return the weights by name."""
        weights = {name: round(float(weight), 5) for name, weight in zip(names, self.weights, strict=True)}
        return {"weights": weights, "bias": round(self.bias, 5)}

    def odds(self, features: NDArray[np.float64]) -> float:
        """Return the log odds of one row of features."""
        return float(features @ self.weights + self.bias)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What ``python -m qa.calibrate`` learned from development questions, per cell.

    A cell is the language of the question and of the document, such as "en-ar".

    Attributes:
        sentence: by cell, whether a sentence answers, by ``SENTENCE_FEATURES``.
        answer: by cell, whether the best sentence does, by ``ANSWER_FEATURES``.
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
        return cls(
            {cell: Logistic.from_dict(of, SENTENCE_FEATURES) for cell, of in values["sentence"].items()},
            {cell: Logistic.from_dict(of, ANSWER_FEATURES) for cell, of in values["answer"].items()},
            values["threshold"],
            values["company"],
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the weights for JSON."""
        return {
            "threshold": self.threshold,
            "company": self.company,
            "sentence": {cell: of.as_dict(SENTENCE_FEATURES) for cell, of in self.sentence.items()},
            "answer": {cell: of.as_dict(ANSWER_FEATURES) for cell, of in self.answer.items()},
        }

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
