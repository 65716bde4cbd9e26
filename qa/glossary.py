"""Glossary: the other names, in Arabic and English, of what a question speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from index.errors import IsnadError
from index.folding import fold
from index.stemming import stem
from index.tokens import Token, tokens

_BUNDLED = Path(__file__).parent / "data" / "glossary.tsv"
_EXACT = "="
_POSSESSIVE = re.compile(r"['’]s$")
_ARTICLE = re.compile(r"^[وف]?(?:[بك]?ال|لل)(?=\w{3})")
_PREFIXES = (  # what may stand before a word, and what it leaves
    (re.compile(r"^[وف](?=\w{2})"), ""),
    (re.compile(r"^[وف]?[بل](?=\w{2})"), ""),
    (re.compile(r"^[وف]?لل(?=\w{2})"), "ال"),
    (_ARTICLE, ""),
)
_ENDINGS = re.compile(r"ا|(?:ات|ان|ين|ون)?(?:ه|ها|هم|هما|نا)?")
_FEMININE_ENDINGS = re.compile(r"ات(?:ه|ها|هم|هما|نا)?|ت(?:ان|ين|ي|ه|ها|هم|هما|نا)")


@dataclass(frozen=True)
class Entry:
    """One thing and what it is called.

    Attributes:
        english: Its English names, the preferred one first.
        arabic: Its Arabic names, the preferred one first.
        kind: What it is, such as "organisation".
        exact: Those of its names that are found only as they are written, capitals included.
    """

    english: tuple[str, ...]
    arabic: tuple[str, ...]
    kind: str
    exact: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Match:
    """A name of the glossary in a text.

    Attributes:
        start: Index in the text of the name's first character, an Arabic prefix such as لل included.
        end: Index in the text after its last character.
        entry: What is named.
    """

    start: int
    end: int
    entry: Entry

    def names(self, language: str) -> tuple[str, ...]:
        """Give the names to search for.

        Args:
            language: "ar" or "en".

        Returns:
            All names in that language, the preferred one first.

        Raises:
            ValueError: The language is neither "ar" nor "en".
        """
        if language == "ar":
            return self.entry.arabic
        if language == "en":
            return self.entry.english
        raise ValueError(f"The glossary has names in 'ar' and 'en', not in {language!r}.")


class _Form(NamedTuple):
    key: str
    bare: str
    whole: bool


class Glossary:
    """Names and news terms in both languages, found in a text by their words.

    Where names overlap, the one of most words counts: "UN Security Council" is not also "UN". Arabic words
    meet by their stems, English ones whatever their plural -s. A name of a single word is found only in that
    word and longer forms of it: تركي in التركية, but not in ترك, which has the same stem.

    Args:
        entries: What the glossary holds.

    Raises:
        IsnadError: The same name stands in two entries, or twice in one.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._names: dict[str, list[tuple[str, Entry]]] = {}  # by the key of the first word
        seen: set[str] = set()
        for entry in self.entries:
            for name in entry.english + entry.arabic:
                folded = fold(name)
                if folded in seen:
                    raise IsnadError(f"the name {name!r} is given twice, expected each name once: delete one.")
                seen.add(folded)
                self._names.setdefault(_form(_first_word(name, folded)).key, []).append((name, entry))

    @classmethod
    def load(cls, path: Path | None = None) -> "Glossary":
        """Read a glossary file; the comment at its top describes the format.

        Args:
            path: A UTF-8 file like `qa/data/glossary.tsv`, which is read by default.

        Returns:
            The glossary.

        Raises:
            IsnadError: The file cannot be read, or a line is malformed: the message names file and line.
        """
        path = path or _BUNDLED
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise IsnadError(f"{path}: expected a glossary in UTF-8 that can be read, found: {error}") from error
        entries = []
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    entries.append(_parse(line))
                except ValueError as error:
                    raise IsnadError(f"{path}, line {number}: {error}") from None
        try:
            return cls(entries)
        except IsnadError as error:
            raise IsnadError(f"{path}: {error}") from None

    def expand(self, text: str) -> list[Match]:
        """Find the names in a text.

        Args:
            text: A question or any other text, not folded.

        Returns:
            The matches in order; they do not overlap.
        """
        words = tokens(text)
        forms = [_form(word.text) for word in words]
        shouted = len(words) > 1 and text.isupper() and all(word.text.isascii() for word in words)
        matches: list[Match] = []
        at = 0
        while at < len(words):
            size, entry = self._longest(text, words, forms, at, shouted)
            if entry is not None:
                matches.append(Match(words[at].start, words[at + size - 1].end, entry))
            at += size
        return matches

    def _longest(
        self, text: str, words: list[Token], forms: list[_Form], at: int, shouted: bool
    ) -> tuple[int, Entry | None]:
        """Find the name of most words that begins at a word; among equals the one most like the word."""
        best: Entry | None = None
        best_rank = (1, 0, False, 0)
        for key, bare, whole in _forms(words[at].text):
            for name, entry in self._names.get(key, ()):
                own = _words(name)
                size = len(own)
                if size < best_rank[0] or at + size > len(words):
                    continue
                if size == 1 and not ((whole or len(bare) > 2) and _lengthens(bare, own[0].bare)):
                    continue
                if any(forms[at + i].key != own[i].key for i in range(1, size)):
                    continue
                same = sum(forms[at + i].bare == own[i].bare for i in range(1, size))
                rank = (size, same + (bare == own[0].bare), whole, len(own[0].bare))
                if rank <= best_rank:
                    continue
                written = text[words[at].start : words[at + size - 1].end]
                if name in entry.exact and (shouted or _POSSESSIVE.sub("", written.replace(".", "")) != name):
                    continue
                best, best_rank = entry, rank
        return best_rank[0], best


