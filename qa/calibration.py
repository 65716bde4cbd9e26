"""Learned weights: how likely a sentence answers, and how likely the archive does."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

# What is known of a sentence. All from the bundled model, so that weights learned with it hold whatever embedder
# an archive has. A token of the question tells the more the rarer it is in the archive.
FEATURES = (
    "late",  # M of the sentence
    "context",  # M of the sentence together with its neighbours and the headline
    "telling",  # as "late", with tokens counting by how much they tell
    "telling context",  # as "context", so
    "telling passage",  # the same of the whole passage and the headline
    "missed",  # what the most telling token that the passage lacks would have counted
    "beyond headline",  # as "late", of what the question says beyond the headline
    "local",  # as "late", with tokens counting the less the more of the sentences found match them
    "dense",  # D of the sentence
    "dense beyond",  # D of what question and sentence say beyond the mean of the passage
    "neighbour dense",  # D of the better of its neighbours
    "title dense",  # D of the headline
    "keywords",  # T of the sentence, as a share of the most that can be reached
    "passage dense",  # D of its passage
    "passage late",  # M of its passage
    "passage keywords",  # T of its passage, as a share
    "passage",  # fused score of its passage
    "passage gap",  # how far that is behind the best passage's
    "lift",  # how far that is ahead of the other candidates' mean, in their deviations
    "lead",  # 1 at the start of the article, falling
    "first",  # whether it begins the article
    "length",  # logarithm of its number of tokens
    "new",  # logarithm of how many of them say what the question does not
    "type met",  # a kind of thing is asked for (a number, a time, a reason ...) and the sentence holds one
    "type missed",  # a kind of thing is asked for and the sentence holds none
)

# What tells between the sentences found for one question.
RANKING = tuple(name for name in FEATURES if name not in {"missed", "lift", "passage"})
# What of the best sentence's features also tells whether it answers at all. The others, its length for one, help
# to choose between sentences but depend on the kind of archive.
PICKED = ("context", "dense", "telling context", "telling passage", "missed", "passage", "lift", "type missed")
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

    def odds(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds of rows of features, shape [...] for features of shape [..., names]."""
        return np.asarray(features @ self.weights + self.bias)


@dataclass(frozen=True, eq=False)
class Calibration:
    """What ``python -m qa.calibrate`` learned from development questions, per cell.

    A cell is the language of the question and of the document, such as "en-ar".

    Attributes:
        sentence: by cell, which sentence answers if one does, by ``FEATURES``.
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
            {cell: Logistic.from_dict(of, FEATURES) for cell, of in values["sentence"].items()},
            {cell: Logistic.from_dict(of, ANSWER_FEATURES) for cell, of in values["answer"].items()},
            values["threshold"],
            values["company"],
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the weights for JSON."""
        return {
            "threshold": self.threshold,
            "company": self.company,
            "sentence": {cell: of.as_dict(FEATURES) for cell, of in self.sentence.items()},
            "answer": {cell: of.as_dict(ANSWER_FEATURES) for cell, of in self.answer.items()},
        }

    def scores(self, cell: str, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how well sentences answer, shape [sentences]; the difference of two is their log odds.

        Args:
            cell: of the sentences.
            features: shape [sentences, features].
        """
        return self._of(self.sentence, cell).odds(features)

    def answer_odds(self, cell: str, features: NDArray[np.float64]) -> float:
        """Return the log odds that the best sentence answers."""
        return float(self._of(self.answer, cell).odds(features))

    @staticmethod
    def _of(models: Mapping[str, Logistic], cell: str) -> Logistic:
        # A document in a third language is as far from the question as one across the two.
        across = {"en": "en-ar", "ar": "ar-en"}[cell.split("-")[0]]
        return models[cell if cell in models else across]
