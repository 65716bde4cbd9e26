"""What speaks for a sentence as an answer, in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.embedding import bundled_embedder
from index.passages import Passage
from index.scores import Scores, best_keywords, dense, keywords
from index.sentences import sentence_spans
from index.shelf import Shelf
from index.token_rows import TokenRows
from qa.answer_types import expected_types, types_in
from qa.question import Question
from qa.retrieval import Ranking

# Characters from the start of an article after which the lead has lost most of its weight.
LEAD = 500


@dataclass(frozen=True)
class Candidates:
    """The sentences of some passages.

    Attributes:
        spans: document, start and end of each sentence.
        passages: for each sentence, the number of its passage among those given.
        titles: for each passage, its article's headline.
    """

    spans: list[tuple[Document, int, int]]
    passages: NDArray[np.int64]
    titles: list[str]

    @classmethod
    def of(cls, found: Sequence[tuple[Document, Passage]]) -> Self:
        """Cut passages into their sentences."""
        spans: list[tuple[Document, int, int]] = []
        passages: list[int] = []
        for number, (document, passage) in enumerate(found):
            for start, end in sentence_spans(document.text[passage.start : passage.end], document.language):
                spans.append((document, passage.start + start, passage.start + end))
                passages.append(number)
        return cls(spans, np.array(passages, dtype=np.int64), [document.title for document, _ in found])

    @property
    def texts(self) -> list[str]:
        """The sentences, word for word."""
        return [document.text[start:end] for document, start, end in self.spans]


def features(question: Question, candidates: Candidates, ranking: Ranking, shelf: Shelf) -> NDArray[np.float64]:
    """Work out the features of sentences from the best passages of a ranking.

    Returns:
        Array of shape [sentences, features], in the order of ``SENTENCE_FEATURES``.
    """
    model = bundled_embedder()
    texts = candidates.texts
    tokens = model.tokenize(texts)
    weights = ranking.late.weights
    matches = ranking.late.matches(tokens)
    titles = ranking.late.matches(model.tokenize(candidates.titles))
    vector = model.embed(TokenRows.of([ranking.question]))[0]
    terms = shelf.translator.translate(ranking.question)
    statistics = shelf.statistics
    place = candidates.passages
    top = ranking.data.first(len(candidates.titles))
    wanted = expected_types(question)
    held = [
        types_in(text, document.language) for text, (document, _, _) in zip(texts, candidates.spans, strict=True)
    ]
    met = np.array([bool(wanted & types) for types in held])
    columns = [
        weights @ matches,
        weights @ np.maximum(_with_neighbours(matches, place), titles[:, place]),
        dense(vector, model.embed(tokens)),
        keywords(terms, tokens, statistics) / max(best_keywords(terms, statistics), 1e-9),
        dense(vector, model.embed(top.tokens))[place],
        (ranking.fused[0] - ranking.fused)[place],
        np.exp(-np.array([start for _, start, _ in candidates.spans]) / LEAD),
        np.log1p(tokens.counts),
        met,
        ~met & bool(wanted),
    ]
    return np.stack(columns, axis=1).astype(np.float64)


def _with_neighbours(matches: Scores, passages: NDArray[np.int64]) -> Scores:
    """Return for each sentence the best matches of it and the sentences beside it in its passage."""
    best = matches.copy()
    same = passages[1:] == passages[:-1]
    best[:, 1:] = np.where(same, np.maximum(best[:, 1:], matches[:, :-1]), best[:, 1:])
    best[:, :-1] = np.where(same, np.maximum(best[:, :-1], matches[:, 1:]), best[:, :-1])
    return best
