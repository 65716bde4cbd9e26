"""One exchange of a conversation, as far as a follow-up may refer to it."""

from dataclasses import dataclass

from index.language import detect_language
from qa.question import LANGUAGES


@dataclass(frozen=True)
class Turn:
    """What was said.

    Attributes:
        question: as understood.
        sentence: the best one of the answer; empty where there was none.
        language: of the sentence.
    """

    question: str
    sentence: str = ""
    language: str = "en"

    @property
    def asked_in(self) -> str:
        """Language of the question, "ar" or "en"."""
        found = detect_language(self.question)
        return found if found in LANGUAGES else "en"
