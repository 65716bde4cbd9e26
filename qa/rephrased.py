"""An answer as a language model has put it, and what was left out of that."""

from dataclasses import asdict, dataclass
from typing import Any


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
