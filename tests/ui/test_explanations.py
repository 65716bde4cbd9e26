"""``isnad ask --explain``."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli import app

FOUND = "Who paid for the repairs of the harbour of Testville?"
NOT_FOUND = "How many astronauts flew to the planet Jupiter?"


def ask(archive_folder: Path, question: str, *options: str) -> str:
    return CliRunner().invoke(app, ["ask", question, "--archive", str(archive_folder), *options]).stdout


def test_words_that_met_are_shown(archive_folder: Path) -> None:
    plain, explained = ask(archive_folder, FOUND), ask(archive_folder, FOUND, "--explain")
    assert explained.startswith(plain)
    title, *sentences = explained[len(plain) :].strip().splitlines()
    assert title.startswith("Words that met")
    assert "repairs = repairs (1.00)" in "".join(sentences)
    assert "the = the" not in explained
    assert len(sentences) == plain.count("[") // 2


def test_in_arabic(archive_folder: Path) -> None:
    shown = ask(archive_folder, "من افتتح جسر النهر الجديد؟", "--explain")
    assert "الكلمات المتقابلة" in shown
    assert "جسر = جسر (1.00)" in shown


@pytest.mark.parametrize("question", [FOUND, NOT_FOUND])
def test_for_programs(archive_folder: Path, question: str) -> None:
    assert "explanations" not in json.loads(ask(archive_folder, question, "--json"))
    record = json.loads(ask(archive_folder, question, "--json", "--explain"))
    shown = record["citations"] or record["nearest"]
    assert len(record["explanations"]) == len(shown) > 0
    for citation, explanation in zip(shown, record["explanations"], strict=True):
        for word in explanation["quote"]:
            assert citation["quote"][word["start"] : word["end"]] == word["text"]
        total = sum(word["dense"] for word in explanation["quote"])
        assert total == pytest.approx(explanation["dense"], abs=1e-5)
