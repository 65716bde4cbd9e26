"""Times that questions name: golden cases, what never limits, and what an answer says of them."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from index.filters import Filter
from index.language import detect_language
from qa.answer import ask
from qa.period import Period, find_period
from qa.question import Question
from tests.index import golden

WEDNESDAY = date(2021, 9, 8)
CASES = golden.read("periods.txt")
QUESTION = "What did the work on the Sarun bridge cost, as reported"
WORDS = "What|in|since|between|and|before|2019|2020|March|last week|the|on|3 May|ماذا|في|منذ|بين|و2020|قبل|مارس"
TEXTS = st.lists(
    st.sampled_from([*WORDS.split("|"), "الأسبوع الماضي", "عام", "يوم الاثنين", "أمس", "?"]), max_size=9
).map(" ".join)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"line-{case.line}")
def test_golden(case: golden.Case) -> None:
    period = find_period(case.given, detect_language(case.given), WEDNESDAY)
    if period is None:
        assert case.expected == ["none"]
    else:
        words = case.given[period.start : period.end]
        assert [f"{words} = {period.first or '…'} {period.last or '…'}"] == case.expected


@given(TEXTS | st.text(max_size=60), st.sampled_from(["ar", "en"]), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_any_question_has_a_filter_that_has_begun_or_none(text: str, language: str, today: date) -> None:
    period = find_period(text, language, today)
    if period is not None:
        assert 0 <= period.start < period.end <= len(text)
        assert text[period.start : period.end].strip() == text[period.start : period.end]
        assert period.where  # a Filter refuses dates the wrong way round
        assert (period.first or "") <= today.isoformat()


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 28), st.integers(1, 12))
def test_a_day_without_a_year_is_the_last_such(today: date, day: int, month: int) -> None:
    name = date(2000, month, day).strftime("%d %B").lstrip("0")
    period = find_period(f"What did he say on {name}?", "en", today)
    assert period is not None
    assert period.first is not None
    assert timedelta(0) <= today - date.fromisoformat(period.first) <= timedelta(366)
    assert period.first[5:] == f"{month:02}-{day:02}"


def test_a_question_carries_its_period() -> None:
    question = Question.parse(f"{QUESTION} last week?", WEDNESDAY)
    assert question.period == Period("2021-08-30", "2021-09-05", 56, 65)
    assert question.text[56:65] == "last week"
    assert question.period.where == Filter("2021-08-30", "2021-09-05")
    assert Question.parse(f"{QUESTION}?", WEDNESDAY).period is None


@pytest.fixture
def two_years(make_archive: Callable[..., Archive]) -> Archive:
    """A made-up story told differently in two years, and once without a date."""
    texts = {
        "2020": "The Sarun bridge will cost 30 million florins.",
        "2021": "The Sarun bridge cost 42 million florins.",
    }
    dated = [
        Document.create(year, text, "The Sarun bridge (made up)", published=f"{year}-09-06")
        for year, text in texts.items()
    ]
    return make_archive([*dated, Document.create("never", "Mayor Tolen likes the bridge.", "Undated (made up)")])


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_the_period_limits_the_articles(two_years: Archive, year: str) -> None:
    answer = ask(f"How much does the Sarun bridge cost, as told in {year}?", two_years, today=WEDNESDAY)
    assert answer.found
    assert {citation.document.uri for citation in answer.citations} == {year}
    assert answer.period == answer.question.period
    assert answer.dropped is None
    assert (answer.where.first, answer.where.last) == (f"{year}-01-01", f"{year}-12-31")
    assert answer.as_dict()["period"]["first"] == f"{year}-01-01"
    assert answer.as_dict()["dropped"] is None


def test_a_period_without_an_answer_is_dropped_and_said_so(two_years: Archive) -> None:
    asked = "How much does the Sarun bridge cost, as told in 2019?"
    answer = ask(asked, two_years, today=WEDNESDAY)
    plain = ask(asked, two_years, dates=False, today=WEDNESDAY)
    assert answer.found
    assert answer.period is None
    assert answer.dropped == answer.question.period
    assert not answer.where
    assert answer.citations == plain.citations
    assert (plain.period, plain.dropped) == (None, None)
    assert answer.as_dict()["dropped"]["last"] == "2019-12-31"


def test_dates_given_by_hand_go_before_those_of_the_question(two_years: Archive) -> None:
    where = Filter(first="2021-01-01")
    answer = ask("How much does the Sarun bridge cost, as told in 2020?", two_years, where=where, today=WEDNESDAY)
    assert answer.where == where
    assert (answer.period, answer.dropped) == (None, None)
    assert {citation.document.uri for citation in answer.citations} == {"2021"}


def test_other_conditions_stay(two_years: Archive) -> None:
    where = Filter(documents=("2020", "never"))
    answer = ask("How much does the Sarun bridge cost, as told in 2020?", two_years, where=where, today=WEDNESDAY)
    assert answer.where == Filter("2020-01-01", "2020-12-31", documents=("2020", "never"))
    assert {citation.document.uri for citation in answer.citations} == {"2020"}


def test_what_cannot_be_understood_is_still_refused() -> None:
    with pytest.raises(IsnadError, match="has no words"):
        Question.parse("2021-09-08", WEDNESDAY)
