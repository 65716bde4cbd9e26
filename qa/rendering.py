"""A phrase of one question as it stands in another, also in the other language."""

from index.folding import fold
from qa.grammar import grammar, words_of
from qa.phrase import Phrase
from qa.phrases_ar import gender_of_entry
from qa.question import glossary
from qa.reference import adjectives, is_adjective

_DETERMINERS = frozenset({"a", "an", "this", "that", "these", "those", "some", "any", "no", "every", "each"})


def rendered(phrase: Phrase, language: str) -> Phrase:
    """Return a phrase as it is said in a language.

    What the glossary does not know keeps its letters: a name is better quoted than guessed.
    """
    if phrase.language == language:
        return phrase if language == "ar" else _put(phrase, _with_article(phrase), language)
    if phrase.entry is not None and not is_adjective(phrase):
        name = (phrase.entry.arabic if language == "ar" else phrase.entry.english)[0]
        if language == "en":
            return _put(phrase, _definite(name, phrase.kind), language)
        gender, plural = gender_of_entry(name, phrase.kind)
        return Phrase(
            name, phrase.start, phrase.end, "ar", phrase.kind, phrase.entry, phrase.human, gender, plural
        )
    office = _office(phrase, language)
    if office:
        return _put(phrase, office, language)
    text = phrase.text.removeprefix("the ") if language == "ar" else phrase.text
    return Phrase(
        text,
        phrase.start,
        phrase.end,
        phrase.language,
        phrase.kind,
        None,
        phrase.human,
        phrase.gender,
        phrase.plural,
    )


def _put(phrase: Phrase, text: str, language: str) -> Phrase:
    return Phrase(
        text,
        phrase.start,
        phrase.end,
        language,
        phrase.kind,
        phrase.entry,
        phrase.human,
        phrase.gender,
        phrase.plural,
        phrase.inner,
    )


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
    terms = glossary().expand(phrase.text)
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
