"""A disk that fills up or cannot be written, as a small one mounted for the test alone."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from index.archive import Archive
from index.disk import disk_errors, require_free, sizes
from index.errors import DiskError
from tests.index.archives import story


def mounts_allowed() -> bool:
    command = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "test", "/tmp"]
    return bool(shutil.which("unshare")) and not subprocess.run(command, capture_output=True).returncode


needs_mounts = pytest.mark.skipif(not mounts_allowed(), reason="this user may not mount a disk, not even unshared")


def on_a_disk_of_its_own(disk: Path, task: str, left: int = 0) -> Any:
    command = ["unshare", "-rm", sys.executable, "-m", "tests.index.small_disk", task, str(disk), str(left)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# The last of each finds room for the catalog, and none or too little for what is made from it.
@needs_mounts
@pytest.mark.parametrize(
    ("task", "left", "documents"),
    [("add", 0, 401), ("add", 600_000, 401), ("add", 1_900_000, 401), ("remove", 0, 51), ("compact", 0, 201)],
)
def test_a_full_disk_loses_nothing(tmp_path: Path, task: str, left: int, documents: int) -> None:
    told = on_a_disk_of_its_own(tmp_path, task, left)
    assert told["said"].startswith("DiskError: ")
    assert str(tmp_path / "archive") in told["said"]
    assert "free some space and run the same command again" in told["said"]
    # Everything acknowledged is there, and perhaps what was committed before the disk was full.
    assert set(told["before"]) <= set(told["after"])
    assert told["meanwhile"] == told["after"] or "is full" in told["meanwhile"]
    assert told["again"] == ""
    assert len(told["end"]) == documents


@needs_mounts
def test_a_read_only_archive_can_be_searched_and_not_changed(tmp_path: Path) -> None:
    told = on_a_disk_of_its_own(tmp_path, "read-only")
    assert told["found"] == [1, 1, 2, 2]
    assert told["problems"] == []
    assert len(told["refused"]) == 3
    for refusal in told["refused"]:
        assert "read-only" in refusal
        assert "DiskError" in refusal
    assert told["end"] == ["story/1", "story/2", "story/3"]


def test_errors_elsewhere_are_not_the_archives(tmp_path: Path) -> None:
    other = PermissionError(13, "Permission denied", str(tmp_path / "article.txt"))
    with pytest.raises(PermissionError), disk_errors(tmp_path / "archive"):
        raise other
    for error in (OSError(28, "x"), ValueError("An IO error occurred: 'No space left on device (os error 28)'")):
        with pytest.raises(DiskError, match="is full"), disk_errors(tmp_path):
            raise error


def test_too_little_space_is_told_before(tmp_path: Path) -> None:
    require_free(tmp_path, 1, "a task")
    with pytest.raises(DiskError, match=r"a task .* needs 1,048,576,000\.0 MB free in .*Nothing was changed"):
        require_free(tmp_path, 2**50 - 2**40 * 24, "a task")


def test_sizes_add_up(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.add([story(1)])
        found = sizes(archive.folder)
        assert sum(found.values()) == sum(f.stat().st_size for f in archive.folder.rglob("*") if f.is_file())
        assert {"catalog", "keywords", "vectors"} <= found.keys()
