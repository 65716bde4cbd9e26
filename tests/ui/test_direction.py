import pytest

from ui.direction import direction


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The harbour opened.", "en", "ltr"),
        ("افتتح الميناء.", "ar", "rtl"),
        ("افتتح الميناء.", "", "rtl"),
        ("The harbour opened.", "und", "ltr"),
        ("NATO وأعلن الحلف أن الاجتماع سيعقد غدا", "ar", "rtl"),  # dir="auto" would go by the first letter
        ("«الجزيرة» is the name of a channel of news", "en", "ltr"),
        ("A whole English paragraph in an Arabic article", "ar", "ltr"),
        ("فقرة عربية كاملة في مقال إنجليزي", "en", "rtl"),
        ("2017", "ar", "rtl"),
        ("2017", "en", "ltr"),
        ("2017", "", "auto"),
        ("", "fa", "rtl"),
    ],
)
def test_direction(text: str, language: str, expected: str) -> None:
    assert direction(text, language) == expected
