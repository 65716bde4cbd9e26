"""The page over HTTP, as a browser gets it."""

import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from index.archive import Archive
from ui.listener import bind
from ui.server import serve
from ui.texts import texts


@pytest.fixture(scope="module")
def address(archive_folder: Path) -> Iterator[str]:
    listener = bind("127.0.0.1", 0)
    addresses: list[str] = []
    ready = threading.Event()

    def on_ready(address: str) -> None:
        addresses.append(address)
        ready.set()

    archive = Archive.open(archive_folder)
    threading.Thread(
        target=serve, args=(archive, listener, ("Who?",), on_ready), daemon=True
    ).start()
    assert ready.wait(60)
    return addresses[0]
