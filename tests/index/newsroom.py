"""Folders and feeds of made-up news that change."""

import json
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

import index.sync
from index.archive import Archive
from index.documents import Document, documents_of


def write(file: Path, *versions: int) -> None:
    file.parent.mkdir(exist_ok=True)
    if file.suffix == ".jsonl":
        lines = [json.dumps({"text": f"Made-up line version{v}.", "uri": f"own/{v % 3}"}) for v in versions]
        file.write_text("\n".join(lines) or " ")
    else:
        file.write_text("\n\n".join(["Made up"] + [f"A made-up story, version{v}." for v in versions]))


def uris(archive: Archive) -> list[str]:
    return sorted(document.uri for document in archive.documents())


def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files parsed from now on."""
    names: list[str] = []
    real = documents_of

    def noting(place: Any, uri: str, *others: Any) -> Iterator[Document]:
        names.append(uri)
        return real(place, uri, *others)

    monkeypatch.setattr(index.sync, "documents_of", noting)
    return names


def rss(address: str, items: Sequence[str], version: str = "") -> str:
    text = "The made-up council of Testville met on Monday and spoke about the bridge. " * 12 + version
    entries = "".join(
        f"<item><title>Made up {item}</title><link>{address}/{item}</link><guid>{item}</guid>"
        f"<content:encoded><![CDATA[<p>{text}{item}.</p>]]></content:encoded></item>"
        for item in items
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {space}><channel><title>Made up</title>{entries}</channel></rss>'


class Feed(BaseHTTPRequestHandler):
    """A made-up feed; what it holds is set by the test."""

    items: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()

    def do_GET(self) -> None:
        type(self).asked += (f"{self.path} {self.headers.get('If-None-Match', '')}".strip(),)
        body = rss(self.address, self.items).encode()
        tag = f'"{hash(self.items)}"'
        if self.path != "/feed":
            self.send_error(404)
        elif self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.connection.getsockname()[1]}"

    def log_message(self, *_: object) -> None:
        pass
