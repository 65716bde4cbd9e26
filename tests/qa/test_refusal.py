"""Refusals: they say why, in the language of the question, and call no word absent that is there."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa
from index.archive import Archive
from index.documents import Document
from index.tokens import is_stopword, tokens
from qa.evidence import gather
from qa.question import LANGUAGES, Question
from qa.refusal import absent_words, refusal_reason
from tests.qa.conftest import ARABIC, ENGLISH

WORDS = {
    language: sorted({token.text for text in texts for token in tokens(text)})
    for language, texts in (("en", ENGLISH), ("ar", ARABIC))
}
STRANGE = {"en": ["volcano", "penguins", "Zanzibar", "violin"], "ar": ["بركان", "البطاريق", "زنجبار", "كمان"]}


def test_every_language_has_the_same_texts() -> None:
    file = Path(qa.__file__).parent / "data" / "refusals.json"
    texts = json.loads(file.read_text(encoding="utf-8"))
    assert set(texts) == set(LANGUAGES)
    assert texts["ar"].keys() == texts["en"].keys()
    for of_language in texts.values():
        assert "{words}" in of_language["absent"]
        assert all(of_language.values())


@pytest.mark.parametrize(
    ("question", "reason"),
    [("Who opened the bridge?", "The archive holds no articles."), ("من؟", "لا يحتوي الأرشيف على أي مقال.")],
)
def test_an_empty_archive_says_so(question: str, reason: str, no_archive: Archive) -> None:
    parsed = Question.parse(question)
    assert refusal_reason(parsed, gather(parsed, no_archive), no_archive) == reason


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("Was the port of Kessan closed by a volcano?", ["volcano"]),
        ("Volcano and penguins: volcano in Kessan?", ["Volcano", "penguins", "volcano"]),
        ("Is there a volcano, a volcano?", ["volcano"]),
        ("هل أغلق بركان ميناء كسان؟", ["بركان"]),
        ("هل هو «بُركان»؟", ["بُركان"]),
    ],
)
def test_absent_words_are_named_as_written(question: str, absent: list[str], news_archive: Archive) -> None:
    parsed = Question.parse(question)
    assert absent_words(parsed, news_archive) == absent
    reason = refusal_reason(parsed, gather(parsed, news_archive), news_archive)
    assert all(word in reason for word in absent)


def test_a_word_is_absent_when_part_of_it_is(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive([Document.create("1", "On day 1, of 200, it rained.", language="en")])
    assert absent_words(Question("Was it 1,999 or 200 or 1?", "en"), archive) == ["1,999"]


def test_without_an_absent_word_the_nearest_is_pointed_to(news_archive: Archive) -> None:
    for question, words in (("Who closed the court?", "shown below"), ("من أغلق المحكمة؟", "وأدناه")):
        parsed = Question(question, "ar" if words == "وأدناه" else "en")
        known = Question(" ".join(WORDS[parsed.language][:5]), parsed.language)
        assert words in refusal_reason(known, gather(parsed, news_archive), news_archive)


@settings(max_examples=60)
@given(st.sampled_from(LANGUAGES), st.data())
def test_a_word_that_is_there_is_never_called_absent(
    news_archive: Archive, language: str, data: st.DataObject
) -> None:
    pool = WORDS[language] + STRANGE[language] + ["who", "من", "2031", "x²"]
    chosen = data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=8))
    question = Question(" ".join(chosen), language)
    absent = absent_words(question, news_archive)
    assert not set(absent) & set(WORDS[language])
    assert len(set(absent)) == len(absent)
    assert not any(is_stopword(word) for word in absent)
    assert {word for word in chosen if word in STRANGE[language]} <= set(absent)


def test_no_word_of_an_article_is_called_absent(seed_archive: Archive) -> None:
    for document in seed_archive.documents():
        words = {document.text[token.start : token.end] for token in tokens(document.text)}
        assert len(words) > 100
        for word in words:
            assert absent_words(Question(word, document.language), seed_archive) == [], word


def test_no_word_of_the_headline_is_called_absent(made_up_archive: Archive) -> None:
    for document in made_up_archive.documents():
        if document.language in LANGUAGES:
            assert absent_words(Question(document.title, document.language), made_up_archive) == []


def test_articles_in_the_other_language_tell_nothing_of_words(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive([Document.create("1", ENGLISH[0], language="en")])
    parsed = Question.parse("هل ثار بركان في كسان؟")
    assert absent_words(parsed, archive) == []
    reason = refusal_reason(parsed, gather(parsed, archive), archive)
    assert re.search("[ء-ي]", reason)


def test_a_word_is_absent_again_when_its_article_is_gone(make_archive: Callable[..., Archive]) -> None:
    documents = [Document.create(str(i), text, language="en") for i, text in enumerate(ENGLISH)]
    archive = make_archive(documents)
    parsed = Question.parse("What about bakers?")
    assert absent_words(parsed, archive) == []
    archive.remove(str(len(ENGLISH) - 1))
    assert absent_words(parsed, archive) == ["bakers"]
