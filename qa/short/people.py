"""Names of people in a sentence, told by lists of names, by titles and by words that no dictionary has."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from index.data import words as listed_words
from index.folding import fold
from index.stemming import stem
from index.tokens import Token, is_stopword, tokens
from qa.mentions.names import names
from qa.short.cues import cues
from qa.short.spelling import is_known_name

_LONGEST = 5  # words of a name
_REACH = 7  # words between a title and the name: "وزير الشؤون الخارجية والتعاون الدولي، ناصر بوريطة"
_DEFINITE = re.compile(r"^[وف]?(?:[بك]?ال|لل)")
_JOINED = re.compile(r"^(?:[وف]?(?:[بكل]?ال|لل|[بلك])|[وف])(?=\w{3})")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?")


class Person(NamedTuple):
    """A name in a sentence.

    Attributes:
        start: offset of its first character.
        end: offset after its last character.
        sure: whether a title stands before it, or a list of names knows a word of it.
    """

    start: int
    end: int
    sure: bool


def people(sentence: str, language: str, taken: Sequence[tuple[int, int]]) -> list[Person]:
    """Find the names of people, and others like them, in a sentence.

    Args:
        sentence: a sentence.
        language: of it, "ar" or "en".
        taken: the offsets of what is known to be something else, such as a country or a date.

    Returns:
        The names in order, without titles; they do not overlap.
    """
    words = tokens(sentence)
    free = [not any(start < word.end and word.start < end for start, end in taken) for word in words]
    return list((_english if language == "en" else _arabic)(sentence, words, free))


def _english(sentence: str, words: Sequence[Token], free: Sequence[bool]) -> Iterator[Person]:
    """Yield what comes in a run of capitals after titles and known things: not "Dutch Minister"."""
    titles, particles = cues("en", "title"), cues("en", "particle")
    for start, end, _ in names(sentence, "en"):
        left: list[Token] = []
        for i, word in enumerate(words):
            if word.end <= start or word.start >= end:
                continue
            if not sentence[word.start].isupper() and word.text not in particles and left:
                break
            left = [] if not free[i] or word.text in titles else [*left, word]
        quoted = left and sentence[: left[0].start].endswith(('"', "“", "«", "‘"))
        if left and not quoted and not is_stopword(left[0].text):
            before = [word.text for word in words if word.end <= left[0].start][-1:]
            yield Person(left[0].start, left[-1].end, len(left) > 1 or not titles.isdisjoint(before))


def _arabic(sentence: str, words: Sequence[Token], free: Sequence[bool]) -> Iterator[Person]:
    at, titled = 0, -1
    while at < len(words):
        if words[at].text in cues("ar", "title"):
            titled, at = at, at + 1
            continue
        end = _run(sentence, words, at, free)
        names_in = [word.text for word in words[at:end] if is_known_name(_bare(word.text))]
        known = len(names_in) > 1 or any(not _is_listed(name) for name in names_in)
        after_title = titled >= 0 and _between(sentence, words, titled, at)
        # الوحيد "the only one" is also a name, yet seldom one where it stands by itself.
        named = bool(names_in) and (end > at + 1 or not _DEFINITE.match(words[at].text))
        if end > at and (named or after_title or all(_is_strange(word.text) for word in words[at:end])):
            yield Person(words[at].start, words[end - 1].end, known or after_title)
            at, titled = end, -1
        else:
            at += 1


def _run(sentence: str, words: Sequence[Token], at: int, free: Sequence[bool]) -> int:
    """Return after which word a name ends that begins at a word; the word itself where none does."""
    end = at
    particles = cues("ar", "particle")
    while end < len(words) and end - at < _LONGEST and free[end]:
        word = words[end]
        text = word.text if end > at else _bare(word.text)
        if not _LETTERS.fullmatch(word.text) or (
            end > at and sentence[words[end - 1].end : word.start].strip(" -")
        ):
            break
        if is_stopword(word.text) and text not in particles:
            break
        named = is_known_name(text) or text in particles or _is_strange(word.text)
        surname = (
            end > at and _DEFINITE.match(text) is not None and is_known_name(_DEFINITE.sub("", text, count=1))
        )
        if not named and not surname:
            break
        end += 1
    while end > at and words[end - 1].text in particles:
        end -= 1
    return end


def _between(sentence: str, words: Sequence[Token], titled: int, at: int) -> bool:
    """Tell whether what stands between a title and a name only says of what it is the title."""
    gap = words[titled + 1 : at]
    if len(gap) > _REACH or len(re.findall(r"[،,]", sentence[words[titled].end : words[at].start])) > 1:
        return False
    return all(_DEFINITE.match(word.text) for word in gap)


def _bare(word: str) -> str:
    """Leave out what Arabic writes together with a name, unless the name is known with it."""
    return word if is_known_name(word) else _JOINED.sub("", word)


@cache
def _is_strange(word: str) -> bool:
    """Tell whether a folded Arabic word is in no dictionary: most such words are names."""
    if (
        len(_JOINED.sub("", word)) < 3
        or _DEFINITE.match(word)
        or is_stopword(word)
        or not _LETTERS.fullmatch(word)
    ):
        return False
    return not _is_listed(word)


def _is_listed(word: str) -> bool:
    known = _dictionary()
    return any(form in known or stem(form) in known for form in (word, _JOINED.sub("", word)))


@cache
def _dictionary() -> frozenset[str]:
    listed = [fold(word) for word in listed_words("vocabulary.ar.txt")]
    return frozenset([*listed, *map(stem, listed)])
