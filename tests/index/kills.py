"""Kills writers, and compares what they leave with what they were given."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from index.archive import Archive
from index.documents import Document, read_documents
from index.errors import IsnadError
from tests.index.archives import check
from tests.index.victim import article, small

ROOT = Path(__file__).parent.parent.parent
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")

Held = dict[str, Document]
Step = list[Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a writer: how many documents of each step it said were committed, and how it ended."""

    done: dict[int, int]
    killed: bool
    at: str
    points: int
    seconds: float


class Victims:
    """Writers, each in a process of its own forked from one that has imported everything."""

    def __enter__(self) -> Self:
        environment = {**os.environ, **dict.fromkeys(_THREADS, "1"), "TOKENIZERS_PARALLELISM": "false"}
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.index.victim"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._said() == ["ready"]
        return self

    def __exit__(self, *_: object) -> None:
        with self._server:
            pass

    def run(
        self, folder: Path, steps: Sequence[Step], *, after: float | None = None, point: int | None = None
    ) -> Outcome:
        """Have a writer take the steps, and be killed after so many seconds, or before the call of that number."""
        assert self._server.stdin is not None
        task = {"folder": str(folder), "steps": steps, "after": after, "point": point}
        self._server.stdin.write(json.dumps(task) + "\n")
        self._server.stdin.flush()
        done: dict[int, int] = {}
        at, points = "", 0
        while True:
            kind, *words = self._said()
            if kind == "done":
                done[int(words[0])] = int(words[1])
            elif kind == "at":
                at = " ".join(words)
            elif kind == "points":
                points = int(words[0])
            else:
                assert (kind, words[1] in ("0", "-9")) == ("end", True), f"the writer failed: {kind} {words}"
                return Outcome(done, words[1] == "-9", at, points, float(words[0]))

    def _said(self) -> list[str]:
        assert self._server.stdout is not None
        return self._server.stdout.readline().split()


def changes(held: Held, step: Step, found: Held) -> list[tuple[str, Document | None]]:
    """What a step does to documents in the order it is committed; None is a removal.

    Args:
        held: the documents before it.
        step: see ``victim``.
        found: what the archive holds now, as a sync may remove in any order.
    """
    kind, *arguments = step
    if kind == "add":
        wanted = [article(*each) for each in arguments[0]]
        return [(document.uri, document) for document in wanted if held.get(document.uri) != document]
    if kind == "remove":
        return [(uri, None) for uri in arguments[0]]
    if kind == "sync":
        given = {document.uri: document for document in read_documents(Path(arguments[0]))}
        gone = sorted(uri for uri in held if uri.startswith("wire/") and uri not in given)
        gone.sort(key=lambda uri: uri in found)
        return [*((d.uri, d) for d in given.values() if held.get(d.uri) != d), *((uri, None) for uri in gone)]
    return []


def states(held: Held, steps: Sequence[Step], outcome: Outcome, found: Held) -> tuple[list[Held], int]:
    """All that an archive may hold after a writer, one of which it must; and how many changes it acknowledged.

    That is what the changes leave up to any of them, but no less than up to the last one acknowledged.
    """
    possible, known = [held], 0
    for number, step in enumerate(steps):
        its = changes(possible[-1], step, found)
        if number in outcome.done:
            known = len(possible) - 1 + outcome.done[number]
        for uri, document in its:
            after = {key: value for key, value in possible[-1].items() if key != uri}
            possible.append(after | {uri: document} if document else after)
    if not outcome.killed:
        assert not steps or changes(possible[0], steps[0], found) == [] or known, "nothing was acknowledged"
        known = len(possible) - 1
    assert known < len(possible), "more was acknowledged than was to be done"
    return possible[known:], known


