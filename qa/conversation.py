"""A conversation: follow-up questions understood from what was asked and answered before, without a model."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Self

from index.archive import Archive
from index.errors import IsnadError
from index.filters import Filter
from index.language import detect_language
from qa.answer import Answer, ask
from qa.followups.antecedents import antecedent
from qa.followups.arabic_phrases import without_and
from qa.followups.arabic_references import arabic_references
from qa.followups.ellipsis import completed, with_letter
from qa.followups.english_references import english_references
from qa.followups.grammar import Word, is_a, words_of
from qa.followups.phrase import Phrase
from qa.followups.phrases import phrases
from qa.followups.reference import Reference
from qa.followups.turn import Turn
from qa.question import LANGUAGES, Question
from qa.retrieval import EVERYTHING

__all__ = ["Conversation", "Turn", "Understood"]

# Turns a follow-up may refer back to.
REACH = 3
_FRAGMENT = 6  # words


class Understood(NamedTuple):
    """A question as it is understood.

    Attributes:
        question: what is asked; as it was typed where it stands by itself.
        carried: what was taken over from before, nothing where it stands by itself.
    """

    question: str
    carried: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """Questions and answers so far, the oldest first.

    Examples:
        >>> conversation = Conversation((Turn("Who chairs the Arab League?"),))
        >>> conversation.understand("And when was it founded?").question
        'When was the Arab League founded?'
    """

    turns: tuple[Turn, ...] = ()

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Self:
        """Return the conversation in which these answers were given."""
        conversation = cls()
        for answer in answers:
            conversation = conversation.after(answer)
        return conversation

    def after(self, answer: Answer) -> Self:
        """Return the conversation with one more answer."""
        question = answer.answered
        best = answer.citations[0] if answer.citations else None
        turn = Turn(question, best.quote, best.document.language) if best else Turn(question)
        return replace(self, turns=(*self.turns, turn)[-REACH:])

    def ask(
        self,
        question: str,
        archive: Archive | None = None,
        k: int = 3,
        where: Filter = EVERYTHING,
        dates: bool = True,
        today: date | None = None,
    ) -> Answer:
        """Answer a question that may follow up on those before; see ``qa.ask``.

        Returns:
            The answer; its ``understood`` says what was answered where that is not what was typed.

        Raises:
            IsnadError: as ``qa.ask`` does.
        """
        started = time.perf_counter()
        asked = Question.parse(question, today)
        understood = self.understand(asked.text)
        if not understood.carried or not _can_be_asked(understood.question):
            return ask(asked.text, archive, k, where, dates, today)
        answer = ask(understood.question, archive, k, where, dates, today)
        elapsed = time.perf_counter() - started
        return replace(answer, question=asked, understood=understood.question, elapsed=elapsed)

    def understand(self, question: str) -> Understood:
        """Say in full what a question asks, from the turns before it.

        A question that stands by itself is returned as it is, and so is one that refers to what was not said.

        Args:
            question: in Arabic or English.
        """
        language = detect_language(question)
        if not self.turns or language not in LANGUAGES or not words_of(question):
            return Understood(question)
        last = self.turns[-1]
        found = phrases(question, language)
        references = (
            arabic_references(question, found) if language == "ar" else english_references(question, found)
        )
        if not references:
            whole = completed(question, language, last.question, last.asked_in)
            return Understood(whole.text, (whole.carried,)) if whole else Understood(question)
        return self._resolved(question, language, references, found)

    def _resolved(
        self, question: str, language: str, references: list[Reference], own: list[Phrase]
    ) -> Understood:
        used: list[Phrase] = []
        pieces: list[str] = []
        at = 0
        for reference in references:
            phrase = antecedent(reference, self.turns, language, [*own, *used])
            if phrase is None:
                continue
            used.append(phrase)
            pieces += [question[at : reference.start], _inserted(reference, phrase.text)]
            at = reference.end
        if not used:
            return Understood(question)
        text = _asking(_opened("".join([*pieces, question[at:]]), language), language)
        return Understood(text, tuple(dict.fromkeys(phrase.text for phrase in used)))


def _can_be_asked(question: str) -> bool:
    """Whether a question is within the limits of what can be asked, with what was carried over to it."""
    try:
        Question.parse(question)
    except IsnadError:
        return False
    return True


def _inserted(reference: Reference, text: str) -> str:
    """Return what is put in the place of a reference."""
    after = reference.after
    if after and text.endswith("s"):
        after = "'"
    lead, letter = reference.before, ""
    if lead and not lead.endswith(" "):  # the ب of بها
        lead, letter = lead[:-1], lead[-1]
    return f"{lead}{with_letter(letter, text)}{after}"


def _opened(text: str, language: str) -> str:
    """Return a question without the "and" by which it followed another."""
    words = words_of(text)
    if language == "ar":
        first: Word = words[0]
        return text[first.start + 1 :] if without_and(first.folded) != first.folded else text
    while len(words) > 1 and words[0].folded in {"and", "but", "so", "ok", "also", "then"}:
        text, words = text[words[1].start :], words[1:]
        words = words_of(text)
    return text[:1].upper() + text[1:]


def _asking(text: str, language: str) -> str:
    """Return a question, made of a noun alone ("its area?") if that is what it is."""
    words = words_of(text)
    if language == "ar":
        asks = any(is_a(word, "ar", "question", "before-verb", "particle", "preposition") for word in words)
        return text if asks or len(words) > _FRAGMENT else f"ما {text}"
    if len(words) > _FRAGMENT or any(is_a(word, "en", "question", "auxiliary", "verb") for word in words):
        return text
    return f"What is {text.replace('The ', 'the ', 1) if text.startswith('The ') else text}"
