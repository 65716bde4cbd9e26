"""Floors: what is below, what moves, and what never does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IsnadError
from qa.evaluation.estimate import Estimate
from qa.evaluation.floors import CEILINGS, FLOORS, MARGIN, Floors
from qa.evaluation.metrics import Figures, figures
from tests.qa.evaluation.test_metrics import outcome

EMPTY = figures([outcome([1], [1])])
VALUES = st.dictionaries(st.sampled_from(FLOORS + CEILINGS), st.floats(0, 1), max_size=5)


def cells(**values: float | None) -> dict[str, Figures]:
    """One cell with these figures and no other."""
    none = dict.fromkeys(FLOORS + CEILINGS)
    measured = {name: None if one is None else Estimate(one, 9, None, None) for name, one in values.items()}
    everything: dict[str, Any] = {**none, **measured}
    return {"en-ar": replace(EMPTY, **everything)}


def test_floors_are_at_least_and_ceilings_at_most() -> None:
    floors = Floors({"en-ar": {"hit_1": 0.5, "false_answers": 0.2}})
    assert floors.shortfalls(cells(hit_1=0.5, false_answers=0.2)) == []
    assert floors.shortfalls(cells(hit_1=0.9, false_answers=0.1)) == []
    below = floors.shortfalls(cells(hit_1=0.4, false_answers=0.3))
    assert [str(one) for one in below] == [
        "en-ar hit_1: reached 0.400, floor 0.500",
        "en-ar false_answers: reached 0.300, ceiling 0.200",
    ]


def test_what_is_not_measured_any_more_falls_short() -> None:
    floors = Floors({"en-ar": {"hit_1": 0.5}, "ar-ar": {"auroc": 0.1}})
    below = [str(one) for one in floors.shortfalls(cells(hit_1=None))]
    assert below == [
        "en-ar hit_1: not measured any more, floor 0.500",
        "ar-ar auroc: not measured any more, floor 0.100",
    ]
    assert floors.lowered(cells(hit_1=None)).as_dict() == {}


def test_margins() -> None:
    floors = Floors({}).raised(cells(hit_1=0.6567, false_answers=0.123, auroc=0.004, false_refusals=0.999))
    bounds = {"hit_1": 0.646, "auroc": 0.0, "false_answers": 0.133, "false_refusals": 1.0}
    assert floors.as_dict() == {"en-ar": bounds}


@given(VALUES, VALUES)
def test_raising_never_asks_for_less_and_lowering_only_where_it_must(
    before: dict[str, float], after: dict[str, float]
) -> None:
    pinned = Floors({}).raised(cells(**before))
    assert pinned.shortfalls(cells(**before)) == []
    raised, lowered = pinned.raised(cells(**after)), pinned.lowered(cells(**after))
    assert lowered.shortfalls(cells(**after)) == []
    fallen = {one.metric for one in pinned.shortfalls(cells(**after))}
    for metric, bound in pinned.as_dict().get("en-ar", {}).items():
        better = -1 if metric in CEILINGS else 1
        assert better * raised.bounds["en-ar"][metric] >= better * bound
        if metric not in fallen:
            assert lowered.bounds["en-ar"][metric] == bound
        elif metric in after:
            assert better * lowered.bounds["en-ar"][metric] < better * bound
            assert abs(lowered.bounds["en-ar"][metric] - after[metric]) <= MARGIN + 0.0011
    for metric, value in after.items():
        if metric not in before:
            assert abs(raised.bounds["en-ar"][metric] - value) <= MARGIN + 0.0011
    assert raised.raised(cells(**after)).as_dict() == raised.as_dict()


def test_what_is_no_floor() -> None:
    for bounds, problem in (
        ({"hit_9": 0.5}, "en-ar: no figure is called 'hit_9'; held are hit_1, "),
        ({"hit_1": "high"}, "en-ar hit_1: expected a share from 0 to 1, not 'high'"),
        ({"hit_1": 55}, "not 55"),
        ({"hit_1": True}, "not True"),
    ):
        with pytest.raises(IsnadError, match=problem):
            Floors.from_dict({"en-ar": bounds})
    assert not Floors({"en-ar": {}})
    assert Floors.from_dict({"en-ar": {"hit_1": 0}})
