"""What the readers of English and Arabic numbers share."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import ClassVar, NamedTuple

from qa.tables import forms, table

_ITEM = re.compile(
    r"(?P<figures>\d{1,3}(?:\ \d{3})+(?!\d)|\d+(?:[.,]\d+)*)(?P<tail>[^\W\d_]*)|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?")
_GAP = re.compile(r"\s*-?\s*")
_COMPOUND = re.compile(r"(?<!mid)(?<!early)(?<!late)(?<!pre)(?<!post)[^\W\d_]-$")  # COVID-19, but mid-2019


class Number(NamedTuple):
    """A number in a text.

    Attributes:
        kind: "number", "ordinal", "magnitude" (thousands, عشرات الآلاف) or "fraction".
        start: Offset of its first character.
        end: Offset after its last character.
        value: What it is; of a magnitude, one of it.
        spelled: Whether there are no figures in it.
    """

    kind: str
    start: int
    end: int
    value: Decimal
    spelled: bool


class Item(NamedTuple):
    """A word of a folded text, or figures."""

    text: str
    start: int  # in the folded text
    end: int
    value: Decimal | None = None  # of figures


def read_figures(figures: str) -> Decimal:
    """Read figures: "1,234.5", "1 234", "2,5", "1.234.567". A single point is a decimal one."""
    if _GROUPED.fullmatch(figures):
        if figures.count(".") > 1:
            figures = figures.replace(".", "").replace(",", ".")
        return Decimal(re.sub("[, ]", "", figures))
    if figures.count(".") + figures.count(",") > 1:  # a version or an address: read as one long number
        return Decimal(re.sub(r"\D", "", figures))
    return Decimal(figures.replace(",", "."))


@cache
def number_words(language: str) -> dict[str, dict[str, Decimal]]:
    """Return for each word its kinds and their values."""
    words: dict[str, dict[str, Decimal]] = {}
    for of, kind, value, column in table("numbers.tsv", "language", "kind", "value", "words"):
        if of == language:
            for form in forms(column):
                words.setdefault(form, {})[kind] = Decimal(value)
    return words


class NumberReader:
    """Finds the numbers of one folded text; offsets are those of that text."""

    language: ClassVar[str]

    def __init__(self, folded: str) -> None:
        self.text = folded
        self.words = number_words(self.language)
        self.items = list(self._items())

    def _items(self) -> Iterator[Item]:
        for match in _ITEM.finditer(self.text):
            if match["word"]:
                yield Item(match["word"], *match.span("word"))
                continue
            start, end = match.span("figures")
            before = self.text[start - 1 : start]
            joined = before.isalpha() and not (self.language == "ar" and before in "وبلف")
            if joined or before == "_" or _COMPOUND.search(self.text[max(0, start - 9) : start]):
                continue
            value = read_figures(match["figures"])
            if before == "-" and not self.text[start - 2 : start - 1].strip() and value:
                start, value = start - 1, -value
            yield Item(match["figures"], start, end, value)
            if match["tail"]:
                yield Item(match["tail"], *match.span("tail"))

    def kinds(self, at: int) -> dict[str, Decimal]:
        """Return what the word at an item says, by kind; nothing for figures and other words."""
        return self.words.get(self.items[at].text, {}) if at < len(self.items) else {}

    def follows(self, at: int) -> bool:
        """Tell whether nothing but white space or a hyphen stands between an item and the one before it."""
        return at < len(self.items) and bool(
            _GAP.fullmatch(self.text, self.items[at - 1].end, self.items[at].start)
        )

    def read(self, at: int) -> tuple[int, str, Decimal] | None:
        """Read the number that begins at an item: the item after it, its kind and value."""
        raise NotImplementedError

    def numbers(self) -> Iterator[Number]:
        """Give the numbers in order."""
        at = 0
        while at < len(self.items):
            found = self.read(at)
            if found is None:
                at += 1
                continue
            after, kind, value = found
            spelled = all(item.value is None for item in self.items[at:after])
            yield Number(kind, self.items[at].start, self.items[after - 1].end, value, spelled)
            at = after

    def magnitude(self, at: int) -> tuple[int, str, Decimal] | None:
        """Read "tens of thousands", «مئات الآلاف»."""
        value = self.kinds(at).get("some")
        if value is None:
            return None
        after = at + 1
        step = after + (after < len(self.items) and self.items[after].text == "of")
        if (more := self.kinds(step).get("some")) and more > value:
            return step + 1, "magnitude", value * more
        return after, "magnitude", value
