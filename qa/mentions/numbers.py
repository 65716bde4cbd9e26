"""Numbers in Arabic and English text, in figures and in words."""

import re
from decimal import Decimal

from index.folding import fold_with_offsets
from qa.mentions.number_reader import Number, number_words, read_figures
from qa.mentions.numbers_ar import ArabicNumbers, arabic_word
from qa.mentions.numbers_en import EnglishNumbers

__all__ = ["Number", "hints", "numbers", "read_figures"]

_ROMAN = re.split(" ", " I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI XXII XXIII")


def numbers(text: str, language: str) -> list[Number]:
    """Find the numbers of a text.

    The words are listed in ``qa/data/numbers.tsv``. Numbers that are part of a name (G20, F16) are left out.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        The numbers in order, without overlap; dates, amounts and percentages are among them.
    """
    folded, offsets = fold_with_offsets(text)
    reader = ArabicNumbers(folded) if language == "ar" else EnglishNumbers(folded)
    return [
        found._replace(start=offsets[found.start], end=offsets[found.end - 1] + 1) for found in reader.numbers()
    ]


def hints(text: str, language: str) -> set[Decimal]:
    """Return the numbers that words of a text may say without being numbers: pair, «ثنائي», half-time."""
    words = number_words(language)
    found = set()
    for match in re.finditer(r"[^\W\d_]+", fold_with_offsets(text)[0]):
        kinds = arabic_word(match[0])[0] if language == "ar" else words.get(match[0], {})
        found |= {kinds[kind] for kind in ("hint", "fraction", "parts") if kind in kinds}
    if language == "en":
        found |= {
            Decimal(_ROMAN.index(match[0])) for match in re.finditer(r"\b[IVX]+\b", text) if match[0] in _ROMAN
        }
    return found
