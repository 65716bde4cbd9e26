"""Which way a text runs."""

import unicodedata
from itertools import islice

# ISO 639 codes of languages written from right to left.
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
# Letters looked at: the beginning of a long text is enough to tell.
_LETTERS = 200


def direction(text: str, language: str = "") -> str:
    """Return the value of the HTML attribute ``dir`` for a block of text.

    The first strong letter, which ``dir="auto"`` goes by, is wrong for an Arabic sentence that begins with a
    Latin name. So the language decides, unless two thirds of the letters run the other way.

    Args:
        text: the block.
        language: ISO 639-1 code of the article or question it belongs to, "" or "und" if not known.

    Returns:
        "rtl", "ltr", or "auto" where neither letters nor language tell.
    """
    strong = (kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"})
    kinds = list(islice(strong, _LETTERS))
    right = sum(kind != "L" for kind in kinds)
    if language in {"", "und"}:
        return "auto" if not kinds else "rtl" if 2 * right > len(kinds) else "ltr"
    if language in _RIGHT_TO_LEFT:
        return "ltr" if kinds and 3 * right < len(kinds) else "rtl"
    return "rtl" if kinds and 3 * right > 2 * len(kinds) else "ltr"
