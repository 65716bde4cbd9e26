import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from qa import Answer, Citation
from qa.question import Question
from qa.short.rendering import Rendering
from qa.short.short_answer import ShortAnswer
from ui.terminal import answer_lines, as_json, document_line, passage_lines, safe
from ui.texts import texts

DIRECTIONAL = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text())
def test_nothing_a_terminal_acts_on_is_left(text: str) -> None:
    shown = safe(text)
    assert not DIRECTIONAL & set(shown)
    assert all(unicodedata.category(character) != "Cc" or character in "\t\n" for character in shown)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_harmless_text_is_left_alone(text: str) -> None:
    assert safe(text) == text


def test_escape_sequences_are_shown_not_obeyed() -> None:
    assert safe("\x1b[2Jgone\x9b31m") == "\ufffd[2Jgone\ufffd31m"


@given(st.dictionaries(st.text(), st.text()))
def test_json_says_the_same_and_is_safe(value: dict[str, str]) -> None:
    text = as_json(value)
    assert json.loads(text) == value
    assert safe(text) == text


def plain(line: str) -> str:
    return re.sub(r"\x1b\[\d*m", "", line)


def cited(document: Document, start: int, end: int) -> Citation:
    return Citation(document, start, end, document.text[start:end], 0.9)


def test_answer_lines(documents: list[Document]) -> None:
    english, arabic, _ = documents
    citations = (cited(english, 85, 178), cited(arabic, 0, 61))
    answer = Answer(Question("Who?", "en"), True, "", citations, (), None, 0.02)
    assert [plain(line) for line in answer_lines(answer)] == [
        f"{english.text[85:178]} [1]",
        f"{arabic.text[:61]} [2]",
        "",
        f"[1] {english.title}",
        "    Sample Agency · 2020-02-03 · harbour.txt · characters 85-178",
        f"[2] {arabic.title}",
        "    وكالة المثال · كاتب المثال · bridge.txt · characters 0-61",
    ]


@pytest.mark.parametrize(
    ("rendering", "line"),
    [
        (None, "Kat\ufffd Zo"),
        (Rendering("x", "same"), "Kat\ufffd Zo"),
        (Rendering("كات", "CLDR"), "كات (Kat\ufffd Zo)"),
        (Rendering("كات", "transliterated"), f"كات (Kat\ufffd Zo) {texts('ar')['spelled']}"),
    ],
)
def test_the_short_answer_comes_first(rendering: Rendering | None, line: str, documents: list[Document]) -> None:
    short = ShortAnswer("u", 0, 6, "Kat\x1b\nZo", rendering, "en")
    citations = (cited(documents[0], 85, 178),)
    answer = Answer(Question("من؟", "ar"), True, "", citations, (), None, 0.02, short=short)
    assert plain(next(iter(answer_lines(answer)))) == line


def test_refusal_lines_say_why_and_what_is_nearest(documents: list[Document]) -> None:
    document = documents[0]
    answer = Answer(Question("Who?", "en"), False, "", (), (cited(document, 0, 84),), "Not here.", 0.02)
    assert [plain(line) for line in answer_lines(answer)] == [
        "Not here.",
        "",
        "Nearest (not an answer):",
        f"  - {document.text[:84]}",
        "    Sample Agency · 2020-02-03 · harbour.txt · characters 0-84",
    ]


def test_a_document_is_one_line() -> None:
    document = Document(uri="a\tb", title="Made\nup\x1b[31m", text="x", language="en")
    assert document_line(document) == "a b\ten\t\tMade up\ufffd[31m"


def test_passage_lines(documents: list[Document]) -> None:
    document = documents[1]
    title, place, text = passage_lines(1, document, 0, 10)
    assert document.title in title
    assert "وكالة المثال · كاتب المثال · bridge.txt · characters 0-10" in place
    assert text.strip() == document.text[:10].strip()
