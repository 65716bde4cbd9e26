"""An answer as a language model has put it, and what was left out of that."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast


@dataclass(frozen=True)
class RephrasedSentence:
    """A sentence of a language model that citations bear out.

    Attributes:
        text: the sentence.
        citations: the numbers of the citations it rests on, from 1, as they stand in the answer.
    """

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True)
class RemovedSentence:
    """A sentence of a language model that is not shown.

    Attributes:
        text: the sentence.
        reasons: why, in the language of the question.
    """

    text: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Rephrased:
    """What a language model made of an answer.

    Attributes:
        sentences: those that hold; none where only the quotations stand.
        removed: those that do not.
        note: where only the quotations stand, why, in the language of the question.
        model: name of the language model.
        seconds: it took.
    """

    sentences: tuple[RephrasedSentence, ...]
    removed: tuple[RemovedSentence, ...]
    note: str | None
    model: str
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {**asdict(self), "seconds": round(self.seconds, 4)}


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return what is said of a language model's reply, by key.

    Args:
        language: of the question, "ar" or "en".
    """
    file = files("qa") / "data" / "rephrasing.json"
    return cast(Mapping[str, Mapping[str, str]], json.loads(file.read_text(encoding="utf-8")))[language]
