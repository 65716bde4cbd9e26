"""Score an archive on gold questions: ``python -m qa.evaluate GOLD [--archive DIR] [--out REPORT.json]``.

Figures are given per cell, language of the question and of its evidence, because an average over cells hides the
one that fails; and with 95 % bootstrap intervals over the questions, because a few questions say little.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from index.archive import Archive
from index.errors import IsnadError
from qa.answer import ask
from qa.calibration import Calibration
from qa.default_archive import default_archive
from qa.evaluation.curve import draw
from qa.evaluation.gold import GoldQuestion, load_gold
from qa.evaluation.outcome import Outcome, outcome_of
from qa.evaluation.report import Report
from qa.evaluation.temporary_archive import archive_of


def evaluate(gold: Path, archive: Archive, part: str | None = None) -> Report:
    """Ask an archive all gold questions of a file.

    Args:
        gold: the file; see ``load_gold``.
        archive: what is asked.
        part: only questions of this part, such as "test".

    Raises:
        IsnadError: the file is malformed, names evidence that the archive does not hold, or has no question of
            that part.
    """
    questions = [one for one in load_gold(gold, archive) if part is None or one.part == part]
    if not questions:
        raise IsnadError(f"the gold file {gold} has no question of the part {part!r}")
    return Report.of(outcomes_of(questions, archive))


def outcomes_of(questions: Sequence[GoldQuestion], archive: Archive) -> list[Outcome]:
    """Ask an archive gold questions, at least one."""
    ask(questions[0].question, archive)  # the first question of a process loads what the others find loaded
    return [outcome_of(one, archive) for one in questions]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m qa.evaluate", description=__doc__)
    parser.add_argument("gold", type=Path, help="gold questions, a JSON object a line")
    parser.add_argument(
        "--archive",
        type=Path,
        help="an archive's folder, or a folder or file of articles; the archive that ships if none is given",
    )
    parser.add_argument("--part", help="only questions of this part, such as test")
    parser.add_argument("--out", type=Path, help="where to write the report as JSON")
    parser.add_argument(
        "--curve", type=Path, help="where to draw false answers against false refusals, such as curve.png"
    )
    options = parser.parse_args(arguments)
    try:
        if options.archive:
            with archive_of(options.archive) as archive:
                report = evaluate(options.gold, archive, options.part)
        else:
            report = evaluate(options.gold, default_archive(), options.part)
        if options.out:
            options.out.write_text(
                json.dumps(report.as_dict(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
        Console().print(report.table())
        if options.curve:
            draw(report.curves, Calibration.shipped().threshold, options.curve)
    except (IsnadError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
