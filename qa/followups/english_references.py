"""The words of an English question that refer to what was said before it, not within it."""

from collections.abc import Sequence

from qa.followups.grammar import Word, grammar, is_a, words_of
from qa.followups.phrase import Phrase
from qa.followups.reference import Reference

# gender, plural, human
_AGREE: dict[str, tuple[str, bool | None, bool | None]] = {
    "he": ("m", False, True),
    "him": ("m", False, True),
    "his": ("m", False, True),
    "she": ("f", False, True),
    "her": ("f", False, True),
    "it": ("", False, False),
    "its": ("", False, False),
    "they": ("", True, None),
    "them": ("", True, None),
    "their": ("", True, None),
}
_POSSESSIVES = frozenset({"his", "her", "its", "their"})
_SUBJECTS = frozenset({"he", "she", "it", "they"})


def english_references(text: str, phrases: Sequence[Phrase]) -> list[Reference]:
    """Find what a question leaves open.

    Args:
        text: a question.
        phrases: of the question.

    Returns:
        The references in order; none where the question stands by itself.
    """
    words = words_of(text)
    found = []
    for at, word in enumerate(words):
        base, mark, ending = word.folded.partition("'")
        if base in _AGREE and (not mark or ending == "s"):
            possessive = base in _POSSESSIVES and (base != "her" or _before_noun(words, at))
            reference = _reference(word, base, possessive, mark and "'s")
            if not _expletive(words, at, base) and not _within(text, words, at, reference, possessive, phrases):
                found.append(reference)
        elif word.folded == "there" and at == len(words) - 1 and at and not is_a(words[at - 1], "en", "auxiliary"):
            found.append(Reference(word.start, word.end, "in ", place=True))
        elif word.folded in {"this", "these", "those", "that"} and at + 1 < len(words):
            found += _demonstrative(text, words, at, phrases)
    return found


def _reference(word: Word, base: str, possessive: bool, mark: str) -> Reference:
    gender, plural, human = _AGREE[base]
    return Reference(
        word.start, word.end, after="'s" if possessive else mark, gender=gender, plural=plural, human=human
    )


def _before_noun(words: Sequence[Word], at: int) -> bool:
    """Whether "her" is followed by what is hers."""
    closed = ("preposition", "conjunction", "auxiliary", "determiner", "question", "adverb")
    return at + 1 < len(words) and not is_a(words[at + 1], "en", *closed)


def _expletive(words: Sequence[Word], at: int, base: str) -> bool:
    """Whether "it" stands for nothing: "is it true that", "how long does it take to"."""
    if base != "it":
        return False
    rest = [
        word
        for word in words[at + 1 :]
        if word.folded not in {"not", "still", "really", "be", "ever", "even", "so", "too"}
    ]
    if not rest:
        return False
    if rest[0].folded == "that" or (words[at - 1].folded == "is" and rest[0].folded in {"who", "which"}):
        return True
    if rest[0].folded in {"rain", "raining", "snow", "snowing"}:
        return True
    later = {word.folded for word in rest[1:]}
    return is_a(rest[0], "en", "expletive") and (
        bool(later & {"to", "that", "for", "if", "when"})
        or (len(rest) == 1 and rest[0].folded not in {"take", "takes", "took", "cost", "costs", "taken"})
    )


def _within(
    text: str, words: Sequence[Word], at: int, reference: Reference, possessive: bool, phrases: Sequence[Phrase]
) -> bool:
    """Whether the question itself says what the word stands for.

    A possessive may stand for anything before it. Another pronoun may not stand for what is beside it under the
    same verb ("what did the forum say about it"), so a clause must begin between them.
    """
    word = words[at]
    if any("(" in text[phrase.end : word.start] for phrase in phrases if phrase.end <= word.start):
        return True  # "the Prophet (peace be upon him)"
    fitting = [phrase for phrase in phrases if reference.fits(phrase)]
    before = [phrase for phrase in fitting if phrase.end <= word.start]
    if possessive and before:
        return True
    # "Who lost his post?", "What was left standing although its roof fell?"
    subject = words[0].folded in {"who", "which"} and not is_a(words[min(1, len(words) - 1)], "en", "auxiliary")
    if possessive and subject and (reference.human is not False or words[0].folded == "which"):
        return True
    clauses = [place for place, other in enumerate(words[:at]) if place and _opens_clause(words, place)]
    opens = (
        word.folded in _SUBJECTS
        and at > 0
        and at + 1 < len(words)
        and (word.folded != "it" or is_a(words[at + 1], "en", "auxiliary", "verb") or _ends_as_verb(words[at + 1]))
        and not is_a(words[at - 1], "en", "auxiliary", "question", "conjunction", "adverb")
    )
    if opens:
        clauses.append(at)
    clauses += [place for place in range(1, at) if "," in text[words[place - 1].end : words[place].start]]
    clauses.sort()
    if clauses and words[0].folded in {"what", "which", "who", "whose"}:
        return True  # "Which veteran lost the seat he had held?"
    if before and clauses and any(phrase.end <= words[clauses[-1]].start for phrase in before):
        return True
    # "When it was founded, how many members did the forum have?"
    fronted = is_a(words[0], "en", "clause") and any(is_a(other, "en", "question") for other in words[at + 1 :])
    return fronted and any(phrase.start > word.end for phrase in fitting)


def _ends_as_verb(word: Word) -> bool:
    return word.text.islower() and word.folded.endswith(("s", "ed")) and not is_a(word, "en", "preposition")


def _opens_clause(words: Sequence[Word], at: int) -> bool:
    """Whether a word begins a clause with a verb of its own: that, to succeed, joining."""
    word, before = words[at], words[at - 1]
    if is_a(word, "en", "question") and is_a(before, "en", "conjunction"):
        return True
    if is_a(word, "en", "clause"):
        return word.folded != "that" or not is_a(before, "en", "question")
    verbs = grammar("en")["verb"]
    if word.folded == "to" and at + 1 < len(words):
        return words[at + 1].folded in verbs and not is_a(before, "en", "auxiliary")
    ending = word.folded.removesuffix("ing")
    return ending != word.folded and bool({ending, f"{ending}e", ending[:-1]} & verbs)


def _demonstrative(text: str, words: Sequence[Word], at: int, phrases: Sequence[Phrase]) -> list[Reference]:
    word, following = words[at], words[at + 1]
    if is_a(
        following, "en", "time", "auxiliary", "preposition", "conjunction", "determiner", "question", "adverb"
    ):
        return []
    before = words[at - 1] if at else None
    if word.folded == "that" and before and not is_a(before, "en", "auxiliary", "preposition", "verb", "question"):
        return []
    if is_a(following, "en", "auxiliary") or (following.folded.endswith("ed") and word.folded == "that"):
        return []
    if word.folded == "that" and (following.folded in _AGREE or following.text[:1].isupper()):
        return []
    phrase = next((phrase for phrase in phrases if phrase.start in {word.start, following.start}), None)
    if phrase is None or any(is_a(inside, "en", "time") for inside in words_of(phrase.text)):
        return []
    nouns = [each for each in words_of(phrase.text) if each.folded != word.folded]
    noun = nouns[-1].folded if nouns else following.folded
    start, end = word.start, max(phrase.end, following.end)
    if " of " in f" {phrase.text} ":
        return []
    plural = word.folded in {"these", "those"}
    return [Reference(start, end, plural=plural, noun=noun)]
