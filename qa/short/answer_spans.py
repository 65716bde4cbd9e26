"""The spans of a sentence that a short answer can be: dates, numbers, names of people, places and bodies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.dates import DateMention, find_dates
from index.folding import fold
from index.tokens import Token, is_stopword, tokens
from qa.glossary import Match, bundled_glossary
from qa.mentions.amounts import amounts
from qa.short.cues import cues
from qa.short.people import people
from qa.short.places import Place, find_places
from qa.short.rendering import Value

_AMOUNTS = {"number": "number", "percent": "percent", "money": "amount", "quantity": "measure", "time": "time"}
_DURATIONS = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "decade", "century"})
_BODIES = frozenset({"organisation", "agency", "bloc", "armed group", "party", "media", "court"})
_NAMED_PLACES = {"city": "place", "region": "place", "country": "country"}
# CLDR's codes of what is no country: the United Nations, the European Union, the euro area, the world.
_BODY_CODES = frozenset({"UN", "EU", "EZ"})
_WORLD = "001"
# Words of a name at most, and of the description of a place.
_LONGEST = 5
_PREFIX = re.compile("[وف]?[بل]|[وف]")
_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"), ("[", "]"))
_JOINED = re.compile(r"^[وف]?(?:[بكل]?ال|لل|[بلك])?(?=\w{3})")
_ALPHABETIC = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*\.?")
_BETWEEN = {
    "ar": re.compile(r"\s*[،,]?\s+و(?:كذا\s|أيضا\s)?|\s*[،,]\s*|\s+و\s*(?:كذا\s)?"),
    "en": re.compile(r"\s*,?\s+(?:and|&)\s+(?:the\s+)?|\s*,\s*(?:the\s+)?"),
}


@dataclass(frozen=True)
class Span:
    """A span of a sentence.

    Attributes:
        start: offset of its first character in the sentence.
        end: offset after its last character.
        kind: what it is: "time", "number", "percent", "amount", "measure", "duration", "country", "place",
            "demonym", "language", "currency", "organisation" or "person".
        value: what a number, an amount or a date means.
        sure: whether a list of names knows it; the others are told by the words round them.
        parts: of how many things it is a list.
    """

    start: int
    end: int
    kind: str
    value: Value | None = None
    sure: bool = True
    parts: int = 1

    def overlaps(self, other: "Span") -> bool:
        """Tell whether two spans share characters."""
        return self.start < other.end and other.start < self.end


def answer_spans(sentence: str, language: str, published: date | None = None) -> list[Span]:
    """Find what in a sentence can be a short answer.

    Args:
        sentence: a sentence.
        language: of it, "ar" or "en".
        published: the day its article was published, from which "yesterday" is told.

    Returns:
        The spans in order. Those of one kind do not overlap; "Paris" can be a place and part of a person's name.
    """
    dates = [Span(*_of(mention)) for mention in find_dates(sentence, language, published)]
    counted = [span for span in _counted(sentence, language) if not _among(span, dates)]
    named = list(_named(sentence, language))
    named += _people(sentence, language, [*dates, *named])
    if language == "ar":
        named += _described_places(sentence, [*dates, *counted])
    found = [_closed(span, sentence) for span in (*dates, *counted, *named)]
    singles = sorted(found, key=lambda span: (span.start, span.end))
    return sorted([*singles, *_lists(sentence, language, singles)], key=lambda span: (span.start, span.end))


def _of(mention: DateMention) -> tuple[int, int, str, DateMention]:
    return mention.start, mention.end, "time", mention


def _among(span: Span, others: Sequence[Span]) -> bool:
    return any(span.overlaps(other) for other in others)


def _counted(sentence: str, language: str) -> Iterator[Span]:
    for amount in amounts(sentence, language):
        if kind := _AMOUNTS.get(amount.kind):
            if kind == "measure" and getattr(amount.value, "unit", "") in _DURATIONS:
                kind = "duration"
            yield Span(amount.start, amount.end, kind, amount.value)


def _named(sentence: str, language: str) -> Iterator[Span]:
    """Yield what the glossary and CLDR know."""
    known = []
    for match in bundled_glossary().expand(sentence):
        kind = "organisation" if match.entry.kind in _BODIES else _NAMED_PLACES.get(match.entry.kind)
        # The glossary also meets words of one stem: دولة عربية is not the Arab countries, دول عربية.
        written = _JOINED.sub("", fold(sentence[match.start : match.end]))
        exact = kind == "organisation" or any(written in fold(name) for name in match.names(language))
        if kind and exact:
            known.append(Span(_without_prefix(sentence, match), match.end, kind))
    for start, end, place in find_places(sentence, language):
        if place.key == _WORLD:
            continue
        span = Span(start, end, _kind(place))
        others = [other for other in known if span.overlaps(other)]
        if any(
            len(sentence[other.start : other.end].split()) > len(sentence[start:end].split()) for other in others
        ):
            continue
        known = [other for other in known if other not in others]
        known.append(span)
    yield from sorted(known, key=lambda span: span.start)


def _without_prefix(sentence: str, match: Match) -> int:
    """Return where a name begins after what Arabic writes together with it, if the rest is the name too."""
    for start in range(min(match.start + 2, match.end), match.start, -1):
        rest = sentence[start : match.end]
        if not _PREFIX.fullmatch(sentence[match.start : start]):
            continue
        if any(
            other.entry == match.entry and (other.start, other.end) == (0, len(rest))
            for other in bundled_glossary().expand(rest)
        ):
            return start
    return match.start


def _closed(span: Span, sentence: str) -> Span:
    """Take the mark that closes what a span opens into it, and leave one out that closes nothing in it."""
    text = sentence[span.start : span.end]
    for opening, closing in _PAIRS:
        if text.count(opening) > text.count(closing) and sentence[span.end :].startswith(closing):
            return replace(span, end=span.end + len(closing))
        if text.endswith(closing) and text.count(closing) > text.count(opening):
            return replace(span, end=span.end - len(closing))
    return span


def _kind(place: Place) -> str:
    if place.kind == "country" and place.key in _BODY_CODES:
        return "organisation"
    if place.kind == "city" or (place.kind == "country" and place.key.isdigit()):  # 002 is Africa
        return "place"
    return place.kind


def _people(sentence: str, language: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Yield the names that no list of places and bodies has; in English, places too that stand after "in"."""
    for person in people(sentence, language, [(span.start, span.end) for span in taken]):
        span = Span(person.start, person.end, "person", sure=person.sure)
        yield span
        before = tokens(sentence[: span.start])
        if language == "en" and before and before[-1].text in cues("en", "in"):
            yield replace(span, kind="place", sure=False)


