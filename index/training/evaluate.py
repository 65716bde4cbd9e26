"""Score a model on held-out rows: `python -m index.training.evaluate --model index/model --data corpora`."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import ir_measures
import numpy as np
import typer
from ir_measures import Qrel, R, ScoredDoc, nDCG
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from index.embedding import MODEL_FOLDER, StaticEmbedder
from index.errors import IsnadError
from index.scores import LateInteraction, Translator, dense, keywords, standardise
from index.statistics import TokenStatistics
from index.training.corpora import HeldOut, load_held_out
from index.training.splits import Part

SCORES = ("D", "M", "T", "D+M+T")
_NDCG, _RECALL = nDCG @ 10, R @ 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BitextFigures:
    """How often a text's nearest text of the other language is its own translation."""

    n: int
    english_to_arabic: float
    arabic_to_english: float


@dataclass(frozen=True)
class SearchFigures:
    """How well one score finds the passage of a question.

    Attributes:
        cell: Set, question language and passage language.
        score: D, M, T or their standardised sum.
        n: Number of questions.
        pool: Number of passages searched.
        ndcg_10: nDCG at 10.
        recall_5: Share of questions whose passage is among the first five.
    """

    cell: str
    score: str
    n: int
    pool: int
    ndcg_10: float
    recall_5: float


@dataclass(frozen=True)
class Figures:
    """All figures of a model on one part."""

    part: str
    bitext: BitextFigures
    search: list[SearchFigures]


def evaluate(model: StaticEmbedder, held_out: HeldOut, part: Part) -> Figures:
    """Score a model on held-out rows: news bitext, written questions in four cells, ARCD."""
    news = held_out.news
    bitext = bitext_accuracy(model, [pair.english for pair in news], [pair.arabic for pair in news])
    questions = {lang: [getattr(q, f"question_{lang}") for q in held_out.questions] for lang in ("en", "ar")}
    passages = {lang: [getattr(q, f"passage_{lang}") for q in held_out.questions] for lang in ("en", "ar")}
    search = []
    for asked, written in (("en", "ar"), ("ar", "en"), ("en", "en"), ("ar", "ar")):
        search += score_search(model, f"written {asked} -> {written}", questions[asked], passages[written])
    arcd = held_out.arcd
    search += score_search(model, "ARCD ar -> ar", [q.question for q in arcd], [q.passage for q in arcd])
    return Figures(part.value, bitext, search)


def bitext_accuracy(model: StaticEmbedder, english: Sequence[str], arabic: Sequence[str]) -> BitextFigures:
    """Measure translation retrieval among the given pairs; a tie counts as a miss."""
    if not english:
        return BitextFigures(0, 0.0, 0.0)
    cosines = model.encode(english) @ model.encode(arabic).T
    own = cosines.diagonal().copy()
    np.fill_diagonal(cosines, -np.inf)
    there = float(np.mean(own > cosines.max(axis=1)))
    back = float(np.mean(own > cosines.max(axis=0)))
    return BitextFigures(len(english), there, back)


def score_search(
    model: StaticEmbedder, cell: str, questions: Sequence[str], answers: Sequence[str]
) -> list[SearchFigures]:
    """Rank the distinct passages for every question by each score.

    Args:
        model: The model that is measured.
        cell: Name of the row in the table.
        questions: One text a question.
        answers: The passage of each question; the pool is all of them, each once.
    """
    pool = list(dict.fromkeys(answers))
    if not pool:
        return []
    place = {text: number for number, text in enumerate(pool)}
    wanted = [place[text] for text in answers]
    rows = model.tokenize(pool)
    vectors = model.embed(rows)
    statistics = TokenStatistics.empty(len(model.vectors)).plus(rows)
    translator = Translator(model, statistics)
    runs: dict[str, list[NDArray[np.float32]]] = {name: [] for name in SCORES}
    for tokens, vector in zip(model.tokenize(questions), model.encode(questions), strict=True):
        found = {
            "D": dense(vector, vectors),
            "M": LateInteraction(tokens, model).scores(rows),
            "T": keywords(translator.translate(tokens), rows, statistics),
        }
        found["D+M+T"] = np.sum([standardise(scores) for scores in found.values()], axis=0)
        for name in SCORES:
            runs[name].append(found[name])
    figures = []
    for name in SCORES:
        ndcg, recall = _measure(runs[name], wanted)
        figures.append(SearchFigures(cell, name, len(questions), len(pool), ndcg, recall))
    return figures


def _measure(run: Sequence[NDArray[np.float32]], wanted: Sequence[int]) -> tuple[float, float]:
    qrels = [Qrel(str(number), str(document), 1) for number, document in enumerate(wanted)]
    ranked = []
    for number, (scores, document) in enumerate(zip(run, wanted, strict=True)):
        # Ties count as worst: among equal scores the wanted passage comes last.
        is_wanted = np.arange(len(scores)) == document
        order = np.lexsort((is_wanted, -scores))
        ranked += [ScoredDoc(str(number), str(found), -rank) for rank, found in enumerate(order[:10])]
    measured = ir_measures.calc_aggregate([_NDCG, _RECALL], qrels, ranked)
    return float(measured[_NDCG]), float(measured[_RECALL])


def table(figures: Figures) -> Table:
    """Lay the figures out for a terminal: nDCG@10 / recall@5 a score."""
    bitext = figures.bitext
    caption = (
        f"bitext top-1 on {bitext.n} news pairs: en->ar {bitext.english_to_arabic:.3f}, "
        f"ar->en {bitext.arabic_to_english:.3f}"
    )
    shown = Table(title=f"nDCG@10 / recall@5, {figures.part}", caption=caption)
    for heading in ("question -> passage", "n", "pool", *SCORES):
        shown.add_column(heading)
    for start in range(0, len(figures.search), len(SCORES)):
        row = figures.search[start : start + len(SCORES)]
        cells = [f"{score.ndcg_10:.3f}/{score.recall_5:.3f}" for score in row]
        shown.add_row(row[0].cell, str(row[0].n), str(row[0].pool), *cells)
    return shown


def run(command: Callable[..., None]) -> None:
    """Run a command line; what the user can mend is one line and exit code 2, not a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        typer.run(command)
    except IsnadError as error:
        typer.echo(f"error: {error}", err=True)
        raise SystemExit(2) from error


def main(
    data: Annotated[Path, typer.Option(help="The corpora folder.")],
    model: Annotated[Path, typer.Option(help="The model folder.")] = MODEL_FOLDER,
    benchmarks: Annotated[Path | None, typer.Option(help="Folder of arcd_test.tsv.gz.")] = None,
    part: Annotated[Part, typer.Option(help="Which held-out rows.")] = Part.DEV,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Score a model on the held-out rows of the corpora."""
    figures = evaluate(StaticEmbedder(model), load_held_out(data, part, benchmarks), part)
    if as_json:
        typer.echo(json.dumps(asdict(figures), indent=1))
    else:
        Console(width=120).print(table(figures))


if __name__ == "__main__":
    run(main)
