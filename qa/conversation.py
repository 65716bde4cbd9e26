"""A conversation: follow-up questions understood from what was asked and answered before, without a model."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Self

from index.archive import Archive
from index.filters import Filter
from index.folding import fold
from index.language import detect_language
from index.stemming import stem
from qa.answer import Answer, ask
from qa.followups.arabic_phrases import without_and
from qa.followups.arabic_references import arabic_references
from qa.followups.ellipsis import completed
from qa.followups.english_references import english_references
from qa.followups.grammar import Word, is_a, without_joined, words_of
from qa.followups.phrase import Phrase
from qa.followups.phrases import phrases
from qa.followups.reference import Reference
from qa.followups.rendering import rendered
from qa.question import LANGUAGES, Question
from qa.retrieval import EVERYTHING

# Turns a follow-up may refer back to.
REACH = 3
_LONGEST_DESCRIPTION = 9  # words
_FRAGMENT = 6  # words
_ENDS = frozenset("،,.;؛:!?؟()")


class Understood(NamedTuple):
    """A question as it is understood.

    Attributes:
        question: what is asked; as it was typed where it stands by itself.
        carried: what was taken over from before, nothing where it stands by itself.
    """

    question: str
    carried: tuple[str, ...] = ()


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
        answer = ask(understood.question, archive, k, where, dates, today)
        if not understood.carried:
            return answer
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
            whole = completed(question, language, last.question, _language(last.question))
            return Understood(whole.text, (whole.carried,)) if whole else Understood(question)
        return self._resolved(question, language, references, found)

    def _resolved(
        self, question: str, language: str, references: list[Reference], own: list[Phrase]
    ) -> Understood:
        used: list[Phrase] = []
        pieces: list[str] = []
        at = 0
        for reference in references:
            phrase = self._antecedent(reference, language, own, used)
            if phrase is None:
                continue
            used.append(phrase)
            pieces += [question[at : reference.start], _inserted(reference, phrase.text)]
            at = reference.end
        if not used:
            return Understood(question)
        text = _asking(_opened("".join([*pieces, question[at:]]), language), language)
        return Understood(text, tuple(dict.fromkeys(phrase.text for phrase in used)))

    def _antecedent(
        self, reference: Reference, language: str, own: list[Phrase], used: list[Phrase]
    ) -> Phrase | None:
        """Find what a reference stands for: in the last turn that says it, the likeliest phrase."""
        said = {_plain(phrase.text) for phrase in [*own, *used]}
        for turn in reversed(self.turns):
            sources = list(_sources(turn, reference))
            # "they" may be one organisation, but only where nothing is in the plural.
            for plural in (True, False) if reference.plural else (False,):
                for candidates in sources:
                    fitting = [
                        (phrase, shown)
                        for phrase, shown in ((phrase, rendered(phrase, language)) for phrase in candidates)
                        if _fits(reference, phrase, shown, language)
                        and _plain(shown.text) not in said
                        and (shown.plural or not plural)
                    ]
                    if fitting:
                        return min(fitting, key=lambda pair: _unlikeliness(*pair, reference))[1]
            if reference.noun and (described := _described(turn, reference.noun, language)):
                return described
        return None


def _fits(reference: Reference, phrase: Phrase, shown: Phrase, language: str) -> bool:
    """Whether a phrase, and how it is said in the follow-up's language, can be what a reference stands for."""
    if reference.noun:
        return reference.fits(phrase) and _says_more(phrase) and _may_be_said(phrase, shown, reference, language)
    if (phrase.inner and phrase.entry) or not _may_be_said(phrase, shown, reference, language):
        return False
    if phrase.language != language and phrase.entry and reference.human is None:
        # Who asked of the GCTF may think of a منظمة or of a منتدى.
        reference = replace(reference, gender="")
    return reference.fits(shown)


