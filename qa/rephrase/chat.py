"""One call of the chat completions API. Imported when there is one to make: the openai package is optional."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from typing import cast

import httpx2
import openai
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

from qa.rephrase.language_model import LanguageModel, Message, NoReplyError

# A page of text; an answer in one to three sentences has a few hundred characters.
MOST_CHARACTERS = 10_000
# Each piece of a stream comes in an envelope of some hundred bytes, and some models think aloud beside the reply.
MOST_BYTES = 4_000_000
_CUT_SHORT = ("length", "content_filter")
# What a request needs. The rest tells of this computer, or was set for another endpoint (OPENAI_ORG_ID and such).
_HEADERS = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length", "authorization")


def reply(model: LanguageModel, messages: Sequence[Message], enough: Event) -> Iterator[str]:
    """Ask a language model, and yield its reply in pieces.

    A stream is asked for; an endpoint that sends the reply as a whole is understood too.

    Args:
        model: who is asked.
        messages: what it is told.
        enough: set by the reader who wants no more; no more is read then.

    Raises:
        NoReplyError: the endpoint cannot be reached, refuses, takes too long or sends what is no reply.
    """
    replied = False
    characters = 0
    try:
        with (
            _connections(model, enough) as connections,
            _client(model, connections).chat.completions.create(
                model=model.name,
                messages=cast(Sequence[ChatCompletionMessageParam], messages),
                temperature=0,
                stream=True,
            ) as stream,
        ):
            replied = True
            kind = stream.response.headers.get("content-type", "").lower()
            for piece in _whole(stream.response.read()) if "json" in kind else _streamed(stream):
                characters += len(piece)
                if characters > MOST_CHARACTERS:
                    raise NoReplyError("long")
                yield piece
    except openai.APITimeoutError:
        raise NoReplyError("timeout") from None
    except openai.APIStatusError as error:
        raise NoReplyError("status", error.status_code) from None
    except (openai.OpenAIError, httpx2.HTTPError):
        raise NoReplyError("broken" if replied else "unreachable") from None


def _client(model: LanguageModel, connections: httpx2.Client) -> openai.OpenAI:
    # Without a key the package would take one from OPENAI_API_KEY, which is not this endpoint's.
    return openai.OpenAI(
        base_url=model.url,
        api_key=model.key or "none",
        timeout=model.timeout,
        max_retries=0,
        http_client=connections,
    )


def _connections(model: LanguageModel, enough: Event) -> httpx2.Client:
    def send_no_more_than_needed(request: httpx2.Request) -> None:
        kept = {name: value for name, value in request.headers.items() if name in _HEADERS}
        kept.pop("authorization", None)
        if model.key:
            kept["authorization"] = f"Bearer {model.key}"
        request.headers = httpx2.Headers(kept)

    def limit(response: httpx2.Response) -> None:
        response.stream = _Limited(cast(httpx2.SyncByteStream, response.stream), enough)

    # No redirects: question and articles go to the endpoint that the user named, and nowhere else.
    return httpx2.Client(
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},  # what is not compressed cannot swell
        event_hooks={"request": [send_no_more_than_needed], "response": [limit]},
    )


class _Limited(httpx2.SyncByteStream):
    """A response's bytes, up to a limit and while they are wanted."""

    def __init__(self, stream: httpx2.SyncByteStream, enough: Event) -> None:
        self._stream = stream
        self._enough = enough

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for data in self._stream:
            received += len(data)
            if received > MOST_BYTES:
                raise NoReplyError("long")
            if self._enough.is_set():
                raise NoReplyError("timeout")
            yield data

    def close(self) -> None:
        self._stream.close()


def _whole(body: bytes) -> Iterator[str]:
    with _expecting_a_reply():
        choice = json.loads(body)["choices"][0]
        text, finish = choice["message"]["content"], choice.get("finish_reason", "stop")
    yield _text(text)
    _check_end(finish)


def _streamed(chunks: Iterable[ChatCompletionChunk]) -> Iterator[str]:
    begun, finish = False, None
    with _expecting_a_reply():
        for chunk in chunks:
            for choice in chunk.choices[:1]:  # the last chunk may have none, and tell of the costs alone
                begun = True
                yield _text(choice.delta.content)
                finish = choice.finish_reason or finish
    if not begun:
        raise NoReplyError("malformed")
    _check_end(finish)


@contextmanager
def _expecting_a_reply() -> Iterator[None]:
    """The package hands on what an endpoint sends without a check; take what is missed in it for what it is."""
    try:
        yield
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise NoReplyError("malformed") from None


def _text(content: object) -> str:
    if content is not None and not isinstance(content, str):
        raise NoReplyError("malformed")
    return content or ""


def _check_end(finish: object) -> None:
    """Raise an error where the reply came to no end of its own: half a sentence may mean the opposite."""
    if not finish or finish in _CUT_SHORT:
        raise NoReplyError("broken")
