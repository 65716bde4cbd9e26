"""Fail where answers have become worse: ``python -m qa.gate``.

Asks the gold questions of the sets in tests/data/floors.json and exits with 1 if a figure is below its floor, with
2 if the questions or articles are not those the floors were pinned on.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from index.errors import IsnadError
from qa.calibration import Calibration
from qa.evaluation.curve import draw
from qa.evaluation.floor_file import FloorFile, Lowering
from qa.evaluation.floors import Floors
from qa.evaluation.gold_set import GoldSet
from qa.evaluation.report import MARKDOWN, MARKDOWN_MIXED, Report, markdown_head

FLOORS_FILE = Path("tests/data/floors.json")
LOWER = "python -m qa.gate --lower 'why'"


def chosen(file: FloorFile, names: Sequence[str], part: str | None) -> list[GoldSet]:
    """Return the sets of those names, or all; of a part only, if one is given.

    Raises:
        IsnadError: there is no such set.
    """
    for name in names:
        if name not in file.sets:
            raise IsnadError(f"no gold set is called {name!r}; there are: {', '.join(file.sets)}")
    sets = [one for one in file.sets.values() if one.name in (names or file.sets) and part in (None, one.part)]
    if not sets:
        raise IsnadError(f"no gold set has the part {part!r}; there are: {', '.join(file.sets)}")
    return sets


def require_pinned(sets: Iterable[GoldSet], corpora: Path | None) -> None:
    """Refuse to compare where that would mean nothing.

    Raises:
        IsnadError: a set has no floors, or its files have changed since they were pinned.
    """
    problems = []
    for one in sets:
        if not one.floors:
            problems.append(
                f"{one.name}: no floors are pinned; pin them with: python -m qa.gate --raise '{one.name}'"
            )
        problems += [
            f"{one.name}: {path} is not what the floors were pinned on, so they mean nothing. Put it back, or pin "
            f"them anew, with the reason, which is kept: {LOWER} '{one.name}'"
            for path in one.changed(corpora)
        ]
    if problems:
        raise IsnadError("\n".join(problems))


def lower(one: GoldSet, report: Report, corpora: Path | None, reason: str) -> tuple[GoldSet, list[Lowering]]:
    """Return the set with floors that are reached, and what was lowered for that.

    Where its files have changed, all its floors are pinned anew.
    """
    now, hashes = date.today().isoformat(), one.hashes(corpora)
    changed = one.changed(corpora)
    floors = Floors({}).raised(report.cells) if changed else one.floors.lowered(report.cells)
    lowerings = [Lowering(now, one.name, path, one.sha256.get(path), hashes[path], reason) for path in changed]
    for shortfall in one.floors.shortfalls(report.cells):
        after = floors.bounds.get(shortfall.cell, {}).get(shortfall.metric)
        what = f"{shortfall.cell} {shortfall.metric}"
        lowerings.append(Lowering(now, one.name, what, shortfall.floor, after, reason))
    return one.pinned(floors, corpora) if lowerings else one, lowerings


def markdown(reports: dict[str, Report]) -> Iterator[str]:
    """Yield the lines of the tables that the README shows."""
    yield from markdown_head(list(MARKDOWN))
    for name, report in reports.items():
        yield from report.markdown(name)
    mixed = [line for name, report in reports.items() for line in report.markdown_mixed(name)]
    if mixed:
        yield from ("", *markdown_head([f"recall@5 {name}" for name in MARKDOWN_MIXED]), *mixed)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    try:
        sys.exit(_run(options))
    except (IsnadError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


def _run(options: argparse.Namespace) -> int:
    if options.lower is not None and not options.lower.strip():
        raise IsnadError("--lower takes the reason for asking less than before; it is kept with the floors")
    file = FloorFile.load(options.floors)
    sets = []
    for one in chosen(file, options.sets, options.part):
        if one.needs_corpora and not options.data:
            sys.stderr.write(f"{one.name}: not measured; it takes the corpora: make eval DATA=FOLDER\n")
        else:
            sets.append(one)
    if options.lower is None and not options.table:
        require_pinned([one for one in sets if one.floors or not options.higher], options.data)
    reports = {}
    for one in sets:
        reports[one.name] = report = one.measure(options.data)
        _show(one, report, options)
    if options.table:
        sys.stdout.writelines(f"{line}\n" for line in markdown(reports))
        return 0
    if options.higher:
        pinned = [one.pinned(one.floors.raised(reports[one.name].cells), options.data) for one in sets]
        file.having(pinned).save()
    elif options.lower is not None:
        pairs = [lower(one, reports[one.name], options.data, options.lower.strip()) for one in sets]
        sets = [one for one, _ in pairs]
        file.having(sets, [lowering for _, lowerings in pairs for lowering in lowerings]).save()
    below = [f"{one.name}: {fall}\n" for one in sets for fall in one.floors.shortfalls(reports[one.name].cells)]
    sys.stderr.writelines(below)
    return 1 if below else 0


def _show(one: GoldSet, report: Report, options: argparse.Namespace) -> None:
    """Print a set's figures, and what else is asked for."""
    if not options.table:
        table = report.table()
        table.title = one.name
        Console().print(table)
    # Whoever looks at single test questions tunes on them.
    if options.misses and (one.part != "test" or options.part == "test"):
        sys.stdout.writelines(f"{line}\n" for line in report.misses())
    if options.curves:
        options.curves.mkdir(parents=True, exist_ok=True)
        draw(report.curves, Calibration.shipped().threshold, options.curves / f"{one.name.replace(' ', '-')}.png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.gate", description=__doc__)
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help="names of gold sets, such as 'newsroom dev'; else all"
    )
    parser.add_argument("--floors", type=Path, default=FLOORS_FILE, help="the sets and their floors")
    parser.add_argument("--data", type=Path, help="the corpora folder, for the sets that take it")
    parser.add_argument("--part", help="only the sets of this part, dev or test")
    parser.add_argument(
        "--misses", action="store_true", help="list the misses; of test parts only with --part test"
    )
    parser.add_argument(
        "--curves", type=Path, help="a folder for pictures of false answers against false refusals"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--table", action="store_true", help="print the tables of the README, and compare nothing")
    what.add_argument(
        "--raise", action="store_true", dest="higher", help="move floors up to what is reached, and pin new ones"
    )
    what.add_argument("--lower", metavar="REASON", help="move floors down to what is reached; the reason is kept")
    return parser


if __name__ == "__main__":
    main()
