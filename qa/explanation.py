"""Why a sentence was found: the share of each word of question and sentence in its scores, across languages."""

import re
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.documents import Document
from index.embedding import StaticEmbedder, bundled_embedder
from index.errors import IsnadError
from index.folding import fold
from index.scores import LateInteraction, WeightedTokens, keywords
from index.shelf import Shelf
from index.token_rows import TokenIds, TokenRows
from index.tokens import is_stopword
from qa.question import Question
from qa.retrieval import asked_of_shelf

_WORD = re.compile(r"\S+")
# A pair that matches less says nothing to a reader.
_TELLING = 0.1
_INSIDE = re.compile(r"\w(?:.*\w)?", re.DOTALL)


@dataclass(frozen=True)
class WordShare:
    """A word and what it adds to each score; what its word pieces add, taken together.

    Attributes:
        start: offset of its first character in the question or in the sentence, punctuation round it left out.
        end: offset after its last character.
        text: the word. A name that the glossary added to the question has the offsets of the words it stands for.
        dense: what it adds to D; may be negative.
        late: what it adds to M.
        keywords: what it adds to T.
    """

    start: int
    end: int
    text: str
    dense: float
    late: float
    keywords: float


@dataclass(frozen=True)
class Pair:
    """A word of the question and the word of the sentence that matches it best.

    Attributes:
        question: place in ``Explanation.question``.
        quote: place in ``Explanation.quote``.
        match: how well the two match, from 0 to 1: M of the one word alone in the other.
        dense: what the two together add to D.
        late: what the question's word adds to M.
    """

    question: int
    quote: int
    match: float
    dense: float
    late: float


@dataclass(frozen=True)
class Explanation:
    """The scores of a sentence for a question, word by word.

    Attributes:
        dense: D, the cosine of the two; the sum of ``dense`` over the question's words, and over the sentence's.
        late: M, the late interaction of the two; likewise.
        keywords: T, the BM25 score of the sentence; likewise.
        question: the words of the question as it is put to the sentence's language.
        quote: the words of the sentence.
        pairs: for each word of the question that matches any, the one it matches best; what adds most to M first.
    """

    dense: float
    late: float
    keywords: float
    question: tuple[WordShare, ...]
    quote: tuple[WordShare, ...]
    pairs: tuple[Pair, ...]

    def best(self, count: int) -> list[tuple[str, str, Pair]]:
        """Return the pairs that tell most, with their words; without stop words and those that hardly match."""
        named = ((self.question[pair.question].text, self.quote[pair.quote].text, pair) for pair in self.pairs)
        telling = ((asked, found, pair) for asked, found, pair in named if pair.match >= _TELLING)
        return list(islice((each for each in telling if not is_stopword(fold(each[0]))), count))

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Text:
    """A text by words, and the token ids of all words end to end."""

    places: list[tuple[int, int, str]]
    rows: TokenRows

    @classmethod
    def of(cls, text: str, model: StaticEmbedder, offset: int = 0) -> "_Text":
        # The model's tokenizer never looks across white space, so words by themselves give the tokens of the text.
        found = list(_WORD.finditer(text))
        places = []
        for match in found:
            inside = _INSIDE.search(match[0])
            start, end = inside.span() if inside else (0, len(match[0]))
            places.append((offset + match.start() + start, offset + match.start() + end, match[0][start:end]))
        return cls(places, model.tokenize([match[0] for match in found]))

    def sums(self, values: NDArray[np.float64], axis: int = 0) -> NDArray[np.float64]:
        """Add up the values of tokens by word along an axis."""
        belongs = _by_word(self.rows)
        return np.asarray(belongs @ values if axis == 0 else values @ belongs.T)


def _by_word(rows: TokenRows) -> NDArray[np.float64]:
    """Return 1 where a token belongs to a word, else 0, shape [words, tokens]."""
    return np.asarray(np.arange(len(rows))[:, None] == rows.row_numbers[None, :], dtype=np.float64)


def explain(question: Question, document: Document, start: int, end: int, archive: Archive) -> Explanation:
    """Say what each word of a question and of a sentence adds to the sentence's scores.

    The vector of a text is the sum of its tokens' vectors, so its cosine is a sum over pairs of tokens, exactly.
    M is a sum over the question's tokens, each with the one it matches best; T one over search terms, each of
    which stands in the sentence and comes from tokens of the question.

    Args:
        question: that was asked; of an answer to a follow-up, that which was understood.
        document: where the sentence stands.
        start: offset of the sentence.
        end: offset after it.
        archive: where it was found; its articles say how rare a word is.

    Raises:
        IsnadError: there is no such stretch in the document.
    """
    if not 0 <= start < end <= len(document.text):
        raise IsnadError(
            f"{document.uri} has {len(document.text):,} characters; there is no sentence from {start} to {end}"
        )
    model = bundled_embedder()
    shelf = archive.shelf(document.language)
    asked = _asked(question, document.language, shelf, model)
    quote = _Text.of(document.text[start:end], model)
    pairs = _dense(asked.rows.ids, quote.rows.ids, model)
    late = LateInteraction(asked.rows.ids, model)
    alone = TokenRows(quote.rows.ids, np.arange(len(quote.rows.ids) + 1))
    matches = late.matches(alone).astype(np.float64)
    weights = late.weights.astype(np.float64)
    met = _word_matches(asked, quote, matches, weights)
    best = _only_best(matches, met[asked.rows.row_numbers][:, quote.rows.row_numbers])
    terms = _keywords(asked.rows.ids, quote.rows.ids, shelf)
    dense_words, late_words, keyword_words = (
        quote.sums(asked.sums(table), axis=1) for table in (pairs, weights[:, None] * best, terms)
    )
    return Explanation(
        dense=float(pairs.sum()),
        late=float(late_words.sum()),
        keywords=float(terms.sum()),
        question=_shares(asked, *(table.sum(axis=1) for table in (dense_words, late_words, keyword_words))),
        quote=_shares(quote, *(table.sum(axis=0) for table in (dense_words, late_words, keyword_words))),
        pairs=_pairs(met, dense_words, late_words),
    )


