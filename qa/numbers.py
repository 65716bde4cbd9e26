"""Numbers in Arabic and English text, in figures and in words."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from index.folding import fold_with_offsets
from qa.tables import forms, table

_ITEM = re.compile(
    r"(?P<figures>\d{1,3}(?:\ \d{3})+(?!\d)|\d+(?:[.,]\d+)*)(?P<tail>[^\W\d_]*)|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
)
_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?")
_GAP = re.compile(r"\s*-?\s*")
_TAILS = {"k": 3, "mn": 6, "bn": 9, "tn": 12, "b": 9}
_MONEY_TAILS = {"m": 6, "t": 12}
_ORDINAL_TAILS = ("st", "nd", "rd", "th")
_SHORT = 3  # letters; ل is not taken off so short a word: لست is not ل + ست


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


class _Item(NamedTuple):
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
    reader = _Arabic(folded) if language == "ar" else _English(folded)
    return [
        found._replace(start=offsets[found.start], end=offsets[found.end - 1] + 1) for found in reader.numbers()
    ]


@cache
def _words(language: str) -> dict[str, dict[str, Decimal]]:
    """Return for each word its kinds and their values."""
    words: dict[str, dict[str, Decimal]] = {}
    for of, kind, value, column in table("numbers.tsv", "language", "kind", "value", "words"):
        if of == language:
            for form in forms(column):
                words.setdefault(form, {})[kind] = Decimal(value)
    return words


class _Reader:
    """Reads the numbers of one folded text."""

    language: str

    def __init__(self, folded: str) -> None:
        self.text = folded
        self.words = _words(self.language)
        self.items = list(self._items())

    def _items(self) -> Iterator[_Item]:
        for match in _ITEM.finditer(self.text):
            if match["word"]:
                yield _Item(match["word"], *match.span("word"))
                continue
            start, end = match.span("figures")
            before = self.text[start - 1 : start]
            joined = before.isalpha() and not (self.language == "ar" and before in "وبلف")
            if joined or before == "_":
                continue
            value = read_figures(match["figures"])
            if before == "-" and not self.text[start - 2 : start - 1].strip() and value:
                start, value = start - 1, -value
            yield _Item(match["figures"], start, end, value)
            if match["tail"]:
                yield _Item(match["tail"], *match.span("tail"))

    def kinds(self, at: int) -> dict[str, Decimal]:
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


class _English(_Reader):
    language = "en"

    def read(self, at: int) -> tuple[int, str, Decimal] | None:
        kinds, item = self.kinds(at), self.items[at]
        if item.value is None and not kinds and item.text != "a":
            return None
        if kinds.keys() & {"both"}:
            return at + 1, "number", kinds["both"]
        if found := self.magnitude(at) or self._fraction(at):
            return found
        return self._cardinal(at)

    def _fraction(self, at: int) -> tuple[int, str, Decimal] | None:
        kinds = self.kinds(at)
        following = self.items[at + 1].text if at + 1 < len(self.items) else ""
        if "fraction" in kinds:
            value, scale = kinds["fraction"], self.kinds(at + 2).get("scale")
            if following == "a" and scale:
                return at + 3, "number", value * scale
            return (at + 1, "fraction", value) if following in ("of", "the", "a", "its", "their") else None
        count = Decimal(1) if self.items[at].text == "a" else kinds.get("unit")
        part = self.kinds(at + 1) if self.follows(at + 1) else {}
        whole = part.get("fraction") or part.get("parts")
        if count is None or whole is None:
            return None
        plural = count > 1 and following.endswith("s")
        halved = count == 1 and (following in ("half", "quarter") or self._next(at + 2) == "of")
        return (at + 2, "fraction", count * whole) if plural or halved else None

    def _next(self, at: int) -> str:
        return self.items[at].text if at < len(self.items) else ""

    def _cardinal(self, at: int) -> tuple[int, str, Decimal] | None:
        total, current, scale = Decimal(0), self.items[at].value, Decimal(0)
        after = at + 1
        if current is not None:
            tail = self._next(after) if self.follows(after) else ""
            adjacent = after < len(self.items) and self.items[after].start == self.items[at].end
            if adjacent and tail in _ORDINAL_TAILS:
                return after + 1, "ordinal", current
            power = _TAILS.get(tail, 0)
            if not power and re.search(r"[$€£¥]\s?$", self.text[: self.items[at].start]):
                power = _MONEY_TAILS.get(tail, 0)
            if adjacent and power:
                return after + 1, "number", current * 10**power
        elif self.items[at].text == "a":
            if not self.kinds(after).keys() & {"times", "scale"}:
                return None
            current = Decimal(1)
        else:
            after = at
        while after < len(self.items) and (after == at or self.follows(after)):
            kinds = self.kinds(after)
            open_hundred = current is not None and current >= 100 and current % 100 == 0
            if self.items[after].text == "and" and after > at:
                if self._next(after + 1) == "a" and self._next(after + 2) == "half" and current is not None:
                    current += Decimal("0.5")
                    after += 3
                    continue
                follow = self.kinds(after + 1).keys() & {"unit", "ten"}
                if not follow or not (open_hundred or (total and current is None)):
                    break
                after += 1
            elif "ordinal" in kinds:
                value = kinds["ordinal"]
                if current is None and not total:
                    return after + 1, "ordinal", value
                if current is not None and (open_hundred or (current % 100 in range(20, 100, 10) and value < 10)):
                    return after + 1, "ordinal", total + current + value
                break
            elif "unit" in kinds:
                value = kinds["unit"]
                tens = current is not None and current % 100 in range(20, 100, 10) and 0 < value < 10
                if current is not None and not (tens or open_hundred):
                    break
                current = (current or 0) + value
                after += 1
            elif "ten" in kinds and (current is None or open_hundred):
                current = (current or 0) + kinds["ten"]
                after += 1
            elif "times" in kinds and (current is None or 0 < current < 100):
                current = (current or 1) * kinds["times"]
                after += 1
            elif "scale" in kinds and (not scale or kinds["scale"] < scale) and (current is not None or not total):
                scale = kinds["scale"]
                total += (1 if current is None else current) * scale
                current = None
                after += 1
            else:
                break
        if after == at:
            return None
        return after, "number", total + (current or 0)


class _Arabic(_Reader):
    language = "ar"

    def kinds(self, at: int) -> dict[str, Decimal]:
        return self._look_up(at)[0]

    def joined(self, at: int) -> bool:
        """Tell whether a word is joined to what stands before it by و."""
        return self._look_up(at)[1]

    def _look_up(self, at: int) -> tuple[dict[str, Decimal], bool]:
        if at >= len(self.items) or self.items[at].value is not None:
            return {}, False
        return _arabic_word(self.items[at].text)

    def read(self, at: int) -> tuple[int, str, Decimal] | None:
        kinds = self.kinds(at)
        if self.items[at].value is None and not kinds:
            return self._eleven(at)
        if "ordinal" in kinds:
            return self._ordinal(at, kinds["ordinal"])
        if "both" in kinds:
            return at + 1, "number", kinds["both"]
        return self.magnitude(at) or self._fraction(at) or self._cardinal(at)

    def _eleven(self, at: int) -> tuple[int, str, Decimal] | None:
        """Read «أحد عشر» and «إحدى عشرة», of which the first word alone is no number."""
        if at + 1 < len(self.items) and self.follows(at + 1):
            pair = f"{_bare(self.items[at].text)} {self.items[at + 1].text}"
            if value := self.words.get(pair, {}).get("unit"):
                after, total = self._scaled(at + 2, value)
                return after, "number", total
        return None

    def _ordinal(self, at: int, value: Decimal) -> tuple[int, str, Decimal]:
        after = at + 1
        if self.follows(after):
            kinds = self.kinds(after)
            if "teen" in kinds and not self.joined(after) and value < 10:
                return after + 1, "ordinal", value + 10
            if "ten" in kinds and self.joined(after) and value < 10:
                return after + 1, "ordinal", value + kinds["ten"]
        return after, "ordinal", value

    def _fraction(self, at: int) -> tuple[int, str, Decimal] | None:
        kinds = self.kinds(at)
        following = self.kinds(at + 1) if self.follows(at + 1) else {}
        if "fraction" in kinds:
            if "scale" in following and not self.joined(at + 1):
                return at + 2, "number", kinds["fraction"] * following["scale"]
            return at + 1, "fraction", kinds["fraction"]
        if "unit" in kinds and "parts" in following:
            return at + 2, "fraction", kinds["unit"] * following["parts"]
        return None

    def _cardinal(self, at: int) -> tuple[int, str, Decimal] | None:
        current = self.items[at].value
        if current is None:
            kinds = self.kinds(at)
            for kind in ("unit", "ten", "hundred"):
                if kind in kinds:
                    current = kinds[kind]
                    break
        if current is not None:
            after, total = self._scaled(at + 1, current)
            return after, "number", total
        kinds = self.kinds(at)
        if "double" in kinds:
            after, total = self._rest(at + 1, 2 * kinds["double"], kinds["double"])
        elif "scale" in kinds:
            after, total = self._rest(at + 1, kinds["scale"], kinds["scale"])
        else:
            return None
        return after, "number", total

    def _scaled(self, after: int, current: Decimal) -> tuple[int, Decimal]:
        """Read on after the beginning of a number below a thousand: the item after all of it, and its value."""
        after, current = self._below_thousand(after, current)
        if self.follows(after):
            scale = self.kinds(after).get("scale")
            if scale and not self.joined(after):
                return self._rest(after + 1, current * scale, scale)
            if "half" in self.kinds(after) and self.joined(after):
                current += Decimal("0.5")
                after += 1
                scale = self.kinds(after).get("scale") if self.follows(after) else None
                if scale and not self.joined(after):
                    return self._rest(after + 1, current * scale, scale)
        return after, current

    def _below_thousand(self, after: int, current: Decimal) -> tuple[int, Decimal]:
        while self.follows(after):
            kinds, joined = self.kinds(after), self.joined(after)
            low = current % 100
            if (
                current >= 100
                and low == 0
                and self.items[after].text[0] == "و"
                and (eleven := self._eleven_at(after))
            ):
                current += eleven  # وأحد عشر, whose first word looks like واحد once folded
                after += 1
            elif "teen" in kinds and not joined and 0 < low < 10:
                current += 10
            elif "times" in kinds and not joined and 3 <= current < 10:
                current *= kinds["times"]
            elif "unit" in kinds and joined and current >= 100 and low == 0 and kinds["unit"]:
                current += kinds["unit"]
            elif "ten" in kinds and joined and (0 < low < 10 or (low == 0 and current >= 100)):
                current += kinds["ten"]
            else:
                break
            after += 1
        return after, current

    def _eleven_at(self, at: int) -> Decimal | None:
        found = self._eleven(at)
        return found[2] if found and found[2] == 11 else None

    def _rest(self, after: int, total: Decimal, scale: Decimal) -> tuple[int, Decimal]:
        """Read what is added to thousands or more: «وخمسمئة», «ونصف المليون», «و500 ألف»."""
        if not self.follows(after):
            return after, total
        kinds = self.kinds(after)
        if "half" in kinds and self.joined(after):
            again = self.kinds(after + 1).get("scale") == scale and self.follows(after + 1)
            return after + 1 + again, total + scale / 2
        item, first = self.items[after], after
        if item.text == "و" and after + 1 < len(self.items) and self.items[after + 1].value is not None:
            first = after + 1
        elif not self.joined(after):
            return after, total
        part = self._cardinal(first)
        if part is None and (eleven := self._eleven(first)):
            part = eleven
        if part and part[2] < scale:
            return part[0], total + part[2]
        return after, total


def _bare(word: str) -> str:
    """Take و and the prepositions off a word."""
    return re.sub(r"^[وف]?[بلك]?(?=اح)", "", word)


@cache
def _arabic_word(word: str) -> tuple[dict[str, Decimal], bool]:
    """Look a word up without what is written together with it, and tell whether that is و."""
    words = _words("ar")
    if word in words:
        return words[word], False
    joined = word[0] in "وف"
    for rest in (word, word[1:]) if joined else (word,):
        bare = (rest, rest[1:] if rest[:1] in "بك" or (rest[:1] == "ل" and len(rest) > _SHORT) else rest)
        for found in bare:
            for form in (found, found.removeprefix("ال"), "ل" + found[2:] if found[:2] == "لل" else found):
                if form in words:
                    return words[form], joined and rest != word
            if found.startswith("لل") and found[2:] in words:
                return words[found[2:]], joined and rest != word
    return {}, False
