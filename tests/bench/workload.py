"""What every system of a run is given: the same articles, and the same questions."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from random import Random

from index.documents import Document, read_documents
from index.errors import IsnadError
from index.passages import PASSAGE_CHARACTERS, passage_spans
from qa.question import Question
from tests.bench.news import News
from tests.bench.processes import Figures, seconds

_GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
_KEPT = ("uri", "title", "text", "source", "published", "language")
_FILLED = 0.88  # of a passage's characters, on average, before its next sentence would be too much


def write(
    articles_file: str, questions_file: str, passages: int, asked: int, news: str | None, english: list[str] | None
) -> Figures:
    """Write articles of about so many passages as JSON lines, and a JSON list of questions."""
    source = News(Path(news) if news else None, [Path(file) for file in english] if english else None)
    fixed, headlines = _fixed(), _from_news(source)
    # As many of the one kind as of the other, and headlines alone once the fixed ones are used up.
    mixed = (question for pair in zip(fixed, headlines, strict=False) for question in pair)
    questions = list(dict.fromkeys(islice(chain(mixed, headlines), asked)))
    Random(7).shuffle(questions)
    Path(questions_file).write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")
    written = 0

    def write_articles() -> None:
        nonlocal written
        expected = 0.0
        with Path(articles_file).open("w", encoding="utf-8") as file:
            for document in source.articles():
                if expected >= passages:
                    return
                expected += max(1.0, len(document.text) / (_FILLED * PASSAGE_CHARACTERS))
                values = asdict(document)
                file.write(json.dumps({name: values[name] for name in _KEPT}, ensure_ascii=False) + "\n")
                written += 1

    return {"generating the articles, s": seconds(write_articles), "articles": written}


def questions(file: str) -> list[str]:
    """Return the questions of a file that ``write`` made."""
    found: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    return found


def documents(file: str) -> Iterator[Document]:
    """Read the articles of a file that ``write`` made."""
    return read_documents(Path(file))


def texts(file: str) -> Iterator[str]:
    """Yield the passages that Isnad makes, each under its headline, for systems that do not cut."""
    for document in documents(file):
        for start, end in passage_spans(document):
            yield f"{document.title}\n{document.text[start:end]}"


def _fixed() -> Iterator[str]:
    for line in _GOLD.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["question"]


def _from_news(source: News) -> Iterator[str]:
    """Yield headlines and beginnings of sentences of articles that are not in the archive."""
    for number, document in enumerate(source.held_out()):
        sentence = document.text.partition(". ")[2].split()[:12]
        question = document.title if number % 4 < 2 else " ".join(sentence).rstrip(".,،")
        try:
            Question.parse(question)
        except IsnadError:  # too little of a language to be told
            continue
        yield question
