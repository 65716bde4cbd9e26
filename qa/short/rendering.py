"""What a sentence names, put into the reader's language: by CLDR and the glossary, else letter by letter."""

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Literal

from index.dates import DateMention
from qa.glossary import bundled_glossary
from qa.mentions.amounts import Money, Quantity
from qa.short import formats
from qa.short.places import place_name, place_of
from qa.short.spelling import transliterate

How = Literal["same", "CLDR", "glossary", "transliterated"]
Value = Decimal | Money | Quantity | time | DateMention

# The worst of the ways in which the parts of a list were got is that of the list.
_WAYS: tuple[How, ...] = ("same", "CLDR", "glossary", "transliterated")
_JOINTS = {
    "ar": re.compile(r"\s*[،,؛]\s*(?:و(?=\w))?|\s+و\s*(?=\w)|\s+(?:كذا|فضلا عن|إلى جانب)\s+"),
    "en": re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+(?:and|&|as well as)\s+"),
}
_NEITHER = re.compile(r"[\d\W_]*")


@dataclass(frozen=True)
class Rendering:
    """A span of a sentence in the reader's language.

    Attributes:
        text: as the reader's language writes it.
        how: "same" where it is the span as it stands; "CLDR" by the Unicode CLDR's names and patterns;
            "glossary"; or "transliterated", letter by letter, which may not be how it is usually spelled.
    """

    text: str
    how: How


def render_value(value: Value, kind: str, language: str) -> Rendering | None:
    """Write a number, an amount, a time or a date in a language.

    Args:
        value: what is meant.
        kind: "percent" for a percentage; what else it is, its type tells.
        language: "ar" or "en".

    Returns:
        It by CLDR's patterns; None where CLDR has none for it, or where a date was concluded and not said.
    """
    if isinstance(value, Money):
        text = formats.money(value, language)
    elif isinstance(value, Quantity):
        text = formats.quantity(value, language)
    elif isinstance(value, DateMention):
        text = formats.days(value, language)
    elif isinstance(value, time):
        text = formats.clock(value, language)
    else:
        text = (formats.percent if kind == "percent" else formats.number)(value, language)
    return Rendering(text, "CLDR") if text else None


def render_name(name: str, written_in: str, language: str, transliterable: bool = True) -> Rendering | None:
    """Give a name, or a list of names, in a language.

    Args:
        name: as it stands in a sentence, without prepositions before it.
        written_in: the language of the sentence, "ar" or "en".
        language: of the reader, "ar" or "en".
        transliterable: whether it may be written letter by letter; only names of people and places make sense so.

    Returns:
        It with the way it was got; None where nothing knows it and it may not be transliterated.
    """
    if written_in == language or _NEITHER.fullmatch(name):
        return Rendering(name, "same")
    if known := _known(name, written_in, language):
        return known
    parts = [part for part in _JOINTS[written_in].split(name) if part]
    if len(parts) > 1:
        found = [_known(part, written_in, language) for part in parts]
        rendered = [each for each in found if each]
        # A list is one of things known: an unknown part may be a word that merely begins like "and".
        if len(rendered) == len(parts):
            return _listed(rendered, language)
    if transliterable and (text := transliterate(name, language)).strip():
        return Rendering(text, "transliterated")
    return None


def _known(name: str, written_in: str, language: str) -> Rendering | None:
    place = place_of(name, written_in)
    if place and (text := place_name(place, language)):
        return Rendering(text, "CLDR")
    for match in bundled_glossary().expand(name):
        if _NEITHER.fullmatch(name[: match.start] + name[match.end :]):
            return Rendering(match.names(language)[0], "glossary")
    return None


def _listed(parts: list[Rendering], language: str) -> Rendering:
    from babel.lists import format_list

    text = format_list([part.text for part in parts], locale="en_GB" if language == "en" else "ar")
    return Rendering(text, max((part.how for part in parts), key=_WAYS.index))
