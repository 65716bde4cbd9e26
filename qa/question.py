"""A question, checked and understood."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Self

from index.errors import IsnadError
from index.folding import fold
from index.language import detect_language
from qa.glossary import Match, bundled_glossary
from qa.period import Period, find_period

LANGUAGES = ("ar", "en")
LONGEST = 1000


@dataclass(frozen=True)
class Question:
    """What was asked.

    Attributes:
        text: the question as asked, without white space round it.
        language: "ar" or "en".
        terms: names and terms of the glossary found in it, which it is also asked by in the other language.
        period: the time of publication it names, if any.
    """

    text: str
    language: str
    terms: tuple[Match, ...] = ()
    period: Period | None = None

    @classmethod
    def parse(cls, text: str, today: date | None = None) -> Self:
        """Check a question, look its terms up and find the time it names.

        Args:
            text: in Arabic or English.
            today: what "last week" is meant from; the day it is, if none is given.

        Raises:
            IsnadError: it is empty, longer than 1,000 characters, or in a language other than the two.
        """
        # Half of a surrogate pair, which JSON can carry, is no character that could be searched for.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = unicodedata.normalize("NFC", text).strip()
        if len(text) > LONGEST:
            raise IsnadError(
                f"the question {_shortened(text)!r} is {len(text):,} characters long; ask in at most {LONGEST:,} "
                f"(an article to be searched is added with: isnad index)"
            )
        language = detect_language(text)
        if language == "und" or not any(character.isalnum() for character in fold(text)):
            raise IsnadError(f"the question {_shortened(text)!r} has no words; ask something in Arabic or English")
        if language not in LANGUAGES:
            raise IsnadError(
                f"the question {_shortened(text)!r} seems to be in another language ({language}); "
                f"ask in Arabic or English"
            )
        period = find_period(text, language, today or date.today())
        return cls(text, language, tuple(bundled_glossary().expand(text)), period)

    def asked_of(self, language: str, is_known: Callable[[str], bool]) -> str:
        """Return the question as it is put to articles of a language.

        Args:
            language: of the articles.
            is_known: whether a name, as it stands in the question, means something to the search by itself.
                Where it does, its other names would only drown the rest of the question.

        Returns:
            The question, and behind it the preferred name in that language of each term that is not known.
        """
        if language not in LANGUAGES:
            return self.text
        strange = [term for term in self.terms if not is_known(self.text[term.start : term.end])]
        return "\n".join([self.text, *(term.names(language)[0] for term in strange)])


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
