"""The conversation of the command line and of the page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.archive import Archive
from qa.conversation import Conversation
from ui import render
from ui.app import answered
from ui.cli import app
from ui.texts import LANGUAGES, texts

ASKED = "When did the harbour of Testville open again?"


def chat(archive_folder: Path, *lines: str, options: tuple[str, ...] = ()) -> tuple[str, str, int]:
    result = CliRunner().invoke(
        app, ["chat", "--archive", str(archive_folder), *options], input="".join(f"{line}\n" for line in lines)
    )
    return result.stdout, result.stderr, result.exit_code


def test_follow_up_is_understood_and_shown(archive_folder: Path) -> None:
    shown, _, code = chat(archive_folder, ASKED, "Who paid for its repairs?")
    assert code == 0
    assert "Understood as: Who paid for the harbour of Testville's repairs?" in shown.splitlines()
    assert shown.count("[1]") >= 2  # a sentence and its source


def test_for_programs(archive_folder: Path) -> None:
    shown, _, _ = chat(archive_folder, ASKED, "متى؟", options=("--json", "-k", "1"))
    first, second = map(json.loads, shown.splitlines())
    assert first["question"] == ASKED
    assert first["understood"] is None
    assert second["question"] == "متى؟"
    assert second["understood"].startswith("When did the harbour")


def test_bad_question_does_not_end_the_conversation(archive_folder: Path) -> None:
    shown, said, code = chat(archive_folder, "Qui est le ministre des affaires étrangères ?", ASKED)
    assert code == 0
    assert said.startswith("isnad: the question")
    assert "Traceback" not in said
    assert "[1]" in shown


@pytest.mark.parametrize("lines", [(), ("",), ("", ASKED)])
def test_ends_at_an_empty_line(archive_folder: Path, lines: tuple[str, ...]) -> None:
    assert chat(archive_folder, *lines) == ("", "", 0)


def test_page_goes_by_its_history(archive: Archive) -> None:
    first = answered(ASKED, archive)
    second = answered("Who paid for its repairs?", archive, turns=(first,))
    assert second.answer
    assert second.answer.understood == "Who paid for the harbour of Testville's repairs?"
    alone = answered("Who paid for its repairs?", archive)
    assert alone.answer
    assert alone.answer.understood is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_what_was_understood(archive: Archive, language: str) -> None:
    first = Conversation().ask("Who wrote about <b>hostile</b> Quuxville?", archive)
    second = Conversation.of([first]).ask("What does it cost?", archive)
    assert second.understood
    html = render.understood(second, language)
    assert texts(language)["understood"].split("{")[0] in html
    assert "<b>" not in html
    assert "Quuxville" in html
    assert render.understood(first, language) == ""
