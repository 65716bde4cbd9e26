"""Which words of question and answer met, for the command line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from ui.terminal import one_line
from ui.texts import texts

if TYPE_CHECKING:  # importing them takes longer than printing `isnad --help` may
    from index.archive import Archive
    from qa import Answer
    from qa.explanation import Explanation

# Pairs of words shown for each sentence.
_SHOWN = 5


def explanations(answer: "Answer", archive: "Archive") -> "list[Explanation]":
    """Return the explanation of each sentence of an answer, or of those that came nearest."""
    from qa.explanation import explain
    from qa.question import Question

    question = Question.parse(answer.answered)
    cited = answer.citations or answer.nearest
    return [explain(question, each.document, each.start, each.end, archive) for each in cited]


def explained_record(explained: "Sequence[Explanation]") -> dict[str, Any]:
    """Return the explanations for JSON, in the order of the sentences; nothing where there are none."""
    return {"explanations": [each.as_dict() for each in explained]} if explained else {}


def explanation_lines(explained: "Sequence[Explanation]", language: str) -> Iterator[str]:
    """Yield for each sentence the words that met and how well, 1 for the same word.

    Args:
        explained: the sentences.
        language: of the question.
    """
    if explained:
        yield ""
        yield typer.style(texts(language)["met"], dim=True)
    for number, explanation in enumerate(explained, 1):
        pairs = ("؛ " if language == "ar" else "; ").join(
            f"{one_line(asked)} = {one_line(found)} ({pair.match:.2f})"
            for asked, found, pair in explanation.best(_SHOWN)
        )
        yield f"{typer.style(f'[{number}]', fg=typer.colors.CYAN)} {pairs}"
