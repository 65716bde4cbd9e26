"""The steps of Isnad's own measurement; each runs in a process of its own."""

import sqlite3
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.archive import Archive
from index.documents import Document
from qa import ask as answer
from qa import retrieve
from tests.bench.processes import Figures, StepError, disk, memory, questions_timed, seconds
from tests.bench.workload import documents, questions

_ADDED = 3
_WARM_UP = 10


def index(articles: str, folder: str) -> Figures:
    """Build an archive from a file: reading, cutting, embedding, storing and indexing."""
    passages = 0

    def build() -> None:
        nonlocal passages
        with Archive.create(folder) as archive:
            passages = archive.add(documents(articles)).passages

    took = seconds(build)
    parts = {path: disk(path) if path.is_dir() else path.stat().st_size / 2**20 for path in Path(folder).iterdir()}
    return {
        "passages": passages,
        "indexing, passages/s": passages / took,
        "indexing, s": took,
        "indexing, peak memory, MB": memory()["peak memory, MB"],
        "disk, MB": disk(Path(folder)),
        **{
            f"disk: {path.name.partition('.')[0]}, MB": size for path, size in sorted(parts.items()) if size > 0.05
        },
    }


def ask(folder: str, asked: str) -> Figures:
    """Open an archive, ask a first question, then different ones: half answered, half only searched for."""
    archive = None

    def open_archive() -> None:
        nonlocal archive
        archive = Archive.open(folder)

    opening = seconds(open_archive)
    assert archive is not None
    all_questions = questions(asked)
    warm_up, rest = all_questions[:_WARM_UP], all_questions[_WARM_UP:]
    first = seconds(partial(answer, warm_up[0], archive))
    for question in warm_up:
        answer(question, archive)
    return {
        "opening, s": opening,
        "first question, ms": 1000 * first,
        **questions_timed("question", partial(answer, archive=archive), rest[::2]),
        **questions_timed("search alone", partial(retrieve, archive=archive), rest[1::2]),
        "questions": len(rest),
        **memory(),
    }


def recall(folder: str, asked: str) -> Figures:
    """Compare the vector indexes with all vectors of the catalog, read from SQLite and searched by numpy."""
    with Archive.open(folder) as archive:
        vectors = archive.embedder.encode(questions(asked), query=True)
        found = {10: 0, 100: 0}
        wanted = {10: 0, 100: 0}
        for language in archive.passage_counts():
            exact = _exact(Path(folder) / "catalog.sqlite", language, vectors, max(found))
            searched = archive.shelf(language).vectors
            for k in found:
                for vector, row in zip(vectors, exact[:, :k].tolist(), strict=True):
                    found[k] += len({*row} & {*searched.search(vector, k)})
                    wanted[k] += len(row)
    return {f"recall@{k}": found[k] / wanted[k] for k in found}


def _exact(catalog: Path, language: str, questions: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return the ids of the ``k`` passages nearest to each question, nearest first, shape [questions, k]."""
    connection = sqlite3.connect(f"{catalog.resolve().as_uri()}?mode=ro", uri=True)
    rows = connection.execute("SELECT id, vector FROM passage WHERE language = ?", (language,))
    ids = np.zeros((len(questions), 0), dtype=np.int64)
    scores = np.zeros((len(questions), 0), dtype=np.float32)
    while part := rows.fetchmany(20_000):
        vectors = np.frombuffer(b"".join(row[1] for row in part), dtype="<f2").astype(np.float32)
        part_ids = np.array([row[0] for row in part], dtype=np.int64)
        ids = np.hstack([ids, np.broadcast_to(part_ids, (len(questions), len(part)))])
        scores = np.hstack([scores, questions @ vectors.reshape(len(part), -1).T])
        best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        ids, scores = np.take_along_axis(ids, best, axis=1), np.take_along_axis(scores, best, axis=1)
    connection.close()
    return ids


def add(folder: str) -> Figures:
    """Add single articles to an open archive, each until a search finds it; the slowest counts."""
    times = []
    with Archive.open(folder) as archive:
        retrieve("Where is the harbour?", archive)
        for number in range(_ADDED):
            name = f"Qolbixavar{number}"
            text = (
                f"The harbour of {name} was opened on Monday. Ships of {name} carry olives and salt to the north."
            )
            document = Document.create(f"added/{number}", text, f"{name} opens its harbour", language="en")

            def add_and_search(document: Document = document, name: str = name) -> None:
                archive.add([document])
                hits = retrieve(f"When was the harbour of {name} opened?", archive)
                if document.uri not in {hit.passage.document for hit in hits}:
                    raise StepError(f"{document.uri} was added, but a search for it does not find it")

            times.append(seconds(add_and_search))
    return {"adding an article until it is found, s": max(times)}
