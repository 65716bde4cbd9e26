"""Names of people and places in Arabic and English text, without a model."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from index.data import words
from index.folding import fold
from index.stemming import stem
from index.tokens import Token, is_stopword, tokens
from qa.tables import forms, pattern, table

_CAPITAL = re.compile(r"[^\W\d_a-z][\w'’.-]*")
_ENDS = re.compile(r"""(?:^|[.!?:؟…\n])["'“”‘’«»()\[\]\s]*$""")
_LINKS = frozenset(
    {
        "of",
        "the",
        "and",
        "al",
        "el",
        "bin",
        "ibn",
        "bint",
        "de",
        "da",
        "del",
        "der",
        "van",
        "von",
        "la",
        "le",
        "du",
    }
)
_PARTICLES = frozenset(map(fold, ("بن", "ابن", "بنت", "أبو", "أبي", "عبد", "آل", "دي", "فان", "فون", "دو", "لا")))
_JOINED = re.compile(r"^(?:[وف]?[بلك]|[وف])(?=\w{3})")
_SHORT = 3  # letters: words as short as these are too often something else
_LONGEST = 4  # words of a name after a title


class Name(NamedTuple):
    """A name in a text.

    Attributes:
        start: Offset of its first character, a title not included.
        end: Offset after its last character.
        value: The name, folded.
    """

    start: int
    end: int
    value: str


def names(text: str, language: str) -> list[Name]:
    """Find the names of a text.

    In English, runs of words with a capital letter, except for a single word where a sentence begins, which may be
    any word. Arabic has no capitals: there a name is what stands after a title or an office
    (``qa/data/titles.tsv``), and words of ``qa/data/names.tsv``.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        Them in order, without overlap; countries and dates are among them.
    """
    return list(_arabic(text) if language == "ar" else _english(text))


def is_known(word: str) -> bool:
    """Tell whether a folded word is in a word list or not Arabic; one in no list is often a name."""
    return word.isascii() or word in _vocabulary() or stem(word) in _stems()


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, _vocabulary()))


def _english(text: str) -> Iterator[Name]:
    run: list[Token] = []
    for token in [*tokens(text), None]:
        written = text[token.start : token.end] if token else ""
        gap = text[run[-1].end : token.start] if run and token else ""
        near = bool(re.fullmatch(r"[\s-]|['’]s?\s|\.\s?", gap)) and not (
            gap.startswith(".") and len(run[-1].text) > 1
        )
        if token and run and near and (written[:1].isupper() or (token.text in _LINKS and gap != "")):
            run.append(token)
            continue
        yield from _named(text, run)
        run = [token] if token and written[:1].isupper() else []


def _named(text: str, run: list[Token]) -> Iterator[Name]:
    while run and not text[run[-1].start].isupper():
        run.pop()
    if not run:
        return
    opening = bool(_ENDS.search(text[: run[0].start]))
    while (
        run
        and (is_stopword(run[0].text) or not text[run[0].start].isupper())
        and len(text[run[0].start : run[0].end]) > 1
    ):
        run, opening = run[1:], False
    if opening and len(run) == 1 and not text[run[0].start : run[0].end].isupper():
        return
    if run:
        start, end = run[0].start, run[-1].end
        title = _titles("en").match(fold(text[start:end]))
        if title and title.end() < end - start and text.isascii():
            start += title.end()
        value = fold(text[start:end]).removesuffix("'s")
        yield Name(start, end - (2 if fold(text[start:end]).endswith("'s") else 0), value)


def _arabic(text: str) -> Iterator[Name]:
    found = tokens(text)
    folded_titles = _titles("ar")
    at = 0
    while at < len(found):
        title = folded_titles.match(" ".join(token.text for token in found[at : at + 3]) + " ")
        if title:
            first = at + len(title["title"].split())
            size = _size_after_title(text, found, first)
        else:
            first = at
            size = _size_of_known(text, found, first)
        if size:
            start = found[first].start
            value = " ".join(token.text for token in found[first : first + size])
            if not title and (joined := _clitic(found[first].text)):
                value = value[len(joined) :]
            yield Name(start, found[first + size - 1].end, value)
        at = first + max(size, 1 if first == at else 0)


def _size_after_title(text: str, found: list[Token], first: int) -> int:
    size = 0
    while size < _LONGEST and first + size < len(found):
        token = found[first + size]
        if size and not re.fullmatch(r"[\s-]+", text[found[first + size - 1].end : token.start]):
            break
        strange = _bare(token.text) not in _vocabulary() and not is_stopword(token.text)
        known = token.text in _known() or token.text in _PARTICLES
        if not (known or (strange and not token.text.startswith(("و", "ال", "ي", "ت", "ا", "ب", "ل")))):
            break
        size += 1
    return size


def _size_of_known(text: str, found: list[Token], first: int) -> int:
    size, certain = 0, False
    while first + size < len(found):
        token = found[first + size]
        if size and not re.fullmatch(r"[\s-]+", text[found[first + size - 1].end : token.start]):
            break
        word = token.text if size else token.text[len(_clitic(token.text)) :]
        if word not in _PARTICLES and word not in _known():
            break
        certain = certain or (word in _certain() and len(word) > _SHORT)
        size += 1
    while size and found[first + size - 1].text in _PARTICLES:
        size -= 1
    return size if certain else 0


def _clitic(word: str) -> str:
    if word in _known() or word in _PARTICLES:
        return ""
    joined = _JOINED.match(word)
    return joined[0] if joined and word[joined.end() :] in _known() else ""


def _bare(word: str) -> str:
    return re.sub(r"^[وف]?(?:[بلك]?ال|لل)?", "", word)


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(fold(word) for word in words("vocabulary.ar.txt"))


@cache
def _known() -> frozenset[str]:
    """Return the Arabic forms of ``names.tsv``, folded."""
    return frozenset(form.removesuffix("?") for form in _forms())


@cache
def _certain() -> frozenset[str]:
    """Return those that are no ordinary words."""
    return frozenset(form for form in _forms() if not form.endswith("?"))


@cache
def _forms() -> frozenset[str]:
    return frozenset(form for row in table("names.tsv", "Latin", "Arabic") for form in forms(row[1]))


@cache
def _titles(language: str) -> re.Pattern[str]:
    found = [
        form
        for of, column in table("titles.tsv", "language", "titles")
        for form in forms(column)
        if of == language
    ]
    joined = r"(?:[وف]?[بل]?)" if language == "ar" else ""
    return re.compile(rf"{joined}(?P<title>(?:{pattern(found)}\s+)+)")
