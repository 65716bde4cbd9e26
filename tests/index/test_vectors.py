from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import DamagedArchiveError, IsnadError
from index.vectors import VectorIndex

DIMENSION = 8


def unit(count: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000))
def test_search_is_argsort(count: int, k: int, seed: int) -> None:
    vectors, question = unit(count, seed), unit(1, seed + 1)[0]
    ids = np.random.default_rng(seed).permutation(1000)[:count].astype(np.int64)
    index = VectorIndex(DIMENSION)
    index.add(ids, vectors)
    cosines = vectors.astype(np.float16).astype(np.float64) @ question
    found = index.search(question, k)
    assert len(found) == len(set(found)) == min(k, count)
    by_id = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
    # Compared by cosine: two that differ by less than the arithmetic may stand in either order.
    np.testing.assert_allclose([by_id[i] for i in found], np.sort(cosines)[::-1][:k], atol=1e-6)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 9), max_size=5)), max_size=6))
def test_adding_and_removing_as_a_dict_does(operations: list[tuple[bool, set[int]]]) -> None:
    index = VectorIndex(DIMENSION)
    oracle: dict[int, NDArray[np.float32]] = {}
    for number, (adding, ids) in enumerate(operations):
        if adding:
            new = np.array(sorted(ids - oracle.keys()), dtype=np.int64)
            vectors = unit(len(new), number)
            index.add(new, vectors)
            oracle |= dict(zip(new.tolist(), vectors, strict=True))
        else:
            index.remove(ids)
            oracle = {i: vector for i, vector in oracle.items() if i not in ids}
        assert len(index) == len(oracle)
        assert sorted(index.ids.tolist()) == sorted(oracle)
        for i, vector in oracle.items():
            assert index.search(vector, 1) == [i]
        kept = np.array(sorted(oracle), dtype=np.int64)
        assert index.holds(kept, np.array([oracle[i] for i in kept.tolist()]).reshape(-1, DIMENSION))


def test_saved_and_loaded(tmp_path: Path) -> None:
    file = tmp_path / "a.faiss"
    for count in (0, 3):
        index = VectorIndex(DIMENSION)
        index.add(np.arange(count), unit(count, 1))
        index.save(file)
        loaded = VectorIndex.load(file)
        assert loaded.ids.tolist() == list(range(count))
        assert loaded.search(unit(3, 1)[2], 9) == index.search(unit(3, 1)[2], 9)
        loaded.remove([0])
        loaded.add(np.array([0]), unit(1, 1))
        assert len(loaded) == max(count, 1)


def test_a_copy_is_its_own() -> None:
    index = VectorIndex(DIMENSION)
    index.add(np.arange(3), unit(3, 1))
    copy = index.copy()
    copy.remove([1])
    copy.add(np.array([7]), unit(1, 2))
    assert index.ids.tolist() == [0, 1, 2]
    assert sorted(copy.ids.tolist()) == [0, 2, 7]
    assert index.search(unit(1, 2)[0], 3) != copy.search(unit(1, 2)[0], 3)


def test_vectors_without_length_are_kept_and_found_last() -> None:
    vectors = unit(3, 5)
    vectors[1] = 0
    index = VectorIndex(DIMENSION)
    index.add(np.array([7, 8, 9]), np.abs(vectors))
    assert index.search(np.ones(DIMENSION, dtype=np.float32), 3)[-1] == 8
    assert sorted(index.search(np.zeros(DIMENSION, dtype=np.float32), 3)) == [7, 8, 9]


def test_another_vector_under_an_id_is_noticed() -> None:
    index = VectorIndex(DIMENSION)
    index.add(np.array([7]), unit(1, 5))
    assert not index.holds(np.array([7]), unit(1, 6))


@pytest.mark.parametrize("content", [b"", b"no index", None])
def test_a_file_that_is_no_index_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ar.1.faiss"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match=r"ar\.1\.faiss"):
        VectorIndex.load(file)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match=r"missing/ar\.1\.faiss"):
        VectorIndex(DIMENSION).save(tmp_path / "missing" / "ar.1.faiss")
