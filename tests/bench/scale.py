"""Measure Isnad, and what a user might pick instead, at growing sizes: ``python -m tests.bench.scale``.

Each step runs in a process of its own: indexing on two cores, questions on one. The archives are made in a scratch
folder, and gone when the run ends, however it ends.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.bench import report
from tests.bench.processes import Figures, StepError, run
from tests.bench.rivals import EMBEDDED, RIVALS, missing

BYTES_A_PASSAGE = 12_000  # the articles as text, and an archive or a rival while it is written
INDEXING_CORES = 2


class Run:
    """One run: its scratch folder, what has been measured and what there is to say about it.

    Args:
        options: as parsed by ``main``.
        scratch: an empty folder.
    """

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options = options
        self.scratch = scratch
        self.results: report.Results = {report.ISNAD: {}}
        self.notes = [_surroundings()]
        self.failed = False
        self._embedded_a_second = 0.0

    def measure(self, size: int) -> None:
        """Measure every system at a size."""
        folder = self.scratch / str(size)
        folder.mkdir()
        articles, asked = str(folder / "articles.jsonl"), str(folder / "questions.json")
        news = {"news": self.options.news, "english": self.options.english, "asked": self.options.questions}
        made = self._step(
            report.ISNAD,
            size,
            "workload:write",
            1,
            articles_file=articles,
            questions_file=asked,
            passages=size,
            **news,
        )
        if made:
            self._isnad(size, articles, asked, str(folder / "isnad"))
            for rival in self.options.rivals:
                if size <= self.options.rival_limit:
                    self._rival(rival, size, articles, asked, str(folder / rival))
        shutil.rmtree(folder)

    def _isnad(self, size: int, articles: str, asked: str, folder: str) -> None:
        steps: tuple[tuple[str, int, dict[str, Any]], ...] = (
            ("isnad:index", INDEXING_CORES, {"articles": articles}),
            ("isnad:ask", 1, {"asked": asked}),
            ("isnad:recall", INDEXING_CORES, {"asked": asked}),
            ("isnad:add", INDEXING_CORES, {}),
        )
        for step, cores, arguments in steps:
            if not self._step(report.ISNAD, size, step, cores, folder=folder, **arguments):
                break
        shutil.rmtree(folder, ignore_errors=True)

    def _rival(self, rival: str, size: int, articles: str, asked: str, folder: str) -> None:
        system = RIVALS[rival]
        if system.embeds and not self._embedded_a_second:
            figures = self._step(system.name, size, "rivals:embedding", INDEXING_CORES, articles=articles)
            self._embedded_a_second = figures.get("embedding alone, passages/s", 0.0)
            if not self._embedded_a_second:
                return
            self.notes.append(
                f"MiniLM-L6 size: a transformer of that size with random weights, which cost the same; it embeds "
                f"{self._embedded_a_second:,.1f} passages/s on {INDEXING_CORES} cores, measured on n={EMBEDDED}. "
                f"The stores are filled with vectors of Isnad's model, which have as many dimensions, and their "
                f"indexing speed counts the time the transformer would take for all passages."
            )
        indexing = {"rival": rival, "articles": articles, "embedded_a_second": self._embedded_a_second}
        if self._step(system.name, size, "rivals:index", INDEXING_CORES, folder=folder, **indexing):
            self._step(system.name, size, "rivals:ask", 1, rival=rival, folder=folder, asked=asked)
        shutil.rmtree(folder, ignore_errors=True)

    def _step(self, system: str, size: int, step: str, cores: int, **arguments: Any) -> Figures:
        """Run a step, say so, and keep its figures; none where it failed."""
        sys.stderr.write(f"{size:>9,}  {system}: {step.partition(':')[2]} ...\n")
        try:
            figures = run(f"tests.bench.{step}", cores, **arguments)
        except StepError as error:
            self.failed = True
            self.notes.append(f"FAILED: {system} at {size:,}, {step}: {error}")
            sys.stderr.write(f"{'':>9}  failed: {error}\n")
            return {}
        self.results.setdefault(system, {}).setdefault(size, {}).update(figures)
        return figures


def _surroundings() -> str:
    """Say on what this runs, and whether something else runs beside it, which makes every figure worse."""
    return (
        f"{os.cpu_count()} cores, Python {sys.version.partition(' ')[0]}; the load before the run was "
        f"{os.getloadavg()[0]:.1f} (0 where nothing else runs); what was indexed is still in the page cache; "
        f"Isnad's indexing counts reading and cutting articles, the others are given passages already cut"
    )


def _check(options: argparse.Namespace) -> None:
    """End with a message where the run could not come to its end."""
    if not sys.platform.startswith("linux"):
        raise SystemExit("this benchmark sets cores and reads memory as only Linux can; run it on Linux")
    for file in [options.news, *(options.english or [])]:
        if file and not Path(file).is_file():
            raise SystemExit(f"{file}: no such file; check the path")
    if any(size < 1 for size in options.sizes):
        raise SystemExit(f"--sizes are numbers of passages, at least 1, not {options.sizes}")
    needed, free = max(options.sizes) * BYTES_A_PASSAGE, shutil.disk_usage(options.scratch).free
    if needed > free:
        raise SystemExit(
            f"{max(options.sizes):,} passages need about {needed / 2**30:,.1f} GB of disk while they are measured "
            f"and {options.scratch} has {free / 2**30:,.1f} GB free; name a folder on a larger disk with "
            f"--scratch, or smaller --sizes"
        )
    for rival in list(options.rivals):
        if packages := missing(rival):
            sys.stderr.write(
                f"{RIVALS[rival].name} is left out; install it with: pip install {' '.join(packages)}\n"
            )
            options.rivals.remove(rival)


def _save(results: report.Results, notes: list[str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "figures.json").write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    (out / "table.md").write_text(report.tables(results, notes), encoding="utf-8")


def _stop(*_: object) -> None:
    raise SystemExit("stopped")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables, and write them and the plot; return 1 where a step failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000], help="passages"
    )
    parser.add_argument("--news", help="real Arabic articles to begin with: gzipped, one a line, 'title . text'")
    parser.add_argument("--english", nargs="+", help="gzipped tables with English sentences in the first column")
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=list(RIVALS), help="what to compare with")
    parser.add_argument("--rival-limit", type=int, default=100_000, help="the most passages to give to a rival")
    parser.add_argument("--questions", type=int, default=310, help="how many, the ten of the warm-up included")
    parser.add_argument("--out", type=Path, default=Path("build/bench-scale"), help="folder for tables and plot")
    parser.add_argument("--scratch", default=tempfile.gettempdir(), help="folder for what is measured")
    options = parser.parse_args(arguments)
    _check(options)
    stop: Callable[..., Any] | int | None = signal.signal(signal.SIGTERM, _stop)
    try:
        with tempfile.TemporaryDirectory(dir=options.scratch, prefix="isnad-bench-") as scratch:
            measuring = Run(options, Path(scratch))
            for size in sorted(options.sizes):
                measuring.measure(size)
                _save(measuring.results, measuring.notes, options.out)
    finally:
        signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(report.tables(measuring.results, measuring.notes))
    if find_spec("matplotlib"):
        report.plot(measuring.results, options.out / "plot.png")
    else:
        sys.stderr.write("no plot without matplotlib; install it with: pip install matplotlib\n")
    return int(measuring.failed)


if __name__ == "__main__":
    sys.exit(main())