def _described_places(sentence: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Yield the places of an Arabic sentence that no list has: "كفر المصيلحة" after a preposition, "مدينة جدة"."""
    words = tokens(sentence)
    at = 0
    while at < len(words):
        end = _place_end(sentence, words, at, taken)
        says = words[at].text in cues("ar", "place")
        if end > at + says and (says or (at and words[at - 1].text in cues("ar", "in"))):
            yield Span(words[at].start, words[end - 1].end, "place", sure=says)
            at = end
        else:
            at += 1


def _place_end(sentence: str, words: Sequence[Token], at: int, taken: Sequence[Span]) -> int:
    """Return after which word a place ends that begins at a word; the word itself where none does."""
    end = at
    while end < len(words) and end - at < _LONGEST:
        word = words[end]
        if not _ALPHABETIC.fullmatch(word.text) or is_stopword(word.text) or word.text in cues("ar", "stop"):
            break
        if end > at and (sentence[words[end - 1].end : word.start].strip(" -\u00a0") or word.text[0] == "و"):
            break
        if any(span.start <= word.start < span.end and span.value is not None for span in taken):
            break
        end += 1
    return end


def _lists(sentence: str, language: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans of one kind that stand in a list, from the first to the last."""
    for kind in ("country", "organisation", "person", "place", "language", "demonym"):
        of_kind = [span for span in spans if span.kind == kind and span.sure]
        group: list[Span] = []
        for span in of_kind:
            if group and _BETWEEN[language].fullmatch(sentence[group[-1].end : span.start]):
                group.append(span)
                continue
            if len(group) > 1:
                yield replace(group[0], end=group[-1].end, parts=len(group))
            group = [span]
        if len(group) > 1:
            yield replace(group[0], end=group[-1].end, parts=len(group))
