"""A word of a question that stands for something said before."""

import re
from dataclasses import dataclass

from index.stemming import stem
from qa.followups.grammar import grammar, without_joined, words_of
from qa.followups.phrase import Phrase


@dataclass(frozen=True)
class Reference:
    """A pronoun, a demonstrative with its noun, or the place where a verb lacks its subject.

    Attributes:
        start: offset of the first character of what is to be replaced.
        end: offset after its last; the same as ``start`` where something is missing.
        before: what stays of the words replaced, such as the preposition في of فيه.
        after: what follows what it stands for, such as "'s" for "its".
        gender: "m", "f", or "" where the word does not tell.
        plural: whether it stands for more than one; None where the word does not tell.
        human: whether it stands for a person; None where the word does not tell.
        noun: of a demonstrative, the noun after it.
        place: whether it stands for a place, as "there" does.
        likely_human: whether, where the word does not tell, a person comes first.
    """

    start: int
    end: int
    before: str = ""
    after: str = ""
    gender: str = ""
    plural: bool | None = None
    human: bool | None = None
    noun: str = ""
    place: bool = False
    likely_human: bool = False

    def fits(self, phrase: Phrase) -> bool:
        """Whether it can stand for a phrase: gender, number and person do not differ where both tell."""
        if phrase.kind == "time":
            return False
        if self.place and phrase.kind not in {"country", "city", "region"}:
            return False
        if self.noun:
            return shares_head(self.noun, phrase)
        if phrase.kind == "country" and is_adjective(phrase):
            return False
        body = phrase.language == "en" and phrase.human is False and phrase.named  # "the council ... they"
        if self.plural and phrase.plural is False and not body:
            return False
        if self.plural is False and phrase.plural:
            return False
        if self.human is not None and phrase.human is not None and self.human != phrase.human:
            return False
        return not (self.gender and phrase.gender and self.gender != phrase.gender)


def is_adjective(phrase: Phrase) -> bool:
    """Whether a country stands as an adjective: Dutch, الهولندي."""
    folded = phrase.text.casefold().removeprefix("the ")
    if phrase.language == "en":
        return phrase.entry is not None and folded in {name.casefold() for name in adjectives(phrase, "en")}
    return phrase.entry is not None and any(
        without_joined(words_of(phrase.text)[0].folded).startswith(words_of(name)[0].folded)
        for name in adjectives(phrase, "ar")
    )


def adjectives(phrase: Phrase, language: str) -> list[str]:
    """Return the adjectives of a country, of the glossary's names those that have an adjective's ending."""
    if phrase.entry is None or phrase.kind != "country":
        return []
    if language == "en":
        endings = tuple(grammar("en")["adjective-ending"])
        single = (name for name in phrase.entry.english[1:] if " " not in re.sub("^(South|North) ", "", name))
        return [name for name in single if name.endswith(endings)]
    return [name for name in phrase.entry.arabic[1:] if name.endswith("ي")]


def shares_head(noun: str, phrase: Phrase) -> bool:
    """Whether a phrase is of the kind that a noun names: "this initiative", "this country"."""
    head = stem(without_joined(noun))
    for language in ("en", "ar"):
        lists = grammar(language)
        if noun in lists["country"] or without_joined(noun) in lists["country"]:
            return phrase.kind == "country" and not is_adjective(phrase)
        if phrase.kind in {"organisation", "bloc", "agency"} and (
            noun in lists["organisation"] or without_joined(noun) in lists["organisation"]
        ):
            return True
    words = words_of(phrase.text)
    if phrase.language == "ar":
        heads = words[:1]
    else:  # the last word of what stands before "of"
        ofs = [at for at, word in enumerate(words) if word.folded == "of"]
        heads = words[: ofs[0]][-1:] if ofs else words[-1:]
    return any(stem(without_joined(word.folded)) == head for word in heads)
