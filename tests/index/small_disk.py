"""Run inside a mount namespace of its own: an archive on a disk that fills up, or that becomes read-only.

Prints a JSON object of what happened; ``test_disk`` starts it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from index.archive import Archive
from index.documents import Document
from index.errors import DiskError, IsnadError
from tests.index.archives import story

DISK = Path(sys.argv[2])
FOLDER = DISK / "archive"
MANY = [
    Document.create(
        f"many/{i}", " ".join(f"z{i}w{(i * 31 + j * 7) % 900}." for j in range(150)), title=f"Many {i}"
    )
    for i in range(400)
]


def mount(*options: str) -> None:
    subprocess.run(["mount", *options, str(DISK)], check=True)


def fill(left: int) -> None:
    """Leave so many bytes free."""
    ballast = DISK / "ballast"
    ballast.unlink(missing_ok=True)
    with ballast.open("wb") as stream:
        free = int(subprocess.check_output(["df", "--output=avail", "-B1", DISK]).split()[-1])
        stream.write(b"x" * max(free - left, 0))


def failure(task: Callable[[Archive], object]) -> str:
    """What the task says; "" if it succeeds."""
    try:
        with Archive.open(FOLDER) as archive:
            task(archive)
    except IsnadError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def whole() -> list[str]:
    """Problems found, and the uris."""
    with Archive.open(FOLDER) as archive:
        problems = archive.verify()
        return problems or sorted(document.uri for document in archive.documents())


def full(task: Callable[[Archive], object], left: int) -> dict[str, object]:
    mount("-t", "tmpfs", "-o", "size=60m", "small")
    with Archive.create(FOLDER) as archive:
        archive.add([story(1), *MANY[:200]])
        acknowledged = sorted(document.uri for document in archive.documents())
    fill(left)
    said = failure(task)
    try:
        meanwhile: object = sorted(document.uri for document in Archive.open(FOLDER).documents())
    except DiskError as error:
        meanwhile = str(error)
    (DISK / "ballast").unlink()
    after = whole()
    again = failure(task)
    return {
        "said": said,
        "before": acknowledged,
        "meanwhile": meanwhile,
        "after": after,
        "again": again,
        "end": whole(),
    }


def read_only() -> dict[str, object]:
    mount("-t", "tmpfs", "-o", "size=60m", "small")
    with Archive.create(FOLDER) as archive:
        archive.add([story(1), story(2, language="ar")])
    mount("-o", "remount,ro")
    with Archive.open(FOLDER) as archive:
        shelf = archive.shelf("en")
        found = len(shelf.vectors), len(shelf.keywords), len(archive), archive.info().documents
        problems = archive.verify()
    refused = [
        failure(lambda archive: archive.add([story(3)])),
        failure(lambda archive: archive.remove("story/1")),
        failure(lambda archive: archive.compact()),
    ]
    mount("-o", "remount,rw")
    with Archive.open(FOLDER) as archive:
        archive.add([story(3)])
    return {"found": found, "problems": problems, "refused": refused, "end": whole()}


TASKS: dict[str, Callable[[], dict[str, object]]] = {
    "add": lambda: full(lambda archive: archive.add(MANY), int(sys.argv[3])),
    "remove": lambda: full(
        lambda archive: archive.remove_all([document.uri for document in MANY[:150]]), int(sys.argv[3])
    ),
    "compact": lambda: full(lambda archive: archive.compact(), int(sys.argv[3])),
    "read-only": read_only,
}
sys.stdout.write(json.dumps(TASKS[sys.argv[1]]()))
