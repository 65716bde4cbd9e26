"""A language model behind an OpenAI-compatible endpoint, where the user has named one."""

import os
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Self, TypedDict
from urllib.parse import urlsplit

from index.errors import IsnadError

TIMEOUT = 20.0
LONGEST_TIMEOUT = 600.0
_CALL = "chat/completions"


class Message(TypedDict):
    """A message to a language model.

    Attributes:
        role: "system" or "user".
        content: its text.
    """

    role: str
    content: str


class NoReplyError(Exception):
    """There is no reply that could be used.

    Attributes:
        reason: "timeout", "unreachable", "status", "broken", "malformed" or "long".
        status: of HTTP, where that is the reason.
    """

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True)
class LanguageModel:
    """A model and where it answers.

    Attributes:
        url: where the endpoint's API begins, such as "http://localhost:11434/v1".
        name: what the endpoint calls the model.
        key: what the endpoint knows the user by, if it asks for that; shown nowhere.
        timeout: seconds the whole reply may take.
    """

    url: str
    name: str
    key: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self | None:
        """Return the model named by ``ISNAD_LLM_URL``, ``_MODEL``, ``_KEY`` and ``_TIMEOUT``.

        Returns:
            The model; ``None`` where ``ISNAD_LLM_URL`` is not set.

        Raises:
            IsnadError: a value is missing or cannot be used, or the openai package is not installed.
        """
        url = environment.get("ISNAD_LLM_URL", "").strip()
        if not url:
            return None
        name = environment.get("ISNAD_LLM_MODEL", "").strip()
        if not name:
            raise IsnadError(
                "ISNAD_LLM_MODEL is not set, but ISNAD_LLM_URL is; set it to the name by which the endpoint knows "
                "its model, such as llama3.2"
            )
        model = cls(
            _checked_url(url),
            name,
            _checked_key(environment.get("ISNAD_LLM_KEY", "").strip()),
            _checked_timeout(environment.get("ISNAD_LLM_TIMEOUT", "").strip()),
        )
        if find_spec("openai") is None:
            raise IsnadError(
                "ISNAD_LLM_URL is set, but the openai package, which asks the model, is not installed; run: "
                "pip install 'isnad[llm]'"
            )
        return model

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """Yield the model's reply in pieces as they come.

        The reply is read in a thread of its own, because only so can the time it may take be kept whatever the
        endpoint does: the time-outs of sockets begin anew with every byte.

        Raises:
            NoReplyError: the endpoint cannot be reached, refuses, takes too long or sends what is no reply.
        """
        from qa.rephrase.chat import reply  # the openai package takes a second to import

        pieces: SimpleQueue[str | BaseException | None] = SimpleQueue()
        enough = Event()

        def read() -> None:
            try:
                for piece in reply(self, messages, enough):
                    pieces.put(piece)
                pieces.put(None)
            except BaseException as error:
                pieces.put(error)

        deadline = time.monotonic() + self.timeout
        Thread(target=read, daemon=True, name="language model").start()
        try:
            while (piece := pieces.get(timeout=max(deadline - time.monotonic(), 0))) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        except Empty:
            raise NoReplyError("timeout") from None
        finally:
            enough.set()


def _checked_url(url: str) -> str:
    expected = "expected where an OpenAI-compatible API begins, such as http://localhost:11434/v1"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise IsnadError(f"ISNAD_LLM_URL is not an address ({error}); {expected}") from None
    if parts.username or parts.password:
        raise IsnadError("ISNAD_LLM_URL holds a name or password; take it out and put the key into ISNAD_LLM_KEY")
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
        raise IsnadError(f"ISNAD_LLM_URL is {url!r}; {expected}")
    if parts.query or parts.fragment:
        raise IsnadError(f"ISNAD_LLM_URL has something after a ? or #; {expected}")
    if parts.path.rstrip("/").endswith(_CALL):
        raise IsnadError(f"ISNAD_LLM_URL is {url!r}; leave out /{_CALL} at its end, which is added for every call")
    return url


def _checked_key(key: str) -> str | None:
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise IsnadError(
            "ISNAD_LLM_KEY has a space or a character that no key has (its value is not shown here); copy the key "
            "from the endpoint again, or unset it where the endpoint asks for none"
        )
    return key or None


def _checked_timeout(timeout: str) -> float:
    try:
        seconds = float(timeout or TIMEOUT)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise IsnadError(
            f"ISNAD_LLM_TIMEOUT is {timeout!r}; expected the seconds to wait for a reply, more than 0 and at most "
            f"{LONGEST_TIMEOUT:.0f}, such as {TIMEOUT:.0f}"
        )
    return seconds
