"""Questions: what is understood, what is refused and how, and by which names an archive is asked."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IsnadError
from qa.question import LANGUAGES, LONGEST, Question
from tests.qa.conftest import SEEDS

TEXTS = st.text() | st.text(st.sampled_from(list("who is ?؟ من هو\u0640\u200f\u064e é12٣ß中д")))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "has no words"),
        (" \n\t\u00a0", "has no words"),
        ("?! ؟…", "has no words"),
        ("\u0640\u0640\u0640", "has no words"),  # tatweel only lengthens letters
        ("2017", "has no words"),
        ("?" * 900, "has no words"),
        ("who " * 250 + "?", "1,001 characters long; ask in at most 1,000"),
        ("من" * 50_000, "100,000 characters long; ask in at most 1,000"),
        ("?" * 100_000, "100,000 characters long; ask in at most 1,000"),
        ("Quel est le rôle du forum dans la lutte contre le terrorisme ?", "another language (fr)"),
        ("Кто возглавляет форум?", "another language (ru)"),
        ("谁主持这个论坛？", "another language (zh)"),
        ("اس فورم کی صدارت کون کر رہا ہے؟", "another language (ur)"),
        ("رئیس این مجمع چه کسی است؟", "another language (fa)"),
    ],
)
def test_what_cannot_be_understood_is_named_with_the_fix(text: str, problem: str) -> None:
    with pytest.raises(IsnadError) as caught:
        Question.parse(text)
    message = str(caught.value)
    assert problem in message
    assert unicodedata.normalize("NFC", text).strip()[:60] in message
    assert "ask " in message
    assert len(message) < 250


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who?", "en"),
        ("why", "en"),
        ("GCTF?", "en"),
        ("Bourita", "en"),
        ("من؟", "ar"),
        ("لماذا", "ar"),
        ("بوريطة", "ar"),
        ("ما هو GCTF؟", "ar"),
        ("من الرئيس؟" + " و" * 495, "ar"),
        ("who " * 249 + "are?", "en"),
    ],
)
def test_short_and_long_questions_are_understood(text: str, language: str) -> None:
    assert len(text) <= LONGEST
    question = Question.parse(f"  {text}\n")
    assert (question.text, question.language) == (text, language)


@given(TEXTS)
def test_any_text_is_a_question_or_a_clear_error(text: str) -> None:
    try:
        question = Question.parse(text)
    except IsnadError:
        return  # what it says is tested above
    assert question.language in LANGUAGES
    assert question.text == unicodedata.normalize("NFC", text).strip()
    for term in question.terms:
        assert 0 <= term.start < term.end <= len(question.text)


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert Question.parse("Who chairs \ud800 the forum?").text == "Who chairs \ufffd the forum?"
    assert Question.parse("Who laughs \ud83d\ude00?").text == "Who laughs 😀?"


def test_canonical_form() -> None:
    assert Question.parse("who was at the cafe\u0301?").text == "who was at the caf\u00e9?"


def test_all_gold_questions_are_understood_in_their_language() -> None:
    rows = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows
    misread = [row["id"] for row in rows if Question.parse(row["question"]).language != row["language"]]
    assert misread == []


def test_names_that_mean_nothing_to_the_search_are_joined_by_their_others() -> None:
    question = Question.parse("Where does the GCTF sit?")
    assert question.asked_of("ar", lambda _: False) == f"{question.text}\nالمنتدى العالمي لمكافحة الإرهاب"
    assert question.asked_of("en", lambda _: False) == f"{question.text}\n{question.terms[0].names('en')[0]}"
    assert question.asked_of("ar", lambda _: True) == question.text


def test_names_are_tried_as_they_stand_in_the_question() -> None:
    tried: list[str] = []

    def is_known(name: str) -> bool:
        tried.append(name)
        return name == "NATO"

    question = Question.parse("What did NATO's chief tell the UN Security Council?")
    names = question.asked_of("ar", is_known).split("\n")[1:]
    assert tried == [question.text[term.start : term.end] for term in question.terms]
    assert names == [
        term.names("ar")[0] for term, name in zip(question.terms, tried, strict=True) if name != "NATO"
    ]
    assert "مجلس الأمن الدولي" in names or "مجلس الأمن" in names


def test_other_languages_are_asked_in_the_question_alone() -> None:
    question = Question.parse("Who co-chairs the GCTF?")
    for language in ("fr", "und"):
        assert question.asked_of(language, lambda _: False) == question.text
