"""Reads numbers in Arabic."""

import re
from decimal import Decimal
from functools import cache

from qa.mentions.number_reader import NumberReader, number_words

_FINALS = frozenset({"نهايي", "النهايي"})
_MONDAY = "الاثنين"  # far more often than "the two"
_SHORT = 3  # letters; ل is not taken off so short a word: لست is not ل + ست


class ArabicNumbers(NumberReader):
    """Finds numbers such as «ثلاثة ملايين وخمسمئة ألف»."""

    language = "ar"

    def kinds(self, at: int) -> dict[str, Decimal]:
        """See ``NumberReader.kinds``."""
        return self._look_up(at)[0]

    def joined(self, at: int) -> bool:
        """Tell whether a word is joined to what stands before it by و."""
        return self._look_up(at)[1]

    def _look_up(self, at: int) -> tuple[dict[str, Decimal], bool]:
        if at >= len(self.items) or self.items[at].value is not None:
            return {}, False
        return arabic_word(self.items[at].text)

    def read(self, at: int) -> tuple[int, str, Decimal] | None:
        """See ``NumberReader.read``."""
        kinds = self.kinds(at)
        if self.items[at].value is None and not kinds:
            return self._eleven(at)
        if "ordinal" in kinds:
            return self._ordinal(at, kinds["ordinal"])
        return self.magnitude(at) or self._fraction(at) or self._cardinal(at)

    def _eleven(self, at: int) -> tuple[int, str, Decimal] | None:
        """Read «أحد عشر» and «إحدى عشرة», of which the first word alone is no number."""
        if value := self._eleven_at(at):
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
            final = at + 1 < len(self.items) and self.items[at + 1].text in _FINALS  # نصف نهائي, a semi-final
            return None if final else (at + 1, "fraction", kinds["fraction"])
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
        pair = " ".join(item.text for item in self.items[at : at + 2])
        return self.words.get(_bare(pair), {}).get("unit") if self.follows(at + 1) else None

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
def arabic_word(word: str) -> tuple[dict[str, Decimal], bool]:
    """Look a word up without what is written together with it, and tell whether that is و."""
    words = number_words("ar")
    if word in words:
        return words[word], False
    if word.endswith(_MONDAY):
        return {}, False
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
