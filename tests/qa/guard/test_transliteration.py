import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.folding import fold
from qa.guard.support import LETTERS_FLOOR
from qa.guard.transliteration import likeness


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Amrani", "العمراني"), ("Koenders", "كوندرز"), ("Washington", "واشنطن"), ("Ghannouchi", "الغنوشي"),
        ("Marchetti", "ماركيتي"), ("Chicago", "وشيكاغو"), ("Yusuf", "يوسف"), ("Khadija", "لخديجة"),
    ],
)  # fmt: skip
def test_the_same_name_is_known_in_other_letters(latin: str, arabic: str) -> None:
    assert likeness(fold(latin), fold(arabic)) >= LETTERS_FLOOR


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [("Amrani", "ماركيتي"), ("Washington", "موسكو"), ("Yusuf", "خديجة")],
)
def test_another_name_is_not(latin: str, arabic: str) -> None:
    assert likeness(fold(latin), fold(arabic)) < LETTERS_FLOOR


@given(st.text("abcdefghijklmnopqrstuvwxyz'"), st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", min_size=1))
def test_likeness_is_a_share(latin: str, arabic: str) -> None:
    assert 0 <= likeness(latin, arabic) <= 1
