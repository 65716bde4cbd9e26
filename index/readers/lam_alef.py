"""Lam-alef taken apart the wrong way round, as pdftotext does with fonts that have one shape for both letters."""

import re

_LETTERS = "\u0620-\u065f\u0670-\u06d3"
# No Arabic word begins with alef and another alef: the lam of the article has changed places with the second one.
_ARTICLE = re.compile(rf"(?<![{_LETTERS}])([وفبك]{{0,2}})ا([اأإآ])ل")
_LONE = re.compile(rf"(?<![{_LETTERS}])([وف]?)ال(?![{_LETTERS}])")


def mend_lam_alef(text: str) -> tuple[str, bool]:
    """Put lam and alef in order where they have surely changed places, as in «األشغال» for «الأشغال».

    Within a word, as in «دوالر» for «دولار», the right order cannot be told without knowing the word: by the word
    lists of `index/data` some four in five came right, but right words were lost as well, so these are left.

    Args:
        text: A text in plain letters.

    Returns:
        The text mended, and whether there was anything to mend.
    """
    mended, count = _ARTICLE.subn(r"\1ال\2", text)
    return (_LONE.sub(r"\1لا", mended), True) if count else (text, False)
