"""Shares of words, against the scores themselves."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.documents import Document
from index.embedding import bundled_embedder
from index.errors import IsnadError
from index.scores import LateInteraction, best_keywords, dense, keywords
from index.sentences import sentence_spans
from qa.calibration import FEATURES
from qa.evidence import gather
from qa.explanation import Explanation, explain
from qa.question import Question
from qa.retrieval import KNOWN

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in GOLD.read_text(encoding="utf-8").splitlines()]


def scores(question: Question, document: Document, start: int, end: int, archive: Archive) -> list[float]:
    """D, M and T of a sentence, as `index.scores` gives them."""
    model, shelf = bundled_embedder(), archive.shelf(document.language)
    text = question.asked_of(
        document.language, lambda name: shelf.translator.nearness(model.tokenize([name]).ids) >= KNOWN
    )
    rows = model.tokenize([document.text[start:end]])
    ids = model.tokenize([text]).ids
    vectors = model.encode([text, document.text[start:end]])
    terms = shelf.translator.translate(ids)
    late = LateInteraction(ids, model)
    return [
        float(dense(vectors[0], vectors[1:])[0]),
        float(late.scores(rows)[0]),
        float(keywords(terms, rows, shelf.statistics)[0]),
    ]


def sums(explanation: Explanation) -> Iterator[list[float]]:
    for words in (explanation.question, explanation.quote):
        yield [sum(getattr(word, score) for word in words) for score in ("dense", "late", "keywords")]


def check(explanation: Explanation, expected: list[float]) -> None:
    np.testing.assert_allclose(
        [explanation.dense, explanation.late, explanation.keywords], expected, rtol=1e-5, atol=1e-5
    )
    for added in sums(explanation):
        np.testing.assert_allclose(added, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("asked", QUESTIONS[::4])
def test_shares_add_up_to_the_scores(asked: str, seed_archive: Archive) -> None:
    document = next(seed_archive.documents())
    question = Question.parse(asked)
    for start, end in sentence_spans(document.text, document.language):
        explanation = explain(question, document, start, end, seed_archive)
        check(explanation, scores(question, document, start, end, seed_archive))
        quote = document.text[start:end]
        assert [quote[word.start : word.end] for word in explanation.quote] == [
            word.text for word in explanation.quote
        ]


@given(asked=st.text(min_size=1, max_size=60), said=st.text(max_size=80).map("a {}".format))
@settings(max_examples=80)
def test_of_any_texts(asked: str, said: str, news_archive: Archive) -> None:
    # Not parsed, so that any text can be asked.
    question = Question(asked, "en")
    document = Document.create("any", said, language="en")
    end = len(document.text)
    explanation = explain(question, document, 0, end, news_archive)
    check(explanation, scores(question, document, 0, end, news_archive))


@pytest.mark.parametrize("asked", ["Who co-chairs the GCTF?", "من يترأس المنتدى العالمي لمكافحة الإرهاب؟"])
def test_scores_are_those_the_sentence_was_ranked_by(asked: str, seed_archive: Archive) -> None:
    question = Question.parse(asked)
    model, shelf = bundled_embedder(), seed_archive.shelf("ar")
    text = question.asked_of("ar", lambda name: shelf.translator.nearness(model.tokenize([name]).ids) >= KNOWN)
    highest = best_keywords(shelf.translator.translate(model.tokenize([text]).ids), shelf.statistics)
    for sentence in gather(question, seed_archive).sentences[:3]:
        explanation = explain(question, sentence.document, sentence.start, sentence.end, seed_archive)
        ranked = dict(zip(FEATURES, sentence.features.tolist(), strict=True))
        found = explanation.late, explanation.dense, explanation.keywords / highest
        assert found == pytest.approx([ranked[name] for name in ("late", "dense", "keywords")], abs=1e-5)


def test_across_languages(seed_archive: Archive) -> None:
    document = next(seed_archive.documents())
    quote = "الاجتماع الوزاري الثامن للمنتدى العالمي لمكافحة الإرهاب، الذي يترأسه كل من المغرب وهولندا"
    start = document.text.index(quote)
    question = Question.parse("How many ministerial meetings has the forum held?")
    explanation = explain(question, document, start, start + len(quote), seed_archive)
    met = {asked: found for asked, found, _ in explanation.best(10)}
    assert met["forum"] == "للمنتدى"
    assert met["ministerial"] == "الوزاري"
    assert met["meetings"] == "الاجتماع"
    assert "the" not in met
    assert all(0 < pair.match <= 1 + 1e-6 for _, _, pair in explanation.best(10))
    own = explanation.question[: len(question.text.split())]
    assert [question.text[word.start : word.end] for word in own] == [word.text for word in own]


def test_same_words_match_wholly(news_archive: Archive) -> None:
    document = next(document for document in news_archive.documents() if document.language == "en")
    question = Question.parse("Which port closed because of a storm?")
    explanation = explain(question, document, 0, len(document.text), news_archive)
    pairs = {(asked, found): pair.match for asked, found, pair in explanation.best(10)}
    assert pairs["storm", "storm"] == pytest.approx(1)
    assert pairs["port", "port"] == pytest.approx(1)


def test_names_the_glossary_adds_stand_where_the_term_does(news_archive: Archive) -> None:
    question = Question.parse("Who chairs the GCTF?")
    document = next(document for document in news_archive.documents() if document.language == "ar")
    explanation = explain(question, document, 0, len(document.text), news_archive)
    own = len(question.text.split())
    of_term = [word for word in explanation.question[own:] if question.text[word.start : word.end] == "GCTF"]
    assert " ".join(word.text for word in of_term) == "المنتدى العالمي لمكافحة الإرهاب"


def test_for_json(seed_archive: Archive) -> None:
    document = next(seed_archive.documents())
    record = explain(Question.parse("Who?"), document, 0, 50, seed_archive).as_dict()
    assert set(record) == {"dense", "late", "keywords", "question", "quote", "pairs"}
    assert set(record["quote"][0]) == {"start", "end", "text", "dense", "late", "keywords"}
    assert json.loads(json.dumps(record)) == json.loads(json.dumps(record, ensure_ascii=False))


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 5), (6, 5), (0, 10_000_000)])
def test_no_such_sentence(start: int, end: int, seed_archive: Archive) -> None:
    document = next(seed_archive.documents())
    with pytest.raises(IsnadError, match="there is no sentence from"):
        explain(Question.parse("Who?"), document, start, end, seed_archive)
