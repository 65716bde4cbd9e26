"""How follow-up questions are understood: ``python -m tests.bench.followups [--misses dev]``.

Prints, for the dialogues of tests/data/followups.{dev,test}.txt, how many are understood as they should be, and
how many questions that stand by themselves are changed, of those of the gold files asked one after the other.
"""

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from rich.console import Console

from index.folding import fold
from index.language import detect_language
from qa.conversation import Conversation, Turn
from tests.index.golden import Case, read

ROOT = Path(__file__).parents[2]
PARTS = ("dev", "test")


def turns(given: str) -> tuple[tuple[Turn, ...], str]:
    """Return the turns of a dialogue and its last question."""
    said: list[Turn] = []
    for line in given.splitlines():
        role, _, text = line.partition(" ")
        if role == "Q":
            said.append(Turn(text))
        elif role == "A" and said and not said[-1].sentence:
            said[-1] = Turn(said[-1].question, text, detect_language(text))
        else:
            raise ValueError(f"expected Q or, after it, A, and a text, not {line!r}")
    return tuple(said[:-1]), said[-1].question


def is_right(understood: str, asked: str, expected: Sequence[str]) -> bool:
    """Whether a question is understood as a case says: see the head of the files."""
    for line in expected:
        sign, _, words = line.partition(" ")
        if sign not in {"=", "+", "-"} or bool(words) == (sign == "="):
            raise ValueError(f'expected "=", "+ words" or "- words", not {line!r}')
        held = any(_holds(understood, each) for each in words.split("|")) if words else understood == asked
        if held == (sign == "-"):
            return False
    return True


def _holds(text: str, words: str) -> bool:
    wanted = r"\s+".join(map(re.escape, fold(words).split()))
    return re.search(rf"(?<!\w)(?:[وفبلك])?{wanted}(?!\w)", fold(text)) is not None


def misses(cases: Sequence[Case]) -> list[tuple[Case, str]]:
    """Return the dialogues that are not understood, and as what they are."""
    wrong = []
    for case in cases:
        said, asked = turns(case.given)
        understood = Conversation(said).understand(asked).question
        if not is_right(understood, asked, case.expected):
            wrong.append((case, understood))
    return wrong


def standing() -> Iterator[str]:
    """Yield questions that stand by themselves, each after another that it has nothing to do with."""
    for file in ("seeds/gold.jsonl", "tests/data/newsroom/gold.jsonl"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["question"]


def changed(questions: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the questions that are changed after another: that, the question, and what it is taken for."""
    pairs = pairwise(questions)
    taken = ((one, other, Conversation((Turn(one),)).understand(other).question) for one, other in pairs)
    return [(one, other, understood) for one, other, understood in taken if understood != other]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--misses", choices=PARTS, help="show the dialogues of this part that are not understood")
    parser.add_argument(
        "--changed", action="store_true", help="show the questions changed though they stand alone"
    )
    wanted = parser.parse_args()
    console = Console(highlight=False)
    for part in PARTS:
        cases = read(f"followups.{part}.txt")
        wrong = misses(cases)
        console.print(f"{part}: {len(cases) - len(wrong)} of {len(cases)} dialogues understood")
        if part == wanted.misses:
            for case, understood in wrong:
                console.print(f"line {case.line}\n{case.given}\n-> {understood}\n", markup=False)
    questions = list(standing())
    found = changed(questions)
    console.print(f"{len(found)} of {len(questions) - 1} questions that stand by themselves are changed")
    if wanted.changed:
        for one, other, understood in found:
            console.print(f"{one}\n{other}\n-> {understood}\n", markup=False)


if __name__ == "__main__":
    main()
