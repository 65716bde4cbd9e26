"""The endpoint of a language model: how it is named, what is sent to it, and what may come back."""

import json
import logging
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from index.errors import IsnadError
from qa.rephrase.language_model import LanguageModel, Message, NoReplyError
from tests.qa import llm_server
from tests.qa.llm_server import Endpoint, Reply

URL = "http://127.0.0.1:1/v1"
KEY = "sk-made-up-0123456789"
NAMED = {"ISNAD_LLM_URL": URL, "ISNAD_LLM_MODEL": "made-up"}
ASKED: list[Message] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "كم كلف الجسر؟"}]
TEXT = "كلف الجسر 42 مليون فلورين 🎈.[1] The bridge cost “42 million” florins.[1]"


def said(endpoint: Endpoint, reply: Reply, key: str | None = KEY, timeout: float = 30.0) -> str:
    endpoint.reply = reply
    return "".join(LanguageModel(endpoint.url, "made-up", key, timeout).stream(ASKED))


def test_no_model_is_named_by_default() -> None:
    assert LanguageModel.from_environment({}) is None
    assert LanguageModel.from_environment({"ISNAD_LLM_MODEL": "made-up", "ISNAD_LLM_KEY": KEY}) is None
    assert LanguageModel.from_environment({"ISNAD_LLM_URL": "  "}) is None


def test_a_model_is_named_by_the_environment() -> None:
    assert LanguageModel.from_environment(NAMED) == LanguageModel(URL, "made-up", None, 20.0)
    more = {**NAMED, "ISNAD_LLM_KEY": f" {KEY}\n", "ISNAD_LLM_TIMEOUT": "2.5"}
    assert LanguageModel.from_environment(more) == LanguageModel(URL, "made-up", KEY, 2.5)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ISNAD_LLM_MODEL", " ", "set it to the name"),
        ("ISNAD_LLM_URL", "localhost:11434", "'localhost:11434'"),
        ("ISNAD_LLM_URL", "ftp://made.up/v1", "'ftp://made.up/v1'"),
        ("ISNAD_LLM_URL", "http:///v1", "'http:///v1'"),
        ("ISNAD_LLM_URL", "http://made up/v1", "'http://made up/v1'"),
        ("ISNAD_LLM_URL", "http://made.up\u202e/v1", "http://localhost:11434/v1"),
        ("ISNAD_LLM_URL", "http://[::1/v1", "not an address"),
        ("ISNAD_LLM_URL", "http://made.up:99999/v1", "not an address"),
        ("ISNAD_LLM_URL", "http://made.up/v1?key=1", "after a ? or #"),
        ("ISNAD_LLM_URL", "http://made.up/v1/chat/completions", "leave out /chat/completions"),
        ("ISNAD_LLM_TIMEOUT", "soon", "'soon'"),
        ("ISNAD_LLM_TIMEOUT", "0", "'0'"),
        ("ISNAD_LLM_TIMEOUT", "-1", "'-1'"),
        ("ISNAD_LLM_TIMEOUT", "nan", "'nan'"),
        ("ISNAD_LLM_TIMEOUT", "601", "at most 600"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(IsnadError, match=name) as caught:
        LanguageModel.from_environment({**NAMED, name: value})
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISNAD_LLM_KEY", f"{KEY} and more"),
        ("ISNAD_LLM_KEY", f"{KEY}\nX-Header: 1"),
        ("ISNAD_LLM_KEY", f"{KEY}é"),
        ("ISNAD_LLM_URL", f"https://me:{KEY}@made.up/v1"),
        ("ISNAD_LLM_URL", f"https://made.up/v1?key={KEY}"),
    ],
)
def test_a_key_is_not_shown_when_it_is_refused(name: str, value: str) -> None:
    with pytest.raises(IsnadError, match=name) as caught:
        LanguageModel.from_environment({**NAMED, name: value})
    assert KEY not in str(caught.value)


def test_without_the_package_the_fix_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(IsnadError, match=r"pip install 'isnad\[llm\]'"):
        LanguageModel.from_environment(NAMED)
    assert LanguageModel.from_environment({}) is None


