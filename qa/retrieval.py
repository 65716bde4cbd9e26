"""Question to passages: dense, late interaction and keywords, per document language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.catalog import PassageData
from index.embedding import bundled_embedder
from index.errors import IsnadError
from index.filters import Filter
from index.passages import Passage
from index.scores import LateInteraction, Scores, WeightedTokens, best_keywords, dense, keywords
from index.selection import Selection
from index.shelf import Shelf
from index.token_rows import TokenIds
from qa.once import once_a_story, other_outlets
from qa.question import Question

# How many passages each of the two searches puts forward; all of them get all three scores.
CANDIDATES = 100
# What each score counts, chosen on development questions (see ARCHITECTURE.md). As all three are shares of the
# most that can be reached, sums of different questions can be held against each other.
FUSION = {"dense": 5.0, "late": 5.0, "keywords": 1.0}
# A name is known to a shelf when each of its tokens has one there with at least this cosine.
KNOWN = 0.6
EVERYTHING = Filter()
# So many passages are looked through for each that is wanted, as others may tell the same story.
COPIES = 5


@dataclass(frozen=True)
class Hit:
    """A passage found for a question.

    Attributes:
        passage: where it is.
        score: weighted sum of the three scores; larger is better, and comparable only within a language.
        ranks: place of the passage, from 1, under each score alone ("dense", "late", "keywords").
        others: URIs of the other documents of its story, the earliest first; none of them is another hit.
    """

    passage: Passage
    score: float
    ranks: Mapping[str, int]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ranking:
    """The candidates of one language, best first.

    Attributes:
        language: of the documents.
        late: late interaction with the question as asked of this language.
        data: the candidates.
        scores: the scores by name, each at most 1, of shape [candidates].
        fused: their weighted sum, falling.
    """

    language: str
    late: LateInteraction
    data: PassageData
    scores: Mapping[str, Scores]
    fused: Scores

    @property
    def question(self) -> TokenIds:
        """Token ids of the question as asked of this language."""
        return self.late.question

    def take(self, places: Sequence[int]) -> "Ranking":
        """Return the candidates at those places, in that order."""
        order = np.array(places, dtype=np.int64)
        scores = {name: score[order] for name, score in self.scores.items()}
        return Ranking(self.language, self.late, self.data.take(order), scores, self.fused[order])


def rank(
    question: Question,
    archive: Archive,
    language: str,
    where: Filter = EVERYTHING,
    candidates: int = CANDIDATES,
) -> Ranking:
    """Rank the passages of one language whose articles meet a filter.

    Candidates are the nearest by vector and the best by translated keywords; all of them are then scored
    D (dense), M (late interaction) and T (translated keywords).
    """
    model = bundled_embedder()
    shelf = archive.shelf(language)
    selection = archive.select(language, where) if where else None
    text = asked_of_shelf(question, shelf, language)
    vector = archive.embedder.encode([text], query=True)[0]
    tokens = model.tokenize([text]).ids
    terms = shelf.translator.translate(tokens)
    data = archive.passage_data(_candidates(shelf, vector, terms, candidates, selection))
    late = LateInteraction(tokens, model)
    scores = {
        "dense": dense(vector, data.vectors),
        "late": late.scores(data.tokens),
        "keywords": keywords(terms, data.tokens, shelf.statistics) / best_keywords(terms, shelf.statistics),
    }
    fused = np.sum([FUSION[name] * score for name, score in scores.items()], axis=0)
    order = np.argsort(-fused, kind="stable")
    return Ranking(
        language,
        late,
        data.take(order),
        {name: score[order] for name, score in scores.items()},
        fused[order],
    )


def asked_of_shelf(question: Question, shelf: Shelf, language: str) -> str:
    """Return a question as it is put to the articles of a shelf, which are in that language."""
    model = bundled_embedder()
    return question.asked_of(language, lambda name: shelf.translator.nearness(model.tokenize([name]).ids) >= KNOWN)


def _candidates(
    shelf: Shelf, vector: NDArray[np.float32], terms: WeightedTokens, count: int, selection: Selection | None
) -> set[int]:
    """Return the passages that either search puts forward; all, where hardly more are selected."""
    if selection is not None and len(selection) <= 2 * count:
        return set(selection.ids.tolist())
    return {
        *shelf.vectors.search(vector, count, selection),
        *shelf.keywords.search(terms, count, selection).tolist(),
    }


def rankings(question: Question, archive: Archive, where: Filter = EVERYTHING) -> list[Ranking]:
    """Rank the passages of every language the archive holds; the one that matches best first."""
    wanted = [code for code in archive.passage_counts() if not where.languages or code in where.languages]
    within = replace(where, languages=())
    if within:
        wanted = [code for code in wanted if len(archive.select(code, within))]
    ranked = [rank(question, archive, language, within) for language in wanted]
    return sorted(ranked, key=lambda ranking: -float(ranking.scores["late"][:1].sum()))


def retrieve(question: str | Question, archive: Archive, k: int = 10, where: Filter = EVERYTHING) -> list[Hit]:
    """Find the passages that bear on a question, of every story only those of one document.

    Languages share the result in turn, because a score of one cannot be held against a score of the other
    (arXiv 2507.07543).

    Args:
        question: in Arabic or English.
        archive: where to look.
        k: how many passages at most.
        where: the articles to look at.

    Returns:
        At most ``k`` hits, best first within each language.

    Raises:
        IsnadError: the question cannot be understood (see ``Question.parse``) or ``k`` is not positive.
    """
    if k < 1:
        raise IsnadError(f"k is the number of passages to find and must be at least 1, not {k}")
    parsed = question if isinstance(question, Question) else Question.parse(question)
    by_language = [_hits(ranking, archive, k) for ranking in rankings(parsed, archive, where)]
    shared = [hit for hit in chain.from_iterable(zip_longest(*by_language)) if hit is not None][:k]
    return [replace(hit, others=other_outlets(archive, hit.passage.document)) for hit in shared]


def _hits(ranking: Ranking, archive: Archive, k: int) -> list[Hit]:
    places = {name: (-score).argsort(kind="stable").argsort() + 1 for name, score in ranking.scores.items()}
    positions = {int(i): position for position, i in enumerate(ranking.data.ids[: k * COPIES])}
    return [
        Hit(
            passage,
            float(ranking.fused[positions[passage.id]]),
            {name: int(place[positions[passage.id]]) for name, place in places.items()},
        )
        for passage in once_a_story(archive, archive.passages(list(positions)))[:k]
    ]
