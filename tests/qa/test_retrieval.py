"""Retrieval against a second implementation in plain Python, over all passages instead of candidates."""

import math
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from statistics import fmean

import numpy as np
import pytest

from index.archive import Archive
from index.documents import Document
from index.embedding import Embedder, bundled_embedder
from index.errors import IsnadError
from index.filters import Filter
from qa.question import Question
from qa.retrieval import FUSION, Hit, Ranking, rank, rankings, retrieve
from tests.qa.conftest import ARABIC, ENGLISH

QUESTIONS = [
    "Why was the port of Kessan closed?",
    "How many boats were lost?",
    "When will the railway open?",
    "Who sells umbrellas in Tarn?",
    "لماذا أُغلق ميناء كسان؟",
    "كم قاربا فقد الصيادون؟",
    "ما مدة سجن المصرفي؟",
]

TEXTS = {"en": ENGLISH, "ar": ARABIC}


def product(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(map(operator.mul, one, other))


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return product(one, other) / (math.hypot(*one) * math.hypot(*other))


@cache
def oracle(question: str, language: str) -> "Oracle":
    return Oracle(question, TEXTS[language])


class Oracle:
    """D, M and T of every text, from their definitions: loops, lists and math.

    It shares the model's vectors and token ids with what it checks, and nothing else.
    """

    def __init__(self, question: str, texts: Sequence[str]) -> None:
        model = bundled_embedder()
        self.vectors: dict[int, list[float]] = {}
        self.question, *self.texts = (row.tolist() for row in model.tokenize([question, *texts]))
        for token in {*self.question, *(token for text in self.texts for token in text)}:
            self.vectors[token] = model.vectors[token].tolist()
        self.vocabulary = sorted({token for text in self.texts for token in text})
        self.cosines = {
            token: {other: cosine(self.vectors[token], self.vectors[other]) for other in self.vocabulary}
            for token in set(self.question)
        }

    def mean_vector(self, tokens: Sequence[int]) -> list[float]:
        return [math.fsum(column) for column in zip(*(self.vectors[token] for token in tokens), strict=True)]

    def dense(self) -> list[float]:
        question = self.mean_vector(self.question)
        return [cosine(question, self.mean_vector(text)) for text in self.texts]

    def late(self) -> list[float]:
        lengths = [math.hypot(*self.vectors[token]) for token in self.question]
        scores = []
        for text in self.texts:
            best = [max(self.cosines[token][other] for other in text) for token in self.question]
            matches = [min(max(value - 0.3, 0) / 0.7, 1) for value in best]
            scores.append(product(lengths, matches) / sum(lengths))
        return scores

    def keywords(self) -> list[float]:
        terms: Counter[int] = Counter()
        for token in self.question:
            nearest = sorted(self.cosines[token].items(), key=lambda item: -item[1])[:3]
            for other, value in nearest:
                if value > 0.35:
                    terms[other] += value * math.exp(12 * (value - nearest[0][1]))  # type: ignore[assignment]
        count = len(self.texts)
        mean = fmean(len(text) for text in self.texts)
        scores = []
        for text in self.texts:
            score = most = 0.0
            for term, weight in terms.items():
                holding = sum(term in other for other in self.texts)
                inverse = math.log(1 + (count - holding + 0.5) / (holding + 0.5))
                times = text.count(term)
                score += weight * inverse * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * len(text) / mean))
                most += weight * inverse * 2.2
            scores.append(score / most if most else 0.0)
        return scores

    def fused(self) -> list[float]:
        by_name = {"dense": self.dense(), "late": self.late(), "keywords": self.keywords()}
        return [sum(FUSION[name] * by_name[name][i] for name in FUSION) for i in range(len(self.texts))]


def places_of(ranking: Ranking, archive: Archive) -> list[int]:
    """Which of the language's texts each candidate is."""
    passages = archive.passages(ranking.data.ids.tolist())
    return [TEXTS[ranking.language].index(archive.document(passage.document).text) for passage in passages]


