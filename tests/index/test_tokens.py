import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.data import words
from index.folding import fold
from index.stemming import stem
from index.tokens import Token, is_stopword, stems, tokens

PIECES = [
    "المُنتدى",
    "و م ع",
    "U.N.",
    "١٬٢٣٤٫٥",
    "G20",
    "don’t",
    "ـ",
    "\u200f",
    "ً",
    "3.5bn",
    "،",
    " ",
    ".",
    "-",
    "ﷺ",
    "é",
]
TEXTS = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("، . ؟ !", []),
        ("من يترأس المنتدى؟", ["من", "يتراس", "المنتدي"]),
        ("«نعم»، قال؛ ثم: لا.", ["نعم", "قال", "ثم", "لا"]),
        ("الأُمَمُ المُتَّحِدَة", ["الامم", "المتحده"]),
        ("بلغ 1,234.5 أو ١٬٢٣٤٫٥ طنا", ["بلغ", "1,234.5", "او", "1,234.5", "طنا"]),
        ("3.5bn, 20% and 2017-09-20", ["3.5", "bn", "20", "and", "2017", "09", "20"]),
        ("G20 and F-16", ["g20", "and", "f", "16"]),
        ("co-chairs of counter-terrorism", ["co", "chairs", "of", "counter", "terrorism"]),
        ("the U.N. and the U.S.A.", ["the", "u.n.", "and", "the", "u.s.a."]),
        ("It is I. A. Then", ["it", "is", "i", "a", "then"]),
        ("U.N.Security", ["u.n.", "security"]),
        ("Bourita’s don't 'quoted'", ["bourita's", "don't", "quoted"]),
        ("الرباط (و م ع) - أفادت أ ف ب", ["الرباط", "و م ع", "افادت", "ا ف ب"]),
        ("و.م.ع. قالت", ["و.م.ع.", "قالت"]),
        ("أ و ب", ["ا و ب"]),
        ("ab_cd 😀 x", ["ab", "cd", "x"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


def test_offsets_include_diacritics() -> None:
    text = "قالَ مُحَمَّدٌ."
    assert tokens(text) == [Token("قال", 0, 4), Token("محمد", 5, 14)]
    assert text[5:14] == "مُحَمَّدٌ"


@given(TEXTS)
def test_offsets_slice_back(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert position <= token.start < token.end <= len(text)
        assert token.text in fold(text[token.start : token.end])
        position = token.start


@given(TEXTS.filter(lambda text: all(len(fold(c)) <= 1 for c in text)))
def test_offsets_slice_back_exactly_where_no_character_folds_to_several(text: str) -> None:
    position = 0
    for token in tokens(text):
        assert position <= token.start
        assert fold(text[token.start : token.end]) == token.text
        position = token.end


@given(TEXTS)
def test_stems_are_the_stems_of_the_tokens(text: str) -> None:
    assert stems(text) == [stem(token.text) for token in tokens(text)]
    assert stems(text, stopwords=False) == [stem(t.text) for t in tokens(text) if not is_stopword(t.text)]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Who co-chairs the GCTF?", ["co", "chair", "gctf"]),
        ("من يترأس المنتدى العالمي لمكافحة الإرهاب؟", ["يتراس", "منتدي", "عالم", "مكافح", "ارهاب"]),
        ("ما هي المبادرات التي أُطلقت؟", ["مبادر", "اطلق"]),
        ("Which initiatives were launched by the U.S.?", ["initi", "launch", "us"]),
        ("ومن هو وزير خارجية هولندا؟", ["وزير", "خارج", "هولند"]),
    ],
)
def test_question_words_go_and_topic_words_stay(question: str, left: list[str]) -> None:
    assert stems(question, stopwords=False) == left


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_listed_stop_word_is_one(language: str) -> None:
    listed = words(f"stopwords.{language}.txt")
    assert [word for word in listed if not is_stopword(fold(word))] == []
    assert [word for word in listed if len(tokens(word)) != 1] == []


@pytest.mark.parametrize("word", ["منتدي", "وزير", "فرنسا", "minister", "us", "un", "2017", ""])
def test_other_words_are_no_stop_words(word: str) -> None:
    assert not is_stopword(word)
