"""Run a step of a benchmark in a process of its own, on so many cores, and take its figures back."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

Figures = dict[str, float]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_QUIET = {"HF_HUB_OFFLINE": "1", "ANONYMIZED_TELEMETRY": "False", "PYTHONWARNINGS": "ignore"}


class StepError(Exception):
    """A step that did not come to its end; the message is the last line it wrote."""


def run(step: str, cores: int, **arguments: Any) -> Figures:
    """Run a function in a process of its own.

    Args:
        step: "module:function" of a function that takes the arguments by name and returns figures.
        cores: how many cores it may use, threads of libraries included.
        arguments: what JSON can carry.

    Raises:
        StepError: it failed.
    """
    command = [sys.executable, "-m", "tests.bench.processes", step, str(cores), json.dumps(arguments)]
    environment = {**os.environ, **_QUIET, **dict.fromkeys(_THREADS, str(cores))}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"ended with code {done.returncode} and said nothing"]
        raise StepError(lines[-1])
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def seconds(action: Callable[[], Any]) -> float:
    """Return how long an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def questions_timed(name: str, ask: Callable[[str], Any], questions: Sequence[str]) -> Figures:
    """Ask questions, and return the median and the 95th percentile in milliseconds.

    Beside them the mean of the processor time, which other work on the machine does not lengthen.
    """
    import numpy as np

    busy = time.process_time()
    times = [seconds(partial(ask, question)) for question in questions]
    busy = time.process_time() - busy
    return {
        **{f"{name} p{p}, ms": 1000 * float(np.percentile(times, p)) for p in (50, 95)},
        f"{name}, mean processor time, ms": 1000 * busy / len(times),
    }


def memory() -> Figures:
    """Return this process's memory in MB: resident, its own, of mapped files, its fair share, and the peak."""
    if not Path("/proc/self/status").exists():
        raise StepError("memory is read from /proc, which only Linux has; run this benchmark on Linux")
    fields: dict[str, float] = {}
    for file in ("/proc/self/status", "/proc/self/smaps_rollup"):
        for line in Path(file).read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if value.endswith("kB"):
                fields[name] = int(value.split()[0]) / 1024
    return {
        "memory, MB": fields["VmRSS"],
        "memory of its own, MB": fields["RssAnon"],
        "memory of mapped files, MB": fields["RssFile"],
        "memory, fair share (PSS), MB": fields["Pss"],
        "peak memory, MB": fields["VmHWM"],
    }


def disk(folder: Path) -> float:
    """Return the MB that the files of a folder hold."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def _main(step: str, cores: str, arguments: str) -> None:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
    module, _, function = step.partition(":")
    figures: Mapping[str, float] = getattr(importlib.import_module(module), function)(**json.loads(arguments))
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


if __name__ == "__main__":
    _main(*sys.argv[1:])
