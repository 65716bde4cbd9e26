"""How well the words of one text are borne out by another, in the same or the other language."""

import re
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.embedding import StaticEmbedder, bundled_embedder
from index.near_tokens import FLOOR
from index.stemming import stem
from index.token_rows import TokenIds
from index.tokens import Token, is_stopword, tokens
from qa.guard.transliteration import likeness
from qa.tables import forms, table

_ARABIC = re.compile(r"[ء-ي]")


class Support(NamedTuple):
    """How well a word is borne out.

    Attributes:
        token: The word.
        score: 1 for the same word, 0 for a stranger.
        letters: How well a word of the evidence writes it in the other letters, likewise from 0 to 1.
        weight: What the word counts, the model's weight of it: next to nothing for function words.
    """

    token: Token
    score: float
    letters: float
    weight: float


def word_support(claim: str, evidence: str) -> list[Support]:
    """Tell of each word of a claim how well the evidence bears it out.

    The same stem does wholly; else the nearest token of the bundled model counts (M of `index.scores`), or,
    between scripts, the word that writes it best in the other letters.

    Args:
        claim: Any text, not folded.
        evidence: likewise.

    Returns:
        One for each word of the claim, stop words included, in order.
    """
    words = tokens(claim)
    theirs = tokens(evidence)
    others = list(dict.fromkeys(token.text for token in theirs))
    # على is a preposition, علي a name too; folded they are one.
    nameable = list({one.text for one in theirs if not is_stopword(one.text) or evidence[one.end - 1] == "ي"})
    if not words:
        return []
    stems = {stem(other) for other in others}
    model = bundled_embedder()
    rows = model.tokenize([word.text for word in words])
    matches = _matches(model, rows.ids, model.tokenize([" ".join(others)]).ids)
    lengths = model.lengths[rows.ids]
    found = []
    for at, word in enumerate(words):
        part = slice(int(rows.starts[at]), int(rows.starts[at + 1]))
        weight = float(np.linalg.norm(model.vectors[rows.ids[part]].sum(axis=0))) if rows.counts[at] else 0.0
        score = float(np.average(matches[part], weights=lengths[part])) if rows.counts[at] else 0.0
        letters = 0.0
        if word.text in others or stem(word.text) in stems:
            score = letters = 1.0
        elif not is_stopword(word.text):
            letters = written_likeness(word.text, nameable)
        found.append(Support(word, max(score, letters), letters, weight))
    return found


def _matches(model: StaticEmbedder, ids: TokenIds, others: TokenIds) -> NDArray[np.float32]:
    """Return M's match of each token with the best of some others: as `LateInteraction`, for one pair of texts."""
    if not len(others):
        return np.zeros(len(ids), dtype=np.float32)
    units = model.vectors[ids] / model.lengths[ids][:, None]
    theirs = model.vectors[others] / model.lengths[others][:, None]
    best = (units @ theirs.T).max(axis=1)
    return np.asarray(np.clip((best - FLOOR) / (1 - FLOOR), 0, 1), dtype=np.float32)


def written_likeness(word: str, others: list[str]) -> float:
    """Tell how well the best of some folded words writes a folded word of the other script."""
    arabic = bool(_ARABIC.search(word))
    best = 0.0
    for other in others:
        if bool(_ARABIC.search(other)) != arabic and not other.isdigit():
            latin, written = (other, word) if arabic else (word, other)
            best = max(best, 1.0 if _same_name(latin, written) else likeness(latin, written))
    return best


def _same_name(latin: str, arabic: str) -> bool:
    known = _names().get(latin.removesuffix("'s"), frozenset())
    return arabic in known or re.sub(r"^[وف]?[بلك]?", "", arabic) in known


@cache
def _names() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for latin, arabic in table("names.tsv", "Latin", "Arabic"):
        for form in forms(latin):
            found.setdefault(form, set()).update(one.removesuffix("?") for one in forms(arabic))
    return {latin: frozenset(arabic) for latin, arabic in found.items()}
