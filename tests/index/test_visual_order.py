import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.readers.visual_order import evidence, mend_order, plain_letters
from tests.index import golden

WORDS = ["قالت", "وزارة", "التربية", "إلى", "المدرسة", "من", "الجديدة", "كتاب", "مدينة", "هذه", "على", "ذلك"]


@pytest.mark.parametrize("case", golden.read("visual_order.txt"), ids=lambda case: f"line{case.line}")
def test_golden(case: golden.Case) -> None:
    assert plain_letters(mend_order(case.given)).split("\n") == case.expected


@given(st.lists(st.sampled_from(WORDS), min_size=6, max_size=30))
def test_a_text_back_to_front_comes_right_and_a_right_one_stays(words: list[str]) -> None:
    line = " ".join(words)
    forward, backward = evidence(line)
    assert evidence(line[::-1]) == (backward, forward)
    if forward > backward:
        assert mend_order(line) == line
        assert mend_order(line[::-1]) == line


@given(st.text(st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFC) | st.sampled_from("ab عﬁ①")))
def test_only_arabic_shapes_change(text: str) -> None:
    """Against the names Unicode gives: every Arabic shape becomes Arabic letters, all else stays."""
    plain = plain_letters(text)
    kept = [c for c in text if "ARABIC" not in unicodedata.name(c, "") or not unicodedata.decomposition(c)]
    assert [c for c in kept if c not in plain] == []
    assert not any(
        "ARABIC LETTER" in unicodedata.name(c, "") and unicodedata.decomposition(c)[:1] == "<" for c in plain
    )


def test_shapes_of_letters_and_harakat() -> None:
    assert plain_letters("\u202bﻣﺮﺣﺒًﺎ ﺑﻜﻢ\u202c ﻻ ﷲ ﹰ ﱠ ﬁ ① ﴾") == "مرحبًا بكم لا الله ً َّ ﬁ ① ﴾"
