"""Countries, by their names and adjectives, in Arabic and English text."""

import re
from functools import cache
from typing import NamedTuple

from index.folding import fold, fold_with_offsets
from qa.tables import pattern, table

# What Arabic writes together with a word, and the endings of an adjective: المغربية، للمغاربة، المغربيين.
_BEFORE = r"(?:[وف]?(?:[بلك]?ال|لل|[بلك])?)"
_SHORT = 3
_ENDINGS = r"(?:ه|ون|ين|ان|تان|تين|ات|ا|و|تي)?"
# CLDR's short names that are other words too, or names of territories that no text means by them.
_NOT_NAMES = frozenset({"عمان", "قطر", "مالي", "بنين", "الكونغو"})


class Country(NamedTuple):
    """A country in a text: ``text[start:end]`` names it, `code` is ISO 3166's."""

    start: int
    end: int
    code: str


def countries(text: str, language: str) -> list[Country]:
    """Find the countries of a text.

    Args:
        text: Any text, not folded.
        language: "ar" or "en".

    Returns:
        Them in order, without overlap. The longest name counts: South Sudan is not also Sudan.
    """
    folded, offsets = fold_with_offsets(text)
    names = _names(language)
    found = []
    for match in _pattern(language).finditer(folded):
        start, end = offsets[match.start()], offsets[match.end() - 1] + 1
        short = len(match["name"].replace(".", "")) <= _SHORT  # US, not us
        if language == "ar" or text[start + (1 + ("." in match["name"])) * short].isupper():
            found.append(Country(start, end, names[" ".join(match["name"].split())]))
    return [country for country in found if country.code]


def may_mean(text: str, language: str) -> set[str]:
    """Return the codes of countries that words of a text may mean which more often mean something else."""
    folded = fold(text)
    return {
        code
        for code, forms in _doubtful(language).items()
        if re.search(rf"(?<!\w){_BEFORE}{forms}{_ENDINGS}(?!\w)", folded)
    }


def _rows(language: str) -> list[tuple[str, str]]:
    column = 2 if language == "ar" else 1
    rows = table("countries.tsv", "code", "English", "Arabic")
    return [(row[0], form.strip()) for row in rows for form in row[column].split("|") if form.strip() != "-"]


@cache
def _names(language: str) -> dict[str, str]:
    """Return the code of each folded name; "" for one that says nothing for certain, yet hides a shorter one."""
    from babel import Locale

    names = {}
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"):
            plain = re.sub(r"\s*\(.*\)", "", name)
            for form in {plain, plain.replace("&", "and")}:
                if _folded(form) not in _NOT_NAMES:
                    names[_folded(form)] = code
    for code, form in _rows(language):
        names[_folded(form)] = "" if form.endswith("?") else code
    if language == "ar":  # ل and the article are written together: للمغرب
        names |= {"ل" + name[2:]: code for name, code in names.items() if name.startswith("ال")}
    return names


@cache
def _doubtful(language: str) -> dict[str, str]:
    forms: dict[str, list[str]] = {}
    for code, form in _rows(language):
        if form.endswith("?"):
            forms.setdefault(code, []).append(_folded(form))
    return {code: pattern(found) for code, found in forms.items()}


def _folded(form: str) -> str:
    return " ".join(fold(form.removesuffix("?")).split())


@cache
def _pattern(language: str) -> re.Pattern[str]:
    names = pattern(_names(language))
    if language == "en":
        return re.compile(rf"(?<!\w)(?P<name>{names})(?:'s)?(?!\w)")
    # A name keeps its article (المغرب, للمغرب); an adjective ends in ي and takes endings.
    return re.compile(rf"(?<!\w){_BEFORE}(?P<name>{names})(?:(?<=ي){_ENDINGS})?(?!\w)")
