import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import sentence_spans
from tests.index import golden

CASES = [
    pytest.param(language, case, id=f"{language}-line-{case.line}")
    for language in ("ar", "en")
    for case in golden.read(f"sentences.{language}.txt")
]
TEXTS = st.text(st.sampled_from(list("aBم د.،؟!؛«»“”\"'()[]12\n\t ²…😀\u2028\u200f")), max_size=80) | st.text()


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(("language", "case"), CASES)
def test_golden(language: str, case: golden.Case) -> None:
    assert sentences(case.given, language) == case.expected


@given(TEXTS, st.sampled_from(["ar", "en", "fr", "ur", "zh", "und", "xx"]))
def test_spans_are_ordered_trimmed_and_lose_nothing(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    position = 0
    for start, end in spans:
        assert not text[position:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@given(st.lists(TEXTS, max_size=4))
def test_a_line_break_ends_a_sentence(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert [s for line in lines for s in sentences(line, "ar")] == sentences(text, "ar")


@given(TEXTS)
def test_no_sentence_of_punctuation_alone_beside_words(text: str) -> None:
    for line in text.splitlines():
        found = sentences(line, "en")
        if len(found) > 1:
            assert all(any(c.isalnum() or c == "_" for c in sentence) for sentence in found)


def test_other_languages_use_the_defaults() -> None:
    assert sentences("Il est venu. Il est parti.", "fr") == ["Il est venu.", "Il est parti."]
    assert sentences("« Oui. » Non.", "fr") == ["« Oui. »", "Non."]
    assert sentences("یہ ہے۔ وہ ہے؟", "ur") == ["یہ ہے۔", "وہ ہے؟"]


@pytest.mark.parametrize(("text", "count"), [("", 0), (" \n\t", 0), ("...", 1), ("؟", 1), ("x" * 1_000_000, 1)])
def test_odd_texts(text: str, count: int) -> None:
    assert len(sentence_spans(text, "ar")) == count


def test_a_line_longer_than_the_window_is_cut_where_its_sentences_end() -> None:
    text = "قال الوزير ذلك. " * 20_000
    assert sentences(text, "ar") == ["قال الوزير ذلك."] * 20_000


def test_a_sentence_across_the_window_stays_whole() -> None:
    long = "كلمة " * 3_000 + "أخيرة."
    assert sentences(f"{long} {long} {long}", "ar") == [long] * 3
