"""Reads numbers in English."""

import re
from decimal import Decimal

from qa.mentions.number_reader import NumberReader

_TAILS = {"k": 3, "mn": 6, "bn": 9, "tn": 12, "b": 9}
_MONEY_TAILS = {"m": 6, "t": 12}
_ORDINAL_TAILS = ("st", "nd", "rd", "th")


class EnglishNumbers(NumberReader):
    """Finds numbers such as "two and a half million"."""

    language = "en"

    def read(self, at: int) -> tuple[int, str, Decimal] | None:
        """See ``NumberReader.read``."""
        kinds, item = self.kinds(at), self.items[at]
        if item.value is None and not kinds and item.text != "a":
            return None
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
                if after == at and kinds["scale"] < 100:  # a score, but no number
                    break
                scale = kinds["scale"]
                total += (1 if current is None else current) * scale
                current = None
                after += 1
            else:
                break
        if after == at:
            return None
        return after, "number", total + (current or 0)
