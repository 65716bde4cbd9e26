"""Questions that leave out what the one before them said: "what about Morocco?", «ولماذا؟»."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.folding import fold, fold_with_offsets
from qa.followups.arabic_phrases import without_and
from qa.followups.grammar import Word, grammar, is_a, joined_letter, vocabulary, words_of
from qa.followups.phrase import Phrase
from qa.followups.phrases import phrases
from qa.followups.reference import adjectives, is_adjective
from qa.followups.rendering import rendered

_ABOUT = {
    "en": re.compile(r"^\W*(?:(?:and|but|so|ok|then)[\s,]+)*(?:what|how)\s+about\s+(?P<rest>.+)$", re.I),
    "ar": re.compile(r"^\W*و?(?:ماذا|ما\s+رأيك|ما)\s+(?:عن|بشأن|بخصوص|حول)\s+(?P<rest>.+)$"),
}
_AND = {
    "en": re.compile(r"^\W*(?:and|but|or)[\s,]+(?P<rest>.+)$", re.I),
    "ar": re.compile(r"^\W*و\s?(?P<rest>.+)$"),
}
_PLACES = frozenset({"country", "city", "region"})
_BODIES = frozenset({"organisation", "bloc", "agency", "office", "party", "media", "court", "armed group"})
_TEXTS = frozenset({"treaty", "term"})
_ENDS = " ?؟.!،,"
_LEAST = 3  # letters


class Completed(NamedTuple):
    """A question made whole.

    Attributes:
        text: the question.
        carried: the words of the question before that were kept.
    """

    text: str
    carried: str


def completed(question: str, language: str, before: str, before_language: str) -> Completed | None:
    """Make a question whole from the one before it.

    Args:
        question: as asked.
        language: of it.
        before: the question before it, whole.
        before_language: of that.

    Returns:
        The whole question, in the language of the one before where only a name of it changes; None where the
        question leaves out nothing of this kind.
    """
    if _is_bare(question, language):
        text = _asked_again(question, language, before, before_language)
        return Completed(text, before.strip(_ENDS)) if text else None
    about = _ABOUT[language].match(question)
    rest = about["rest"] if about else _added(question, language)
    if rest is None:
        return None
    swapped = _swapped(rest.strip(_ENDS), language, before, before_language)
    return Completed(swapped, before.strip(_ENDS)) if swapped else None


def _added(question: str, language: str) -> str | None:
    """Return what follows "and" at the beginning; that of Arabic is written together with a word: وهولندا."""
    match = _AND[language].match(question)
    if match is None or language == "en":
        return match and match["rest"]
    word = words_of(question)[0].folded
    own = {word, word.removesuffix("ه"), word.removesuffix("ات"), word.removesuffix("ي")} & vocabulary()
    return match["rest"] if joined_letter(word) == "و" or not own else None


def _is_bare(question: str, language: str) -> bool:
    """Whether it is a question word and little more."""
    words = words_of(question)
    if language == "ar":
        known = [without_and(word.folded) for word in words]
        asks = any(word in grammar("ar")["question"] and word not in {"من", "ما", "عن"} for word in known)
        lone = known in (["من"], ["ما"])
        return (asks or lone) and all(word in grammar("ar")["bare"] for word in known)
    asks = any(is_a(word, "en", "question") for word in words)
    return asks and all(is_a(word, "en", "bare") for word in words) and words[-1].folded not in {"about", "like"}


def _asked_again(question: str, language: str, before: str, before_language: str) -> str | None:
    """Ask another question word of what the question before says."""
    words = words_of(question)
    lead = {"and", "but", "so", "ok", "then"}
    while language == "en" and len(words) > 1 and words[0].folded in lead and words[0].folded != "how":
        words = words[1:]
    asked = question[words[0].start : words[-1].end]
    if language == "ar" and without_and(words[0].folded) != words[0].folded:
        asked = asked[1:]
    base = before.strip(_ENDS)
    if language == before_language:
        opening = _opening(base, language)
        if opening and is_a(words[0], language, "question", "preposition") and words[-1].folded != "else":
            return f"{_capital(asked)}{base[opening:]}{_mark(language)}"
    joined = "، و" if language == "ar" else ", and "
    if language != before_language and language == "ar":
        joined = "، "
    return f"{base}{joined}{asked[:1].lower() + asked[1:]}{_mark(language)}"


def _opening(before: str, language: str) -> int:
    """Return the offset after the question words that another may replace; 0 where they are subject or object."""
    words = words_of(before)
    if language == "ar":
        first = without_and(words[0].folded) if words else ""
        return words[0].end if first in {"متي", "اين", "كيف", "لماذا", "هل"} else 0
    replaceable = {"when", "where", "why", "how", "long", "often", "since", "for", "in", "at", "far", "soon"}
    for place, word in enumerate(words):
        if is_a(word, "en", "auxiliary"):
            return words[place - 1].end if place else 0
        if word.folded not in replaceable:
            return 0
    return 0


def _swapped(rest: str, language: str, before: str, before_language: str) -> str | None:
    """Put what is asked about in the place of its like in the question before."""
    preposition, rest = _preposition(rest, language)
    found = phrases(rest, language)
    words = words_of(rest)
    if not found or not words:
        return None
    new = found[0]
    if _is_one(words):
        return _one(words, before, before_language)
    if words_of(rest[: new.start]) or any(not phrase.inner and phrase.start >= new.end for phrase in found):
        return None
    if new.end < words[-1].end or (language == "en" and any(is_a(word, "en", "question") for word in words)):
        return None
    if len(rest) > _LEAST and fold(" ".join(rest.split())) in fold(before):
        return None  # it is what was asked already
    olds = phrases(before, before_language)
    old = _like(new, preposition, olds, before)
    if old is None:
        return None
    return _replaced(before, before_language, old, new)


def _is_one(words: Sequence[Word]) -> bool:
    return len(words) > 1 and words[-1].folded in {"one", "ones"}


def _one(words: Sequence[Word], before: str, language: str) -> str | None:
    """Put an adjective in the place of its like: "and the Turkish one?"."""
    names = [word.text for word in words if word.folded not in {"the", "one", "ones", "other"}]
    if len(names) != 1 or language != "en":
        return None
    olds = [phrase for phrase in phrases(before, "en") if phrase.kind == "country" and is_adjective(phrase)]
    if not olds:
        return None
    old = olds[-1]
    return f"{before[: old.start]}{names[0]}{before[old.end :]}"


def _preposition(rest: str, language: str) -> tuple[str, str]:
    words = words_of(rest)
    if words and is_a(words[0], language, "preposition") and len(words) > 1:
        return words[0].folded, rest[words[1].start :]
    return "", rest


def _like(new: Phrase, preposition: str, olds: Sequence[Phrase], before: str) -> Phrase | None:
    """Choose the phrase of the question before whose place the new one takes."""

    def under(phrase: Phrase) -> bool:
        words = [word for word in words_of(before[: phrase.start]) if word.folded != "the"]
        return bool(preposition and words and words[-1].folded == preposition)

    def family(kind: str) -> object:
        return next((group for group in (_PLACES, _BODIES, _TEXTS) if kind in group), kind)

    def rank(phrase: Phrase) -> tuple[bool, ...]:
        return (
            not under(phrase),
            phrase.kind != new.kind,
            family(phrase.kind) != family(new.kind),
            phrase.human is not None and new.human is not None and phrase.human != new.human,
            phrase.named != new.named,
            phrase.inner and not is_adjective(phrase),
        )

    fitting = [phrase for phrase in olds if (phrase.kind == "time") == (new.kind == "time")]
    if new.kind != "time":
        fitting = [phrase for phrase in fitting if _alike(phrase, new) or under(phrase)]
    return min(fitting, key=rank, default=None)


def _alike(old: Phrase, new: Phrase) -> bool:
    """Whether one can take the other's place at all: names for names, nouns for nouns, people for people."""
    if old.human is not None and new.human is not None and old.human != new.human:
        return False
    if old.plural and not new.plural and old.entry is None:
        return False
    return old.named == new.named or old.kind == new.kind or (new.named and old.kind == "term" and not old.inner)


