"""Evidence: whole sentences of the archive, in the order of their odds."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from index.filters import Filter
from index.sentences import sentence_spans
from qa.calibration import ANSWER_FEATURES, FEATURES, Calibration, Logistic
from qa.evidence import Evidence, Sentence, gather
from qa.question import Question

DOCUMENT = Document.create("made up", " ".join(f"{number:02}." for number in range(20)), language="en")


def calibration(weight: float = 1.0, company: float = 0.5, threshold: float = 0.5) -> Calibration:
    """Sentences are told apart by their first feature times the weight; the answer's odds are the best one's."""
    sentence = np.zeros(len(FEATURES))
    answer = np.zeros(len(ANSWER_FEATURES))
    sentence[0] = weight
    answer[ANSWER_FEATURES.index("odds")] = 1.0
    cells = ("ar-ar", "ar-en", "en-ar", "en-en")
    return Calibration(
        dict.fromkeys(cells, Logistic(sentence, 0.0)),
        dict.fromkeys(cells, Logistic(answer, 0.0)),
        threshold,
        company,
    )


def sentence(odds: float, number: int = 0) -> Sentence:
    values = np.arange(len(FEATURES), dtype=np.float64)  # unlike each other, to be told apart
    values[0] = odds
    start = 4 * number  # each says something else
    return Sentence(DOCUMENT, start, start + 3, values, "en-en")


def first(values: NDArray[np.float64]) -> float:
    return float(values[0])


ODDS = st.lists(st.floats(-20, 20), max_size=12)


@given(ODDS, st.floats(0, 5))
def test_the_likeliest_come_first_and_company_is_near_them(odds: list[float], company: float) -> None:
    evidence = Evidence(
        [sentence(value, number) for number, value in enumerate(odds)], calibration(company=company)
    )
    assert evidence.odds.tolist() == pytest.approx(sorted(odds, reverse=True))
    assert [first(s.features) for s in evidence.sentences] == sorted(odds, reverse=True)
    assert evidence.best(0) == ()
    for k in range(len(odds) + 2):
        best = evidence.best(k)
        assert best == evidence.best(k + 1)[:k]  # monotone: a larger k only adds
        assert best == evidence.sentences[: len(best)]
        assert len(best) <= k
        assert all(first(s.features) >= max(odds) - company - 1e-9 for s in best)
    surely = [value for value in odds if value >= max(odds) - company + 1e-9]
    assert len(evidence.best(len(odds))) >= len(surely)


@given(ODDS)
def test_other_weights_order_the_same_sentences_anew(odds: list[float]) -> None:
    evidence = Evidence([sentence(value, number) for number, value in enumerate(odds)], calibration())
    turned = evidence.under(calibration(weight=-1.0))
    assert turned.odds.tolist() == pytest.approx([-value for value in sorted(odds)])
    assert {id(s) for s in turned.sentences} == {id(s) for s in evidence.sentences}
    assert evidence.under(evidence.calibration).sentences == evidence.sentences


def test_equal_odds_keep_the_order_in_which_they_were_found() -> None:
    found = [sentence(1.0), sentence(2.0), sentence(1.0), sentence(2.0)]
    assert Evidence(found, calibration()).sentences == (found[1], found[3], found[0], found[2])


def test_the_features_of_an_answer() -> None:
    best = sentence(3.0)
    evidence = Evidence([sentence(1.25), best], calibration(), {"en": 60, "ar": 3})
    values = dict(zip(ANSWER_FEATURES, evidence.features["en-en"].tolist(), strict=True))
    assert (values["odds"], values["ahead"]) == (3.0, 1.75)
    assert values["few"] == pytest.approx(1 / 4)  # 60 passages of its language, three times what counts half
    own = dict(zip(FEATURES, best.features.tolist(), strict=True))
    shared = [name for name in ANSWER_FEATURES if name in own]
    assert shared
    assert {name: values[name] for name in shared} == {name: own[name] for name in shared}


def test_languages_are_held_against_each_other_by_how_likely_their_best_answers() -> None:
    scores = {"en-ar": [9.0, 8.0], "en-en": [1.0, 0.5]}
    made = calibration(company=1.0)
    bias = {"en-ar": -8.0, "en-en": 1.0}  # of the answer: the best of Arabic has odds 1, that of English 2
    made = replace(made, answer={cell: replace(of, bias=bias.get(cell, 0.0)) for cell, of in made.answer.items()})
    found = [replace(sentence(value), cell=cell) for cell, values in scores.items() for value in values]
    evidence = Evidence(found, made)
    assert [(s.cell, first(s.features)) for s in evidence.sentences] == [
        ("en-en", 1.0),
        ("en-en", 0.5),
        ("en-ar", 9.0),
        ("en-ar", 8.0),
    ]
    assert evidence.odds.tolist() == [2.0, 1.5, 1.0, 0.0]
    assert evidence.probability == pytest.approx(1 / (1 + np.exp(-2.0)))


def test_certainty_does_not_overflow() -> None:
    assert Evidence([sentence(1e4)], calibration()).probability == 1
    assert Evidence([sentence(-1e4)], calibration()).probability == 0


def test_a_sentence_alone_is_ahead_of_none() -> None:
    evidence = Evidence([sentence(2.0)], calibration())
    assert evidence.features["en-en"][ANSWER_FEATURES.index("ahead")] == 0
    assert evidence.probability == pytest.approx(1 / (1 + np.exp(-2.0)))


@pytest.mark.parametrize(("odds", "answers"), [(-1.0, False), (0.0, True), (1.0, True)])
def test_an_answer_is_given_from_the_threshold_on(odds: float, answers: bool) -> None:
    assert Evidence([sentence(odds)], calibration(threshold=0.5)).answers is answers


def test_no_sentence_is_no_answer() -> None:
    evidence = Evidence([], calibration())
    assert evidence.probability == 0
    assert not evidence.answers
    assert evidence.best(3) == ()


@pytest.mark.parametrize("question", ["Who closed the port of Kessan?", "كم قاربا فقد الصيادون؟"])
def test_all_sentences_of_the_best_passages_are_looked_at(question: str, news_archive: Archive) -> None:
    evidence = gather(Question.parse(question), news_archive)
    assert {s.cell for s in evidence.sentences} == {
        f"{Question.parse(question).language}-{to}" for to in ("ar", "en")
    }
    for s in evidence.sentences:
        assert (s.start, s.end) in sentence_spans(s.document.text, s.document.language)
        assert s.features.shape == (len(FEATURES),)
    assert len({(s.document.uri, s.start) for s in evidence.sentences}) == len(evidence.sentences)
    uris = {s.document.uri for s in evidence.sentences}
    complete = sum(len(sentence_spans(news_archive.document(uri).text, uri[:2])) for uri in uris)
    assert len(evidence.sentences) == complete
    assert all(one >= other for one, other in pairwise(evidence.odds))
    assert 0 <= evidence.probability <= 1


def test_only_some_languages(news_archive: Archive) -> None:
    question = Question.parse("Who closed the port of Kessan?")
    assert {s.document.language for s in gather(question, news_archive, Filter(languages=("ar",))).sentences} == {
        "ar"
    }
    assert gather(question, news_archive, Filter(languages=("fi",))).sentences == ()


@pytest.mark.parametrize("question", ["Who co-chairs the GCTF?", "من يترأس المنتدى العالمي لمكافحة الإرهاب؟"])
def test_the_seed_names_the_two_countries(question: str, seed_archive: Archive) -> None:
    found = gather(Question.parse(question), seed_archive).sentences[:3]
    assert any("المغرب وهولندا" in s.document.text[s.start : s.end] for s in found)


@pytest.mark.parametrize("question", ["Which initiatives were launched?", "ما هي المبادرات التي أُطلقت؟"])
def test_the_seed_names_the_initiatives(question: str, seed_archive: Archive) -> None:
    found = gather(Question.parse(question), seed_archive).sentences[:3]
    assert any("المبادرات" in s.document.text[s.start : s.end] for s in found)


@settings(max_examples=30)
@given(
    st.text(st.sampled_from(list("who the مني دولة ?؟ـ\u064b\u200fé²ﷺ1\n🎈")), max_size=40),
    st.sampled_from(["", "who ", "من "]),
)
def test_whatever_is_understood_can_be_looked_up(seed_archive: Archive, text: str, before: str) -> None:
    try:
        question = Question.parse(before + text)
    except IsnadError:
        return
    evidence = gather(question, seed_archive)
    assert all(np.isfinite(features).all() for features in evidence.features.values())
    assert 0 <= evidence.probability <= 1


def test_what_two_articles_say_in_the_same_words_is_quoted_once(make_archive: Callable[..., Archive]) -> None:
    text = "The council of Velmora opened the Sarun bridge on Monday."
    documents = [
        Document.create("one", f"{text} The mayor spoke.", title="Bridge (made up)"),
        Document.create("two", f"{text.upper()} A band played.", title="Opening (made up)"),
    ]
    archive = make_archive(documents)
    evidence = gather(Question.parse("What did the council of Velmora open?"), archive)
    for quoted in (evidence.best(9), evidence.nearest(9)):
        said = [s.document.text[s.start : s.end].lower() for s in quoted]
        assert len(said) == len(set(said))
        assert text.lower() in said
