"""Figures against the definitions of the measures, worked out here in plain Python."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluation.estimate import Estimate
from qa.evaluation.gold import GoldQuestion, Place
from qa.evaluation.metrics import ESTIMATES, figures
from qa.evaluation.outcome import Outcome


def ndcg(found: Sequence[int], relevant: frozenset[int]) -> float:
    gain = sum(1 / math.log2(place + 1) for place, one in enumerate(found[:10], start=1) if one in relevant)
    best = sum(1 / math.log2(place + 1) for place in range(1, min(len(relevant), 10) + 1))
    return gain / best


def reciprocal_rank(found: Sequence[int], relevant: frozenset[int]) -> float:
    return next((1 / place for place, one in enumerate(found, start=1) if one in relevant), 0.0)


def recall(found: Sequence[int], relevant: frozenset[int], k: int) -> float:
    return len(relevant & set(found[:k])) / len(relevant)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def outcome(
    passages: Sequence[int] = (),
    relevant: Sequence[int] = (),
    found: bool = True,
    place: int | None = None,
    probability: float = 0.5,
    alone: Sequence[int] | None = None,
    cell: str = "en-en",
) -> Outcome:
    evidence = tuple(Place("x", i, i + 1) for i in relevant)
    gold = GoldQuestion("id", "Who?", cell[:2], "", evidence)
    found_alone = None if alone is None else tuple(alone)
    return Outcome(gold, cell, tuple(passages), found_alone, frozenset(relevant), found, probability, place, 0.001)


def value(estimate: Estimate | None) -> float:
    assert estimate is not None
    return estimate.value


def test_figures_by_hand() -> None:
    found = figures(
        [
            outcome([5, 3, 1], [3], found=True, place=1, probability=0.9),
            outcome([1, 2, 3, 4, 5, 6], [6, 9], found=False, place=4, probability=0.2),
            outcome([], [7], found=True, place=None, probability=0.6),  # nothing retrieved counts as zero
            outcome([8, 4], [8], found=True, place=3, probability=0.6),
            outcome([1, 2], found=True, probability=0.6),
            outcome([1, 2], found=False, probability=0.1),
            outcome([1, 2], found=False, probability=0.3),
        ]
    )
    assert (found.answerable, found.unanswerable) == (4, 3)
    ideal = 1 + 1 / math.log2(3)
    assert value(found.ndcg_10) == pytest.approx((1 / math.log2(3) + (1 / math.log2(7)) / ideal + 0 + 1) / 4)
    assert value(found.mrr) == pytest.approx((1 / 2 + 1 / 6 + 0 + 1) / 4)
    assert value(found.recall_1) == pytest.approx((0 + 0 + 0 + 1) / 4)
    assert value(found.recall_5) == pytest.approx((1 + 0 + 0 + 1) / 4)
    assert value(found.recall_10) == pytest.approx((1 + 1 / 2 + 0 + 1) / 4)
    assert (value(found.hit_1), value(found.hit_3)) == (1 / 4, 2 / 4)
    assert value(found.auroc) == pytest.approx((3 + 1 + 2.5 + 2.5) / 12)
    assert value(found.false_answers) == pytest.approx(1 / 3)
    assert value(found.false_refusals) == pytest.approx(1 / 4)
    assert (found.p50, found.p95) == pytest.approx((1.0, 1.0))
    assert (found.recall_5_alone, found.recall_5_lost) == (None, None)


def test_every_share_has_its_number_of_questions() -> None:
    rows = [outcome([1], [1], alone=[1]), outcome([2], [3], alone=[3]), outcome([2], [3]), outcome([4])]
    found = figures(rows)
    numbers = {name: getattr(found, name).n for name in ESTIMATES}
    assert numbers == {
        **dict.fromkeys(["ndcg_10", "mrr", "recall_1", "recall_5", "recall_10", "hit_1", "hit_3"], 3),
        **dict.fromkeys(["recall_5_alone", "recall_5_lost"], 2),
        "auroc": 4,
        "false_answers": 1,
        "false_refusals": 3,
    }


def test_what_other_languages_cost() -> None:
    found = figures(
        [
            outcome([7, 8, 9, 10, 11, 1], [1], alone=[1]),  # found alone, and too far down among others
            outcome([1, 2], [1, 2], alone=[2, 1]),
            outcome([], [1, 2], alone=[1]),
            outcome([1], [1]),  # of another cell's kind: searched once only
        ]
    )
    assert value(found.recall_5_alone) == pytest.approx((1 + 1 + 1 / 2) / 3)
    assert value(found.recall_5) == pytest.approx((0 + 1 + 0 + 1) / 4)
    assert value(found.recall_5_lost) == pytest.approx((1 + 0 + 1 / 2) / 3)


def test_others_stand_in_where_a_cell_has_no_question_without_an_answer() -> None:
    here = [outcome([1], [1], probability=0.6), outcome([1], [1], probability=0.2)]
    others = [outcome([1], probability=p, cell="en-any") for p in (0.1, 0.3, 0.4, 0.7)]
    assert value(figures(here, others).auroc) == pytest.approx((3 + 1) / 8)
    assert figures(here, others).false_answers is None
    own = outcome([1], probability=0.5)
    assert value(figures([*here, own], others).auroc) == pytest.approx(1 / 2)


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(1, 15), max_size=10, unique=True),
            st.lists(st.integers(1, 15), min_size=1, max_size=4, unique=True),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_figures_equal_the_definitions(rows: list[tuple[list[int], list[int]]]) -> None:
    found = figures([outcome(passages, relevant) for passages, relevant in rows])
    pairs = [(passages, frozenset(relevant)) for passages, relevant in rows]
    assert value(found.ndcg_10) == pytest.approx(mean([ndcg(*pair) for pair in pairs]), abs=1e-6)
    assert value(found.mrr) == pytest.approx(mean([reciprocal_rank(*pair) for pair in pairs]), abs=1e-6)
    for k, estimate in ((1, found.recall_1), (5, found.recall_5), (10, found.recall_10)):
        assert value(estimate) == pytest.approx(mean([recall(*pair, k) for pair in pairs]), abs=1e-6)


def test_what_no_question_tells_is_left_open() -> None:
    absent = figures([outcome([1])])
    assert absent.unanswerable == value(absent.false_answers) == 1
    assert (absent.ndcg_10, absent.mrr, absent.hit_1, absent.false_refusals, absent.auroc) == (None,) * 5
    assert figures([outcome([1], [1])]).false_answers is None
