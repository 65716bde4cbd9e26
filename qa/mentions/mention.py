"""What a text mentions that can be compared, in either language: numbers, money, dates, countries, names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from qa.glossary import bundled_glossary
from qa.mentions.amounts import Money, Quantity, amounts
from qa.mentions.countries import countries
from qa.mentions.names import names
from qa.mentions.when import When, moments

Value = Decimal | Money | Quantity | When | time | str

LANGUAGES = ("ar", "en")
_TERMS = frozenset({"term", "title", "office"})  # kinds of the glossary that are no names


@dataclass(frozen=True)
class Mention:
    """A thing that a text mentions: ``text[start:end]`` says it.

    Attributes:
        kind: "number", "ordinal", "fraction", "magnitude" (thousands), "percent", "money", "quantity", "date",
            "time", "country", "name", or "term" for what the glossary knows beside names.
        start: Offset of its first character.
        end: Offset after its last character.
        value: What is meant, the same in either language: a Decimal for a number, ordinal, fraction, magnitude or
            percentage; `Money`, `Quantity`, `When` or a time of day; the ISO 3166 code of a country; the preferred
            English name of a name or term of the glossary; of any other name its folded letters.
        spelled: Whether there are no figures in it.
    """

    kind: str
    start: int
    end: int
    value: Value
    spelled: bool = True


def mentions(text: str, language: str) -> list[Mention]:
    """Find what a text mentions.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        The mentions in order, without overlap. Where several readings overlap, money, percentages and times go
        before dates, these before other amounts, countries, names and terms; among equals the longer one.

    Raises:
        ValueError: The language is neither "ar" nor "en".
    """
    if language not in LANGUAGES:
        raise ValueError(f"mentions are found in 'ar' and 'en', not in {language!r}.")
    kept: list[Mention] = []
    for found in _found(text, language):
        for one in sorted(found, key=lambda one: one.start - one.end):
            if not _overlaps(one, kept):
                kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _found(text: str, language: str) -> Iterator[list[Mention]]:
    """Give the mentions of each kind, those that go before others first."""
    found = amounts(text, language)
    figures = [Mention(*amount) for amount in found]
    yield [one for one in figures if one.kind in ("money", "percent", "time")]
    yield [
        Mention("date", *moment, not any(map(str.isdigit, text[moment.start : moment.end])))
        for moment in moments(text, language)
    ]
    yield [one for one in figures if one.kind == "quantity"]
    yield figures
    yield [Mention("country", *country) for country in countries(text, language)]
    terms = [
        Mention("term" if match.entry.kind in _TERMS else "name", match.start, match.end, match.entry.english[0])
        for match in bundled_glossary().expand(text)
    ]
    yield [term for term in terms if term.kind == "name"]
    yield [Mention("name", *name) for name in names(text, language)]
    yield terms


def _overlaps(one: Mention, kept: list[Mention]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in kept)
