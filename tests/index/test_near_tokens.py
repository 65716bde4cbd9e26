from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import near_tokens
from index.embedding import bundled_embedder
from index.errors import IsnadError
from index.near_tokens import FLOOR, STEPS, NearTokens


@given(st.lists(st.lists(st.integers(0, 19), max_size=8), max_size=6))
def test_near_is_a_cosine_above_the_floor(questions: list[list[int]]) -> None:
    vectors = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    units = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_tokens, "BLOCK", 7)
        near = NearTokens.among(vectors)
    for tokens in questions:
        for token, (ids, cosines) in zip(tokens, near.of(tokens), strict=True):
            expected = units @ units[token]
            assert ids.tolist() == np.flatnonzero(expected > FLOOR).tolist()
            np.testing.assert_allclose(cosines, expected[ids], atol=0.5 * (1 - FLOOR) / STEPS + 1e-6)


def test_a_token_without_a_vector_is_near_to_nothing() -> None:
    near = NearTokens.among(np.diag([1, 0, 1]).astype(np.float32))
    assert [ids.tolist() for ids, _ in near.of([0, 1, 2])] == [[0], [], [2]]


def test_the_file_that_ships_belongs_to_the_weights_that_ship() -> None:
    model = bundled_embedder()
    units = model.vectors / model.lengths[:, None]
    sample = np.random.default_rng(2).integers(len(units), size=50).tolist()
    for token, (ids, cosines) in zip(sample, model.near.of(sample), strict=True):
        exact = units @ units[token]
        np.testing.assert_allclose(cosines, exact[ids], atol=0.5 * (1 - FLOOR) / STEPS + 1e-5)
        assert {*np.flatnonzero(exact > FLOOR + 1e-5)} <= {*ids.tolist()}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    near = NearTokens.among(np.random.default_rng(3).normal(size=(30, 4)).astype(np.float32))
    near.save(tmp_path / "near")
    again = NearTokens.load(tmp_path / "near")
    for name in ("starts", "ids", "steps"):
        np.testing.assert_array_equal(getattr(near, name), getattr(again, name))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "near").write_bytes(b"nothing")
    for name in ("near", "missing"):
        with pytest.raises(IsnadError, match=name):
            NearTokens.load(tmp_path / name)
