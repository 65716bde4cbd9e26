"""What speaks for a span of a sentence as the short answer to a question, in numbers."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.embedding import bundled_embedder
from index.scores import LateInteraction, Scores
from index.tokens import Token, is_stopword, tokens
from qa.answer_spans import Span, answer_spans
from qa.asked import Asked
from qa.question import Question
from qa.tables import forms, table

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
    "follows",  # how near to it the words of the question are met before it
    "asked",  # how much of it the question says itself
    "second",  # whether it is of a kind that only may do
    "rivals",  # how many others there are
    "sure",  # whether a list knows it
    "list",  # whether it is a list
    "preposition",  # whether it stands where places stand
    "life",  # whether it is the date of birth or death asked for
    "wrong life",  # whether it is the other one
    "met",  # how much of the question the sentence meets
    "length",
    *_GROUPS,
)
_DECAY = 0.85
_CLAUSE = 3  # words that a mark between two clauses counts as
_MARKS = re.compile(r"[،,؛;:()\[\]«»\"–]")
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
    if not spans:
        return [], np.zeros((0, len(FEATURES)))
    words = tokens(sentence)
    matches, weights, head = _matches(question, asked, words, language)
    met = float(weights @ matches.max(axis=1, initial=0.0))
    clauses = np.cumsum([0, *(_marks(sentence, one, other) for one, other in zip(words, words[1:], strict=False))])
    within = [_words_in(span, words) for span in spans]
    near = np.array([float(weights @ _reached(matches, clauses, *places)) for places in within])
    numbers = np.arange(len(words))
    before = [np.where(numbers < first, matches, np.float32(0)) for first, _ in within]
    follows = [float(weights @ _reached(part, clauses, *places)) for part, places in zip(before, within, strict=True)]
    group = _group(asked.kind)
    said = matches if head is None else np.delete(matches, head, axis=0)
    rows = []
    for at, (span, (first, last)) in enumerate(zip(spans, within, strict=True)):
        others = [near[i] for i, other in enumerate(spans) if i != at and not span.overlaps(other)]
        beside = [i for i in (first - 1, *range(first, last), last, last + 1) if 0 <= i < len(words)]
        counted = float(matches[head, beside].max(initial=0.0)) if head is not None else 0.0
        own = said[:, first:last].max(axis=0, initial=0.0)
        life = _life(question, sentence, span) if asked.kind == "time" else 0
        word_before = words[first - 1].text if first else ""
        placed = word_before in _cues(language)["in"] or sentence[span.start] == "ب"
        rows.append(
            [
                near[at],
                near[at] - max(others, default=0.0),
                counted if group == "counting" else 0.0,
                0.0 if group == "counting" else counted,
                follows[at],
                float(own.mean()) if len(own) else 0.0,
                kinds.index(_kind(span, kinds)) > 0,
                np.log1p(len(others)),
                span.sure,
                span.parts > 1,
                placed and group in ("place", "country", "time"),
                life > 0,
                life < 0,
                met,
                np.log1p(last - first),
                *(group == name for name in _GROUPS),
            ]
        )
    return spans, np.array(rows, dtype=np.float64)


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
        texts += [term.names(language)[0] for term in question.terms]
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


def _reached(matches: Scores, clauses: NDArray[np.int64], first: int, last: int) -> Scores:
    """Return the best match of each question word, less for every word and clause between it and the span."""
    places = np.arange(matches.shape[1])
    distance = np.where(places < first, first - places, places - last + 1)
    beside = np.where(places < first, clauses[first] - clauses[places], clauses[places] - clauses[last - 1])
    weight = _DECAY ** (distance + _CLAUSE * np.abs(beside)).astype(np.float64)
    weight[first:last] = 0
    reached: Scores = (matches * weight).max(axis=1, initial=0.0)
    return reached


def _words_in(span: Span, words: Sequence[Token]) -> tuple[int, int]:
    inside = [i for i, word in enumerate(words) if word.start < span.end and word.end > span.start]
    return (inside[0], inside[-1] + 1) if inside else (0, 1)


def _marks(sentence: str, one: Token, other: Token) -> int:
    return len(_MARKS.findall(sentence[one.end : other.start]))


def _life(question: Question, sentence: str, span: Span) -> int:
    """Return 1 where a date in "(1949 - 2020)" is the one of the two asked for, -1 where it is the other."""
    opening = sentence.rfind("(", 0, span.start + 1)
    if opening < 0 or ")" in sentence[opening : span.start]:
        return 0
    before, after = sentence[opening + 1 : span.start], sentence[span.end :].split(")")[0]
    second = bool(re.search(r"[-–]|توفي|died", before))
    first = not second and bool(re.search(r"[-–]|توفي|died", after)) or not re.search(r"\w", before)
    words = {word.text for word in tokens(question.text)}
    born, died = (bool(words & _cues(question.language)[cue]) for cue in ("born", "died"))
    if born == died or first == second:
        return 0
    return 1 if (born and first) or (died and second) else -1


@cache
def _cues(language: str) -> dict[str, frozenset[str]]:
    rows = table("cues.tsv", "language", "cue", "words")
    return {cue: frozenset(forms(words)) for of, cue, words in rows if of == language}
