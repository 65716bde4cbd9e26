"""What questions ask for and sentences hold; the cases stand in tests/data/answer_types.txt."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa
from index.errors import IsnadError
from index.folding import fold
from qa import answer_types
from qa.answer_types import expected_types, types_in
from qa.question import LANGUAGES, Question
from tests.index import golden

CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("answer_types.txt")]
KINDS = {"number", "time", "reason", "definition"}


@pytest.mark.parametrize("case", CASES)
def test_golden(case: golden.Case) -> None:
    language, role, text = case.given.split(" ", 2)
    if role == "asks":
        found = expected_types(Question(text, language))
    else:
        assert role == "holds"
        found = types_in(text, language)
    assert (sorted(found) or ["none"]) == case.expected


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, ...]]:
    lines = (Path(qa.__file__).parent / "data" / "answer_types.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def test_what_can_be_asked_for_can_be_held_in_both_languages(rows: list[tuple[str, ...]]) -> None:
    kinds = defaultdict(set)
    for kind, language, role, _ in rows:
        kinds[language, role].add(kind)
    assert set(kinds) == {(language, role) for language in LANGUAGES for role in ("asks", "holds")}
    assert all(found == KINDS for found in kinds.values())


def test_no_line_stands_twice(rows: list[tuple[str, ...]]) -> None:
    folded = Counter((*place, fold(words)) for *place, words in rows)
    assert [row for row, count in folded.items() if count > 1] == []


def test_every_phrase_is_found(rows: list[tuple[str, ...]]) -> None:
    written = {"<number>": "7", "<year>": "1999"}
    for kind, language, role, words in rows:
        text = f"({written.get(words, words)})".upper()
        found = expected_types(Question(text, language)) if role == "asks" else types_in(text, language)
        assert kind in found, (words, found)


@given(st.text(), st.sampled_from(["ar", "en", "fr", "und"]))
def test_any_text(text: str, language: str) -> None:
    assert types_in(text, language) <= KINDS
    if language not in LANGUAGES:
        assert types_in(text, language) == expected_types(Question(text, language)) == set()


@pytest.fixture
def own_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(answer_types, "files", lambda _: tmp_path)
    answer_types._table.cache_clear()
    yield tmp_path / "data" / "answer_types.tsv"
    answer_types._table.cache_clear()


def test_a_kind_of_ones_own(own_table: Path) -> None:
    own_table.write_text(
        "# note\n\nplace\ten\tasks\twhere (exactly)\nplace\ten\tholds\tin Osk\n", encoding="utf-8"
    )
    assert expected_types(Question("Where (exactly)\u00a0is it?", "en")) == {"place"}
    assert types_in("It is in  osk.", "en") == {"place"}
    assert types_in("It is in Oskar.", "en") == set()


def test_a_malformed_line_is_named(own_table: Path) -> None:
    own_table.write_text("# note\nplace en asks where\n", encoding="utf-8")
    with pytest.raises(IsnadError, match=r"answer_types.tsv, line 2: expected kind, .* not 'place en asks where'"):
        types_in("It is in Osk.", "en")
