"""How the wording of a claim departs from that of its evidence in the same language."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from index.folding import fold
from index.tokens import tokens
from qa.mentions.mention import Mention

NEARLY = 0.75  # from here on two sentences are nearly the same: ratio of difflib over their words
_REPLACED = 4  # words: longer passages are rewritten, not replaced
_PASSIVE = frozenset(map(fold, ("by", "قبل", "يد", "جانب")))


def in_place(claim: str, evidence: str) -> set[int]:
    """Return where words of a claim begin that stand in place of others in nearly the same sentence.

    Args:
        claim: Any text, not folded.
        evidence: A text in the same language.
    """
    words, said = tokens(claim), [token.text for token in tokens(evidence)]
    matcher = SequenceMatcher(None, [token.text for token in words], said, autojunk=False)
    if matcher.ratio() < NEARLY:
        return set()
    return {
        words[at].start
        for tag, first, last, start, end in matcher.get_opcodes()
        if tag == "replace" and last - first <= _REPLACED and end - start <= _REPLACED
        for at in range(first, last)
    }


def swapped(claim: str, found: Sequence[Mention], evidence: str) -> tuple[int, int] | None:
    """Find two things that have changed places: the claim is nearer to the evidence with them exchanged.

    Args:
        claim: Any text, not folded.
        found: What it mentions.
        evidence: A text in the same language.

    Returns:
        Where the first begins and the second ends; None where there are none such, or one text is passive.
    """
    words, said = tokens(claim), [token.text for token in tokens(evidence)]
    if {token.text for token in words} & _PASSIVE != set(said) & _PASSIVE:
        return None
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
            return one.start, other.end
    return None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for at, theirs in enumerate(other, start=1):
            before, row[at] = row[at], before + 1 if word == theirs else max(row[at], row[at - 1])
    return row[-1]
