import pytest

from index.readers.lam_alef import mend_lam_alef


@pytest.mark.parametrize(
    ("given", "mended"),
    [
        ("األشغال", "الأشغال"),
        ("واالثنين", "والاثنين"),
        ("باإلسالم", "بالإسالم"),  # within the word it stays
        ("اآلن ال يعرف وال يقول", "الآن لا يعرف ولا يقول"),
    ],
)
def test_what_can_be_nothing_else_is_mended(given: str, mended: str) -> None:
    assert mend_lam_alef(given) == (mended, True)


@pytest.mark.parametrize("text", ["الأشغال", "قال الوزير وال", "سالت الدماء", "المال والأعمال", "English"])
def test_right_words_stay(text: str) -> None:
    assert mend_lam_alef(text) == (text, False)
