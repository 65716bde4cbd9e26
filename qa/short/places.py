"""Names of places, languages and currencies in both languages, by the Unicode CLDR (through babel)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from index.tokens import tokens
from qa.tables import table

LANGUAGES = ("en", "ar")
_ARTICLE = re.compile(r"^(?:ال|لل)")
_PREFIXES = ("", "و", "ب", "ل", "ف", "ك", "وب", "ول", "فب", "فل")
_ENDINGS = ("", "ه", "ون", "ين", "ان", "ات", "تان", "تين")
_LONGEST = 6  # words of a name


class Place(NamedTuple):
    """Something that CLDR names.

    Attributes:
        kind: "country" (regions and continents too), "demonym", "city", "language" or "currency".
        key: its code in CLDR.
    """

    kind: str
    key: str


class Found(NamedTuple):
    """A name in a text: ``text[start:end]``, without what Arabic writes together with it."""

    start: int
    end: int
    place: Place


def find_places(text: str, language: str) -> list[Found]:
    """Find the names of CLDR in a text, the longest at each word.

    Args:
        text: any text.
        language: "ar" or "en".

    Returns:
        The names in order; they do not overlap. In English only those written with a capital.
    """
    words = tokens(text)
    names = _names(language)
    found: list[Found] = []
    at = 0
    while at < len(words):
        size = 1
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            first, last = words[at], words[at + length - 1]
            written = text[first.start : last.end]
            if language == "en" and not written[0].isupper():
                continue
            if hit := _look_up(" ".join(word.text for word in words[at : at + length]), language, names):
                place, skipped = hit
                found.append(Found(first.start + skipped, last.end, place))
                size = length
                break
        at += size
    return found


def place_of(name: str, language: str) -> Place | None:
    """Return what a whole text names, whatever Arabic writes together with it."""
    words = " ".join(word.text for word in tokens(name))
    hit = _look_up(words, language, _names(language))
    return hit[0] if hit else None


def place_name(place: Place, language: str) -> str | None:
    """Return how CLDR, or for adjectives ``data/demonyms.tsv``, names a place in a language."""
    return next(iter(_forms(language).get(place, ())), None)


def _look_up(words: str, language: str, names: Mapping[str, Place]) -> tuple[Place, int] | None:
    """Return the place and how many characters of a preposition, conjunction or "the" stand before its name."""
    if language != "ar":
        bare = words.removeprefix("the ")
        place = names.get(bare) or names.get(bare.removesuffix("'s"))
        return (place, len(words) - len(bare)) if place else None
    for prefix in _PREFIXES:
        rest = words[len(prefix) :]
        if not words.startswith(prefix) or len(rest) < (4 if prefix else 2):
            continue
        if place := names.get(rest):
            return place, len(prefix)
        if rest.startswith("لل") and (place := names.get(f"ال{rest[2:]}")):
            return place, len(prefix)
        place = names.get(_ARTICLE.sub("", rest))
        if place and place.kind == "demonym":
            return place, len(prefix)
    return None


@cache
def _names(language: str) -> Mapping[str, Place]:
    """Every folded name of a language, of adjectives every form, without an English article."""
    names: dict[str, Place] = {}
    for place, forms in _forms(language).items():
        endings = _ENDINGS if language == "ar" and place.kind == "demonym" else ("",)
        for form in forms:
            folded = " ".join(word.text for word in tokens(form)).removeprefix("the ")
            for ending in endings:
                names.setdefault(folded + ending, place)
    return names


@cache
def _forms(language: str) -> Mapping[Place, tuple[str, ...]]:
    """The names of every place, the one that is shown first: our own before those of CLDR."""
    from babel import Locale

    locale = Locale.parse(language)
    column = LANGUAGES.index(language)
    forms: dict[Place, tuple[str, ...]] = {}
    for code, *columns in table("places.tsv", "code", "English", "Arabic"):
        if columns[column] != "-":
            forms[Place("country", code)] = tuple(name.strip() for name in columns[column].split("|"))
    for code, name in locale.territories.items():
        own = forms.get(Place("country", code), ())
        forms[Place("country", code)] = (*own, name)
    for code, *columns in table("demonyms.tsv", "code", "English", "Arabic"):
        forms[Place("demonym", code)] = tuple(name.strip() for name in columns[column].split("|"))
    for kind, named in (("currency", locale.currencies), ("language", locale.languages)):
        forms |= {Place(kind, code): (name,) for code, name in named.items()}
    zones = Locale.parse("ar").time_zones
    for zone, names in zones.items():
        name = names.get("city") if language == "ar" else locale.time_zones.get(zone, {}).get("city")
        if "city" in names and "/" in zone:
            forms[Place("city", zone)] = (name or zone.rsplit("/", 1)[1].replace("_", " "),)
    return forms
