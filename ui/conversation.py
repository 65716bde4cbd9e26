"""One exchange of the page's conversation."""

from dataclasses import dataclass

from qa import Answer


@dataclass(frozen=True)
class Turn:
    """A question and what came of it: nothing yet, an answer, or a problem.

    Attributes:
        question: as typed.
        answer: what the archive says.
        problem: key of the text (see ``ui.texts``) that says why it could not be asked.
        value: what the problem lies in, if not in the question.
    """

    question: str
    answer: Answer | None = None
    problem: str | None = None
    value: str = ""

    @property
    def pending(self) -> bool:
        """Whether the answer is still to come."""
        return self.answer is None and self.problem is None
