"""A server on this machine that speaks the chat completions protocol, well or badly, as a test wants it."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Reply = Callable[["Handler"], None]


@dataclass
class Endpoint:
    """What the server answers, and what it was asked."""

    url: str = ""
    reply: Reply = field(default=lambda handler: handler.send_error(404))
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Message] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)
    lost: Event = field(default_factory=Event)


class Handler(BaseHTTPRequestHandler):
    """Takes a call and has the endpoint's reply write what it likes."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.endpoint.paths.append(self.path)
        self.endpoint.headers.append(self.headers)
        self.endpoint.bodies.append(json.loads(body))
        try:
            self.endpoint.reply(self)
        except OSError:
            self.endpoint.lost.set()  # the client has had enough
            self.close_connection = True

    def send(self, data: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self, kind: str = "text/event-stream; charset=utf-8") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def end(self) -> None:
        self.chunk(b"")

    def log_message(self, *_: object) -> None:
        pass


def event(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    """One event of a stream, as OpenAI's API has them."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "made-up", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": choices}
    return b"data: " + json.dumps(chunk | more, ensure_ascii=False).encode() + b"\n\n"


def events(pieces: Sequence[str], finish: str | None = "stop") -> bytes:
    """A whole stream: the role, the pieces, the end, the costs."""
    return b"".join(
        [
            b": a comment, as servers send to keep a connection open\n\n",
            event({"role": "assistant", "content": None}),
            *(event({"content": piece}) for piece in pieces),
            *([event({}, finish)] if finish else []),
            event(usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}),
            b"data: [DONE]\n\n",
        ]
    )


def streamed(*pieces: str, finish: str | None = "stop") -> Reply:
    """Stream a reply, an event a chunk of HTTP."""

    def reply(handler: Handler) -> None:
        handler.begin()
        for data in events(pieces, finish).split(b"\n\n")[:-1]:
            handler.chunk(data + b"\n\n")
        handler.end()

    return reply


def cut(text: str, size: int) -> Reply:
    """Stream a reply as one long event after the other, cut every few bytes: in words, characters and JSON."""

    def reply(handler: Handler) -> None:
        handler.begin()
        data = events([text[at : at + 7] for at in range(0, len(text), 7)])
        for at in range(0, len(data), size):
            handler.chunk(data[at : at + size])
        handler.end()

    return reply


def whole(text: Any, finish: str | None = "stop") -> Reply:
    """Send a reply in one piece, though a stream was asked for."""
    message = {"role": "assistant", "content": text}
    data = {
        "id": "made-up",
        "object": "chat.completion",
        "choices": [{"message": message, "finish_reason": finish}],
    }
    return lambda handler: handler.send(json.dumps(data).encode())


def sends(data: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> Reply:
    """Send whatever it is."""
    return lambda handler: handler.send(data, kind, status, **headers)


def hangs_after(data: bytes = b"", drip: bytes = b"") -> Reply:
    """Send a part of a stream and then nothing, or the same bytes again and again, until the test is over."""

    def reply(handler: Handler) -> None:
        handler.begin()
        if data:
            handler.chunk(data)
        while not handler.endpoint.over.wait(0.02):
            if drip:
                handler.chunk(drip)

    return reply


def says_nothing(handler: Handler) -> None:
    """Take the call and never answer."""
    handler.endpoint.over.wait()
    handler.close_connection = True


def closes_after(data: bytes, *, chunked: bool) -> Reply:
    """Close the connection in the middle of a stream, against HTTP's rules or as HTTP/1.0 allows."""

    def reply(handler: Handler) -> None:
        if chunked:
            handler.begin()
            handler.chunk(data)
        else:
            handler.send_response(200)
            handler.send_header("Content-Type", "text/event-stream")
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(data)
        handler.close_connection = True

    return reply


def paced(*pieces: str, seconds: float) -> Reply:
    """Stream a reply with a pause before each piece."""

    def reply(handler: Handler) -> None:
        handler.begin()
        for piece in pieces:
            time.sleep(seconds)
            handler.chunk(event({"content": piece}))
        handler.chunk(event({}, "stop"))
        handler.end()

    return reply


@contextmanager
def serving() -> Iterator[Endpoint]:
    """Serve on a free port of this machine."""
    endpoint = Endpoint()
    handler = type("OfThisEndpoint", (Handler,), {"endpoint": endpoint})

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass

    with Quiet(("127.0.0.1", 0), handler) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield endpoint
        finally:
            endpoint.over.set()
            server.shutdown()
            thread.join()
