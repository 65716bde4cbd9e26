"""Killed at any moment, an archive holds every document it acknowledged, once and whole, and goes on."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from tests.index.kills import Held, Outcome, Play, Step, Tally, Victims, states
from tests.index.victim import article

pytestmark = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "win32", reason="forks and kills")

# Every kind of step in one run, with a large segment changed and written anew.
STEPS: list[Step] = [
    ["add", [[n, 2] for n in (8, 20, 22)]],
    ["remove", ["story/0", "story/2"]],
    ["compact"],
]


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    with Victims() as running:
        yield running


def test_killed_at_random_moments(victims: Victims, tmp_path: Path) -> None:
    tally, durations = Tally(), dict[str, float]()
    play = Play(victims, tmp_path / "play", 5, tally, durations)
    for number in range(24):
        play.kill(play.KINDS[number % len(play.KINDS)])
    play.go_on()
    assert not tally.wrong, tally.details
    assert tally.kills.total() >= 12
    assert tally.acknowledged


def test_killed_before_every_call_that_changes_the_disk(victims: Victims, tmp_path: Path) -> None:
    pristine = tmp_path / "pristine"
    with Archive.create(pristine) as archive:
        archive.add([article(n, 0) for n in range(0, 20, 2)])  # in one language
        held = {document.uri: document for document in archive.documents()}
    tally = Tally()
    seen: set[str] = set()
    folder = tmp_path / "whole"
    whole = victims.run(shutil.copytree(pristine, folder), STEPS)
    tally.look(folder, held, STEPS, whole)
    assert whole.points > 40
    for point in range(whole.points):
        folder = shutil.copytree(pristine, tmp_path / f"{point}")
        outcome = victims.run(folder, STEPS, point=point)
        assert outcome.killed
        seen.add(outcome.at)
        # Often another is killed while it mends what the first left, at another call each time.
        if point % 2:
            victims.run(folder, [], point=point // 2 % 13)
        kept = tally.look(folder, held, STEPS, outcome)
        if point % 6 == 0:
            tally.look(folder, kept, STEPS, victims.run(folder, STEPS))
        shutil.rmtree(folder)
    assert not tally.wrong, tally.details
    assert seen >= {"before COMMIT", "after COMMIT", "tantivy commit", "tantivy wait_merging_threads"}
    assert seen >= {"os.fsync", "Manifest.save", "Path.replace", "Catalog.forget_removals", "Catalog.vacuum"}


# What the comparison itself would find


@pytest.mark.parametrize(
    ("uri", "version", "wrong"),
    [
        ("story/0", None, "lost"),  # was there before
        ("story/5", None, "lost"),  # acknowledged
        ("story/5", 7, "half"),  # given by nobody
        ("story/1", 0, "revived"),  # its removal was acknowledged
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, uri: str, version: int | None, wrong: str) -> None:
    steps: list[Step] = [["remove", ["story/1"]], ["add", [[5, 0], [6, 0]]]]
    held = {document.uri: document for document in (article(n, 0).canonical() for n in range(3))}
    outcome = Outcome(done={0: 1, 1: 1}, killed=True, at="", points=0, seconds=0)
    right: Held = states(held, steps, outcome, {})[0][0]
    for number, found in enumerate((right, {k: v for k, v in right.items() if k != uri})):
        if number:
            found = found if version is None else found | {uri: article(int(uri[6:]), version).canonical()}
        folder = tmp_path / str(number)
        with Archive.create(folder) as archive:
            archive.add(found.values())
        tally = Tally()
        tally.look(folder, held, steps, outcome)
        assert set(tally.wrong) == ({wrong} if number else set())