@dataclass
class Tally:
    """What was found after kills; ``wrong`` is empty where all is well."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)

    def look(self, folder: Path, held: Held, steps: Sequence[Step], outcome: Outcome) -> Held:
        """Open what a writer left, compare it with what it may have left, and return what the archive holds."""
        try:
            with small(), Archive.open(folder) as archive:
                documents = list(archive.documents())
                found = {document.uri: document for document in documents}
                possible, known = states(held, steps, outcome, found)
                self.acknowledged += known
                for uri, count in Counter(document.uri for document in documents).items():
                    if count > 1:
                        self._note("doubled", uri)
                for problem in archive.verify():
                    self._note("unverified", problem)
                if found not in possible:
                    self._compare(found, possible, held)
                try:
                    check(archive, found.values())
                except AssertionError as error:
                    self._note("search differs", str(error))
                return found
        except IsnadError as error:
            self._note("unopened", str(error))
            return states(held, steps, outcome, {})[0][0]

    def _compare(self, found: Held, possible: Sequence[Held], held: Held) -> None:
        """Say of each document what is wrong."""
        whole = [document for state in (held, *possible) for document in state.values()]
        said = False
        for uri in {uri for state in (found, *possible) for uri in state}:
            document = found.get(uri)
            if document not in [state.get(uri) for state in possible]:
                gone = all(uri not in state for state in possible)
                self._note("half" if document and document not in whole else "revived" if gone else "lost", uri)
                said = True
        if not said:
            self._note("out of order", "a later change is there and an earlier one is not")

    def _note(self, kind: str, detail: str) -> None:
        self.wrong[kind] += 1
        self.details.append(f"{kind}: {detail}")


def write_sources(folder: Path, versions: dict[int, int]) -> None:
    """Write files of three made-up articles each; a version of 0 is an article that is not there."""
    folder.mkdir(exist_ok=True)
    lines: dict[int, list[str]] = {}
    for number, version in sorted(versions.items()):
        if version:
            text = article(number, version).text
            lines.setdefault(number // 3, []).append(json.dumps({"uri": f"wire/{number:03}", "text": text}))
    for file in folder.glob("*.jsonl"):
        if int(file.stem) not in lines:
            file.unlink()
    for name, its in lines.items():
        (folder / f"{name:03}.jsonl").write_text("\n".join(its) + "\n")


class Play:
    """Draws what to do next to an archive, and does it with a writer that is killed at a moment drawn too."""

    KINDS = ("add", "change", "remove", "sync", "compact", "rebuild")

    def __init__(
        self, victims: Victims, folder: Path, seed: int, tally: Tally, durations: dict[str, float]
    ) -> None:
        self._victims = victims
        self.folder = folder / "archive"
        self._sources = folder / "sources"
        self._chance = random.Random(seed)
        self._tally = tally
        self._durations = durations  # seconds a task of a kind takes where it is not killed
        self._version = 1
        self._wire: dict[int, int] = dict.fromkeys(range(12), 1)
        folder.mkdir(parents=True)
        write_sources(self._sources, self._wire)
        with Archive.create(self.folder) as archive:
            archive.add([article(n, 0) for n in range(20)])
            archive.sync([self._sources])
            self.held = {document.uri: document for document in archive.documents()}

    def _step(self, kind: str) -> Step:
        self._version += 1
        chance = self._chance
        numbers = [int(uri.removeprefix("story/")) for uri in self.held if uri.startswith("story/")]
        if kind == "add":
            absent = [n for n in range(60) if n not in numbers]
            return ["add", [[n, self._version] for n in chance.sample(absent, min(12, len(absent)))]]
        if kind == "change":
            return ["add", [[n, self._version] for n in chance.sample(numbers, min(12, len(numbers)))]]
        if kind == "remove":
            return ["remove", [f"story/{n}" for n in chance.sample(numbers, min(8, len(numbers)))]]
        if kind == "sync":
            for number in chance.sample(sorted(self._wire), 6):
                self._wire[number] = chance.choice([0, self._version])
            self._wire[0] = self._version
            write_sources(self._sources, self._wire)
            return ["sync", str(self._sources)]
        return [kind]

    def kill(self, kind: str) -> Outcome:
        """Kill a writer at this task, now and then another while it mends what the first left, and look."""
        stories = sum(uri.startswith("story/") for uri in self.held)
        if stories < 12 and kind in ("remove", "change"):
            kind = "add"
        elif stories > 45 and kind == "add":
            kind = "remove"
        steps = [self._step(kind)]
        after = self._chance.uniform(0, 1.05 * self._durations.get(kind, 0.3))
        outcome = self._victims.run(self.folder, steps, after=after)
        if outcome.killed:
            self._tally.kills[kind] += 1
            if self._chance.random() < 0.3:
                again = self._victims.run(self.folder, [], after=self._chance.uniform(0, 0.1))
                self._tally.kills["mending"] += again.killed
        else:
            self._durations[kind] = outcome.seconds
        self.held = self._tally.look(self.folder, self.held, steps, outcome)
        return outcome

    def go_on(self) -> None:
        """Write without a kill; the archive must then hold exactly what it was given."""
        for kind in ("sync", "change", "remove"):
            steps = [self._step(kind)]
            outcome = self._victims.run(self.folder, steps)
            self.held = self._tally.look(self.folder, self.held, steps, outcome)
