"""Stories on the command line and on the page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.archive import Archive
from index.documents import Document
from qa.answer import Citation
from ui.cli import app
from ui.render import card
from ui.texts import LANGUAGES

# Made-up news: no such place, person or event.
BODY = (
    "The council of Velmora opened the Sarun bridge on Monday after repairs that took three long years. "
    "Mayor Idra Tolen said the work cost 42 million florins, most of it paid by a loan from the "
    "provinces. Engineers had warned in March of cracks in the northern pier, which was rebuilt in June "
    "by a company from the valley of Osk."
)
WIRE = Document.create("wire.txt", BODY, "Bridge opens", "Made-up Wire", published="2021-09-06", language="en")
OTHER = Document.create(
    "other.txt",
    BODY.replace("42", "43"),
    "Sarun open",
    "<b>Daily</b>\x1b[31m",
    published="2021-09-07",
    language="en",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("story") / "archive"
    with Archive.create(path) as archive:
        archive.add([OTHER, WIRE])
    return str(path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code in {0, 1}, result.output
    return result.stdout


def test_story_shows_what_each_outlet_changed(folder: str) -> None:
    lines = run("story", "other.txt", "--archive", folder).splitlines()
    assert [line for line in lines if line.startswith("[")] == ["[1] Bridge opens", "[2] Sarun open"]
    removed, added = lines[-2:]
    assert removed.strip().startswith("- Mayor Idra Tolen said the work cost 42 million")
    assert added.strip().startswith("+ Mayor Idra Tolen said the work cost 43 million")
    assert len(lines) == 6
    assert "\x1b[31m" not in "".join(lines)


def test_story_as_json(folder: str) -> None:
    told = json.loads(run("story", "wire.txt", "--archive", folder, "--json"))
    assert [document["uri"] for document in told["documents"]] == ["wire.txt", "other.txt"]
    assert [(len(each["added"]), len(each["removed"])) for each in told["documents"]] == [(0, 0), (1, 1)]
    assert told["outlets"][0] == "Made-up Wire"


def test_a_story_that_is_not_there(folder: str) -> None:
    result = CliRunner().invoke(app, ["story", "none.txt", "--archive", folder])
    assert result.exit_code == 2
    assert "has no document 'none.txt'" in result.stderr


@pytest.mark.parametrize("command", ["search", "ask"])
def test_where_else_a_story_stands(folder: str, command: str) -> None:
    question = "What did the work on the Sarun bridge cost?"
    assert run(command, question, "--archive", folder).count("also in: ") >= 1
    found = json.loads(run(command, question, "--archive", folder, "--json"))
    if command == "search":
        (hit,) = found
        assert {hit["uri"], *hit["others"]} == {"wire.txt", "other.txt"}
    else:
        for citation in [*found["citations"], *found["nearest"]]:
            assert {citation["uri"], *(other["uri"] for other in citation["others"])} == {"wire.txt", "other.txt"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_names_the_other_outlets(language: str) -> None:
    shown = card(Citation(WIRE, 0, 10, BODY[:10], 0.5, (OTHER, OTHER)), language)
    assert shown.count("&lt;b&gt;Daily&lt;/b&gt;") == 1
    assert "<b>" not in shown
    assert "<bdi>1</bdi>" in shown
    assert "also" not in card(Citation(WIRE, 0, 10, BODY[:10], 0.5), language)
