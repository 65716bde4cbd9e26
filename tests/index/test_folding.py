import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.data import rows
from index.folding import fold, fold_with_offsets
from tests.index import golden

CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("folding.txt")]
ARABIC = st.text(st.sampled_from("اأإآٱبتةىيئؤءـًٌٍَُِّْٰٓٔﻻﷺکیہ١۲٫ \u200f\u200c\ufeff"), max_size=40)
TEXTS = st.text() | ARABIC


@pytest.mark.parametrize("case", CASES)
def test_golden(case: golden.Case) -> None:
    assert [fold(line) for line in case.given.splitlines()] == case.expected


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_twice_changes_nothing_for_any_character_of_the_living_scripts() -> None:
    characters = [chr(code) for code in range(0x3400)] + [chr(code) for code in range(0xF900, 0x12000)]
    assert [c for c in characters if fold(fold(c)) != fold(c)] == []


@given(TEXTS, TEXTS)
def test_a_text_folds_character_by_character(one: str, other: str) -> None:
    assert fold(one + other) == fold(one) + fold(other)


@given(TEXTS)
def test_canonically_equal_arabic_and_latin_fold_alike(text: str) -> None:
    text = "".join(c for c in text if c.isascii() or unicodedata.name(c, "").startswith(("LATIN", "ARABIC")))
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(TEXTS)
def test_offsets_agree_with_fold_and_point_to_the_source(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded)
    assert offsets == sorted(offsets)
    for character, offset in zip(folded, offsets, strict=True):
        assert character in fold(text[offset])


@given(ARABIC, st.text(st.sampled_from("بحخدذرز"), min_size=1), ARABIC)
def test_a_folded_match_is_found_in_the_verbatim_text(before: str, word: str, after: str) -> None:
    text = before + word + after
    folded, offsets = fold_with_offsets(text)
    start = folded.index(fold(word), len(fold(before)))
    assert text[offsets[start] : offsets[start + len(word) - 1] + 1] == word


def test_the_letters_file_lists_single_characters_once() -> None:
    letters = [row.split()[0] for row in rows("folding.txt")]
    assert [letter for letter in letters if len(letter) != 1] == []
    assert len(letters) == len(set(letters))
