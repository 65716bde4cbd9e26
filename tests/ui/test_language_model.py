"""A language model on the command line: asked where one is named, and never instead of the quotations."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.qa import llm_server
from tests.qa.llm_server import Endpoint, Handler
from tests.ui.test_cli import FOUND, NOT_FOUND, failed, isnad

KEY = "sk-made-up-0123456789"
INVENTED = "The repairs cost 73 million crowns."


def repeats(handler: Handler) -> None:
    """Say the first sentence that was sent, and one that was made up."""
    lines = handler.endpoint.bodies[-1]["messages"][1]["content"].splitlines()
    sentence = next(line.removeprefix("[1] ") for line in lines if line.startswith("[1] "))
    llm_server.streamed(sentence, "[1] ", INVENTED)(handler)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with llm_server.serving() as endpoint:
        endpoint.reply = repeats
        monkeypatch.setenv("ISNAD_LLM_URL", endpoint.url)
        monkeypatch.setenv("ISNAD_LLM_MODEL", "made-up\x1b[2J")
        monkeypatch.setenv("ISNAD_LLM_KEY", KEY)
        yield endpoint


@pytest.mark.parametrize("options", [(), ("--llm",)])
def test_a_named_model_puts_the_answer_into_words(
    endpoint: Endpoint, archive_folder: Path, options: tuple[str, ...]
) -> None:
    result = isnad("ask", FOUND, "--archive", archive_folder, *options)
    assert result.exit_code == 0
    short, first, label, left_out, empty, *quoted = result.stdout.splitlines()
    assert label.startswith(
        "Put into words by made-up\N{REPLACEMENT CHARACTER}[2J; each sentence was held against"
    )
    assert left_out.startswith("Left out of what it wrote (1): ")
    assert "73 million" in left_out
    assert empty == ""
    plain = isnad("ask", FOUND, "--archive", archive_folder, "--no-llm").stdout.splitlines()
    assert [short, *quoted] == plain
    assert first == quoted[0]
    assert first.endswith(" [1]")
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_programs_get_it_too(endpoint: Endpoint, archive_folder: Path) -> None:
    answer = json.loads(isnad("ask", FOUND, "--archive", archive_folder, "--json").stdout)
    plain = json.loads(isnad("ask", FOUND, "--archive", archive_folder, "--json", "--no-llm").stdout)
    told = answer.pop("rephrased")
    assert told["sentences"] == [{"text": plain["citations"][0]["quote"], "citations": [1]}]
    assert [sentence["text"] for sentence in told["removed"]] == [INVENTED]
    assert plain.pop("rephrased") is None
    del answer["elapsed"], plain["elapsed"]
    assert answer == plain


def test_without_a_model_nothing_is_sent(endpoint: Endpoint, archive_folder: Path) -> None:
    plain = isnad("ask", FOUND, "--archive", archive_folder, "--no-llm")
    named = isnad("ask", FOUND, "--archive", archive_folder, env={"ISNAD_LLM_URL": None})
    wrong = isnad("ask", FOUND, "--archive", archive_folder, "--no-llm", env={"ISNAD_LLM_TIMEOUT": "soon"})
    assert plain.exit_code == 0
    assert plain.stdout == named.stdout == wrong.stdout
    assert "Put into words" not in plain.stdout
    assert isnad("search", FOUND, "--archive", archive_folder).exit_code == 0
    assert endpoint.paths == []


def test_a_refusal_is_never_sent(endpoint: Endpoint, archive_folder: Path) -> None:
    assert isnad("ask", NOT_FOUND, "--archive", archive_folder, "--llm").exit_code == 1
    assert endpoint.paths == []


def test_the_quotations_stand_without_a_reply(endpoint: Endpoint, archive_folder: Path) -> None:
    endpoint.reply = llm_server.sends(f'{{"error": "{KEY}"}}'.encode(), status=401)
    result = isnad("ask", FOUND, "--archive", archive_folder)
    assert result.exit_code == 0
    short, note, empty, *quoted = result.stdout.splitlines()
    assert note.endswith("HTTP status 401; check ISNAD_LLM_KEY. The answer is what is quoted.")
    assert empty == ""
    plain = isnad("ask", FOUND, "--archive", archive_folder, "--no-llm").stdout.splitlines()
    assert [short, *quoted] == plain
    assert KEY not in result.output


def test_what_a_model_writes_cannot_fool_a_terminal(endpoint: Endpoint, archive_folder: Path) -> None:
    endpoint.reply = llm_server.streamed("The repairs took\x1b[31m 73 \u202eyears.[1]")
    result = isnad("ask", FOUND, "--archive", archive_folder)
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout


def test_a_model_that_is_wanted_must_be_named(archive_folder: Path) -> None:
    failed(isnad("ask", FOUND, "--archive", archive_folder, "--llm"), "ISNAD_LLM_URL", "ISNAD_LLM_MODEL")


@pytest.mark.parametrize(("name", "value"), [("ISNAD_LLM_KEY", f"{KEY} x"), ("ISNAD_LLM_TIMEOUT", "soon")])
def test_what_is_named_wrongly_is_told(endpoint: Endpoint, archive_folder: Path, name: str, value: str) -> None:
    result = isnad("ask", FOUND, "--archive", archive_folder, env={name: value})
    failed(result, name)
    assert KEY not in result.output
    assert endpoint.paths == []
