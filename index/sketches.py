"""What is kept of an article's wording so that near-duplicates of it can be found.

An article is the set of its shingles, runs of twelve tokens (Broder, "On the resemblance and containment of
documents", 1997). The smallest hashes of them stand for all in the catalog; two articles that share some are
compared by all their shingles. A shingle is long, so that reports filled into one form share few.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import UNKNOWN
from index.token_rows import TokenIds, TokenRows

# Tokens a shingle; tests.bench.stories chose this and what follows on its development part.
SHINGLE = 12
# Hashes that stand for an article; a longer one has more, so that a brief within it is found.
FEWEST_KEYS, MOST_KEYS, SHINGLES_A_KEY = 16, 24, 40
# With fewer shingles than this an article is compared as a whole only: a headline is no story.
FEWEST_SHINGLES = 32
# And with fewer words not even so: all texts of which nothing is known would be the same.
FEWEST_WORDS = 6
# As many shared shingles tell nothing: a formula, a signature or a disclaimer is about so long.
FORMULA = 20
# A brief shorter than this share of an article is not its story: a digest of the day would join all of them.
SHORTEST_SHARE = 1 / 8

Hashes = NDArray[np.uint32]

_BASE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Sketch:
    """The wording of an article.

    Attributes:
        digest: 64-bit signed number that only the same wording has; none where too little is left to compare.
        shingles: hashes of its shingles, distinct and rising; none for a very short article.
    """

    digest: int | None
    shingles: Hashes

    @property
    def keys(self) -> Hashes:
        """The smallest hashes, by which the article is found; rising."""
        return self.shingles[: min(max(len(self.shingles) // SHINGLES_A_KEY, FEWEST_KEYS), MOST_KEYS)]


def body_tokens(headline: TokenIds, passages: Iterable[TokenIds]) -> TokenIds:
    """Return the tokens of an article's passages end to end, without the headline embedded before each."""
    size = len(headline)
    rows = [row[size:] if size and np.array_equal(row[:size], headline) else row for row in passages]
    return np.concatenate([np.zeros(0, dtype=np.uint32), *rows])


def sketches(bodies: Sequence[TokenIds], languages: Sequence[str], words: NDArray[np.bool_]) -> list[Sketch]:
    """Return the sketch of every article.

    Args:
        bodies: the token ids of each.
        languages: the language of each; articles of two languages share no hash.
        words: of every token id, whether it counts; punctuation differs between outlets.
    """
    rows = TokenRows.of([body[words[body]] for body in bodies])
    seeds = np.array([zlib.crc32(language.encode()) for language in languages], dtype=np.uint64)
    hashes = _hashes(rows.ids, np.repeat(seeds, rows.counts))
    made = []
    for start, end, row, body, language in zip(
        rows.starts[:-1], rows.starts[1:], rows, bodies, languages, strict=True
    ):
        if len(row) < FEWEST_WORDS or len(row) < np.count_nonzero(body == UNKNOWN):
            made.append(Sketch(None, hashes[:0]))
            continue
        shingles = _distinct(hashes[start : max(start, end - SHINGLE + 1)])
        whole = hashlib.blake2b(row.astype("<u2").tobytes(), digest_size=8, person=language.encode()[:16])
        made.append(
            Sketch(
                int.from_bytes(whole.digest(), "little", signed=True),
                shingles if len(shingles) >= FEWEST_SHINGLES else shingles[:0],
            )
        )
    return made


def _hashes(tokens: TokenIds, seeds: NDArray[np.uint64]) -> Hashes:
    """Hash the run of tokens that begins at each: a polynomial modulo 2^64, finished as SplitMix64 does."""
    count = max(len(tokens) - SHINGLE + 1, 0)
    mixed = seeds[:count] + np.uint64(1)
    wide = tokens.astype(np.uint64) + np.uint64(1)
    for place in range(SHINGLE):
        mixed *= _BASE
        mixed += wide[place : place + count]
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _distinct(hashes: Hashes) -> Hashes:
    ordered = np.sort(hashes)  # beside it, np.unique takes three times as long
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if len(ordered) else ordered


def containment(one: Hashes, other: Hashes) -> float:
    """Return the share of the shorter article's shingles that stand in the longer one, beside a formula's worth.

    Args:
        one: distinct rising hashes of its shingles.
        other: the same of another.

    Returns:
        At most 1; 0 where nothing is shared, or one is too short to be the other's story.
    """
    fewer, more = sorted((len(one), len(other)))
    if fewer < FEWEST_SHINGLES or fewer < SHORTEST_SHARE * more:
        return 0.0
    both = np.concatenate([one, other])
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return max(shared - FORMULA, 0) / (fewer - FORMULA)
