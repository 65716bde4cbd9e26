"""The claim guard: whether a sentence says no more than the sentence it cites.

A sentence of an article, quoted, is its own proof. One that a program has put together or a language model has
written must stand up to it: each number, percentage, amount of money, date, quantity, country, name, negation and
quotation of it has to stand in what it cites, in the same words or, in the other language, with the same value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.folding import fold
from index.tokens import is_stopword
from qa.guard.figures import FIGURES, Figures, alike
from qa.guard.negation import Negation, excuses, negations
from qa.guard.word_support import Support, word_support
from qa.guard.wording import in_place, swapped
from qa.mentions.amounts import money_named
from qa.mentions.countries import may_mean
from qa.mentions.mention import Mention, mentions
from qa.mentions.names import is_known
from qa.mentions.when import weekdays

# Chosen on the development part of tests.bench.guard. Scores are those of `qa.guard.word_support`, from 0 to 1.
LETTERS_FLOOR = 0.62  # from here on one word writes the other in other letters
NAME_FLOOR = 0.5  # mean over the words of a name, in the other language
NAME_WORD_FLOOR = 0.1  # and the worst of them
LOST_FLOOR = 0.35
WEAK = 0.4
COVERED = 0.5
WORD_FLOOR = 0.5  # of a word that stands in place of another in nearly the same sentence
STRANGE_FLOOR = 0.2  # of an Arabic word that no list knows, which is most often a name
PHRASE = 4  # words
PHRASE_FLOOR = 0.1
CLAIM_FLOOR = 0.26
_QUOTED = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"|„([^“]+)“")
_WORDS = re.compile(r"\w+")
_FIGURES = re.compile(r"\d+")
_ARTICLES = frozenset({"al", "el", "ال"})


@dataclass(frozen=True)
class Problem:
    """What a claim says and its evidence does not: ``claim[start:end]``.

    Attributes:
        kind: "number", "ordinal", "fraction", "magnitude", "percent", "money", "quantity", "date", "time",
            "country", "name", "negation", "quotation", "swap" for two things that have changed places, or
            "unsupported" for a word or a whole claim that nothing in the evidence bears out.
        start: Offset in the claim of the first character.
        end: Offset after the last one.
        instead: What the evidence says instead, where that can be told, else "".
    """

    kind: str
    start: int
    end: int
    instead: str = ""


def check(claim: str, evidence: str, claim_language: str, evidence_language: str) -> list[Problem]:
    """Find what a claim says beyond its evidence.

    Args:
        claim: A sentence that is to be shown.
        evidence: The sentence or sentences it cites.
        claim_language: "ar" or "en".
        evidence_language: likewise.

    Returns:
        The problems in the order of the claim; none for a claim that is the evidence, whatever the spelling.

    Raises:
        ValueError: A language is neither "ar" nor "en".
    """
    if _words(claim) == _words(evidence) and claim_language == evidence_language:
        return []
    found = mentions(claim, claim_language)
    same = claim_language == evidence_language
    support = word_support(claim, evidence)
    problems = [
        *_figures(found, claim_language, evidence, evidence_language),
        *_replaced(claim, claim_language, evidence, evidence_language),
        *_quotations(claim, evidence, same),
        *_negations(claim, claim_language, evidence, evidence_language),
        *_names(claim, found, support, evidence, claim_language, evidence_language),
        *_unsupported(claim, found, support, evidence, same),
    ]
    if not same and not problems:
        problems += _left_out(claim, found, support, evidence, claim_language, evidence_language)
    if same and not problems:
        place = swapped(claim, found, evidence)
        problems += [Problem("swap", *place)] if place else []
    return sorted(problems, key=lambda problem: (problem.start, problem.end))


@lru_cache(maxsize=256)
def _read(text: str, language: str) -> tuple[tuple[Mention, ...], Figures]:
    found = tuple(mentions(text, language))
    return found, Figures(text, language, found)


def _words(text: str) -> list[str]:
    return _WORDS.findall(fold(text))


def _figures(found: Sequence[Mention], language: str, evidence: str, evidence_language: str) -> Iterator[Problem]:
    figures = _read(evidence, evidence_language)[1]
    same = language == evidence_language
    ours = [mention for mention in found if mention.kind in FIGURES]
    missing = figures.missing(ours)
    for mention in ours:
        if not figures.hold(mention, same):
            yield Problem(mention.kind, mention.start, mention.end, figures.instead(mention, evidence, found))
            continue
        # The same figure twice where the evidence has it once, and has another instead of the second.
        times = sum((one.kind, one.value) == (mention.kind, mention.value) for one in ours)
        replaced = [one for one in missing if one.kind == mention.kind]
        if replaced and 0 < figures.count(mention) < times:
            yield Problem(mention.kind, mention.start, mention.end, evidence[replaced[0].start : replaced[0].end])


def _replaced(claim: str, language: str, evidence: str, evidence_language: str) -> Iterator[Problem]:
    """Find days of the week and currencies that stand where the evidence has others."""
    days, theirs = weekdays(claim, language), weekdays(evidence, evidence_language)
    dates = _read(evidence, evidence_language)[1].weekdays
    for day in days.keys() - theirs.keys() - dates:
        for start, end in (theirs[other] for other in theirs.keys() - days.keys()):
            yield Problem("date", *days[day], evidence[start:end])
            break
    ours, others = money_named(claim, language), money_named(evidence, evidence_language)
    strange = [code for code in ours if not any(alike(code, other) for other in others)]
    if strange and any(not any(alike(code, other) for code in ours) for other in others):
        yield Problem("money", *ours[strange[0]])


def _quotations(claim: str, evidence: str, same: bool) -> Iterator[Problem]:
    said = " ".join(_words(evidence))
    for match in _QUOTED.finditer(claim) if same else ():
        if f" {' '.join(_words(match[0]))} " not in f" {said} ":
            yield Problem("quotation", match.start(), match.end())


def _negations(claim: str, language: str, evidence: str, evidence_language: str) -> Iterator[Problem]:
    same = language == evidence_language
    denied, stated = negations(claim, language, same), negations(evidence, evidence_language, same)
    ours, theirs = excuses(claim, language, not same), excuses(evidence, evidence_language, not same)
    if len(denied) > len(stated) + max(0, theirs - ours):
        negation = _stranger(denied, claim, stated, evidence)
        yield Problem("negation", negation.start, negation.end)
    elif len(stated) > len(denied) + max(0, ours - theirs):
        missing = _stranger(stated, evidence, denied, claim)
        yield Problem("negation", 0, len(claim), evidence[missing.start : missing.end])


def _stranger(these: Sequence[Negation], text: str, those: Sequence[Negation], other: str) -> Negation:
    """Return the negation whose following words are least like those that follow the negations of another text."""

    def following(of: str, negation: Negation) -> str:
        return " ".join(of[negation.end :].split()[:3])

    theirs = " ".join(following(other, negation) for negation in those)
    return min(these, key=lambda one: sum(word.score for word in word_support(following(text, one), theirs)))


def _names(
    claim: str, found: Sequence[Mention], support: Sequence[Support], evidence: str, language: str, other: str
) -> Iterator[Problem]:
    """Find countries and names that the evidence does not have."""
    theirs = _read(evidence, other)[0]
    values = {mention.value for mention in theirs}
    for mention in found:
        if mention.kind not in ("country", "name") or mention.value in values:
            continue
        words = [one for one in support if mention.start <= one.token.start < mention.end]
        if mention.kind == "country":
            borne_out = mention.value in may_mean(evidence, other)
        else:
            borne_out = _is_named(claim, words, language == other)
        if not borne_out:
            yield Problem(mention.kind, mention.start, mention.end, _instead(mention, found, theirs, evidence))


def _is_named(claim: str, words: Sequence[Support], same: bool) -> bool:
    """Tell whether the evidence has a name: in the same language every word of it, else most of it."""
    kept = [one for one in words if not is_stopword(one.token.text) and one.token.text not in _ARTICLES]
    if same:
        return all(one.letters == 1 for one in kept)
    # An abbreviation has letters of its own in each language: GDP, CDC.
    kept = [one for one in kept if sum(map(str.isupper, claim[one.token.start : one.token.end])) < 2]
    kept = [one for one in kept if len(one.token.text) > 1]
    scores = [one.letters if one.letters >= LETTERS_FLOOR else min(one.score, 0.99) for one in kept]
    return not scores or (sum(scores) / len(scores) >= NAME_FLOOR and min(scores) >= NAME_WORD_FLOOR)


def _instead(mention: Mention, found: Sequence[Mention], theirs: Sequence[Mention], evidence: str) -> str:
    values = {one.value for one in found}
    left = [one for one in theirs if one.kind == mention.kind and one.value not in values]
    return evidence[left[0].start : left[0].end] if len(left) == 1 else ""


def _left_out(
    claim: str, found: Sequence[Mention], support: Sequence[Support], evidence: str, language: str, other: str
) -> Iterator[Problem]:
    """Find a name of the evidence that a translation has lost, and the word that stands for it instead.

    Arabic has no capitals: a wrong name in an Arabic claim is often known by the right one that is missing. Only a
    claim that has nearly all else of its evidence is looked at, for one that is shorter may leave names out.
    """
    theirs = word_support(evidence, claim)
    values = {mention.value for mention in found}
    content = [one for one in theirs if not is_stopword(one.token.text)]
    for mention in _read(evidence, other)[0]:
        if mention.kind not in ("name", "country") or mention.value in values:
            continue
        words = [one for one in theirs if mention.start <= one.token.start < mention.end]
        if mention.kind == "country":
            lost = (
                mention.value not in may_mean(claim, language)
                and max((one.letters for one in words), default=0) < 0.7
            )
        else:
            named = [one for one in words if sum(map(str.isupper, evidence[one.token.start : one.token.end])) < 2]
            named = [one for one in named if not is_stopword(one.token.text) and len(one.token.text) > 1]
            lost = bool(named) and sum(one.score for one in named) / len(named) < LOST_FLOOR
        rest = [one for one in content if not mention.start <= one.token.start < mention.end]
        weight = sum(one.weight for one in rest)
        weak = [one for one in support if not is_stopword(one.token.text) and one.score < WEAK]
        if lost and weak and weight and sum(one.weight * one.score for one in rest) / weight >= COVERED:
            word = min(weak, key=lambda one: one.score)
            yield Problem(mention.kind, word.token.start, word.token.end, evidence[mention.start : mention.end])


def _unsupported(
    claim: str, found: Sequence[Mention], support: Sequence[Support], evidence: str, same: bool
) -> Iterator[Problem]:
    """Find words, phrases and whole claims that nothing in the evidence bears out."""
    figures = [mention for mention in found if mention.kind in FIGURES or mention.kind == "country"]
    digits, said = set(_FIGURES.findall(fold(evidence))), set(_WORDS.findall(fold(evidence)))
    for one in support:
        inside = any(mention.start < one.token.end and one.token.start < mention.end for mention in figures)
        if inside or not _FIGURES.search(one.token.text):
            continue
        if one.token.text not in said if same else not set(_FIGURES.findall(one.token.text)) <= digits:
            yield Problem("unsupported", one.token.start, one.token.end)
    covered = [mention for mention in found if mention.kind != "term"]
    loose = [one for one in support if not any(m.start <= one.token.start < m.end for m in covered)]
    content = [one for one in loose if not is_stopword(one.token.text) and not _FIGURES.search(one.token.text)]
    replaced = in_place(claim, evidence) if same else set()
    for one in content:
        strange = same and not is_known(one.token.text) and one.score < STRANGE_FLOOR
        if strange or (one.token.start in replaced and one.score < WORD_FLOOR):
            yield Problem("unsupported", one.token.start, one.token.end)
    for at in range(len(content) - PHRASE + 1):
        phrase = content[at : at + PHRASE]
        if _mean(phrase) < PHRASE_FLOOR:
            yield Problem("unsupported", phrase[0].token.start, phrase[-1].token.end)
            break
    if content and _mean(content) < CLAIM_FLOOR:
        yield Problem("unsupported", 0, len(claim))


def _mean(words: Sequence[Support]) -> float:
    return sum(one.weight * one.score for one in words) / max(sum(one.weight for one in words), 1e-9)
