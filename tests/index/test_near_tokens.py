import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import near_tokens
from index.near_tokens import FLOOR, NearTokens


@given(st.lists(st.lists(st.integers(0, 19), max_size=8), max_size=6))
def test_near_is_a_cosine_above_the_floor(questions: list[list[int]]) -> None:
    vectors = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    units = vectors / lengths[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(near_tokens, "BLOCK", 7)
        near = NearTokens(vectors, lengths)
        for tokens in questions:
            for token, (ids, cosines) in zip(tokens, near.of(tokens), strict=True):
                expected = units @ units[token]
                assert ids.tolist() == np.flatnonzero(expected > FLOOR).tolist()
                np.testing.assert_allclose(cosines, expected[ids], atol=1e-6)
