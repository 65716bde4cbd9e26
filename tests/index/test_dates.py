"""Dates in text: golden cases, CLDR's own formats read back, and the data files held against CLDR."""

import time
from datetime import date, timedelta
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from babel import Locale
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from index.date_words import DateWords, date_words
from index.dates import DateMention, find_dates, parse_date
from index.folding import fold
from tests.index import golden

WEDNESDAY = date(2021, 9, 8)
CASES = [
    pytest.param(language, case, id=f"{language}-line-{case.line}")
    for language in ("ar", "en")
    for case in golden.read(f"dates.{language}.txt")
]
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
LOCALES = ["ar", "ar_EG", "ar_SA", "ar_SY", "ar_IQ", "ar_TN", "ar_DZ", "ar_MA", "ar_MR", "en", "en_GB", "en_AU"]
PIECES = [
    "20",
    "3",
    "مارس",
    "May",
    "2021",
    "٢٠٢١",
    "هـ",
    "رمضان",
    "الاثنين",
    "يوم",
    "last",
    "week",
    "الماضي",
    "أمس",
]
PIECES += [
    "قبل",
    "and",
    "to",
    "(",
    ")",
    "/",
    "-",
    "،",
    ",",
    " ",
    "\n",
    "عام",
    "in",
    "the",
    "الموافق",
    "1442",
    "99999",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).flatmap(
    lambda pieces: st.sampled_from(["".join(pieces), " ".join(pieces)])
)


def written(text: str, mention: DateMention) -> str:
    """A mention as the golden files write it."""
    days = f"{mention.first}" if mention.first == mention.last else f"{mention.first} {mention.last}"
    marks = {"hijri": mention.calendar == "hijri", "relative": mention.relative, "uncertain": not mention.certain}
    return ", ".join([f"{text[mention.start : mention.end]} = {days}", *(mark for mark in marks if marks[mark])])


@pytest.mark.parametrize(("language", "case"), CASES)
def test_golden(language: str, case: golden.Case) -> None:
    text = case.given
    published: date | None = WEDNESDAY
    if text.startswith("published: "):
        head, _, text = text.partition("\n")
        stated = head.removeprefix("published: ")
        published = None if stated == "none" else date.fromisoformat(stated)
    found = [written(text, mention) for mention in find_dates(text, language, published)]
    assert (found or ["no date"]) == case.expected


def test_there_are_enough_golden_cases_of_both_kinds() -> None:
    cases = [case for language in ("ar", "en") for case in golden.read(f"dates.{language}.txt")]
    negative = [case for case in cases if case.expected == ["no date"]]
    assert len(CASES) >= 120
    assert len(negative) >= 30


@given(
    DAYS,
    st.sampled_from(LOCALES),
    st.sampled_from(["full", "long", "medium", "d MMM y", "d MMMM، y", "EEE d MMM y"]),
)
def test_what_cldr_writes_is_read_back(day: date, locale: str, pattern: str) -> None:
    wanted = format_date(day, pattern, locale=locale)
    text = f"Published / نشر {wanted}."
    (mention,) = find_dates(text, locale[:2])
    assert (mention.first, mention.last) == (day, day)
    assert mention.certain or (pattern == "medium" and locale.startswith("ar") and max(day.day, day.month) <= 12)
    assert fold(text[mention.start : mention.end]) == fold(wanted)


