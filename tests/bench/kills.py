"""Kill writers at random moments, and count what is lost: ``python -m tests.bench.kills --count N [--seed N]``.

Half of the kills hit archives that have been killed before, again and again, and half a fresh one.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.index.kills import Play, Tally, Victims

WRONG = ("lost", "doubled", "half", "revived", "out of order", "unverified", "search differs", "unopened")


def play(count: int, seed: int, seconds: float, scratch: Path) -> Tally:
    """Kill so many writers, or as many as the time allows."""
    tally, durations = Tally(), dict[str, float]()
    chance = random.Random(seed)
    start = time.perf_counter()
    with Victims() as victims:
        long_lived = Play(victims, scratch / "long-lived", seed, tally, durations)
        number = 0
        while tally.kills.total() < count and time.perf_counter() - start < seconds:
            number += 1
            if number % 4 == 1:
                fresh = Play(victims, scratch / str(number), seed + number, tally, durations)
            kind = Play.KINDS[number // 2 % len(Play.KINDS)] if number < 24 else chance.choice(Play.KINDS)
            (fresh if number % 2 else long_lived).kill(kind)
            if number % 4 == 0:
                fresh.go_on()
        long_lived.go_on()
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many writers were killed at what, and all that was found wrong; return 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kills", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="how many writers to kill")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other tasks and moments")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        tally = play(options.count, options.seed, options.seconds, Path(scratch))
    write = sys.stdout.write
    for kind, killed in tally.kills.most_common():
        write(f"killed during {kind:<14}{killed:>8,}\n")
    write(f"killed in all{tally.kills.total():>17,} in {time.perf_counter() - start:,.0f} s\n")
    write(f"documents acknowledged{tally.acknowledged:>8,}\n")
    for kind in WRONG:
        write(f"{kind:<22}{tally.wrong[kind]:>8,}\n")
    for detail in tally.details:
        write(f"{detail}\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
