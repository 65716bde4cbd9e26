"""What the small words of a question do in it, by the lists of ``qa/data/grammar.*.txt``."""

import re
from collections.abc import Mapping, Set
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from index.data import words
from index.errors import IsnadError
from index.folding import fold

_WORD = re.compile(r"[^\W_](?:[\w\u064B-\u0652\u0670]|['’.\-&](?=\w))*")
# Vowel signs and tatweel, which are no letters.
_SIGNS = re.compile(r"[\u0640\u064B-\u0652\u0670]")
_ARTICLE = re.compile(r"^[وف]?(?:[بك]ال|لل|ال)(?=\w{2})")
# Attached pronouns: gender and whether more than one; ها is also what things in the plural agree with.
PRONOUNS = {"ها": ("f", False), "هما": ("", True), "هم": ("m", True), "هن": ("f", True), "ه": ("m", False)}


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        text: as it is written, Arabic vowel signs left out.
        folded: see ``index.folding``.
        start: offset of its first character.
        end: offset after its last.
    """

    text: str
    folded: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """Return the words of a text in order; hyphens and apostrophes part none."""
    return [
        Word(written := _SIGNS.sub("", match[0]), fold(written), match.start(), match.end())
        for match in _WORD.finditer(text)
    ]


@cache
def grammar(language: str) -> Mapping[str, Set[str]]:
    """Return the folded words of each class of a language, "ar" or "en".

    Raises:
        IsnadError: A line of the file has no colon.
    """
    return {kind: frozenset(map(fold, found)) for kind, found in _lists(language).items()}


@cache
def joined_prepositions() -> Mapping[str, str]:
    """Return Arabic prepositions by the folded form they have before a pronoun: على by علي."""
    pairs = [entry.split("=") for entry in _lists("ar")["joined"]]
    return {fold(before): alone for alone, before in pairs}


@cache
def _lists(language: str) -> Mapping[str, list[str]]:
    file = files("qa") / "data" / f"grammar.{language}.txt"
    lists: dict[str, list[str]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            kind, colon, found = line.partition(":")
            if not colon:
                raise IsnadError(f"{file}, line {number}: expected a class, a colon and words, not {line!r}")
            lists.setdefault(kind.strip(), []).extend(found.split())
    return lists


def is_a(word: Word, language: str, *classes: str) -> bool:
    """Tell whether a word is in one of the classes; in Arabic also with a joined و or ف."""
    lists = grammar(language)
    forms = {word.folded}
    if language == "ar" and word.folded[:1] in {"و", "ف"} and len(word.folded) > 2:
        forms.add(word.folded[1:])
    return any(not forms.isdisjoint(lists.get(kind, frozenset())) for kind in classes)


def has_article(word: Word) -> bool:
    """Whether an Arabic word has the article, also behind a joined letter; ألغت has none."""
    return _ARTICLE.match(word.text) is not None and not is_a(word, "ar", "verb", "human-verb")


def joined_letter(word: str) -> str:
    """Return the و ف ب ل ك that is written together with a folded Arabic noun, "" where the letter is its own."""
    if _ARTICLE.match(word):
        return "" if word.startswith("ال") else word[0]
    if len(word) < 4 or word[0] not in "وفبلك" or word in vocabulary():
        return ""
    rest = word[1:]
    forms = {rest, rest.removesuffix("ه"), rest[:-2] if rest.endswith(("ات", "ين", "ون", "ان")) else rest}
    return word[0] if forms & vocabulary() else ""


def without_joined(word: str) -> str:
    """Return a folded Arabic word without conjunction, preposition and article before it."""
    shorter = _ARTICLE.sub("", word)
    return shorter if shorter != word else word[len(joined_letter(word)) :]


@cache
def vocabulary() -> Set[str]:
    """Return the Arabic words that are known, folded."""
    return frozenset(fold(word) for word in words("vocabulary.ar.txt"))


def split_pronoun(word: Word) -> tuple[str, str] | None:
    """Part an Arabic word from the pronoun written at its end, such as يمثلها; None where it has none."""
    text = word.text
    ends = next((suffix for suffix in PRONOUNS if text.endswith(suffix) and len(text) > len(suffix)), None)
    if ends is None or is_a(word, "ar", "no-pronoun") or has_article(word):
        return None
    host = text[: -len(ends)]
    return (host, ends) if len(host) > 1 or host in {"ب", "ل"} else None


def preposition_of(host: str) -> str | None:
    """Return the preposition that has this form before a pronoun (علي: على), with و or ف before it or not."""
    known = joined_prepositions()
    folded = fold(host)
    return known.get(folded) or (known.get(folded[1:]) if folded[:1] in {"و", "ف"} else None)