REPLIES = {
    "streamed": llm_server.streamed(*TEXT),
    "streamed with one long piece": llm_server.streamed(TEXT),
    **{f"cut every {size} bytes": llm_server.cut(TEXT, size) for size in (1, 2, 3, 5, 64)},
    "whole, though a stream was asked for": llm_server.whole(TEXT),
    "streamed by a server that knows no choice at its end": llm_server.sends(
        llm_server.event({"content": TEXT}, "stop"), "text/event-stream"
    ),
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_reply_is_read(endpoint: Endpoint, reply: Reply) -> None:
    assert said(endpoint, reply) == TEXT


def test_what_is_sent(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question goes out as the protocol has it, with the key, and with nothing set for another endpoint."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "http://not-meant.invalid")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: not-meant\nX-Not: not-meant")
    for key in (KEY, None):
        said(endpoint, llm_server.whole(TEXT), key)
        sent = endpoint.headers[-1]
        assert sent["Authorization"] == (f"Bearer {key}" if key else None)
        assert {name.lower() for name in sent} <= {
            *("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "authorization")
        }
        assert "not-meant" not in str(sent)
    assert endpoint.paths == ["/v1/chat/completions"] * 2
    assert endpoint.bodies == [{"model": "made-up", "messages": ASKED, "temperature": 0, "stream": True}] * 2


def error(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "code": "made_up"}}).encode()


PART = llm_server.event({"role": "assistant", "content": "The bridge cost 42 million.[1] It"})
SSE = "text/event-stream"
NO_REPLIES: dict[str, tuple[Reply, str, int | None]] = {
    **{
        f"status {status}": (llm_server.sends(error(f"no: {KEY}"), status=status), "status", status)
        for status in (400, 401, 403, 404, 429, 500, 503)
    },
    "closed after a part": (llm_server.closes_after(PART, chunked=True), "broken", None),
    "closed after a part, as HTTP/1.0 does": (llm_server.closes_after(PART, chunked=False), "broken", None),
    "ended without an end": (llm_server.streamed("The bridge", finish=None), "broken", None),
    "cut at a limit of the model": (llm_server.streamed("The bridge", finish="length"), "broken", None),
    "whole, cut at a limit": (llm_server.whole("The bridge", finish="length"), "broken", None),
    "error in the stream": (llm_server.sends(PART + b"data: " + error("busy") + b"\n\n", SSE), "broken", None),
    "broken JSON": (llm_server.sends(b'{"choices": [{"mess'), "malformed", None),
    "broken JSON in the stream": (llm_server.sends(PART + b'data: {"choi\n\n', SSE), "malformed", None),
    "no choices": (llm_server.sends(b'{"choices": []}'), "malformed", None),
    "no choices in the stream": (llm_server.sends(llm_server.event(), SSE), "malformed", None),
    "null for choices": (llm_server.sends(b'data: {"choices": null}\n\n', SSE), "malformed", None),
    "null for a delta": (llm_server.sends(b'data: {"choices": [{"delta": null}]}\n\n', SSE), "malformed", None),
    "a number for text": (llm_server.whole(5), "malformed", None),
    "a number for text in the stream": (
        llm_server.sends(b'data: {"choices": [{"delta": {"content": 5}}]}\n\n', SSE),
        *("malformed", None),
    ),
    "a list": (llm_server.sends(b"[]"), "malformed", None),
    "a string in the stream": (llm_server.sends(b'data: "x"\n\n', SSE), "malformed", None),
    "nothing": (llm_server.sends(b""), "malformed", None),
    "an error that says it is none": (llm_server.sends(error("no")), "malformed", None),
    "not UTF-8": (llm_server.sends(PART.replace(b"bridge", b"\xff\xfe"), SSE), "malformed", None),
    "a web page": (llm_server.sends(b"<html><body>Welcome</body></html>", "text/html"), "malformed", None),
    "a web page that says it is JSON": (llm_server.sends(b"<html></html>"), "malformed", None),
    "5 MB of reply": (llm_server.streamed(*["word " * 1000] * 1000), "long", None),
    "5 MB of JSON": (llm_server.whole("a" * 5_000_000), "long", None),
    "5 MB of one line": (llm_server.sends(b"data: " + b"x" * 5_000_000, SSE), "long", None),
    "5 MB of web page": (llm_server.sends(b"<p>hi" * 1_000_000, "text/html"), "long", None),
    "5 MB of error": (llm_server.sends(b"x" * 5_000_000, status=500), "long", None),
}


@pytest.mark.parametrize(("reply", "reason", "status"), NO_REPLIES.values(), ids=NO_REPLIES)
def test_what_is_no_reply(
    endpoint: Endpoint, reply: Reply, reason: str, status: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NoReplyError) as caught:
        said(endpoint, reply)
    assert (caught.value.reason, caught.value.status) == (reason, status)
    assert len(endpoint.paths) == 1  # asked once: to try again is the reader's choice
    assert KEY not in f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"


SLOW = {
    "says nothing": llm_server.says_nothing,
    "stops in the middle": llm_server.hangs_after(PART),
    "sends comments for ever": llm_server.hangs_after(drip=b": still here\n\n"),
    "sends one endless line": llm_server.hangs_after(drip=b"x"),
    "sends empty pieces for ever": llm_server.hangs_after(drip=llm_server.event({"content": ""})),
}


@pytest.mark.parametrize("reply", SLOW.values(), ids=SLOW)
def test_a_reply_has_its_time_whatever_the_endpoint_does(endpoint: Endpoint, reply: Reply) -> None:
    import qa.rephrase.chat  # noqa: F401  (importing it takes its time only once)

    started = time.monotonic()
    with pytest.raises(NoReplyError, match="timeout"):
        said(endpoint, reply, timeout=0.3)
    assert 0.3 <= time.monotonic() - started < 3


def test_the_connection_ends_with_the_patience(endpoint: Endpoint) -> None:
    """No thread stays behind to read what nobody waits for."""
    for wait in (True, False):
        endpoint.lost.clear()
        endpoint.reply = llm_server.hangs_after(PART, drip=PART)
        pieces = LanguageModel(endpoint.url, "made-up", timeout=0.5 if wait else 30).stream(ASKED)
        next(pieces)
        if wait:
            with pytest.raises(NoReplyError, match="timeout"):
                for _ in pieces:
                    pass
        pieces.close()
        assert endpoint.lost.wait(5)
    until = time.monotonic() + 5
    while any(thread.name == "language model" for thread in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "https://127.0.0.1:1/v1", "http://made-up.invalid/v1"])
