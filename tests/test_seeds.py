"""The archive that ships: its gold questions rest on words that stand in its articles."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SEEDS = Path(__file__).parents[1] / "seeds"
KINDS = {"who", "what", "when", "where", "why", "how", "how many", "how long", "which"}
FIELDS = {"id", "question", "language", "kind", "part", "answerable", "evidence", "answer"}


def body(uri: str) -> str:
    """Everything after headline and agency, read here without the program's own reader."""
    _, _, text = (SEEDS / "articles" / uri).read_text(encoding="utf-8").split("\n", 2)
    return text


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    lines = (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_fields_are_valid(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        assert set(row) == FIELDS, row
        assert row["language"] in {"ar", "en"}, row
        assert row["kind"] in KINDS, row
        assert row["part"] in {"dev", "test"}, row
        assert row["question"].endswith("؟" if row["language"] == "ar" else "?"), row
        assert row["answerable"] is bool(row["evidence"]) is bool(row["answer"]), row


def test_questions_are_in_the_language_they_say(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        for text in (row["question"], row["answer"]):
            arabic = any("ء" <= letter <= "ي" for letter in text)
            assert not text or arabic == (row["language"] == "ar"), row


def test_every_quote_stands_in_its_article_verbatim(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        for evidence in row["evidence"]:
            assert set(evidence) == {"uri", "quote"}, row
            assert evidence["quote"].strip() == evidence["quote"] != "", row
            assert "\n" not in evidence["quote"], row
            assert body(evidence["uri"]).count(evidence["quote"]) == 1, row


def test_ids_and_questions_are_unique(gold: list[dict[str, Any]]) -> None:
    for field in ("id", "question"):
        repeated = [value for value, count in Counter(row[field] for row in gold).items() if count > 1]
        assert repeated == []


def test_both_parts_hold_questions_of_every_sort(gold: list[dict[str, Any]]) -> None:
    sorts = Counter((row["part"], row["language"], row["answerable"]) for row in gold)
    assert len(sorts) == 8
    for (_, _, answerable), count in sorts.items():
        assert count >= (11 if answerable else 4)
    for language in ("ar", "en"):
        assert {row["kind"] for row in gold if row["language"] == language} == KINDS


def test_questions_are_not_lifted_from_the_article(gold: list[dict[str, Any]]) -> None:
    for row in gold:
        words = row["question"].rstrip("؟?").split()
        runs = [" ".join(words[i : i + 6]) for i in range(len(words) - 5)]
        lifted = [run for evidence in row["evidence"] for run in runs if run in body(evidence["uri"])]
        assert lifted == [], row


def test_the_example_of_the_readme_is_one_of_the_questions(gold: list[dict[str, Any]]) -> None:
    readme = (SEEDS / "README.md").read_text(encoding="utf-8")
    example = readme.split("```json\n")[1].split("\n```")[0]
    assert json.loads(example) in gold