def _replaced(before: str, language: str, old: Phrase, new: Phrase) -> str:
    """Put one phrase in the place of another, an adjective in that of an adjective."""
    if new.kind == "country" and old.kind == "country" and is_adjective(old) and not is_adjective(new):
        adjective = _agreeing(before[old.start : old.end], old, new, language)
        if adjective:
            return f"{before[: old.start]}{adjective}{before[old.end :]}"
    name = rendered(new, language).text if new.language != language else new.text
    joined = with_letter(_letters(before, old), name) if language == "ar" else name
    return f"{before[: old.start]}{joined}{before[old.end :]}"


def _letters(text: str, phrase: Phrase) -> str:
    """Return what is written together with the first word of an Arabic phrase: ل of للمغرب."""
    word = words_of(text[phrase.start : phrase.end])[0].folded
    first = fold(phrase.text)[:2]
    if word.startswith(first):
        return ""
    if word.startswith(("لل", "بال", "وال", "فال", "كال")):
        return word[0]
    return joined_letter(word) or (word[0] if word[1:].startswith(first) else "")


def with_letter(letter: str, name: str) -> str:
    """Write a joined letter and a name together: ل and المغرب is للمغرب."""
    if letter == "ل" and name.startswith("ال"):
        return "لل" + name[2:]
    return letter + name


def _agreeing(written: str, old: Phrase, new: Phrase, language: str) -> str | None:
    """Return the adjective of a country with the article and ending that another's has."""
    names = adjectives(new, language)
    if not names:
        return None
    if language == "en":
        return names[0]
    folded, offsets = fold_with_offsets(written)
    offsets.append(len(written))
    for base in map(fold, adjectives(old, "ar")):
        place = folded.find(base)
        if place >= 0:
            return f"{written[: offsets[place]]}{names[0]}{written[offsets[place + len(base)] :]}"
    return None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _mark(language: str) -> str:
    return "؟" if language == "ar" else "?"
