import pytest

from index.changes import changes
from index.documents import Document


def document(text: str, language: str = "en") -> Document:
    return Document.create("u", text, language=language)


ENGLISH = "The bridge opened on Monday. It cost 4.2 million florins. Nobody came."


@pytest.mark.parametrize(
    ("other", "added", "removed"),
    [
        (ENGLISH, (), ()),
        ("THE BRIDGE, opened on “Monday”! It cost 4.2 million florins.\n\nNobody came…", (), ()),
        (
            "The bridge opened on Monday. It cost 42 million florins. Nobody came.",
            ("It cost 42 million florins.",),
            ("It cost 4.2 million florins.",),
        ),
        ("Nobody came. The bridge opened on Monday. It cost 4.2 million florins.", (), ()),
        (
            "The bridge opened on Monday. Nobody came. Nobody came. “Sad”, said the mayor.",
            ("Nobody came.", "“Sad”, said the mayor."),
            ("It cost 4.2 million florins.",),
        ),
    ],
)
def test_changes_in_english(other: str, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
    found = changes(document(ENGLISH), document(other))
    assert (found.added, found.removed) == (added, removed)
    back = changes(document(other), document(ENGLISH))
    assert (back.added, back.removed) == (removed, added)


def test_changes_in_arabic_are_of_words_not_of_spelling() -> None:
    one = document("افتتح رئيس البلدية الجسر أمس. وبلغت الكلفة 42 مليونا.", "ar")
    other = document("افتتح رئيس البلديه الجسر امس! وبلغت الكلفة ٤٣ مليونًا.", "ar")
    found = changes(one, other)
    assert found.added == ("وبلغت الكلفة ٤٣ مليونًا.",)
    assert found.removed == ("وبلغت الكلفة 42 مليونا.",)
