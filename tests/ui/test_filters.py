"""Limits of a search: as typed, as told, and what they leave."""

import json
from calendar import monthrange
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from index.documents import Document
from index.filters import Filter
from index.origin import Origin
from qa import Answer, Citation
from qa.period import find_period
from qa.question import Question
from ui.cli import app
from ui.conditions import conditions
from ui.days import parse_days
from ui.render import article, card, limits
from ui.terminal import limits_lines
from ui.texts import LANGUAGES, texts

TODAY = date(2021, 4, 14)
HARBOUR = "Who paid for the repairs of the harbour of Testville"


def isnad(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-03-01", "2021-03-01", "2021-03-01"),
        (" March 2021 ", "2021-03-01", "2021-03-31"),
        ("مارس 2021", "2021-03-01", "2021-03-31"),
        ("٢٠٢١", "2021-01-01", "2021-12-31"),
        ("14 رمضان 1442 هـ", "2021-04-26", "2021-04-26"),
        ("Sept. 20, 2017", "2017-09-20", "2017-09-20"),
        ("last week", "2021-04-05", "2021-04-11"),
    ],
)
def test_days_as_people_write_them(text: str, first: str, last: str) -> None:
    assert parse_days(text, TODAY) == (first, last)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_months_are_whole(year: int, month: int) -> None:
    last = monthrange(year, month)[1]
    expected = (f"{year:04}-{month:02}-01", f"{year:04}-{month:02}-{last}")
    assert parse_days(f"{year:04}-{month:02}") == expected


@pytest.mark.parametrize(
    "text", ["", "some day", "2021-13", "2021-00", "0000", "2021-02-31", "in March 2021, maybe"]
)
def test_what_is_no_date(text: str) -> None:
    assert parse_days(text, TODAY) is None


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("options", "uris"),
    [
        (["--source", "sample AGENCY"], {"harbour.txt"}),
        (["--since", "2020", "--until", "February 2020"], {"harbour.txt"}),
        (["--language", "AR"], {"bridge.txt"}),
        (["--document", "bridge.txt", "--document", "harbour.txt"], {"bridge.txt", "harbour.txt"}),
        (["--until", "2019"], set()),
    ],
)
def test_options_limit_the_search(command: str, options: list[str], uris: set[str], archive_folder: Path) -> None:
    result = isnad(command, f"{HARBOUR}?", "--archive", archive_folder, "--json", *options)
    found = json.loads(result.stdout)
    cited = found if command == "search" else [*found["citations"], *found["nearest"]]
    assert bool(cited) == bool(uris)
    assert {each["uri"] for each in cited} <= uris
    if command == "search":
        assert {each["uri"] for each in cited} == uris


@pytest.mark.parametrize("command", ["ask", "search", "list"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", "foo"], "--since: expected a date such as 2021-03-15 or March 2021, got 'foo'"),
        (["--since", "2021", "--until", "2020"], "--since 2021-01-01 is after --until 2020-12-31"),
        (["--source", "Sampel Agency"], "did you mean 'Sample Agency'? List the sources with: isnad info --json"),
        (["--source", "zzzz"], "has no source 'zzzz'"),
        (["--language", "xx"], "it has: ar, en"),
    ],
)
def test_options_that_name_nothing(command: str, options: list[str], said: str, archive_folder: Path) -> None:
    question = [] if command == "list" else ["Who?"]
    result = isnad(command, *question, "--archive", archive_folder, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_document_that_is_not_there(archive_folder: Path) -> None:
    result = isnad("ask", "Who?", "--archive", archive_folder, "--document", "none")
    assert (result.exit_code, "no document 'none'" in result.stderr) == (2, True)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_the_time_in_a_question_is_told(command: str, archive_folder: Path) -> None:
    def told(time: str, *options: str) -> str:
        return isnad(command, f"{HARBOUR} in {time}?", "--archive", archive_folder, *options).stdout

    applied = (
        "articles of 2020-02-01 to 2020-02-29, from “in February 2020” in the question; switch off with --no-dates"
    )
    assert applied in told("February 2020").splitlines()
    assert "nothing was found in articles of 2019-05-01 to 2019-05-31 (“in May 2019” in" in told("May 2019")
    assert "harbour.txt" in told("May 2019")
    assert "in the question" not in told("February 2020", "--no-dates")
    # Dates of one's own take the place of those in the question.
    assert "articles of 2020-01-01 and later" in told("May 2019", "--since", "2020").splitlines()


def answer_to(question: str, where: Filter, *, dropped: bool = False) -> Answer:
    period = find_period(question, "en", TODAY)
    known, missed = (None, period) if dropped else (period, None)
    asked = Question(question, "en", (), period)
    return Answer(asked, False, "", (), (), "No.", 0.0, where, known, missed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_chips_tell_what_an_answer_was_limited_to(language: str) -> None:
    where = Filter("2021-03-01", "2021-03-31", ("<b>Daily</b>", "Wire"), ("ar",), ())
    html = limits(answer_to('Who "said" <i>so</i> in March 2021?', where), language)
    assert html.count("<li ") == 3
    assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in html
    assert 'data-dates="no"' in html
    assert 'data-question="Who &quot;said&quot; &lt;i&gt;so&lt;/i&gt; in March 2021?"' in html
    assert "<bdi>in March 2021</bdi>" in html
    assert "<bdi>&lt;b&gt;Daily&lt;/b&gt;</bdi>" in html
    assert texts(language)["switch_off"] in html
    assert limits(answer_to("Who said so?", Filter()), language) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_in_which_nothing_was_found_is_told(language: str) -> None:
    html = limits(answer_to("Who said so in March 2021?", Filter(), dropped=True), language)
    assert "limit dropped" in html
    assert "<button" not in html
    assert "2021-03-31" in html


def test_conditions_in_words() -> None:
    def told(where: Filter, language: str = "en") -> list[str]:
        return [each.phrase(language) for each in conditions("", where)]

    assert told(Filter("2021-03-01", "2021-03-01")) == ["articles of 2021-03-01"]
    assert told(Filter(last="2021-03-01")) == ["articles of 2021-03-01 and earlier"]
    assert told(Filter(sources=("A", "B"), documents=("u",))) == ["outlets: A, B", "articles: u"]
    assert told(Filter(languages=("ar", "fr")), "ar") == ["اللغات: العربية، fr"]
    (line,) = limits_lines(conditions("", Filter(sources=("A\x1b[31m\u202e",))), "en")
    assert "A\N{REPLACEMENT CHARACTER}[31m\x1b[0m" in line
    assert not list(limits_lines([], "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_doubtful_dates_and_agencies_are_marked(language: str) -> None:
    place = 'first "line"'
    doubtful = [Origin("published", place, False)]
    document = Document.create("u", "Text.", "T", "Daily", published="2021-04-03", agency="Wire", origins=doubtful)
    certain = Document.create("u", "Text.", "T", "Wire", published="2021-04-03", agency="Wire")
    for shown in (card(Citation(document, 0, 5, "Text.", 0.5), language), article(document, 0, 5, language)):
        assert "<bdi>Daily (Wire)</bdi>" in shown
        assert f'title="first &quot;line&quot;">{texts(language)["uncertain"]}</span>' in shown
    shown = card(Citation(certain, 0, 5, "Text.", 0.5), language)
    assert "<bdi>Wire</bdi>" in shown
    assert "uncertain" not in shown