@cache
def bundled_glossary() -> Glossary:
    """Return the glossary that ships with Isnad, read once a process."""
    return Glossary.load()


def _parse(line: str) -> Entry:
    columns = [column.strip() for column in line.split("\t")]
    if len(columns) != 3:
        raise ValueError(
            f"expected three columns with one TAB between them (English names, Arabic names, kind), "
            f"found {len(columns)} in {line!r}."
        )
    written = [[name.strip() for name in column.split("|")] for column in columns[:2]]
    marked = frozenset(name[1:].strip() for column in written for name in column if name.startswith(_EXACT))
    english, arabic = (tuple(name.removeprefix(_EXACT).strip() for name in column) for column in written)
    if not columns[2] or not all(any(map(str.isalnum, name)) for name in english + arabic):
        raise ValueError(f'expected a name before, between and after each "|" and a kind, found {line!r}.')
    return Entry(english, arabic, columns[2], marked)


def _form(word: str, whole: bool = True) -> _Form:
    """Reduce a folded word to the key it is looked up by, and to its letters without the article."""
    if word.isascii():
        word = word.replace(".", "").removesuffix("'s")
        return _Form(_singular(word), word, whole)
    return _Form(stem(word), _ARTICLE.sub("", word), whole)


def _forms(word: str) -> Iterator[_Form]:
    """Give a folded word as it stands, then without the conjunction, preposition and article before it."""
    yield _form(word)
    if word.isascii():
        return
    for prefix, left in _PREFIXES:
        if (shorter := prefix.sub(left, word)) != word:
            yield _form(shorter, whole=False)


def _lengthens(word: str, name: str) -> bool:
    """Tell whether a word is a name or, its key being the same, an inflected form of it.

    Relation is no inflection: اجتماعي is not an اجتماع. Names of three letters look like too much else.
    """
    if word == name:
        return True
    if name.isascii():
        return word.startswith(name.removesuffix("y"))
    if len(name) <= 3:
        return False
    stripped = name.removesuffix("ه")
    endings = _ENDINGS if stripped == name else _FEMININE_ENDINGS
    return word.startswith(stripped) and endings.fullmatch(word, len(stripped)) is not None


@cache
def _words(name: str) -> tuple[_Form, ...]:
    return tuple(_form(word) for word, _, _ in tokens(name))


def _first_word(name: str, folded: str) -> str:
    """Find the first token, without parting the whole name where white space will do."""
    word, _, _ = folded.partition(" ")
    return word if len(word) > 1 and word.isalnum() else tokens(name)[0].text


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]
