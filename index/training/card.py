"""Write the model card from the data's manifest, the recipe and the measured figures."""

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from index.errors import IsnadError
from index.training.corpora import WRITTEN_HERE
from index.training.evaluate import SCORES, Figures
from index.training.recipe import Recipe
from index.training.teacher import DEFAULT_TEACHER

_USED = ("parallel/", "written/", "lexicon/", "qa/", "mono/")


def write_card(folder: Path, data: Path, recipe: Recipe, teacher: str | None, figures: Sequence[Figures]) -> None:
    """Write README.md into the model folder.

    Args:
        folder: The model folder, already holding the weights.
        data: The corpora folder, whose MANIFEST.tsv names sources and licences.
        recipe: The numbers the model was trained with.
        teacher: The teacher's name, or None.
        figures: What was measured, one element a part.
    """
    megabytes = sum(path.stat().st_size for path in folder.iterdir() if path.name != "README.md") / 1e6
    card = "\n\n".join(
        [
            _FRONT_MATTER,
            _introduction(recipe, megabytes),
            _USE,
            "## Figures\n\n" + _HOW_MEASURED,
            *(_figures(part) for part in figures),
            "## How it was trained\n\n" + _recipe(recipe, teacher),
            "## What it was trained on\n\n" + _sources(data),
            _LIMITS,
        ]
    )
    (folder / "README.md").write_text(card + "\n", encoding="utf-8")


_FRONT_MATTER = """---
language: [ar, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, sentence-similarity, static-embedding]
license: other
license_name: see-sources
---"""

_USE = """## Use

`index.embedding.StaticEmbedder` reads this folder with tokenizers, safetensors and numpy alone. It is also a plain
sentence-transformers folder:

```python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("index/model", device="cpu")
model.similarity(model.encode("Who chairs the forum?"), model.encode("من يرأس المنتدى؟"))
```

A text's vector is the sum of its tokens' vectors; sentence-transformers takes the mean, which points the same
way. The length of a token's vector is its learned weight. Questions and passages need no prompt."""

_HOW_MEASURED = """None of these rows was trained on: they are set apart by a hash of their text
(index/training/splits.py). The dev part was used to choose the recipe, the test part only for this table. D is the
cosine of the vectors, M late interaction over tokens, T keyword search through token neighbours (index/scores.py),
D+M+T the sum of the three, each standardised over the pool. Ties count as worst. The written questions avoid the
words of their passages on purpose, ARCD's are close to them.

    python -m index.training.evaluate --data CORPORA --part test"""

_LIMITS = """## Limits

- Word order and negation do not count: "A sued B" and "B sued A" have the same vector.
- A name that was rare in training falls into pieces; across the two languages it may then not be recognised.
- Most sentence pairs are software documentation, many of them machine-translated; news is the smaller part.
- Modern standard Arabic and English only: dialects, and other languages in these scripts, were not measured.
- Sentences written for this project contain facts nobody verified; the model learns from them which words go
  together. It is not a source of facts."""


def _introduction(recipe: Recipe, megabytes: float) -> str:
    return (
        "# Isnad's bundled Arabic-English model\n\n"
        f"A static embedding model: {recipe.vocabulary:,} word pieces shared by both languages, one vector of "
        f"{recipe.width} numbers each, stored in half precision ({megabytes:.0f} MB with the tokenizer). It "
        "embeds about a thousand passages of 150 words a second on one core and puts a text, its translation, and "
        "the question it answers close together."
    )


def _figures(figures: Figures) -> str:
    bitext = figures.bitext
    lines = [
        f"### {figures.part.capitalize()}",
        "",
        f"Nearest text of the other language is the translation, {bitext.n} held-out news and encyclopedia "
        f"sentences: en -> ar {bitext.english_to_arabic:.3f}, ar -> en {bitext.arabic_to_english:.3f}.",
        "",
        "| nDCG@10 / recall@5 | questions | passages | " + " | ".join(SCORES) + " |",
        "|---" * (3 + len(SCORES)) + "|",
    ]
    for start in range(0, len(figures.search), len(SCORES)):
        row = figures.search[start : start + len(SCORES)]
        cells = " | ".join(f"{score.ndcg_10:.3f} / {score.recall_5:.3f}" for score in row)
        lines.append(f"| {row[0].cell} | {row[0].n} | {row[0].pool} | {cells} |")
    return "\n".join(lines)


def _recipe(recipe: Recipe, teacher: str | None) -> str:
    taught = "No teacher model was used."
    if teacher is not None:
        name = f"{DEFAULT_TEACHER} (Apache-2.0)" if teacher == DEFAULT_TEACHER else teacher
        taught = (
            f"Teacher: {name}. Both sides of every sentence pair, and of lexicon pairs other than bare names, "
            "are drawn towards the teacher's vector of the English side."
        )
    numbers = "\n".join(f"- {name}: {value}" for name, value in asdict(recipe).items())
    return (
        "`python -m index.training --data CORPORA --out index/model` (index/training holds every step: data, "
        "splits, tokenizer, trainer). The loss tells a sentence from the others of its batch by its translation, "
        "a term by its translation, a passage by its question or title. " + taught + "\n\n" + numbers
    )


def _sources(data: Path) -> str:
    manifest = data / "MANIFEST.tsv"
    if not manifest.exists():
        raise IsnadError(f"No {manifest}: the model card needs the sources and licences it lists.")
    lines = ["| source | licence | rows | what |", "|---|---|---|---|"]
    # Those that the manifest of the corpora does not know.
    written = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in WRITTEN_HERE.glob("*.tsv"))
    with manifest.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not row["path"].startswith(_USED):
                continue
            if row["path"].startswith("written/"):
                written += int(row["n"])
            else:
                lines.append(f"| {row['source']} | {row['licence']} | {row['n']} | {row['domain']} |")
    lines.append(f"| written for this project | no strings attached | {written} | terms, names, news, questions |")
    return "\n".join(lines)
