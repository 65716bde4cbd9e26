"""Print what Isnad takes, and beside it what a transformer of MiniLM-L6's size takes in the same run.

Cold start, indexing and questions are each measured in a process of their own, questions on one core. The rival's
weights are random, which costs the same as learned ones.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.bench.processes import seconds
from tests.bench.rivals import minilm

QUESTIONS = (
    "Who co-chairs the GCTF?",
    "Which initiatives were launched?",
    "How many people were killed in the attack?",
    "When does the summit open in Tunis?",
    "من يترأس المنتدى العالمي لمكافحة الإرهاب؟",
    "ما هي المبادرات التي أُطلقت؟",
    "كم بلغ عدد القتلى في الهجوم؟",
    "متى تبدأ مباراة المنتخب؟",
)
ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "RAYON_NUM_THREADS": "1"}
RIVAL_PASSAGES = 128


def cold() -> dict[str, float]:
    """Time ``isnad ask`` from the shell, process and all, and see what it imports."""
    command = [sys.executable, "-X", "importtime", "-m", "ui.cli", "ask", QUESTIONS[0]]
    subprocess.run(command, capture_output=True, check=True)  # builds the archive that ships, once
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ui.cli", "ask", QUESTIONS[0]], capture_output=True, check=True)
        times.append(time.perf_counter() - start)
    imports = subprocess.run(command, capture_output=True, check=True, text=True).stderr
    return {"cold ask, s (median of 5)": float(np.median(times)), "imports torch": float("| torch" in imports)}


def indexing(passages: int, news: Path | None, folder: Path) -> dict[str, float]:
    """Time building an archive, and embedding alone by the rival."""
    from index.archive import Archive
    from tests.bench.news import articles

    documents = list(articles(passages // 4, news))
    start = time.perf_counter()
    with Archive.create(folder) as archive:
        added = archive.add(documents)
    took = time.perf_counter() - start
    words = sum(len(document.text.split()) for document in documents)
    texts = [document.text[:900] for document in documents][:RIVAL_PASSAGES]
    model = minilm()
    rival = len(texts) / seconds(lambda: model.encode(texts, show_progress_bar=False))
    rate = added.passages / took
    return {
        "passages": added.passages,
        "words a passage": words / added.passages,
        "indexing, passages/s (cut, embed, store, index)": rate,
        "rival, passages/s (embed alone)": rival,
        "ratio": rate / rival,
    }


def questions(folder: Path) -> dict[str, float]:
    """Time warm questions on one core, and the rival's embedding of them alone."""
    from index.archive import Archive
    from qa import ask

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with Archive.open(folder) as archive:
        for question in QUESTIONS:
            ask(question, archive)
        times = [seconds(partial(ask, question, archive)) for _ in range(25) for question in QUESTIONS]
    model = minilm()
    model.encode(list(QUESTIONS), show_progress_bar=False)
    rival = [seconds(partial(model.encode, [question], show_progress_bar=False)) for question in QUESTIONS]
    return {
        "warm question, p50 ms": 1000 * float(np.percentile(times, 50)),
        "warm question, p95 ms": 1000 * float(np.percentile(times, 95)),
        "rival, p50 ms (embedding the question alone)": 1000 * float(np.percentile(rival, 50)),
        "ratio": float(np.percentile(times, 50) / np.percentile(rival, 50)),
    }


def main() -> None:
    """Run the parts, each in a process of its own, and print their figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000, help="size of the archive")
    parser.add_argument("--news", type=Path, help="a gzipped file with an article a line, instead of made-up ones")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--only", choices=("cold", "indexing", "questions"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        parts: dict[str, Callable[[], dict[str, float]]] = {
            "cold": cold,
            "indexing": partial(indexing, options.passages, options.news, options.folder),
            "questions": partial(questions, options.folder),
        }
        sys.stdout.write(json.dumps(parts[options.only]()))
        return
    with tempfile.TemporaryDirectory() as scratch:
        own = [*sys.argv[1:], "--folder", f"{scratch}/archive"]
        for part, environment in (("cold", {}), ("indexing", {}), ("questions", ONE_CORE)):
            command = [sys.executable, "-m", "tests.bench", *own, "--only", part]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **environment}
            )
            sys.stdout.write(f"{part}\n")
            for name, value in json.loads(done.stdout).items():
                sys.stdout.write(f"  {name:<52}{value:>10.3f}\n")


if __name__ == "__main__":
    main()
