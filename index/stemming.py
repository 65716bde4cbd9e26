"""Light stemming: the forms of a word that a reader takes for the same word meet in one stem.

Arabic follows light10 (Larkey, Ballesteros and Connell, "Light stemming for Arabic information retrieval",
2007) with three additions, all in data files: a joined letter (ب ل ك ف س) goes only if a known word remains,
words whose first or last letters only look like affixes are kept whole, and broken plurals are listed.
English is stemmed by Snowball's English stemmer.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple, Self

from snowballstemmer.english_stemmer import EnglishStemmer

from index.data import rows, words
from index.folding import fold

_ARABIC = re.compile(r"[ء-ي]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


class _Prefix(NamedTuple):
    letters: str
    least: int  # letters that must remain
    known: bool  # whether what remains must be a known word

    @property
    def article(self) -> bool:
        return self.letters.endswith(("ال", "لل"))


class _Suffix(NamedTuple):
    letters: str
    least: int


class _ArabicRules:
    """The tables of `index/data/*.ar.txt`, folded."""

    def __init__(self) -> None:
        prefixes = (row.split() for row in rows("prefixes.ar.txt"))
        self.prefixes = [_Prefix(fold(p), int(n), condition == ["known"]) for p, n, *condition in prefixes]
        suffixes = (row.split() for row in rows("suffixes.ar.txt"))
        self.suffixes = [_Suffix(fold(s), int(n)) for s, n in suffixes]
        self.protected = frozenset(map(fold, words("protected.ar.txt")))
        self.irregular: dict[str, str] = {}
        for row in rows("irregular.ar.txt"):
            singular, *forms = map(self.without_suffixes, fold(row).split())
            self.irregular |= dict.fromkeys([singular, *forms], singular)
        self.known = frozenset(map(self.without_suffixes, words("vocabulary.ar.txt"))) | self.irregular.keys()

    @classmethod
    @cache
    def load(cls) -> Self:
        """Read the tables once."""
        return cls()

    def without_suffixes(self, word: str) -> str:
        for suffix, least in self.suffixes:
            if word in self.protected:
                break
            if word.endswith(suffix) and len(word) - len(suffix) >= least:
                word = word[: -len(suffix)]
        return word

    def ending(self, word: str) -> str:
        """Take the suffixes off, and the ت of a verb (أعلنت) if a known word remains."""
        base = self.without_suffixes(word)
        if base.endswith("ت") and base not in self.known and base[:-1] in self.known:
            return base[:-1]
        return base

    def stem(self, word: str) -> str:
        base = self.ending(word)
        whole = base in self.known
        for prefix in self.prefixes:
            rest = word.removeprefix(prefix.letters)
            if rest == word or len(rest) < prefix.least or (whole and not prefix.article):
                continue
            if self.ending(rest) in self.known or not (whole or prefix.known):
                if not prefix.article:
                    return self.stem(rest)
                base = self.ending(rest)
                break
        return self.irregular.get(base, base)


@cache
def _english() -> EnglishStemmer:
    return EnglishStemmer()


@lru_cache(maxsize=1 << 18)
def stem(token: str) -> str:
    """Reduce a folded word to its stem.

    Args:
        token: A word as `index.tokens.tokens` gives it: folded.

    Returns:
        The stem: for an Arabic word without article, joined particles and endings, for a word in Latin letters
        Snowball's English stem, for a number its digits without thousands separators, for an initialism
        its letters ("u.n." gives "un"); any other word as it is.
    """
    if token.isascii():
        if token[:1].isdigit():
            return token.replace(",", "") if _GROUPED.fullmatch(token) else token
        return str(_english().stemWord(token.replace(".", "")))
    if _ARABIC.fullmatch(token):
        return _ArabicRules.load().stem(token)
    return token.rstrip(".").replace(" ", ".")
