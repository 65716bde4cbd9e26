"""The few words of a cited sentence that answer a question, and how its language says them."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from index.dates import parse_date
from index.documents import Document
from qa.question import LANGUAGES, Question
from qa.short.answer_spans import Span
from qa.short.asked import asked
from qa.short.rendering import Rendering, render_name, render_value
from qa.short.span_features import FEATURES, candidates

_WEIGHTS = Path(__file__).parents[1] / "data" / "short_answers.json"
_NAMES = frozenset({"place", "country", "organisation"})


@dataclass(frozen=True)
class ShortAnswer:
    """A span of an article that answers in few words: ``document.text[start:end] == text``.

    Attributes:
        uri: of the article.
        start: offset of its first character in the article's text.
        end: offset after its last character.
        text: the span, word for word.
        rendering: how the language of the question says it; None where nothing tells.
        language: of the article.
    """

    uri: str
    start: int
    end: int
    text: str
    rendering: Rendering | None
    language: str

    def as_dict(self) -> dict[str, Any]:
        """Return the short answer for JSON."""
        return {
            "uri": self.uri,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "rendering": self.rendering.text if self.rendering else None,
            "how": self.rendering.how if self.rendering else None,
            "language": self.language,
        }


@dataclass(frozen=True)
class Weights:
    """A logistic regression that tells a span that answers, learned by ``tests/bench/short_answers.py``.

    Attributes:
        weights: by the name of the feature.
        bias: what is added.
        threshold: the probability from which a span is offered, by the kind asked for; "" for all others.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: Mapping[str, float]

    @classmethod
    @cache
    def shipped(cls) -> "Weights":
        """Read ``data/short_answers.json``."""
        return cls(**json.loads(_WEIGHTS.read_text(encoding="utf-8")))

    def probabilities(self, rows: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return how likely each span answers, from its features, shape [spans]."""
        odds = rows @ np.array([self.weights[name] for name in FEATURES]) + self.bias
        return np.asarray(1 / (1 + np.exp(-odds)))

    def sufficient(self, kind: str) -> float:
        """Return the probability from which a span is offered."""
        return self.threshold.get(kind, self.threshold.get("", math.inf))


def short_answer(question: Question, document: Document, start: int, end: int) -> ShortAnswer | None:
    """Choose the words of a sentence that answer a question.

    Args:
        question: the question.
        document: the article.
        start: offset of the sentence in its text.
        end: offset after it.

    Returns:
        The span; None where nothing short is asked for (why, how, yes or no) or no span is likely enough.
    """
    sentence = document.text[start:end]
    found = best_span(question, sentence, document.language, _day(document.published), Weights.shipped())
    if not found:
        return None
    span, _ = found
    text = sentence[span.start : span.end]
    rendering = rendered(span, text, document.language, question.language)
    return ShortAnswer(document.uri, start + span.start, start + span.end, text, rendering, document.language)


def best_span(
    question: Question, sentence: str, language: str, published: date | None, weights: Weights
) -> tuple[Span, float] | None:
    """Return the likeliest span of a sentence and its probability, None where it is not likely enough."""
    wanted = asked(question.text, question.language)
    if not wanted or language not in LANGUAGES:
        return None
    spans, rows = candidates(question, wanted, sentence, language, published)
    if not spans:
        return None
    probabilities = weights.probabilities(rows)
    best = int(probabilities.argmax())
    if probabilities[best] < weights.sufficient(wanted.kind):
        return None
    return spans[best], float(probabilities[best])


def rendered(span: Span, text: str, language: str, into: str) -> Rendering | None:
    """Put a span into a language, if there is a way to.

    Args:
        span: the span.
        text: its words.
        language: of the sentence it stands in.
        into: the language of the question.
    """
    if language == into:
        return Rendering(text, "same")
    if span.value is not None:
        return render_value(span.value, span.kind, into)
    return render_name(text, language, into, span.kind == "person" or (span.kind in _NAMES and span.sure))


def _day(published: str | None) -> date | None:
    parsed = parse_date(published) if published else None
    return parsed[0] if parsed else None
