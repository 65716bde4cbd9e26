"""Texts as HTML: escaped, and with the direction they run in."""

import re
from html import escape

from ui.direction import direction
from ui.texts import texts

# Characters that make what follows read backwards, letters and digits too.
_OVERRIDE = re.compile("[\u202d\u202e]")


def attributes(written: str, language: str = "") -> str:
    """The attributes ``dir`` and, where it is known, ``lang`` of a block of text."""
    lang = f' lang="{escape(language)}"' if language not in {"", "und"} else ""
    return f' dir="{direction(written, language)}"{lang}'


def shown(written: str) -> str:
    """Escape text that others wrote, and shut each directional override up in a box where it turns nothing."""
    return _OVERRIDE.sub(r'<span class="override">\g<0></span>', escape(written))


def text(language: str, key: str) -> str:
    """Return what the page says in a language, escaped."""
    return escape(texts(language)[key])
