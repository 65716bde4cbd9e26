import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.guard.support import check
from tests.index.golden import Case, read

SENTENCES = {
    "en": [
        "Some 12 people were killed in Casablanca on 5 March 2021, the ministry said.",
        "The company will invest 2.5 billion dollars in 34 villages, President Nadia Haddad announced.",
        "Exports of phosphate rose by 7.5 percent to 350,000 tonnes in 2019.",
        "Crowds gathered in the old town, where the market was opened by the mayor.",
    ],
    "ar": [
        "قتل 12 شخصا على الأقل في الدار البيضاء يوم 5 مارس 2021، وفق ما أعلنته الوزارة.",
        "ستستثمر الشركة 2.5 مليار دولار في 34 قرية، حسبما أعلنت الرئيسة نادية حداد.",
        "ارتفعت صادرات الفوسفاط بنسبة 7.5 في المئة إلى 350 ألف طن عام 2019.",
        "تجمع الناس في المدينة القديمة حيث كانت السوق قد افتتحت.",
    ],
}
EVERY = [(language, sentence) for language, sentences in SENTENCES.items() for sentence in sentences]


@pytest.mark.parametrize("case", read("guard.txt"), ids=lambda case: f"line {case.line}")
def test_golden(case: Case) -> None:
    (language, claim), (other, evidence) = (line.split(" ", 1) for line in case.given.splitlines())
    found = [f"{one.kind}: {claim[one.start : one.end]}" for one in check(claim, evidence, language, other)]
    assert (found or ["none"]) == case.expected


@given(st.text(), st.sampled_from(["ar", "en"]))
def test_a_verbatim_sentence_has_no_problem(text: str, language: str) -> None:
    assert check(text, text, language, language) == []


@pytest.mark.parametrize(("language", "sentence"), EVERY)
def test_spelling_makes_no_difference(language: str, sentence: str) -> None:
    spelled = sentence.upper() if language == "en" else re.sub("(?<=[بتن])", "\u064e", sentence).replace("أ", "ا")
    assert check(f"  {spelled} ", sentence, language, language) == []


@given(st.sampled_from([one for one in EVERY if re.search(r"\d", one[1])]), st.randoms(), st.integers(1, 9))
def test_any_changed_digit_is_found(one: tuple[str, str], chance: random.Random, step: int) -> None:
    language, sentence = one
    at = chance.choice([match.start() for match in re.finditer(r"\d", sentence)])
    changed = sentence[:at] + str((int(sentence[at]) + step) % 10) + sentence[at + 1 :]
    problems = check(changed, sentence, language, language)
    assert any(problem.start <= at < problem.end for problem in problems)


@given(st.sampled_from(EVERY), st.randoms())
def test_an_added_negation_is_found(one: tuple[str, str], chance: random.Random) -> None:
    language, sentence = one
    at = chance.choice([match.end() for match in re.finditer(" ", sentence)])
    word = chance.choice(["not", "never"] if language == "en" else ["لم", "لن", "ليس"])
    problems = check(f"{sentence[:at]}{word} {sentence[at:]}", sentence, language, language)
    assert [problem.kind for problem in problems if problem.kind == "negation"] == ["negation"]


@given(
    st.sampled_from(EVERY), st.sampled_from(EVERY), st.sampled_from(["ar", "en"]), st.sampled_from(["ar", "en"])
)
def test_problems_lie_in_the_claim(
    claim: tuple[str, str], evidence: tuple[str, str], language: str, other: str
) -> None:
    problems = check(claim[1], evidence[1], language, other)
    assert all(0 <= problem.start < problem.end <= len(claim[1]) for problem in problems)
    assert problems == sorted(problems, key=lambda problem: (problem.start, problem.end))


def test_it_says_what_the_evidence_has_instead() -> None:
    [problem] = check("It cost 30 euros.", "It cost 20 euros.", "en", "en")
    assert problem.instead == "20 euros"
    [problem] = check("The Dutch minister left.", "غادر الوزير البلجيكي.", "en", "ar")
    assert (problem.kind, problem.instead) == ("country", "البلجيكي")


def test_a_language_without_rules_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        check("Il part.", "He leaves.", "fr", "en")
