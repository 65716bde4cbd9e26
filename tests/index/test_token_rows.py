import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.token_rows import TokenRows

ROWS = st.lists(st.lists(st.integers(0, 65_535), max_size=6), max_size=8)


def lists(rows: TokenRows) -> list[list[int]]:
    return [row.tolist() for row in rows]


@given(ROWS)
def test_rows_come_back(given_rows: list[list[int]]) -> None:
    rows = TokenRows.of(given_rows)
    assert lists(rows) == given_rows
    assert len(rows) == len(given_rows)
    assert rows.counts.tolist() == [len(row) for row in given_rows]
    assert rows.ids.tolist() == [token for row in given_rows for token in row]
    assert rows.row_numbers.tolist() == [i for i, row in enumerate(given_rows) for _ in row]


@given(ROWS)
def test_bytes_are_little_endian_16_bit(given_rows: list[list[int]]) -> None:
    blobs = TokenRows.of(given_rows).to_bytes()
    assert blobs == [b"".join(token.to_bytes(2, "little") for token in row) for row in given_rows]
    assert lists(TokenRows.from_bytes(blobs)) == given_rows


def test_a_token_too_large_for_the_format_is_refused() -> None:
    assert TokenRows.of([[65_535]]).to_bytes() == [b"\xff\xff"]
    with pytest.raises(ValueError, match="65536"):
        TokenRows.of([[65_536]]).to_bytes()


@given(ROWS, st.data())
def test_take(given_rows: list[list[int]], data: st.DataObject) -> None:
    places = st.integers(0, len(given_rows) - 1) if given_rows else st.nothing()
    order = data.draw(st.lists(places, max_size=8 if given_rows else 0))
    taken = TokenRows.of(given_rows).take(np.array(order, dtype=np.int64))
    assert lists(taken) == [given_rows[i] for i in order]


@given(ROWS, st.slices(10))
def test_slice(given_rows: list[list[int]], cut: slice) -> None:
    rows = TokenRows.of(given_rows)
    if cut.step not in (None, 1):
        with pytest.raises(ValueError, match="steps of 1"):
            _ = rows[cut]
        return
    assert lists(rows[cut]) == given_rows[cut]
    assert rows[cut].starts[0] == 0
