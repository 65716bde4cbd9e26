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
from index.tokens import is_stopword, tokens
from qa.amounts import money_named
from qa.countries import may_mean
from qa.figures import FIGURES, Figures, alike
from qa.mentions import Mention, mentions
from qa.negation import Negation, excuses, negations
from qa.when import weekdays
from qa.word_support import Support, word_support

NAME_FLOOR = 0.6
WORD_FLOOR = 0.05
CLAIM_FLOOR = 0.3
_QUOTED = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"|„([^“]+)“")
_WORDS = re.compile(r"\w+")
_HAS_DIGIT = re.compile(r"\d")
_PASSIVE = frozenset(map(fold, ("by", "قبل", "يد", "جانب")))


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
    problems = [
        *_figures(found, claim_language, evidence, evidence_language),
        *_replaced(claim, claim_language, evidence, evidence_language),
        *_quotations(claim, evidence, same),
        *_negations(claim, claim_language, evidence, evidence_language),
        *_supported(claim, found, evidence, claim_language, evidence_language),
    ]
    if same and not problems:
        problems += _swaps(claim, found, evidence)
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
    denied, stated = negations(claim, language), negations(evidence, evidence_language)
    ours, theirs = excuses(claim, language), excuses(evidence, evidence_language)
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


def _supported(
    claim: str, found: Sequence[Mention], evidence: str, language: str, evidence_language: str
) -> Iterator[Problem]:
    """Find countries, names and words that nothing in the evidence bears out."""
    theirs = _read(evidence, evidence_language)[0]
    values = {mention.value for mention in theirs}
    support = word_support(claim, evidence)
    for mention in found:
        if mention.kind == "country":
            if mention.value not in values and mention.value not in may_mean(evidence, evidence_language):
                instead = [one for one in theirs if one.kind == "country" and one.value not in {m.value for m in found}]
                said = evidence[instead[0].start : instead[0].end] if len(instead) == 1 else ""
                yield Problem("country", mention.start, mention.end, said)
        elif mention.kind == "name" and mention.value not in values:
            words = [one for one in support if mention.start <= one.token.start < mention.end]
            if any(one.score < NAME_FLOOR and not is_stopword(one.token.text) for one in words):
                yield Problem("name", mention.start, mention.end)
    yield from _unsupported(claim, found, support, values)


def _unsupported(
    claim: str, found: Sequence[Mention], support: Sequence[Support], values: set[object]
) -> Iterator[Problem]:
    covered = [m for m in found if m.kind not in ("term",) or m.value in values]
    loose = [one for one in support if not any(m.start <= one.token.start < m.end for m in covered)]
    content = [one for one in loose if not is_stopword(one.token.text)]
    for one in content:
        if one.score <= WORD_FLOOR or (_HAS_DIGIT.search(one.token.text) and one.score < 1):
            yield Problem("unsupported", one.token.start, one.token.end)
    weight = sum(one.weight for one in content)
    if weight and sum(one.weight * one.score for one in content) / weight < CLAIM_FLOOR:
        yield Problem("unsupported", 0, len(claim))


def _swaps(claim: str, found: Sequence[Mention], evidence: str) -> Iterator[Problem]:
    """Find two things that have changed places: the claim is nearer to the evidence with them exchanged."""
    words, said = tokens(claim), [token.text for token in tokens(evidence)]
    if {token.text for token in words} & _PASSIVE != set(said) & _PASSIVE:
        return
    plain = _common([token.text for token in words], said)
    pairs = [(a, b) for at, a in enumerate(found) for b in found[at + 1 :] if a.value != b.value]
    for one, other in pairs:
        texts = [token.text for token in words]
        first = [at for at, token in enumerate(words) if one.start <= token.start < one.end]
        second = [at for at, token in enumerate(words) if other.start <= token.start < other.end]
        if not first or not second:
            continue
        changed = (
            texts[: first[0]]
            + texts[second[0] : second[-1] + 1]
            + texts[first[-1] + 1 : second[0]]
            + texts[first[0] : first[-1] + 1]
            + texts[second[-1] + 1 :]
        )
        common = _common(changed, said)
        if common > plain and common >= 0.9 * len(texts):
            yield Problem("swap", one.start, other.end)
            return


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for at, theirs in enumerate(other, start=1):
            before, row[at] = row[at], before + 1 if word == theirs else max(row[at], row[at - 1])
    return row[-1]