def _sources(turn: Turn, reference: Reference) -> Iterator[list[Phrase]]:
    """Yield the phrases of a turn's question and answer, in the order in which they are looked through."""
    language = _language(turn.question)
    question = phrases(turn.question, language)
    sentence = [
        phrase
        for phrase in phrases(turn.sentence, turn.language)
        if turn.sentence and (phrase.named or phrase.human or phrase.plural)
    ]
    first = words_of(turn.question)[:1]
    asks_who = bool(first) and without_and(first[0].folded) in {"who", "whom", "من"}
    certain = [phrase for phrase in sentence if phrase.human and phrase.named]
    known = any(phrase.human and phrase.named for phrase in question)
    if asks_who and not known and (reference.human or reference.likely_human) and certain:
        named = {_plain(phrase.text) for phrase in question}
        yield [phrase for phrase in certain if _plain(phrase.text) not in named]
    yield question
    yield sentence


def _unlikeliness(said: Phrase, phrase: Phrase, reference: Reference) -> tuple[float, ...]:
    """Order phrases that fit, given as said and as shown: certain before doubtful ones, what acts before where it is.

    A noun that was asked for ("which company") comes after what is known.
    """
    asked_for = said.language == "en" and not said.named and not said.text.casefold().startswith("the ")
    human = reference.human
    doubt = 0 if human is None or phrase.human == human else 1
    number = 1 if reference.plural and not phrase.plural else 0
    place = phrase.kind in {"country", "city", "region"} and not reference.human and not reference.plural
    place = place and not reference.place
    nobody = bool(reference.plural) and not phrase.human
    other = bool(reference.gender and phrase.gender and reference.gender != phrase.gender)
    asked_for = asked_for and not reference.plural
    named = phrase.named
    return (number, doubt, other, nobody, phrase.inner, place, asked_for, not named, phrase.start)


def _may_be_said(phrase: Phrase, shown: Phrase, reference: Reference, language: str) -> bool:
    """Whether a phrase is known well enough: a person by name or office, a noun in its own language."""
    if reference.human and not (phrase.human or phrase.named):
        return False
    return phrase.named or shown.language == language


def _says_more(phrase: Phrase) -> bool:
    words = [word for word in words_of(phrase.text) if word.folded != "the"]
    return len(words) > 1 or phrase.kind == "country" or phrase.named


def _described(turn: Turn, noun: str, language: str) -> Phrase | None:
    """Return how an answer's sentence describes a thing: an initiative on the treatment of extremists."""
    words = words_of(turn.sentence)
    head = stem(without_joined(noun))
    at = next((at for at, word in enumerate(words) if stem(without_joined(word.folded)) == head), None)
    if at is None:
        return None
    last = at
    while last + 1 < len(words) and last - at < _LONGEST_DESCRIPTION - 1:
        between = turn.sentence[words[last].end : words[last + 1].start]
        if _ENDS & set(between):
            break
        last += 1
    while last > at and is_a(
        words[last], turn.language if turn.language == "ar" else "en", "preposition", "conjunction"
    ):
        last -= 1
    if last == at:
        return None
    text = turn.sentence[words[at].start : words[last].end]
    lead = "the " if turn.language != "ar" and language == "en" else ""
    return Phrase(lead + text, 0, 0, language)


def _inserted(reference: Reference, text: str) -> str:
    after = reference.after
    if after and text.endswith("s"):
        after = "'"
    before = reference.before
    if before and before[-1] in "بلوفك" and len(before) <= 2:
        return before[:-1] + (
            "لل" + text[2:] if before[-1] == "ل" and text.startswith("ال") else before[-1] + text
        )
    return f"{before}{text}{after}"


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
    return f"What is {text[:1].lower() if text[:1].isupper() and text.startswith('The ') else text[:1]}{text[1:]}"


def _plain(text: str) -> str:
    return fold(text).removeprefix("the ")


def _language(question: str) -> str:
    found = detect_language(question)
    return found if found in LANGUAGES else "en"
