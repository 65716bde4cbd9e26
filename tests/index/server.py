"""A web server on this machine for tests: pages from a dictionary, and a record of what was asked for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

ARTICLE = """<html lang="{language}"><head><title>{title}</title>{head}</head><body><nav>Home | News</nav>
<article><h1>{title}</h1>{body}</article></body></html>"""


@dataclass
class Answer:
    """What the server sends: a body, or a function that writes what it likes."""

    data: bytes | str | Callable[[BaseHTTPRequestHandler], None] = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """The pages of a server, by path, and the requests it has had."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.sent: list[Message] = []
        self.url = ""

    def put(self, path: str, data: bytes | str, kind: str = "text/html; charset=utf-8", **headers: str) -> str:
        self.pages[path] = Answer(data, kind, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return self.url + path

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        self.pages[path] = Answer(status=status, headers={"Location": to})
        return self.url + path


def article(title: str, text: str, head: str = "", language: str = "en") -> str:
    """A made-up page of an article, its paragraphs the lines of the text."""
    body = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    return ARTICLE.format(title=title, head=head, body=body, language=language)


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.sent.append(self.headers)
            answer = site.pages.get(self.path.partition("?")[0], Answer("not here", status=404))
            if callable(answer.data):
                answer.data(self)
                return
            data = answer.data.encode() if isinstance(answer.data, str) else answer.data
            self.send_response(answer.status)
            if answer.kind:
                self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(data)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(data)
            except OSError:
                self.close_connection = True  # the client has had enough

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass

    with Quiet((host, 0), Handler) as server:
        site.url = f"http://{host}:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
