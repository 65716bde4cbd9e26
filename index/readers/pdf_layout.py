"""Pages of lines to paragraphs: without running heads and page numbers, lines joined, words made whole."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

_EDGE_LINES = 2  # at the top and at the foot of a page that may be running heads or page numbers
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(r"\W*(?:(?:page|p|صفحة|ص)\W*)?(\d+)(?:\W*(?:/|of|من)\W*\d+)?\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?؟۔…:؛;][\"'”’»)\]]*$")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]$")
_SHORT = 0.75  # of the width of the text: a shorter line ends its paragraph


def paragraphs(pages: Sequence[str]) -> str:
    """Join the lines of pages to paragraphs.

    A paragraph ends with a line clearly shorter than the others, or before a blank line if a sentence ends there.

    Args:
        pages: The text of each page, a line of the page a line.

    Returns:
        A line for each paragraph, headline or item.
    """
    body = list(_without_edges([[" ".join(line.split()) for line in page.split("\n")] for page in pages]))
    lengths = sorted(len(line) for line in body if line)
    width = lengths[len(lengths) * 3 // 4] if lengths else 0
    done: list[str] = []
    is_open = after_gap = False
    for line in body:
        if not line:
            after_gap = True
            continue
        ended = after_gap and (_SENTENCE_END.search(done[-1]) or line[0].isupper()) if done else True
        if is_open and not ended:
            done[-1] = _joined(done[-1], line)
        else:
            done.append(line)
        is_open, after_gap = len(line) >= _SHORT * width or bool(_HYPHEN.search(line)), False
    return "\n".join(done).replace("\u00ad", "")


def _joined(start: str, rest: str) -> str:
    if _HYPHEN.search(start) and rest[0].islower():
        return _HYPHEN.sub("", start) + rest
    return f"{start} {rest}"


def _without_edges(pages: list[list[str]]) -> Iterator[str]:
    """The lines of all pages without page numbers and the lines that stand at the edge of half the pages."""
    edges = [_edge(page) | _edge(page[::-1]) for page in pages]
    counts = Counter(key for edge in edges for key in edge)
    often = max(2, sum(map(bool, edges)) / 2)
    for number, page in enumerate(pages, start=1):
        for _ in range(2):  # from the top, then from the foot
            page = page[::-1]
            for line in [line for line in page if line][:_EDGE_LINES]:
                match = _PAGE_NUMBER.fullmatch(line)
                if counts[_key(line)] < often and not (match and int(match[1]) == number):
                    break
                page = page[page.index(line) + 1 :]
        yield from page
        yield ""


def _edge(page: list[str]) -> set[str]:
    return {_key(line) for line in [line for line in page if line][:_EDGE_LINES]}


def _key(line: str) -> str:
    return _NUMBER.sub("#", line)
