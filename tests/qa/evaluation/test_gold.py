"""Gold files: what is read, and what is refused with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from index.errors import IsnadError
from qa.evaluation.gold import GoldQuestion, Place, load_gold
from tests.qa.conftest import ENGLISH, SEEDS

GOOD = {
    "id": "one",
    "question": "Who lost boats?",
    "language": "en",
    "part": "dev",
    "answerable": True,
    "evidence": [{"uri": "en/1", "quote": "Fishermen in Kessan lost eleven boats in the storm."}],
}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    file = folder / "gold.jsonl"
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(written) + "\n", encoding="utf-8")
    return file


def test_a_question_is_read(tmp_path: Path, news_archive: Archive) -> None:
    gold = load_gold(write(tmp_path, GOOD), news_archive)
    quote = "Fishermen in Kessan lost eleven boats in the storm."
    assert gold == [GoldQuestion("one", "Who lost boats?", "en", "dev", (Place("en/1", 0, len(quote)),))]
    place = gold[0].evidence[0]
    assert news_archive.document(place.uri).text[place.start : place.end] == quote


def test_evidence_may_be_offsets(tmp_path: Path, news_archive: Archive) -> None:
    row = GOOD | {"evidence": [{"uri": "en/1", "start": 0, "end": 9}, {"uri": "en/0", "start": 4, "end": 8}]}
    (question,) = load_gold(write(tmp_path, row), news_archive)
    assert question.evidence == (Place("en/1", 0, 9), Place("en/0", 4, 8))


def test_what_follows_from_the_rest_may_be_left_out(tmp_path: Path, news_archive: Archive) -> None:
    answered = {key: GOOD[key] for key in ("question", "language", "evidence")}
    refused = {"question": "Who knows?", "language": "en", "answerable": False}
    bare = {"question": "من يعلم؟", "language": "ar", "evidence": []}
    gold = load_gold(write(tmp_path, answered, "", refused, "   ", bare), news_archive)
    assert [bool(question.evidence) for question in gold] == [True, False, False]
    assert [question.part for question in gold] == ["", "", ""]
    assert len({question.id for question in gold}) == 3


def test_separators_inside_a_line_do_not_part_it(tmp_path: Path, news_archive: Archive) -> None:
    text = "Who lost\u2028boats\u0085in the storm?"
    file = write(tmp_path, GOOD | {"question": text})
    assert [question.question for question in load_gold(file, news_archive)] == [text]


def test_a_byte_order_mark_is_passed_over(tmp_path: Path, news_archive: Archive) -> None:
    file = write(tmp_path, GOOD)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(load_gold(file, news_archive)) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 2"),
        ("[]", r"expected a JSON object, not \[\]"),
        ('"text"', "expected a JSON object"),
        ({key: value for key, value in GOOD.items() if key != "question"}, "field 'question' is missing"),
        ({key: value for key, value in GOOD.items() if key != "language"}, "field 'language' is missing"),
        ({"question": "Who?", "language": "en", "evidnce": []}, "field 'evidence' is missing"),
        (GOOD | {"language": "fr"}, "language is 'fr', expected one of ar, en"),
        (GOOD | {"language": ["en"]}, r"language is \['en'\], expected one of"),
        (GOOD | {"question": 7}, "question is 7, expected a text"),
        (GOOD | {"question": None}, "question is None, expected a text"),
        (GOOD | {"question": " ?"}, "has no words"),
        (GOOD | {"question": "Quel est le rôle du forum dans la lutte ?"}, "another language"),
        (GOOD | {"question": "who " * 300}, "at most 1,000"),
        (GOOD | {"answerable": False}, "answerable is False with 1 places"),
        (GOOD | {"answerable": "yes"}, "answerable is 'yes'"),
        (GOOD | {"evidence": []}, "answerable is True with 0 places"),
        (GOOD | {"evidence": None}, "line 2"),
        (GOOD | {"evidence": "quote"}, "line 2"),
        (GOOD | {"evidence": [{"uri": "en/99", "quote": "x"}]}, "no document 'en/99'"),
        (GOOD | {"evidence": [{"quote": "x"}]}, "field 'uri' is missing"),
        (GOOD | {"evidence": [{"uri": "en/1"}]}, "field 'start' is missing"),
        (
            GOOD | {"evidence": [{"uri": "en/1", "quote": "Fishermen  in"}]},
            "not in 'en/1', character for character",
        ),
        (GOOD | {"evidence": [{"uri": "en/1", "quote": ""}]}, "the quote '' is not in"),
        (GOOD | {"evidence": [{"uri": "en/1", "quote": " "}]}, "the quote ' ' is not in"),
        (GOOD | {"evidence": [{"uri": "en/1", "quote": 5}]}, "quote is 5, expected a text"),
        (GOOD | {"evidence": [{"uri": "en/1", "start": 3, "end": 3}]}, "evidence 3-3 is not within"),
        (GOOD | {"evidence": [{"uri": "en/1", "start": 0, "end": 999}]}, "evidence 0-999 is not within"),
        (GOOD | {"evidence": [{"uri": "en/1", "start": -4, "end": 3}]}, "evidence -4-3 is not within"),
        (GOOD | {"evidence": [{"uri": "en/1", "start": "a", "end": 3}]}, "line 2"),
        (GOOD, "the id 'one' is given to another question too"),
    ],
)
def test_a_malformed_line_is_named(
    line: dict[str, Any] | str, problem: str, tmp_path: Path, news_archive: Archive
) -> None:
    file = write(tmp_path, GOOD, line)
    with pytest.raises(IsnadError, match=problem) as caught:
        load_gold(file, news_archive)
    message = str(caught.value)
    assert message.startswith(f"{file}, line 2: ")
    assert "seeds/README.md" in message


def test_a_file_that_cannot_be_read(tmp_path: Path, news_archive: Archive) -> None:
    missing = tmp_path / "missing.jsonl"
    with pytest.raises(IsnadError, match=r"cannot read the gold file .*missing.jsonl"):
        load_gold(missing, news_archive)
    with pytest.raises(IsnadError, match="cannot read the gold file"):
        load_gold(tmp_path, news_archive)
    missing.write_bytes("سؤال".encode("cp1256"))
    with pytest.raises(IsnadError, match=r"cannot read the gold file .*utf-8"):
        load_gold(missing, news_archive)
    missing.write_text("\n \n", encoding="utf-8")
    with pytest.raises(IsnadError, match="holds no question"):
        load_gold(missing, news_archive)


def test_the_gold_that_ships_is_read(seed_archive: Archive) -> None:
    lines = (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = load_gold(SEEDS / "gold.jsonl", seed_archive)
    assert [question.id for question in gold] == [json.loads(line)["id"] for line in lines]
    assert [bool(question.evidence) for question in gold] == [json.loads(line)["answerable"] for line in lines]


SPANS = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(SPANS, SPANS)
def test_overlapping_and_nesting_are_those_of_sets(one: tuple[int, int], other: tuple[int, int]) -> None:
    inside, outside = set(range(*one)), set(range(*other))
    place = Place("a", *one)
    assert place.overlaps("a", *other) == bool(inside & outside)
    assert place.nests("a", *other) == (inside <= outside or outside <= inside)
    assert not place.overlaps("b", *other)
    assert not place.nests("b", *other)


def test_every_made_up_text_is_its_own_evidence(tmp_path: Path, news_archive: Archive) -> None:
    rows = [
        {
            "id": i,
            "question": "Who?",
            "language": "en",
            "answerable": True,
            "evidence": [{"uri": f"en/{i}", "quote": text}],
        }
        for i, text in enumerate(ENGLISH)
    ]
    gold = load_gold(write(tmp_path, *rows), news_archive)
    assert [question.evidence for question in gold] == [
        (Place(f"en/{i}", 0, len(text)),) for i, text in enumerate(ENGLISH)
    ]
