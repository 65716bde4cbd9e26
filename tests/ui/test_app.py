"""The page over HTTP, as a browser gets it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from index.archive import Archive
from index.documents import Document
from ui.app import answered
from ui.texts import texts

NO_LIMITS: tuple[Any, ...] = ("", "", [], [])


@pytest.fixture(scope="module")
def page(archive_folder: Path) -> Iterator[httpx.Client]:
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", "0", "--archive", str(archive_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address
        with httpx.Client(base_url=address[0], timeout=30) as client:
            yield client
        server.terminate()


def events(page: httpx.Client, question: str, *limits: Any) -> list[Any]:
    """Ask as the page does; return the values of the conversation, one for each update."""
    event = page.post("/gradio_api/call/ask", json={"data": [question, *(limits or NO_LIMITS)]}).json()["event_id"]
    stream = page.get(f"/gradio_api/call/ask/{event}").text
    lines = [line.removeprefix("data: ") for line in stream.splitlines() if line.startswith("data: ")]
    return [json.loads(line)[0] for line in lines]


def test_question_is_shown_first_and_then_its_answer(page: httpx.Client) -> None:
    first, *_, last = events(page, "Who paid for the repairs of the harbour of Testville?")
    assert texts("en")["searching"] in first
    assert texts("en")["searching"] not in last
    assert 'data-uri="harbour.txt"' in last
    assert "Made-up news: the harbour of Testville opens again" in last


@pytest.mark.parametrize(
    ("question", "key"),
    [("", "empty"), ("why " * 25_000, "problem"), ("Qui est le ministre des affaires étrangères ?", "language")],
)
def test_problems_are_messages(page: httpx.Client, question: str, key: str) -> None:
    last = events(page, question)[-1]
    assert texts("en")[key] in last
    assert 'role="alert"' in last


def test_refusal_is_not_an_answer(page: httpx.Client) -> None:
    last = events(page, "How many astronauts flew to the planet Jupiter?")[-1]
    assert 'class="refusal"' in last
    assert 'class="answer"' not in last


@pytest.mark.parametrize(
    ("limits", "uri"),
    [
        (("", "", ["Sample Agency"], []), "harbour.txt"),
        (("2020", "February 2020", [], []), "harbour.txt"),
        (("", "", [], ["ar"]), "bridge.txt"),
    ],
)
def test_fields_limit_the_search(page: httpx.Client, limits: tuple[Any, ...], uri: str) -> None:
    last = events(page, "Who opened the bridge of the harbour of Testville?", *limits)[-1]
    assert set(re.findall(r'data-uri="([^"]+)"', last)) == {uri}
    assert 'class="limits"' in last


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (("some <b>day</b>", "", [], []), texts("en")["bad_date"].format(value="some &lt;b&gt;day&lt;/b&gt;")),
        (("2021", "2020", [], []), texts("en")["bad_order"].format(value="2021-01-01 &gt; 2020-12-31")),
    ],
)
def test_fields_that_cannot_be_understood(page: httpx.Client, limits: tuple[Any, ...], said: str) -> None:
    assert said in events(page, "Who paid?", *limits)[-1]


def test_the_time_in_a_question_can_be_ignored(archive: Archive) -> None:
    question = "Who paid for the repairs of the harbour of Testville in February 2020?"
    with_dates, without = (answered(question, archive, dates=dates).answer for dates in (True, False))
    assert with_dates
    assert without
    assert with_dates.period
    assert with_dates.where.first == "2020-02-01"
    assert (without.period, without.dropped, bool(without.where)) == (None, None, False)


def read_article(page: httpx.Client, arguments: list[Any]) -> str:
    components = page.get("/config").json()["components"]
    component = next(each["id"] for each in components if each["props"].get("elem_id") == "conversation")
    body = {"data": arguments, "component_id": component, "fn_name": "read_article", "session_hash": "test"}
    response = page.post("/gradio_api/component_server", json=body)
    assert response.status_code == 200
    return str(response.json())


def test_article_opens_at_the_sentence(page: httpx.Client, documents: list[Document]) -> None:
    html = read_article(page, ["bridge.txt", 0, 61, "ar"])
    assert f">{documents[1].text[:61]}</mark>" in html
    assert texts("ar")["close"] in html


@pytest.mark.parametrize(
    "arguments", [["../../etc/passwd", 0, 1, "en"], ["bridge.txt", "x", None, "en"], ["bridge.txt"], []]
)
def test_what_cannot_be_opened_is_said(page: httpx.Client, arguments: list[Any]) -> None:
    assert texts("en")["reader_failed"] in read_article(page, arguments)


def test_nothing_is_fetched_from_elsewhere(page: httpx.Client) -> None:
    response = page.get("/")
    policy = response.headers["content-security-policy"]
    assert not re.search(r"https?:|\*", policy)
    # What a browser would load of its own accord; the policy stops anything a script might.
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=[\"']([^\"']+)", response.text)
    assert loaded
    assert not [url for url in loaded if url.startswith(("http", "//"))]
    assert "fonts.g" not in page.get("/theme.css").text