def test_an_endpoint_that_is_not_there(url: str) -> None:
    with pytest.raises(NoReplyError, match="unreachable"):
        list(LanguageModel(url, "made-up").stream(ASKED))


def test_a_redirect_is_not_followed(endpoint: Endpoint) -> None:
    """The user named one endpoint; a question that is passed on to another leaves what they agreed to."""
    with llm_server.serving() as other, pytest.raises(NoReplyError) as caught:
        said(endpoint, llm_server.sends(b"", status=307, Location=f"{other.url}/chat/completions"))
    assert (caught.value.reason, caught.value.status) == ("status", 307)
    assert other.paths == []


def test_the_key_is_in_no_representation() -> None:
    model = LanguageModel(URL, "made-up", KEY)
    assert KEY not in f"{model} {model!r}"


def test_pieces_come_as_they_are_sent(endpoint: Endpoint) -> None:
    endpoint.reply = llm_server.paced("A ", "b ", "c.", seconds=0.2)
    times = []
    for piece in LanguageModel(endpoint.url, "made-up").stream(ASKED):
        if piece:
            times.append(time.monotonic())
    assert len(times) == 3
    assert all(later - earlier > 0.1 for earlier, later in pairwise(times))


def test_the_package_is_imported_by_nothing_but_a_call() -> None:
    """Whoever asks no language model waits for no import of one."""
    import subprocess

    code = (
        "import sys, ui.cli, qa.rephrase.rephrasing, qa.rephrase.language_model; sys.exit('openai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], check=False).returncode == 0
