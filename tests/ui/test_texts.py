import re
import string

import pytest

from ui.texts import LANGUAGES, texts


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text)} - {None}


def test_languages_say_the_same_things() -> None:
    english = texts("en")
    for language in LANGUAGES:
        translated = texts(language)
        assert list(translated) == list(english)
        assert {key: fields(text) for key, text in translated.items()} == {
            key: fields(text) for key, text in english.items()
        }


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_in_their_language(language: str) -> None:
    for key, text in texts(language).items():
        arabic = bool(re.search(r"[\u0600-\u06ff]", text))
        assert text.strip() == text != ""
        assert arabic == (language == "ar"), key


def test_english_stands_in_for_other_languages() -> None:
    assert texts("xx") == texts("en")