def _asked(question: Question, language: str, shelf: Shelf, model: StaticEmbedder) -> _Text:
    """Return the question as it is put to articles of a language; added names have the place of their term."""
    text = asked_of_shelf(question, shelf, language)
    parts = [_Text.of(question.text, model)]
    for name in text[len(question.text) :].split("\n")[1:]:
        term = next(term for term in question.terms if term.names(language)[0] == name)
        part = _Text.of(name, model)
        parts.append(_Text([(term.start, term.end, word) for _, _, word in part.places], part.rows))
    places = [place for part in parts for place in part.places]
    return _Text(places, TokenRows.of([row for part in parts for row in part.rows]))


def _dense(asked: TokenIds, quote: TokenIds, model: StaticEmbedder) -> NDArray[np.float64]:
    """Return what each pair of tokens adds to the cosine, shape [question tokens, sentence tokens]."""
    ours, theirs = model.vectors[asked].astype(np.float64), model.vectors[quote].astype(np.float64)
    norm = float(np.linalg.norm(ours.sum(axis=0)) * np.linalg.norm(theirs.sum(axis=0)))
    return np.asarray(ours @ theirs.T / norm if norm else np.zeros((len(asked), len(quote))))


def _word_matches(
    asked: _Text, quote: _Text, matches: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how well each word of the question is matched within each of the sentence, shape [words, words]."""
    if not matches.size:
        return np.zeros((len(asked.rows), len(quote.rows)))
    filled = np.flatnonzero(quote.rows.counts)
    within = np.zeros((len(matches), len(quote.rows)))
    within[:, filled] = np.maximum.reduceat(matches, quote.rows.starts[:-1][filled], axis=1)
    told = weights[:, None] * bundled_embedder().words[asked.rows.ids][:, None]  # no punctuation
    return np.asarray(asked.sums(told * within) / np.maximum(asked.sums(told), 1e-12))


def _only_best(matches: NDArray[np.float64], met: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matches of each question token but for the best as 0.

    Args:
        matches: of tokens.
        met: of the words they belong to, which decides among equals; both of shape [tokens, tokens].
    """
    best = np.zeros_like(matches)
    if matches.size:
        rows = np.arange(len(matches))
        highest = matches == matches.max(axis=1, keepdims=True)
        columns = np.where(highest, met, -1.0).argmax(axis=1)
        best[rows, columns] = matches[rows, columns]
    return best


def _keywords(asked: TokenIds, quote: TokenIds, shelf: Shelf) -> NDArray[np.float64]:
    """Return what each pair of tokens adds to T, shape [question tokens, sentence tokens]."""
    shares = np.zeros((len(asked), len(quote)))
    row = TokenRows.of([quote])
    values: dict[int, float] = {}
    for place, token in enumerate(asked):
        terms = shelf.translator.translate(np.array([token], dtype=asked.dtype))
        for term, weight in zip(terms.ids.tolist(), terms.weights.tolist(), strict=True):
            at = np.flatnonzero(quote == term)
            if len(at):
                if term not in values:
                    one = WeightedTokens(np.array([term], dtype=np.int64), np.ones(1))
                    values[term] = float(keywords(one, row, shelf.statistics)[0])
                shares[place, at] += weight * values[term] / len(at)
    return shares


def _shares(
    text: _Text, dense: NDArray[np.float64], late: NDArray[np.float64], terms: NDArray[np.float64]
) -> tuple[WordShare, ...]:
    columns = zip(text.places, dense.tolist(), late.tolist(), terms.tolist(), strict=True)
    return tuple(WordShare(*place, *shares) for place, *shares in columns)


def _pairs(met: NDArray[np.float64], dense: NDArray[np.float64], late: NDArray[np.float64]) -> tuple[Pair, ...]:
    """Return for each word of the question the one that matches it best, of equals the one that adds most to D."""
    found = []
    for word in range(len(met) if met.size else 0):
        place = max(range(met.shape[1]), key=lambda at: (met[word, at], dense[word, at]))
        if met[word, place] > 0:
            shares = float(met[word, place]), float(dense[word, place]), float(late[word].sum())
            found.append(Pair(word, place, *shares))
    return tuple(sorted(found, key=lambda pair: -pair.late))
