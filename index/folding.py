"""Folding: the one form in which spellings of the same word meet. For matching, never for showing."""

import unicodedata

from index.data import rows

# Below this combining class Unicode puts marks that make another letter (nukta, kana voicing, virama), from
# it on those that only add vowels and accents (Hebrew points, Arabic harakat, Latin accents).
_FIRST_OPTIONAL_MARK = 10
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


class _FoldTable(dict[int, str]):
    """What each code point folds to, worked out at first sight: the table `str.translate` reads."""

    def __init__(self) -> None:
        super().__init__()
        self._letters: dict[str, str] = {}
        for row in rows("folding.txt"):
            letter, _, target = row.partition(" ")
            self._letters[letter] = target.strip()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = self._fold_once(character)
        while (again := "".join(map(self._fold_once, folded))) != folded:
            folded = again
        self[code] = folded
        return folded

    def _fold_once(self, character: str) -> str:
        parts = unicodedata.normalize("NFKD", character)
        if len(parts) > 1 and parts[0] == " " and all(map(unicodedata.combining, parts[1:])):
            return ""  # a mark shown on its own, as text taken from a PDF often has it
        kept = "".join(self._fold_part(part) for part in parts.casefold())
        return unicodedata.normalize("NFC", kept)

    def _fold_part(self, part: str) -> str:
        if part in self._letters:
            return self._letters[part]
        digit = unicodedata.decimal(part, None)
        if digit is not None:
            return str(digit)
        optional = unicodedata.combining(part) >= _FIRST_OPTIONAL_MARK
        if optional or unicodedata.category(part) == "Cf" or ord(part) in _VARIATION_SELECTORS:
            return ""
        return part


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Unite spellings for matching.

    Compatibility forms (Unicode NFKC), case, Latin accents, Arabic diacritics, tatweel, zero-width and
    bidirectional controls disappear; alef, hamza carriers, yeh, teh marbuta and the Persian letters are
    united; the digits of every script become ASCII. Letters beyond Unicode's own tables are listed in
    `index/data/folding.txt`. `fold(fold(text)) == fold(text)`, and a text folds character by character:
    `fold(a + b) == fold(a) + fold(b)`.

    Args:
        text: Any text.

    Returns:
        The folded text, often of another length.
    """
    if text.isascii():
        return text.lower()
    return text.translate(_TABLE)


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Fold a text and remember where each folded character came from.

    Args:
        text: Any text.

    Returns:
        `fold(text)` and, for each of its characters, the index in `text` of the character it came from.
        The indices never decrease.
    """
    if text.isascii():
        return text.lower(), list(range(len(text)))
    pieces = [_TABLE[ord(character)] for character in text]
    offsets = [index for index, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), offsets
