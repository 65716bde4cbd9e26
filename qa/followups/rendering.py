"""A phrase of one question as it stands in another, also in the other language."""

from dataclasses import replace

from index.folding import fold
from qa.followups.arabic_agreement import gender_of_entry
from qa.followups.grammar import grammar, words_of
from qa.followups.phrase import Phrase
from qa.followups.reference import adjectives, is_adjective
from qa.glossary import bundled_glossary

_DETERMINERS = frozenset({"a", "an", "this", "that", "these", "those", "some", "any", "no", "every", "each"})


def rendered(phrase: Phrase, language: str) -> Phrase:
    """Return a phrase as it is said in a language.

    What the glossary does not know keeps its letters and its language: a name is better quoted than guessed.
    """
    if phrase.language == language:
        return phrase if language == "ar" else replace(phrase, text=_with_article(phrase))
    if phrase.entry is not None and not is_adjective(phrase):
        if language == "en":
            return replace(phrase, text=_definite(phrase.entry.english[0], phrase.kind), language=language)
        name = phrase.entry.arabic[0]
        gender, plural = gender_of_entry(name, phrase.kind)
        return replace(phrase, text=name, language=language, gender=gender, plural=plural)
    if office := _office(phrase, language):
        return replace(phrase, text=office, language=language)
    return replace(phrase, text=phrase.text.removeprefix("the ")) if language == "ar" else phrase


def _with_article(phrase: Phrase) -> str:
    """Return an English noun that was indefinite, or asked for, as one that is known by now."""
    first, _, rest = phrase.text.partition(" ")
    if phrase.named:
        return phrase.text
    if first.casefold() in _DETERMINERS and rest:
        return f"the {rest}"
    return phrase.text if first.casefold() == "the" else f"the {phrase.text}"


def _definite(name: str, kind: str) -> str:
    """Return an English name with its article, if it has one."""
    first = fold(name).split()[0]
    if name.startswith("the ") or name.isupper():
        return name
    if kind in {"country", "city", "region", "name"}:
        return f"the {name}" if first in grammar("en")["with-the"] else name
    return f"the {name}" if " " in name or not name[:1].isupper() else name


def _office(phrase: Phrase, language: str) -> str | None:
    """Return an office of a country in the other language: وزير الخارجية الهولندي, the Dutch foreign minister."""
    terms = bundled_glossary().expand(phrase.text)
    titles = [term for term in terms if term.entry.kind == "title"]
    countries = [term for term in terms if term.entry.kind == "country"]
    covered = sum(len(words_of(phrase.text[term.start : term.end])) for term in terms)
    count = len([word for word in words_of(phrase.text) if word.folded != "the"])
    if len(titles) != 1 or len(countries) != 1 or covered != count:
        return None
    country = Phrase("", 0, 0, phrase.language, "country", countries[0].entry)
    names = adjectives(country, language)
    if not names:
        return None
    if language == "en":
        return f"the {names[0]} {titles[0].entry.english[0]}"
    return f"{titles[0].entry.arabic[0]} ال{names[0]}"
