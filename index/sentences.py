"""Sentence boundaries, kept as offsets into the text.

sentencex (Wikimedia) finds the boundaries; what it does not know is mended here by the rules of
`index/data/abbreviations.*.txt`: it would end a sentence after «د.», «ص.ب.» or "Ph.D.".
"""

import re
from collections.abc import Iterator
from functools import cache

import sentencex

from index.data import rows

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# What may follow the mark that ends a sentence and still belongs to it: closing quotes and brackets,
# footnote signs, and (after a space, as French sets it) a closing guillemet.
_TRAILING = re.compile(r"""(?:["'”“»’)\]}]+(?=\s|$)|\[\d{1,3}\]|[¹²³⁰⁴-⁹]+)+|\s+»(?=\s|$)""")
_NEXT = re.compile(r"\s*(\S)")
_WORD = re.compile(r"\w")
_LIST_NUMBER = re.compile(r"\(?(?:\d{1,3}|[^\W\d_])[.)]")
_INITIALISM = re.compile(r"(?:^|\W)[^\W\d_]\.$")  # cut in its middle: ق. of ق.م.
_OPENING = "([{«“‘\"'"
# sentencex looks for the end of an open quote to the end of its input, so a long line goes in windows.
_WINDOW = 20_000


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Find the sentences of a text.

    A line break always ends a sentence, a full stop inside a complete quotation never does, and closing
    quotes and footnote signs stay with the sentence they close.

    Args:
        text: Any text.
        language: ISO 639-1 code; a code without rules of its own, "und" too, gets sentencex's defaults.

    Returns:
        (start, end) of every sentence in order, without white space at either end and without overlap.
        Together they cover every character that is not white space.
    """
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for end in _ends(line.group(), language):
            sentence = text[start : line.start() + end]
            trimmed = sentence.strip()
            if trimmed:
                first = start + sentence.index(trimmed)
                spans.append((first, first + len(trimmed)))
            start = line.start() + end
    return spans


def _ends(line: str, language: str) -> list[int]:
    """End index of every sentence of one line; the last is the line's length."""
    ends: list[int] = []
    start = 0
    for cut in _cuts(line, language):
        trailing = _TRAILING.match(line, cut)
        end = trailing.end() if trailing else cut
        if end <= start or end == len(line):
            continue
        sentence = line[start:end].strip()
        following = _NEXT.match(line, end)
        if not _WORD.search(sentence) or (line[end].isalpha() and _INITIALISM.search(line[start:end])):
            continue
        if not _runs_on(sentence, following and following[1], language):
            ends.append(end)
            start = end
    if ends and not _WORD.search(line, start):
        ends.pop()
    ends.append(len(line))
    return ends


def _cuts(line: str, language: str) -> Iterator[int]:
    """Boundaries that sentencex sees inside a line."""
    start = 0
    while start < len(line):
        window = line[start : start + _WINDOW]
        pieces: list[str] = sentencex.segment(language, window)
        unfinished = pieces.pop() if start + len(window) < len(line) else ""
        for piece in pieces:
            start += len(piece)
            yield start
        if not pieces:
            start += len(unfinished)


def _runs_on(sentence: str, following: str | None, language: str) -> bool:
    """Whether what looks like a whole sentence ends in an abbreviation or is but the number of a list item."""
    if _LIST_NUMBER.fullmatch(sentence):
        return True
    always, before_small = _abbreviations(language)
    word = sentence.rsplit(None, 1)[-1].lstrip(_OPENING).casefold()
    if word in always:
        return True
    return word in before_small and following is not None and not following.isupper()


@cache
def _abbreviations(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Abbreviations that never end a sentence, and those that end one before a capital letter."""
    try:
        entries = [row.casefold().split() for row in rows(f"abbreviations.{language}.txt")]
    except FileNotFoundError:
        return frozenset(), frozenset()
    always = frozenset(entry[0] for entry in entries if entry[1:] != ["?"])
    return always, frozenset(entry[0] for entry in entries) - always
