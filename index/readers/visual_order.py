"""Arabic text as PDFs give it: letters in joined shapes, and lines with the letters back to front."""

import re
import unicodedata
from functools import cache

from index.data import words
from index.folding import fold

_PRESENTATION_FORMS = re.compile(r"[\ufb50-\ufd3d\ufd50-\ufdfb\ufe70-\ufefc]+")
_CONTROLS = re.compile(r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")  # of direction
_WORD = re.compile(r"[\u0620-\u065f\u0670-\u06d3]{2,}")
# In a line turned around: words in other letters with what stands between them, which keep their order as long as
# the first is no number; and numbers. Numbers apart, as in 2017-2018, stand from right to left.
_TOKEN = r"[^\W\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff_]"
_LEFT_TO_RIGHT = re.compile(
    rf"(?:{_TOKEN}{{1,99}}[^\w\n()\[\]{{}}«»،؛؟]{{1,3}}){{0,20}}\d{{0,9}}(?!\d){_TOKEN}{{1,99}}|\d+(?:[.,:/٫٬]\d+)*"
)
_PERCENT = re.compile(r"(?<!\w)([%٪])(\d[\d.,٫٬]*)")
_BRACKETS = str.maketrans("()[]{}«»<>", ")(][}{»«><")


def plain_letters(text: str) -> str:
    """Replace the joined shapes of Arabic letters (U+FB50-U+FEFC) by the letters, and drop marks of direction.

    Args:
        text: Any text.

    Returns:
        The text with these characters in Unicode NFKC; all others stay as they are.
    """
    return _PRESENTATION_FORMS.sub(lambda shapes: "".join(map(_letters, shapes[0])), _CONTROLS.sub("", text))


def _letters(shape: str) -> str:
    letters = unicodedata.normalize("NFKC", shape)
    return letters.strip(" ـ") or letters  # harakat are given a space or a tatweel to stand on


def evidence(text: str) -> tuple[int, int]:
    """Count words that are Arabic as they stand, and words that are when read back to front.

    Args:
        text: A text in plain letters.

    Returns:
        How many words of each kind there are; words that count both ways or neither way are left out.
    """
    forward = backward = 0
    for word in _WORD.findall(text):
        as_it_stands, reversed_ = _is_arabic(word), _is_arabic(word[::-1])
        forward += as_it_stands and not reversed_
        backward += reversed_ and not as_it_stands
    return forward, backward


def mend_order(text: str) -> str:
    """Turn lines in visual order, with the letters back to front, into the order they are read in.

    The words of each line tell; a line whose words do not tell goes with the text as a whole. Numbers and words
    in other letters keep their order. Brackets that close before they open are turned in all lines of Arabic.

    Args:
        text: Lines of a text in any letters.

    Returns:
        The lines in reading order.
    """
    forward, backward = evidence(plain_letters(text))
    lines = [_mend_line(line, backward > forward) for line in text.split("\n")]
    votes = [_turned_brackets(line) for line in lines]
    most = sum(vote or 0 for vote in votes)  # tells for the lines that have one bracket of a pair
    return "\n".join(
        line.translate(_BRACKETS) if vote is not None and (vote or most) > 0 else line
        for line, vote in zip(lines, votes, strict=True)
    )


def _mend_line(line: str, whole_is_backward: bool) -> str:
    forward, backward = evidence(plain_letters(line))
    is_backward = backward > forward if forward != backward else whole_is_backward
    if not is_backward or not _WORD.search(plain_letters(line)):
        return line
    return turn_around(line)


def turn_around(line: str) -> str:
    """Turn what is drawn from left to right into the order it is read in, in a line of Arabic.

    Args:
        line: Such as "%12.5 ةبسنب"; also what stands between Arabic letters, such as "2018-2017".

    Returns:
        The characters from last to first, but numbers and words in other letters as they stand.
    """
    turned = _LEFT_TO_RIGHT.sub(lambda run: run[0][::-1], line[::-1])
    return _PERCENT.sub(r"\2\1", turned)


def _turned_brackets(line: str) -> int | None:
    """1 when the brackets of a line close before they open, -1 when not, 0 without a pair, None without Arabic."""
    if not _WORD.search(plain_letters(line)):
        return None
    opening, closing = re.search(r"[(\[{«]", line), re.search(r"[)\]}»]", line)
    if not opening or not closing:
        return 0
    return 1 if closing.start() < opening.start() else -1


def _is_arabic(word: str) -> bool:
    """Whether a word is a common one, or has the article before it or the feminine ending after it."""
    return fold(word) in _common() or (len(word) > 3 and (word.startswith("ال") or word.endswith("ة")))


@cache
def _common() -> frozenset[str]:
    return frozenset(folded for word in words("stopwords.ar.txt") if len(folded := fold(word)) > 1)
