"""Words of a text, folded, with their places in it."""

import re
from functools import cache
from typing import NamedTuple

from index.data import words
from index.folding import fold, fold_with_offsets
from index.stemming import stem

# Over folded text. An initialism is one token ("u.n.", "و م ع"), a number with its separators too
# ("1,234.5"); hyphens and slashes part words, an apostrophe inside a word does not.
_TOKEN = re.compile(
    r"""
      (?<!\w) [^\W\d_] (?: \.[^\W\d_] (?!\w) )+ \.?   # u.n.  u.s  و.م.ع
    | (?<!\w) [ء-ي] (?: \ [ء-ي] (?!\w) ){2}           # و م ع
    | \d+ (?: [.,]\d+ )+                              # 1,234.5  3.5
    | [^\W_]+ (?: '[^\W_]+ )*
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word of a text.

    Attributes:
        text: The word, folded.
        start: Index in the text of its first character.
        end: Index in the text after its last character, diacritics included.
    """

    text: str
    start: int
    end: int


@cache
def _stopwords() -> frozenset[str]:
    return frozenset(fold(word) for language in ("ar", "en") for word in words(f"stopwords.{language}.txt"))


def is_stopword(folded: str) -> bool:
    """Tell whether a folded word is one of the stop words of either language, question words among them.

    Args:
        folded: A word as `fold` or `tokens` gives it.

    Returns:
        True for the words listed in `index/data/stopwords.*.txt`, also with a conjunction (ومن) before them.
    """
    known = _stopwords()
    return folded in known or (folded[:1] in ("و", "ف") and folded[1:] in known)


def tokens(text: str) -> list[Token]:
    """Find the words of a text.

    Args:
        text: Any text, not folded.

    Returns:
        Its words in order. They do not overlap, and `fold(text[token.start : token.end]) == token.text`.
    """
    folded, offsets = fold_with_offsets(text)
    offsets.append(len(text))
    found: list[Token] = []
    for match in _TOKEN.finditer(folded):
        start, end = offsets[match.start()], offsets[match.end() - 1] + 1
        while end < offsets[match.end()] and not fold(text[end]):
            end += 1
        found.append(Token(match.group(), start, end))
    return found


def stems(text: str, stopwords: bool = True) -> list[str]:
    """Reduce a text to the stems of its words: what keyword search stores and looks for.

    Args:
        text: Any text, not folded.
        stopwords: Whether stop words are kept.

    Returns:
        One stem per token, in order.
    """
    found: list[str] = _TOKEN.findall(fold(text))
    if not stopwords:
        found = [token for token in found if not is_stopword(token)]
    return [stem(token) for token in found]
