"""Estimates: values against counting, intervals against what is known of binomials, and always the same."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluation.estimate import Estimate, auroc, mean, short

PROBABILITIES = st.lists(st.integers(0, 10).map(lambda tenth: tenth / 10), min_size=1, max_size=8)


@settings(max_examples=50)
@given(PROBABILITIES, PROBABILITIES)
def test_the_area_is_the_share_of_pairs_won(present: list[float], absent: list[float]) -> None:
    found = auroc(present, absent)
    assert found is not None
    won = [1.0 if one > other else 0.5 if one == other else 0.0 for one, other in product(present, absent)]
    assert found.value == pytest.approx(sum(won) / len(won))
    assert found.n == len(present) + len(absent)


def test_the_interval_of_the_area_is_that_of_resampling_by_hand() -> None:
    draw = np.random.default_rng(3)
    present, absent = draw.normal(1, 1, 60), draw.normal(0, 1, 40)
    areas = []
    for _ in range(2000):
        ones, others = draw.choice(present, 60), draw.choice(absent, 40)
        areas.append((ones[:, None] > others).mean() + (ones[:, None] == others).mean() / 2)
    found = auroc(present.tolist(), absent.tolist())
    assert found is not None
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(areas, [2.5, 97.5])), abs=0.012)


@pytest.mark.parametrize(("right", "of"), [(30, 60), (380, 400), (3, 20)])
def test_the_interval_of_a_share_is_that_of_the_binomial(right: int, of: int) -> None:
    from scipy.stats import binom

    found = mean([True] * right + [False] * (of - right))
    assert found is not None
    assert found.value == right / of
    assert found.low is not None
    assert found.high is not None
    for end, level in ((found.low, 0.025), (found.high, 0.975)):
        assert end * of == pytest.approx(binom.ppf(level, of, right / of), abs=0.02 * of)


def test_the_same_questions_give_the_same_interval() -> None:
    values, others = [0.2, 0.9, 0.4, 0.4, 1.0, 0.0], [0.1, 0.3, 0.35]
    np.random.default_rng().normal(size=7)
    assert mean(values) == mean(values)
    assert auroc(values, others) == auroc(values, others)
    one, other = mean([True, False] * 20), mean([True, False] * 40)
    assert one is not None
    assert other is not None
    assert one.value == other.value
    assert one.low is not None
    assert other.low is not None
    assert one.low < other.low  # more questions tell more


def test_too_few_questions_have_no_interval() -> None:
    assert mean([]) is None
    assert mean([True]) == Estimate(1.0, 1, None, None)
    assert mean([True, True]) == Estimate(1.0, 2, 1.0, 1.0)
    assert auroc([], [0.5]) is auroc([0.5], []) is None
    assert auroc([0.5], [0.2, 0.1]) == Estimate(1.0, 3, None, None)
    assert Estimate(1.0, 1, None, None).interval == "–"
    assert Estimate(0.5, 9, 0.251, 1.0).interval == ".25–1.00"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, ".00"),
        (1, "1.00"),
        (0.996, "1.00"),
        (0.994, ".99"),
        (-0.125, "-.12"),
        (-0.001, ".00"),
        (10.04, "10.04"),
    ],
)
def test_how_shares_are_shown(value: float, text: str) -> None:
    assert short(value) == text
    assert math.isclose(float(text), value, abs_tol=0.0051)
