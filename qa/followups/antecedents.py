"""What the words of a follow-up question stand for, in the turns before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from index.folding import fold
from index.stemming import stem
from qa.followups.arabic_phrases import without_and
from qa.followups.grammar import is_a, without_joined, words_of
from qa.followups.phrase import Phrase
from qa.followups.phrases import phrases
from qa.followups.reference import Reference
from qa.followups.rendering import rendered
from qa.followups.turn import Turn

_LONGEST_DESCRIPTION = 9  # words
_ENDS = frozenset("،,.;؛:!?؟()")


def antecedent(
    reference: Reference, turns: Sequence[Turn], language: str, others: Iterable[Phrase]
) -> Phrase | None:
    """Find what a reference stands for: in the last turn that says it, the likeliest phrase.

    Args:
        reference: of a follow-up question.
        turns: before it.
        language: of it.
        others: what it speaks of beside that.

    Returns:
        The phrase as it is said in the follow-up's language; None where no turn says it.
    """
    said = {_plain(phrase.text) for phrase in others}
    for turn in reversed(turns):
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
                    return min(fitting, key=lambda pair: _unlikeliness(pair[0], pair[1], reference))[1]
        if reference.noun and (described := _described(turn, reference.noun, language)):
            return described
    return None


def _fits(reference: Reference, phrase: Phrase, shown: Phrase, language: str) -> bool:
    """Whether a phrase, and how it is said in the follow-up's language, can be what a reference stands for."""
    if reference.noun:
        return reference.fits(phrase) and _says_more(phrase) and _may_be_said(phrase, shown, reference, language)
    if (phrase.inner and (phrase.entry or phrase.named)) or not _may_be_said(phrase, shown, reference, language):
        return False
    if phrase.language != language and phrase.entry and reference.human is None:
        # Who asked of the GCTF may think of a منظمة or of a منتدى.
        reference = replace(reference, gender="")
    return reference.fits(shown)


def _sources(turn: Turn, reference: Reference) -> Iterator[list[Phrase]]:
    """Yield the phrases of a turn's question and answer, in the order in which they are looked through."""
    language = turn.asked_in
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


def _unlikeliness(said: Phrase, shown: Phrase, reference: Reference) -> tuple[float, ...]:
    """Order phrases that fit: certain before doubtful ones, what acts before where it is.

    A noun that was asked for ("which company") comes after what is known.

    Args:
        said: the phrase as it was said.
        shown: the same in the follow-up's language.
        reference: what it may stand for.
    """
    singular = not reference.plural
    definite = said.language != "en" or said.named or said.text.casefold().startswith("the ")
    where = shown.kind in {"country", "city", "region"} and not (reference.human or reference.place)
    return (
        not singular and not shown.plural,
        reference.human is not None and shown.human != reference.human,
        bool(reference.gender and shown.gender) and reference.gender != shown.gender,
        not singular and not shown.human,
        shown.inner,
        singular and where,
        singular and not definite,
        not shown.named,
        shown.start,
    )


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


def _plain(text: str) -> str:
    return fold(text).removeprefix("the ")
