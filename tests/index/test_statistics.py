from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from index.statistics import TokenStatistics
from index.token_rows import TokenRows

VOCABULARY = 12
ROWS = st.lists(st.lists(st.integers(0, VOCABULARY - 1), max_size=6), max_size=8)


def check(statistics: TokenStatistics, rows: list[list[int]]) -> None:
    counter = Counter(token for row in rows for token in set(row))
    assert statistics.frequencies.tolist() == [counter[token] for token in range(VOCABULARY)]
    assert statistics.rows == len(rows)
    assert statistics.tokens == sum(map(len, rows))
    assert statistics.mean_length == (statistics.tokens / len(rows) if rows else 0)


@given(ROWS, ROWS)
def test_added_and_taken_away_as_a_counter_counts(first: list[list[int]], second: list[list[int]]) -> None:
    statistics = TokenStatistics.empty(VOCABULARY)
    check(statistics, [])
    statistics = statistics.plus(TokenRows.of(first))
    check(statistics, first)
    statistics = statistics.plus(TokenRows.of(second))
    check(statistics, first + second)
    check(statistics.plus(TokenRows.of(first), -1), second)