def asked(question: str, archive: Archive, language: str) -> str:
    """The question with the names it is joined by, taken from the tokens that were searched for."""
    ranking = rank(Question.parse(question), archive, language)
    parsed = Question.parse(question)
    shelf = archive.shelf(language)
    known = {
        name: shelf.translator.nearness(bundled_embedder().tokenize([name]).ids) >= 0.6
        for name in (parsed.text[term.start : term.end] for term in parsed.terms)
    }
    text = parsed.asked_of(language, known.__getitem__)
    assert ranking.question.tolist() == bundled_embedder().tokenize([text]).ids.tolist()
    return text


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_rank_equals_the_three_scores_over_all_passages(
    question: str, language: str, news_archive: Archive
) -> None:
    ranking = rank(Question.parse(question), news_archive, language)
    places = places_of(ranking, news_archive)
    assert sorted(places) == list(range(len(TEXTS[language])))  # all are candidates
    scores = oracle(asked(question, news_archive, language), language)
    expected = {"dense": scores.dense(), "late": scores.late(), "keywords": scores.keywords()}
    assert set(ranking.scores) == set(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(ranking.scores[name], [values[i] for i in places], atol=2e-3, err_msg=name)
    fused = scores.fused()
    np.testing.assert_allclose(ranking.fused, [fused[i] for i in places], atol=5e-2)
    assert all(one >= other for one, other in pairwise(ranking.fused))


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_candidates_are_the_best_of_both_searches(question: str, language: str, news_archive: Archive) -> None:
    found = places_of(rank(Question.parse(question), news_archive, language, candidates=2), news_archive)
    scores = oracle(asked(question, news_archive, language), language)
    dense, keywords = scores.dense(), scores.keywords()
    assert set(sorted(range(len(dense)), key=lambda i: -dense[i])[:2]) <= set(found)
    assert max(keywords[i] for i in found) >= 0.8 * max(keywords)  # tantivy rounds the lengths of texts
    assert len(found) <= 4


def of_language(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.document.partition("/")[0] for hit in hits]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("k", [1, 2, 3, 7, 10, 12, 50])
def test_languages_share_the_result_in_turn(question: str, k: int, news_archive: Archive) -> None:
    hits = retrieve(question, news_archive, k)
    assert len(hits) == min(k, len(ENGLISH) + len(ARABIC))
    assert len({hit.passage.id for hit in hits}) == len(hits)
    languages = of_language(hits)
    shared = min(k, 2 * len(ARABIC))  # until the shorter of the two runs out
    assert all(one != other for one, other in pairwise(languages[:shared]))
    assert set(languages[shared:]) <= {"en"}
    for language in ("en", "ar"):
        own = [hit for hit in hits if hit.passage.document.startswith(language)]
        assert all(one.score >= other.score for one, other in pairwise(own))
        alone = rank(Question.parse(question), news_archive, language)
        assert [hit.passage.id for hit in own] == alone.data.ids[: len(own)].tolist()


def test_every_language_of_an_archive_has_its_turn(made_up_archive: Archive) -> None:
    languages = of_language(retrieve("How much did the Sarun bridge cost?", made_up_archive, 6))
    assert set(languages[:4]) == {"en", "ar", "fr", "und"}
    assert sorted(languages[4:]) == ["ar", "en"]


def test_the_language_that_matches_best_comes_first(news_archive: Archive) -> None:
    for question in QUESTIONS:
        ranked = rankings(Question.parse(question), news_archive)
        assert [r.language for r in ranked] == of_language(retrieve(question, news_archive, 2))
        assert ranked[0].scores["late"][0] >= ranked[1].scores["late"][0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_ranks_are_places_under_each_score(question: str, news_archive: Archive) -> None:
    hits = {hit.passage.id: hit for hit in retrieve(question, news_archive, 12)}
    for ranking in rankings(Question.parse(question), news_archive):
        for name, scores in ranking.scores.items():
            order = ranking.data.ids[np.argsort(-scores, kind="stable")].tolist()
            found = {passage: hits[passage].ranks[name] for passage in order}
            assert sorted(found.values()) == list(range(1, len(order) + 1))
            assert sorted(found, key=found.__getitem__) == order


def test_only_some_languages(news_archive: Archive) -> None:
    question = Question.parse(QUESTIONS[0])
    assert [r.language for r in rankings(question, news_archive, Filter(languages=("ar",)))] == ["ar"]
    assert rankings(question, news_archive, Filter(languages=("fr",))) == []


def test_a_parsed_question_is_taken_too(news_archive: Archive) -> None:
    text = QUESTIONS[0]
    assert retrieve(Question.parse(text), news_archive, 3) == retrieve(text, news_archive, 3)


@pytest.mark.parametrize("k", [0, -1])
def test_k_must_be_positive(k: int, news_archive: Archive) -> None:
    with pytest.raises(IsnadError, match=f"at least 1, not {k}"):
        retrieve("Who?", news_archive, k)


def test_an_archive_without_passages_has_no_hits(no_archive: Archive) -> None:
    assert retrieve("Who closed the port?", no_archive) == []


def test_an_archive_emptied_again_has_no_hits(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive([Document.create("one", ENGLISH[0], language="en")])
    assert len(retrieve("Who closed the port?", archive)) == 1
    archive.remove("one")
    assert retrieve("Who closed the port?", archive) == []


def test_names_are_added_only_where_the_archive_does_not_know_them(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive(
        [
            Document.create("en/1", "The GCTF sat in Velmora on Monday.", language="en"),
            Document.create("ar/1", "يتوقع المزارعون في وادي أوسك محصولا ضعيفا بعد الجفاف.", language="ar"),
        ]
    )
    question = Question.parse("Where did the GCTF sit?")
    tokenize = bundled_embedder().tokenize
    in_english = rank(question, archive, "en").question.tolist()
    assert in_english == tokenize([question.text]).ids.tolist()
    in_arabic = rank(question, archive, "ar").question.tolist()
    joined = f"{question.text}\n{question.terms[0].names('ar')[0]}"
    assert in_arabic == tokenize([joined]).ids.tolist()


def test_any_embedder_gives_the_dense_score(
    embedder: Embedder, make_archive: Callable[..., Archive], made_up_documents: list[Document]
) -> None:
    archive = make_archive(made_up_documents, model=None if embedder.name == "bundled" else embedder.name)
    question = "Who opened the bridge over the river?"
    ranking = rank(Question.parse(question), archive, "en")
    passages = archive.passages(ranking.data.ids.tolist())
    documents = [archive.document(passage.document) for passage in passages]
    texts = [f"{d.title}\n{d.text[p.start : p.end]}" for d, p in zip(documents, passages, strict=True)]
    expected = embedder.encode(texts) @ embedder.encode([asked(question, archive, "en")], query=True)[0]
    np.testing.assert_allclose(ranking.scores["dense"], expected, atol=2e-3)
