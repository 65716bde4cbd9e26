"""Short answers; the cases stand in tests/data/asked.txt and tests/data/short_answers.txt."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from index.errors import IsnadError
from qa.question import LANGUAGES, Question
from qa.short import asked as asked_module
from qa.short.answer_spans import answer_spans
from qa.short.asked import asked
from qa.short.short_answer import ShortAnswer, Weights, short_answer
from qa.short.span_features import ACCEPTED, FEATURES
from tests.index import golden

ASKED = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("asked.txt")]
CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("short_answers.txt")]


@pytest.mark.parametrize("case", ASKED)
def test_what_is_asked_for(case: golden.Case) -> None:
    language, question = case.given.split(" ", 1)
    found = asked(question, language)
    assert [found.kind if found else "none"] == case.expected


@pytest.mark.parametrize("case", CASES)
def test_short_answers(case: golden.Case) -> None:
    (asked_in, question), (language, sentence) = (line.split(" ", 1) for line in case.given.split("\n"))
    document = Document("u", "t", f"Made up. {sentence} And so on.", language=language)
    start = len("Made up. ")
    short = short_answer(
        Question(question, asked_in, Question.parse(question).terms), document, start, start + len(sentence)
    )
    if short is None:
        assert case.expected == ["none"]
        return
    assert document.text[short.start : short.end] == short.text
    assert short.rendering
    assert [short.text, f"{short.rendering.how} {short.rendering.text}"] == case.expected


def test_yesterday_is_told_from_the_day_of_publication() -> None:
    text = "The bridge was opened yesterday."
    published = Document("u", "t", text, language="en", published="2021-03-05")
    short = short_answer(Question("متى افتتح الجسر؟", "ar"), published, 0, len(text))
    assert short
    assert short.rendering
    assert (short.text, short.rendering.text) == ("yesterday", "4 مارس 2021")
    undated = Document("u", "t", text, language="en")
    assert short_answer(Question("When was the bridge opened?", "en"), undated, 0, len(text)) is None


def test_as_dict_is_complete() -> None:
    short = ShortAnswer("u", 3, 5, "17", None, "en")
    assert short.as_dict() == {
        "uri": "u", "start": 3, "end": 5, "text": "17", "rendering": None, "how": None, "language": "en",
    }  # fmt: skip


def test_the_shipped_weights_fit_the_features() -> None:
    weights = Weights.shipped()
    assert tuple(weights.weights) == FEATURES
    assert set(weights.threshold) <= {*ACCEPTED, ""}
    assert "" in weights.threshold


def test_every_kind_that_can_be_asked_for_can_be_answered() -> None:
    rows = [
        line.split("\t") for line in asked_module._DATA.read_text(encoding="utf-8").splitlines() if line[:1] != "#"
    ]
    kinds = {kind for _, _, kind, _ in rows} - {"-", "other"}
    assert kinds <= set(ACCEPTED)
    for language in LANGUAGES:
        assert {kind for of, form, kind, _ in rows if of == language} >= {"time", "number", "person", "place"}


def test_a_malformed_row_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "asked.tsv"
    file.write_text("# note\nen\tphrase\ttime\n", encoding="utf-8")
    monkeypatch.setattr(asked_module, "_DATA", file)
    asked_module._patterns.cache_clear()
    try:
        with pytest.raises(IsnadError, match=r"asked.tsv, line 2: expected language, .* not 'en\\tphrase\\ttime'"):
            asked("When?", "en")
    finally:
        asked_module._patterns.cache_clear()


@given(st.text(), st.sampled_from(LANGUAGES))
def test_any_sentence(text: str, language: str) -> None:
    for span in answer_spans(text, language):
        assert 0 <= span.start < span.end <= len(text)
    document = Document("u", "t", text or "x", language=language)
    for question in ("Who was it?", "How many were there?", "When?", "Where?"):
        short = short_answer(Question(question, "en"), document, 0, len(document.text))
        assert short is None or document.text[short.start : short.end] == short.text
