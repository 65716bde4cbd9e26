"""Conditions on articles."""

import pytest

from index.errors import IsnadError
from index.filters import Filter


@pytest.mark.parametrize("value", ["yesterday", "2021-13-01", "20210301", "2021-3-1", ""])
def test_what_is_no_date_is_named(value: str) -> None:
    with pytest.raises(IsnadError, match=f"last: expected a date such as 2021-03-31, got '{value}'"):
        Filter(last=value)


def test_dates_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(IsnadError, match="from 2021-03-02 on and up to 2021-03-01: put the earlier date first"):
        Filter("2021-03-02", "2021-03-01")


def test_a_filter_is_true_when_it_has_a_condition() -> None:
    assert not Filter()
    assert Filter(first="2021-03-01", last="2021-03-01")
    assert Filter(sources=("x",))
    assert Filter(languages=("ar",))
    assert Filter(documents=("u",))