@given(DAYS, st.sampled_from(LOCALES))
def test_months_that_cldr_writes_are_read_back(day: date, locale: str) -> None:
    text = format_date(day, "MMMM y", locale=locale)
    (mention,) = find_dates(text, locale[:2])
    assert mention.first == day.replace(day=1)
    assert mention.last == (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    assert text[mention.start : mention.end] == text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_data_files_hold_the_names_of_cldr(locale: str) -> None:
    words = date_words(locale[:2])
    cldr = Locale.parse(locale)
    months = {**words.values["short month"], **words.values["month"]}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in cldr.months[context][width].items():
                assert months[fold(name)] == str(number), (context, width)
    weekdays = {**words.values.get("short weekday", {}), **words.values["weekday"]}
    for width in ("wide", "abbreviated"):
        for number, name in cldr.days["format"][width].items():
            assert weekdays[fold(name)] == str(number + 1), width


@given(TEXTS, st.sampled_from(["ar", "en", "fr", "und"]), st.none() | st.dates())
def test_any_text_gives_ordered_spans_and_spans_of_days(text: str, language: str, published: date | None) -> None:
    position = 0
    for mention in find_dates(text, language, published):
        assert position <= mention.start < mention.end <= len(text)
        assert mention.first <= mention.last
        assert text[mention.start : mention.end].strip() == text[mention.start : mention.end]
        assert published is not None or not mention.relative
        position = mention.end


@given(st.dates(date(2000, 1, 1), date(2050, 12, 31)), st.integers(1, 7))
def test_weekdays_are_the_last_such_day(published: date, weekday: int) -> None:
    name = Locale.parse("en").days["format"]["wide"][weekday - 1]
    arabic = Locale.parse("ar").days["format"]["wide"][weekday - 1]
    (mention,) = find_dates(f"They met on {name}", "en", published)
    assert mention.first.isoweekday() == weekday
    assert timedelta(0) <= published - mention.first < timedelta(7)
    (same,) = find_dates(f"اجتمعوا يوم {arabic}", "ar", published)
    assert same.first == mention.first
    (past,) = find_dates(f"They met last {name}", "en", published)
    assert timedelta(0) < published - past.first <= timedelta(7)
    (coming,) = find_dates(f"يجتمعون {arabic} المقبل", "ar", published)
    assert timedelta(0) < coming.first - published <= timedelta(7)
    assert {past.first.isoweekday(), coming.first.isoweekday()} == {weekday}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-09-20", (date(2017, 9, 20), True)),
        ("2017-09-20T23:30:00+02:00", (date(2017, 9, 20), True)),
        ("20170920", (date(2017, 9, 20), True)),
        ("٢٠١٧-٠٩-٢٠", (date(2017, 9, 20), True)),
        ("Wed, 20 Sep 2017 10:30:00 GMT", (date(2017, 9, 20), True)),
        ("Wed, 20 Sep 2017 10:30:00 +0100", (date(2017, 9, 20), True)),
        ("20 Sep 17 10:30 GMT", (date(2017, 9, 20), True)),
        ("Wed, 31 Feb 17 10:30 GMT", None),
        ("20 Sep 17", None),
        ("Sept 20, 2017 10:30 GMT", (date(2017, 9, 20), True)),
        ("Published on 20th September 2017, 10:30", (date(2017, 9, 20), True)),
        ("20 سبتمبر 2017", (date(2017, 9, 20), True)),
        ("الأربعاء 20 شتنبر 2017 - 10:30", (date(2017, 9, 20), True)),
        ("الاثنين ١٤ رمضان ١٤٤٢ هـ الموافق ٢٦ أبريل ٢٠٢١ م", (date(2021, 4, 26), True)),
        ("14 رمضان 1442 هـ", (date(2021, 4, 26), True)),
        ("20/9/2017", (date(2017, 9, 20), True)),
        ("3/4/2021", (date(2021, 4, 3), False)),
        ("03/04/2021 10:30", (date(2021, 4, 3), False)),
        ("3 April 2021 (updated 4 April 2021)", None),
        ("April 2021", None),
        ("20 Sept", None),
        ("yesterday", None),
        ("2017-13-01", None),
        ("31 فبراير 2021", None),
        ("", None),
        ("no date", None),
    ],
)
def test_fields_that_hold_a_date(text: str, expected: tuple[date, bool] | None) -> None:
    assert parse_date(text) == expected


@given(st.text(max_size=40) | TEXTS)
def test_any_field_is_a_day_or_nothing(text: str) -> None:
    found = parse_date(text)
    assert found is None or isinstance(found[0], date)


@given(DAYS)
def test_iso_fields(day: date) -> None:
    assert parse_date(day.isoformat()) == (day, True)
    assert parse_date(day.strftime("%d/%m/%Y")) == (day, day.day > 12 or day.day == day.month)


@pytest.mark.parametrize("line", ["month 1", "month 1:", "month: x", "monht 1: x", "weekday day day: x", "1: x"])
def test_a_malformed_line_of_the_data_names_itself(line: str) -> None:
    with pytest.raises(ValueError, match="expected a known kind"):
        DateWords.parse([line])


def test_words_added_to_the_data_are_found(tmp_path: Path) -> None:
    from index.data import rows
    from index.date_grammar import DateGrammar

    words = DateWords.parse([*rows("dates.en.txt"), "month 3: Lenting"])
    parts = DateGrammar(words).scan("on 3 lenting 2021", lambda _: False)
    assert [(found.day, found.month, found.year) for found in parts] == [(3, 3, 2021)]
    assert not find_dates("on 3 lenting 2021", "en")


def test_a_passage_is_read_in_about_a_millisecond() -> None:
    passage = (
        "قال الوزير يوم الاثنين 6 سبتمبر 2021 إن المحادثات التي بدأت الأسبوع الماضي ستتواصل حتى مارس المقبل. "
    ) * 12
    seconds = []
    for _ in range(20):
        started = time.perf_counter()
        assert len(find_dates(passage[:1200], "ar", WEDNESDAY)) > 30
        seconds.append(time.perf_counter() - started)
    assert min(seconds) < 0.02  # a passage full of dates, on any machine; the usual one takes a twentieth


def test_a_long_number_or_repeated_words_cost_no_more_than_their_length() -> None:
    for text in ("1" * 50_000, "20 " * 20_000, "last " * 10_000, "3 and " * 10_000, "و" * 50_000, " " * 50_000):
        started = time.perf_counter()
        find_dates(text, "ar", WEDNESDAY)
        find_dates(text, "en", WEDNESDAY)
        assert time.perf_counter() - started < 10, text[:10]


def test_neither_babel_nor_hijridate_is_imported_without_need() -> None:
    code = (
        "import sys; from index.dates import find_dates; find_dates('in March 2021', 'en'); "
        "find_dates('في مارس 2021', 'ar'); sys.exit(bool({'babel', 'hijridate'} & set(sys.modules)))"
    )
    assert run([executable, "-c", code], check=False).returncode == 0
