"""Reads the golden files of tests/data: input, `---`, expected, `===`, and so on."""

from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "data"


class Case(NamedTuple):
    """One case of a golden file.

    Attributes:
        line: The line its input starts at.
        given: The input.
        expected: The lines expected.
    """

    line: int
    given: str
    expected: list[str]


def parse(text: str) -> list[Case]:
    """Parse a golden file; a case without exactly one `---`, or without `===` after it, is an error."""
    cases: list[Case] = []
    given: list[str] = []
    expected: list[str] | None = None
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("# ") or line == "#":
            continue
        if line == "---":
            if expected is not None:
                raise ValueError(f"line {number}: a second --- before ===")
            expected = []
        elif line == "===":
            if expected is None:
                raise ValueError(f"line {number}: === without --- before it")
            if not expected or not any(given):
                raise ValueError(f"line {number}: the case from line {start} has nothing above or below ---")
            cases.append(Case(start, "\n".join(given), expected))
            given, expected = [], None
        elif expected is None:
            start = start if given else number
            given.append(line)
        else:
            expected.append(line)
    if given or expected is not None:
        raise ValueError(f"line {start}: the last case does not end in ===")
    return cases


def read(name: str) -> list[Case]:
    """Read a golden file of tests/data."""
    return parse((DATA / name).read_text(encoding="utf-8"))
