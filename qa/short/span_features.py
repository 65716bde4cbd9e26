"""What speaks for a span of a sentence as the short answer to a question, in numbers."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from index.embedding import bundled_embedder
from index.scores import LateInteraction, Scores
from index.tokens import Token, is_stopword, tokens
from qa.question import Question
from qa.short.answer_spans import Span, answer_spans
from qa.short.asked import Asked
from qa.short.cues import cues

# The kinds of span that answer a kind of question, those meant first before those that may do.
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    "time": ("time", "year"),
    "number": ("number", "amount", "measure", "duration", "percent"),
    "amount": ("amount", "number"),
    "percent": ("percent", "number"),
    "measure": ("measure", "number", "duration"),
    "duration": ("duration", "measure"),
    "age": ("duration", "number"),
    "place": ("place", "country"),
    "country": ("country", "demonym"),
    "demonym": ("demonym", "country"),
    "person": ("person", "organisation", "country"),
    "organisation": ("organisation",),
    "several": ("country", "person", "organisation"),
    "language": ("language", "demonym"),
    "currency": ("currency",),
}
_COUNTING = frozenset({"number", "amount", "percent", "measure", "duration", "age"})
_GROUPS = ("time", "counting", "place", "country", "person", "other")
FEATURES = (
    "near",  # how near to it the words of the question are met
    "ahead",  # how much nearer than to the best other span
    "counted",  # whether what is counted stands beside it
    "named",  # whether what it is to be ("city") stands beside it
    "close",  # the same, where hardly a word may stand between
    "follows",  # how near to it the words of the question are met before it
    "asked",  # how much of it the question says itself
    "second",  # whether it is of a kind that only may do
    "rivals",  # how many others there are
    "sure",  # whether a list knows it
    "sure person",  # the same, of a person's name
    "list",  # whether it is a list
    "preposition",  # whether it stands where places stand
    "life",  # whether it is the date of birth or death asked for
    "wrong life",  # whether it is the other one
    "met",  # how much of the question the sentence meets
    "length",
    *_GROUPS,
)
_DECAY = 0.85
_CLOSE = 0.5
_CLAUSE = 3  # words that a mark between two clauses counts as
_MARKS = re.compile(r"[،,؛;:()\[\]«»\"–]")
# A unit at least so near to what is counted counts it.
_COUNTED = 0.6
_YEARS = range(100, 2100)


def candidates(
    question: Question, asked: Asked, sentence: str, language: str, published: date | None
) -> tuple[list[Span], NDArray[np.float64]]:
    """Find the spans of a sentence that are of the kind asked for.

    Args:
        question: the question.
        asked: what it asks for.
        sentence: a sentence.
        language: of the sentence.
        published: the day its article was published.

    Returns:
        The spans, and their features in the order of ``FEATURES``, shape [spans, features].
    """
    kinds = ACCEPTED[asked.kind]
    spans = [span for span in answer_spans(sentence, language, published) if _kind(span, kinds) in kinds]
    words = tokens(sentence)
    met = _Met(question, asked, sentence, words, language)
    spans = [
        span for span in spans if not met.misses(span, asked.kind) and (asked.kind != "several" or span.parts > 1)
    ]
    if not spans:
        return [], np.zeros((0, len(FEATURES)))
    near = [met.near(span) for span in spans]
    group = _group(asked.kind)
    counting = group == "counting"
    rows = []
    for at, span in enumerate(spans):
        others = [near[i] for i, other in enumerate(spans) if i != at and not span.overlaps(other)]
        beside = met.beside(span, 1 if counting else 3)
        life = _life(question, sentence, span) if asked.kind == "time" else 0
        rows.append(
            [
                near[at],
                near[at] - max(others, default=0.0),
                beside if counting else 0.0,
                0.0 if counting else beside,
                met.near(span, decay=_CLOSE),
                met.near(span, after=False),
                met.said(span),
                _kind(span, kinds) != kinds[0],
                np.log1p(len(others)),
                span.sure,
                span.sure and span.kind == "person",
                span.parts > 1,
                group in ("place", "country", "time") and met.placed(span),
                life > 0,
                life < 0,
                met.all,
                np.log1p(len(met.within(span))),
                *(group == name for name in _GROUPS),
            ]
        )
    return spans, np.array(rows, dtype=np.float64)


class _Met:
    """Where in a sentence the words of a question are met."""

    def __init__(
        self, question: Question, asked: Asked, sentence: str, words: Sequence[Token], language: str
    ) -> None:
        self._sentence = sentence
        self._words = words
        self._language = language
        self._matches, self._weights, self._head = _matches(question, asked, words, language)
        marks = (len(_MARKS.findall(sentence[a.end : b.start])) for a, b in pairwise(words))
        self._clauses = np.cumsum([0, *marks])

    @property
    def all(self) -> float:
        """How much of the question the sentence meets."""
        return float(self._weights @ self._matches.max(axis=1, initial=0.0))

    def within(self, span: Span) -> list[int]:
        """Return the numbers of the words of a span."""
        return [i for i, word in enumerate(self._words) if word.start < span.end and word.end > span.start]

    def near(self, span: Span, after: bool = True, decay: float = _DECAY) -> float:
        """Return how much of the question is met, less for every word and clause between that and the span.

        Args:
            span: the span.
            after: whether what stands after it counts, too.
            decay: what is left of a match a word further away.
        """
        inside = self.within(span)
        if not inside:
            return 0.0
        first, last = inside[0], inside[-1]
        places = np.arange(len(self._words))
        distance = np.where(places < first, first - places, places - last)
        clauses = np.abs(self._clauses - self._clauses[np.where(places < first, first, last)])
        reached = decay ** (distance + _CLAUSE * clauses).astype(np.float64)
        reached[first : last + 1 if after else None] = 0
        return float(self._weights @ (self._matches * reached).max(axis=1, initial=0.0))

    def beside(self, span: Span, reach: int) -> float:
        """Return how well the word after those that ask, "people" in "how many people", is met in or near a span.

        Args:
            span: the span.
            reach: how many words before and after it are looked at.
        """
        inside = self.within(span)
        if self._head is None or not inside:
            return 0.0
        first, last = max(inside[0] - reach, 0), inside[-1] + reach
        return float(self._matches[self._head, first : last + 1].max(initial=0.0))

    def misses(self, span: Span, kind: str) -> bool:
        """Tell whether a span counts something else than is asked for: "six years" is not how many states."""
        counts = span.kind in ("measure", "duration", "percent")
        return kind == "number" and counts and self.beside(span, reach=0) < _COUNTED

    def said(self, span: Span) -> float:
        """Return how much of a span the question says itself, beside the kind of thing it asks for."""
        inside = self.within(span)
        others = [i for i in range(len(self._matches)) if i != self._head]
        return float(self._matches[np.ix_(others, inside)].max(axis=0, initial=0.0).mean()) if inside else 0.0

    def placed(self, span: Span) -> bool:
        """Tell whether a span stands where places stand, after "in"."""
        inside = self.within(span)
        before = self._words[inside[0] - 1].text if inside and inside[0] else ""
        return before in cues(self._language, "in") or self._sentence[span.start] == "ب"


def _kind(span: Span, kinds: Sequence[str]) -> str:
    """Return what a span is; a bare number that can be a year is one where years are asked for."""
    if span.kind == "number" and "year" in kinds and isinstance(span.value, Decimal) and span.value in _YEARS:
        return "year"
    return span.kind


def _group(kind: str) -> str:
    if kind in _COUNTING:
        return "counting"
    return kind if kind in _GROUPS else "other"


def _matches(
    question: Question, asked: Asked, words: Sequence[Token], language: str
) -> tuple[Scores, NDArray[np.float64], int | None]:
    """Return how well each word of the sentence meets each word of the question.

    Returns:
        Matches from 0 to 1, shape [question words, words]; what each word of the question counts, the sum 1; and
        the number of the first word after those that ask, in "how many people" that of people.
    """
    model = bundled_embedder()
    asking = [
        word
        for word in tokens(question.text)
        if not is_stopword(word.text) and not (word.start < asked.end and word.end > asked.start)
    ]
    head = next((i for i, word in enumerate(asking) if word.start >= asked.end), None)
    texts = [word.text for word in asking]
    if question.language != language:  # names in the other language, as the search puts them too
        texts += [word.text for term in question.terms for word in tokens(term.names(language)[0])]
    rows = model.tokenize(texts)
    late = LateInteraction(rows.ids, model)
    found = late.matches(model.tokenize([word.text for word in words]))
    matches: Scores = np.zeros((len(texts), len(words)), dtype=np.float32)
    weights = np.zeros(len(texts))
    for i in range(len(texts)):
        part = slice(int(rows.starts[i]), int(rows.starts[i + 1]))
        lengths = late.weights[part]
        weights[i] = lengths.sum()
        if weights[i]:
            matches[i] = lengths @ found[part] / weights[i]
    return matches, weights / max(weights.sum(), 1e-9), head


def _life(question: Question, sentence: str, span: Span) -> int:
    """Return 1 where a date in "(1949 - 2020)" is the one of the two asked for, -1 where it is the other."""
    opening = sentence.rfind("(", 0, span.start + 1)
    if opening < 0 or ")" in sentence[opening : span.start]:
        return 0
    before, after = sentence[opening + 1 : span.start], sentence[span.end :].split(")")[0]
    second = bool(re.search(r"[-–]|توفي|died", before))
    followed = bool(re.search(r"[-–]|توفي|died", after))
    first = not second and (followed or not re.search(r"\w", before))
    words = {word.text for word in tokens(question.text)}
    born, died = (bool(words & cues(question.language, cue)) for cue in ("born", "died"))
    if born == died or first == second:
        return 0
    return 1 if (born and first) or (died and second) else -1
