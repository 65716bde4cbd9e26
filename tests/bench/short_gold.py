"""Gold answers that a short answer is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from index.dates import DateMention
from index.tokens import stems
from qa.mentions.amounts import Money, Quantity
from qa.short.answer_spans import Span, answer_spans
from qa.short.rendering import Value


class Gold(Protocol):
    """A right answer."""

    @property
    def text(self) -> str:
        """What it says."""
        ...

    def right(self, span: Span, said: str) -> bool:
        """Whether a span of the sentence, said to the reader in some words, answers."""
        ...


@dataclass(frozen=True)
class GoldSpan:
    """An answer that stands in the sentence, from ``start`` to ``end``."""

    start: int
    end: int
    text: str

    def right(self, span: Span, said: str) -> bool:
        """Whether a span shares characters with it."""
        return span.start < self.end and self.start < span.end


@dataclass(frozen=True)
class GoldText:
    """An answer in words of its own, in the language of the question."""

    text: str
    language: str
    published: date | None

    def right(self, span: Span, said: str) -> bool:
        """Whether a span has its figure or date, or a name a word in common with it."""
        if span.value is not None:
            own = set(_values(span.value))
            return any(own & set(_values(other.value)) for other in self._spans if other.value is not None)
        return bool(set(stems(said, stopwords=False)) & set(stems(self.text, stopwords=False)))

    @property
    def _spans(self) -> list[Span]:
        return answer_spans(self.text, self.language, self.published)


def _values(value: Value) -> Iterator[object]:
    if isinstance(value, Money | Quantity):
        yield value.amount
    elif isinstance(value, DateMention):
        yield value.first
        yield value.last
    elif isinstance(value, Decimal):
        yield value
        if value == int(value) and 1000 < value < 3000:
            yield date(int(value), 1, 1)
    else:
        yield value
