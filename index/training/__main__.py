"""Train the bundled model: `python -m index.training --data CORPORA --out index/model`."""

import logging
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from index.embedding import MODEL_FOLDER, StaticEmbedder
from index.training.card import write_card
from index.training.corpora import load_held_out, load_training_data
from index.training.evaluate import evaluate, run
from index.training.export import save_model
from index.training.recipe import Recipe
from index.training.splits import Part
from index.training.teacher import DEFAULT_TEACHER, Teacher
from index.training.tokenizer import train_tokenizer

_log = logging.getLogger(__name__)
_CACHE = platformdirs.user_cache_path("isnad") / "teacher"


def main(
    data: Annotated[Path, typer.Option(help="The corpora folder (parallel/, written/, lexicon/, qa/, mono/).")],
    out: Annotated[Path, typer.Option(help="The model folder to write.")] = MODEL_FOLDER,
    teacher: Annotated[str, typer.Option(help="Name or folder of the teacher model, or none.")] = DEFAULT_TEACHER,
    cache: Annotated[Path, typer.Option(help="Where the teacher's vectors are kept.")] = _CACHE,
    benchmarks: Annotated[Path | None, typer.Option(help="Folder of arcd_test.tsv.gz.")] = None,
    passes: Annotated[int, typer.Option(help="Passes over the sentence pairs.", min=1)] = Recipe.passes,
    vocabulary: Annotated[int, typer.Option(help="Token pieces.", min=100, max=65_535)] = Recipe.vocabulary,
    width: Annotated[int, typer.Option(help="Numbers a vector (a teacher's width wins).", min=8)] = Recipe.width,
    threads: Annotated[int, typer.Option(help="Threads; more than one is not repeatable.", min=1)] = 1,
) -> None:
    """Train the bundled model from the corpora, measure it and write its card."""
    corpora = load_training_data(data, benchmarks)
    _log.info(
        "%d sentence pairs, %d lexicon pairs, %d searches",
        len(corpora.sentences),
        len(corpora.lexicon),
        len(corpora.searches),
    )
    import torch  # takes seconds: a wrong folder should be told sooner

    from index.training.trainer import train

    torch.set_num_threads(threads)
    tokenizer = train_tokenizer(corpora.texts(), vocabulary)
    taught_by = None if teacher == "none" else Teacher(teacher, cache)
    recipe = Recipe(
        width=taught_by.width if taught_by else width, vocabulary=tokenizer.get_vocab_size(), passes=passes
    )
    save_model(out, tokenizer, train(tokenizer, corpora, recipe, taught_by))
    figures = [
        evaluate(StaticEmbedder(out), load_held_out(data, part, benchmarks), part)
        for part in (Part.TEST, Part.DEV)
    ]
    write_card(out, data, recipe, taught_by.name if taught_by else None, figures)


if __name__ == "__main__":
    run(main)
