import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import token_cosines
from index.token_cosines import TokenCosines


@given(st.lists(st.lists(st.integers(0, 19), max_size=8), max_size=6))
def test_cosines_are_those_of_the_vectors(questions: list[list[int]]) -> None:
    vectors = np.random.default_rng(1).normal(size=(20, 5)).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    units = vectors / lengths[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_cosines, "REMEMBERED", 10)
        patch.setattr(token_cosines, "BLOCK", 7)
        cosines = TokenCosines(vectors, lengths)
        for tokens in questions:
            found = cosines.of(tokens)
            assert found.shape == (len(tokens), 20)
            np.testing.assert_allclose(found, units[tokens] @ units.T, atol=1e-6)
            assert len(cosines._known) <= 10 + len(tokens)
