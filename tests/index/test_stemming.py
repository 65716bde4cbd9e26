import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer import stemmer

from index.data import rows, words
from index.folding import fold
from index.stemming import stem
from index.tokens import tokens
from tests.index import golden

CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("stemming.txt")]
ARABIC_WORDS = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويءةىأإ"), min_size=1, max_size=14)


@pytest.mark.parametrize("case", CASES)
def test_golden(case: golden.Case) -> None:
    stems = {word: stem(tokens(word)[0].text) for word in case.given.split()}
    assert stems == dict.fromkeys(stems, case.expected[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("المدني", "المدينة"),
        ("كتاب", "كاتب"),
        ("بوريطة", "وريطة"),
        ("لبنان", "لبن"),
        ("قانون", "قان"),
        ("مليون", "ملي"),
        ("منتدى", "منتدب"),
        ("مستوى", "مستو"),
        ("وزير", "زير"),
        ("برلين", "برل"),
        ("عشرون", "عشر"),
        ("الآفة", "الآلاف"),
    ],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


@given(ARABIC_WORDS)
def test_an_arabic_stem_is_a_part_of_the_word_or_a_listed_singular(word: str) -> None:
    folded = fold(word)
    singulars = {stem(fold(row.split()[0])) for row in rows("irregular.ar.txt")}
    assert stem(folded) in folded or stem(folded) in singulars


@given(ARABIC_WORDS.filter(lambda word: len(word) >= 3))
def test_two_letters_at_least_remain(word: str) -> None:
    assert len(stem(fold(word))) >= min(2, len(fold(word)))


@given(st.sampled_from(sorted(set(words("stopwords.en.txt")))) | st.from_regex(r"[a-z]{1,15}", fullmatch=True))
def test_english_is_snowballs(word: str) -> None:
    assert stem(word) == stemmer("english").stemWord(word)


@pytest.mark.parametrize("singular", [row.split()[0] for row in rows("irregular.ar.txt")])
def test_listed_plurals_meet_their_singular(singular: str) -> None:
    forms = next(row.split() for row in rows("irregular.ar.txt") if row.split()[0] == singular)
    for prefix in ("", "ال", "وال", "لل"):
        assert {stem(fold(prefix + form)) for form in forms} == {stem(fold(prefix + singular))}


@pytest.mark.parametrize("name", ["prefixes.ar.txt", "suffixes.ar.txt"])
def test_affix_tables_are_well_formed(name: str) -> None:
    for row in rows(name):
        affix, least, *condition = row.split()
        assert fold(affix) == affix
        assert int(least) >= 2
        assert condition in ([], ["known"])


def test_vocabulary_is_folded_and_without_repetition() -> None:
    entries = words("vocabulary.ar.txt")
    assert len(entries) == len(set(entries))
    assert [entry for entry in entries if fold(entry) != entry] == []
