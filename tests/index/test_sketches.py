"""Sketches against sets in plain Python, and against datasketch's MinHash."""

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from index.sketches import (
    FEWEST_SHINGLES,
    FORMULA,
    MOST_KEYS,
    SHINGLE,
    SHORTEST_SHARE,
    Sketch,
    body_tokens,
    containment,
    sketches,
)
from index.token_rows import TokenIds

WORDS = np.ones(1 << 16, dtype=bool)
WORDS[:10] = False  # 0 is the unknown token, 1 to 9 stand for punctuation


def ids(tokens: list[int]) -> TokenIds:
    return np.array(tokens, dtype=np.uint32)


def sketch(tokens: list[int], language: str = "en") -> Sketch:
    return sketches([ids(tokens)], [language], WORDS)[0]


def runs(tokens: list[int]) -> set[tuple[int, ...]]:
    kept = [token for token in tokens if token >= 10]
    return {tuple(kept[i : i + SHINGLE]) for i in range(len(kept) - SHINGLE + 1)}


TOKENS = st.lists(st.integers(1, 60_000), min_size=FEWEST_SHINGLES + SHINGLE + 20, max_size=300)


@given(TOKENS, TOKENS, st.integers(0, 250), st.integers(0, 50))
def test_containment_is_that_of_the_sets_of_runs(one: list[int], other: list[int], size: int, start: int) -> None:
    other = [*other[:start], *one[:size], *other[start:]]  # so that they share something
    shared, fewer, more = runs(one) & runs(other), *sorted((len(runs(one)), len(runs(other))))
    expected = max(len(shared) - FORMULA, 0) / (fewer - FORMULA) if fewer >= FEWEST_SHINGLES else 0
    if fewer < SHORTEST_SHARE * more:
        expected = 0
    assert containment(sketch(one).shingles, sketch(other).shingles) == pytest.approx(expected)
    assert len(sketch(one).shingles) == (len(runs(one)) if len(runs(one)) >= FEWEST_SHINGLES else 0)


@given(TOKENS, st.lists(TOKENS, max_size=4))
def test_a_batch_gives_what_each_alone_gives(one: list[int], others: list[list[int]]) -> None:
    rows = [one, *others]
    made = sketches([ids(row) for row in rows], ["ar"] * len(rows), WORDS)
    for row, each in zip(rows, made, strict=True):
        alone = sketch(row, "ar")
        assert (each.digest, each.shingles.tolist()) == (alone.digest, alone.shingles.tolist())


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_keys_estimate_resemblance_as_minhash_does(share: float) -> None:
    """The smallest hashes are a fair sample: on average they agree with another library's MinHash."""
    random = np.random.default_rng(int(share * 10))
    ours, theirs = [], []
    for _ in range(40):
        common = random.integers(10, 60_000, int(900 * share)).tolist()
        one, other = ([*common, *random.integers(10, 60_000, 900 - len(common)).tolist()] for _ in range(2))
        keys, others = set(sketch(one).keys.tolist()), set(sketch(other).keys.tolist())
        least = sorted(keys | others)[: min(len(keys), len(others))]
        ours.append(len(keys & others & set(least)) / len(least))
        hashes = []
        for row in (one, other):
            minhash = MinHash(num_perm=128, seed=1)
            minhash.update_batch([repr(run).encode() for run in runs(row)])
            hashes.append(minhash)
        theirs.append(hashes[0].jaccard(hashes[1]))
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.04)


def test_what_makes_no_difference_and_what_does() -> None:
    text = list(range(10, 90))
    plain = sketch(text)
    marked = [part for token in text for part in (token, 1 + token % 9)]
    assert sketch(marked).digest == plain.digest
    assert sketch(marked).shingles.tolist() == plain.shingles.tolist()
    assert sketch([*text[:-1], 99]).digest != plain.digest
    assert sketch(text, "ar").digest != plain.digest
    assert not set(sketch(text, "ar").shingles.tolist()) & set(plain.shingles.tolist())


def test_longer_articles_have_more_keys_up_to_a_limit() -> None:
    random = np.random.default_rng(0)
    counts = [len(sketch(random.integers(10, 60_000, size).tolist()).keys) for size in (60, 300, 800, 900, 9000)]
    assert counts == [16, 16, 19, 22, MOST_KEYS]


@pytest.mark.parametrize("tokens", [[], [0] * 100, [1] * 100, [10, 11], [0] * 60 + list(range(10, 60))])
def test_nothing_stands_for_what_is_not_known(tokens: list[int]) -> None:
    made = sketch(tokens)
    assert made.digest is None
    assert len(made.shingles) == len(made.keys) == 0


def test_the_headline_is_cut_off_where_it_was_put() -> None:
    headline = ids([5, 6])
    rows = [ids([5, 6, 7]), ids([5, 6, 8, 9]), ids([5, 7]), ids([])]
    assert body_tokens(headline, rows).tolist() == [7, 8, 9, 5, 7]
    assert body_tokens(ids([]), rows).tolist() == [5, 6, 7, 5, 6, 8, 9, 5, 7]
    assert body_tokens(headline, []).tolist() == []
