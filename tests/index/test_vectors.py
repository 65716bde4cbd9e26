from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import vectors as module
from index.errors import DamagedArchiveError, IsnadError
from index.passage_data import PassageData
from index.segment import Segment
from index.selection import Selection
from index.token_rows import TokenRows
from index.vectors import VectorIndex, clusters_for

DIMENSION = 8

Make = Callable[[NDArray[np.int64], NDArray[np.float32]], VectorIndex]


def unit(count: int, seed: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32)


def passages(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> list[PassageData]:
    return [PassageData(ids, TokenRows.of([[]] * len(ids)), vectors)]


def fresh(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> VectorIndex:
    return VectorIndex(DIMENSION).changed([], passages(ids, vectors))


def flat(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> VectorIndex:
    base = Segment.flat(DIMENSION)
    base.add(ids, vectors)
    return VectorIndex(DIMENSION, base)


def clustered(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> VectorIndex:
    base = Segment.clustered(np.concatenate([vectors, unit(100, 99)]), 4)
    base.add(ids, vectors)
    return VectorIndex(DIMENSION, base)


def half(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> VectorIndex:
    """Half of the vectors in the base, half beside it, and some of the base taken out again."""
    middle = len(ids) // 2
    other = np.arange(5000, 5005)
    index = flat(np.concatenate([ids[:middle], other]), np.concatenate([vectors[:middle], unit(5, 1)]))
    return index.changed(other.tolist(), passages(ids[middle:], vectors[middle:]))


@pytest.fixture(params=[fresh, flat, half])
def make(request: pytest.FixtureRequest) -> Make:
    """Every way an exact index can be laid out."""
    kind: Make = request.param
    return kind


@pytest.fixture
def all_probed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look into all clusters, which makes the clustered index exact up to 8 bits."""
    monkeypatch.setattr("index.segment.PROBED", 1.0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 60), st.integers(1, 70), st.integers(0, 1000), st.booleans())
def test_search_is_argsort(make: Make, count: int, k: int, seed: int, filtered: bool) -> None:
    vectors, question = unit(count, seed), unit(1, seed + 1)[0]
    ids = np.sort(np.random.default_rng(seed).permutation(1000)[:count].astype(np.int64))
    index = make(ids, vectors)
    selection = Selection(np.union1d(ids[::3], [17, 2000])) if filtered else None
    cosines = vectors.astype(np.float16).astype(np.float64) @ question
    by_id = dict(zip(ids.tolist(), cosines.tolist(), strict=True))
    allowed = set(selection.ids.tolist()) & by_id.keys() if selection else by_id.keys()
    found = index.search(question, k, selection)
    assert len(found) == len(set(found)) == min(k, len(allowed))
    assert set(found) <= set(allowed)
    # Compared by cosine: two that differ by less than the arithmetic may stand in either order.
    expected = sorted((by_id[i] for i in allowed), reverse=True)[:k]
    np.testing.assert_allclose([by_id[i] for i in found], expected, atol=1e-6)


@pytest.mark.usefixtures("all_probed")
def test_clusters_find_nearly_what_argsort_finds() -> None:
    vectors, questions = unit(400, 1), unit(20, 2)
    index = clustered(np.arange(400), vectors)
    for question in questions:
        found = index.search(question, 10)
        worst = np.sort(vectors @ question)[-10]
        assert len(found) == 10
        assert (vectors[found] @ question >= worst - 0.02).all()
        only = Selection(np.arange(0, 400, 7))
        assert index.search(question, 400, only) == [i for i in index.search(question, 400) if i % 7 == 0]


def test_fewer_clusters_are_looked_into_than_there_are() -> None:
    segment = Segment.clustered(unit(2000, 1), 32)
    segment.add(np.arange(2000), unit(2000, 1))
    assert 0 < len(segment.search(unit(1, 2)[0], 2000)) < 1000


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sets(st.integers(0, 40)), st.integers(0, 4)), max_size=6), st.booleans())
def test_changing_as_a_dict_does(make: Make, changes: list[tuple[set[int], int]], copied: bool) -> None:
    ids = np.arange(10)
    oracle = dict(zip(ids.tolist(), unit(10, 77), strict=True))
    index = make(ids, unit(10, 77))
    following = 10  # an id is never given twice
    for number, (gone, count) in enumerate(changes):
        before = index.ids.tolist()
        new = np.arange(following, following + count)
        following += count
        changed = index.changed(sorted(gone), passages(new, unit(count, number)))
        assert index.ids.tolist() == before
        index = changed
        oracle = {i: vector for i, vector in oracle.items() if i not in gone}
        oracle |= dict(zip(new.tolist(), unit(count, number), strict=True))
        assert len(index) == len(oracle)
        assert index.ids.tolist() == sorted(oracle)
        stored = {int(i): vector for part in index.stored() for i, vector in zip(*part, strict=True)}
        assert stored.keys() == oracle.keys()
        for i, vector in oracle.items():
            assert index.search(vector, 1) == [i]
            np.testing.assert_array_equal(stored[i], vector.astype(np.float16))


@pytest.mark.parametrize("kind", [fresh, flat, clustered, half])
def test_saved_and_loaded(tmp_path: Path, kind: Make) -> None:
    for count in (0, 9):
        index = kind(np.arange(count), unit(count, 1))
        base, beside = tmp_path / f"{count}.faiss", tmp_path / f"{count}.npz"
        index.base.save(base)
        index.save_fresh(beside)
        loaded = VectorIndex.load(DIMENSION, base, beside)
        assert loaded.ids.tolist() == index.ids.tolist() == list(range(count))
        assert loaded.base.clusters == index.base.clusters
        assert loaded.search(unit(3, 1)[2], 9) == index.search(unit(3, 1)[2], 9)
        changed = loaded.changed([0, 1], passages(np.array([20]), unit(1, 5)))
        assert changed.ids.tolist() == [*range(2, count), 20]
        whole = loaded.whole(base, [0, 1])  # can be added to, which the mapped one cannot
        whole.add(np.array([20]), unit(1, 5))
        assert sorted(whole.ids.tolist()) == changed.ids.tolist()


def test_eight_bits_are_near(tmp_path: Path) -> None:
    index = clustered(np.arange(50), unit(50, 3))
    for ids, vectors in index.stored():
        assert np.abs(vectors - unit(50, 3)[ids]).max(initial=0) < 0.01


def test_room_beside_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH", 6)
    index = half(np.arange(4), unit(4, 1))  # 2 fresh, 5 gone
    assert not index.has_room(0)
    assert fresh(np.arange(4), unit(4, 1)).has_room(2)
    assert not fresh(np.arange(4), unit(4, 1)).has_room(3)


@pytest.mark.parametrize(("total", "clusters"), [(0, 0), (199_999, 0), (200_000, 1024), (1_000_000, 2048)])
def test_clusters_grow_with_the_root(total: int, clusters: int) -> None:
    assert clusters_for(total) == clusters


def test_vectors_without_length_are_kept_and_found_last(make: Make) -> None:
    vectors = unit(3, 5)
    vectors[1] = 0
    index = make(np.array([7, 8, 9]), np.abs(vectors))
    assert index.search(np.ones(DIMENSION, dtype=np.float32), 3)[-1] == 8
    assert sorted(index.search(np.zeros(DIMENSION, dtype=np.float32), 3)) == [7, 8, 9]


@pytest.mark.parametrize("content", [b"", b"no index", None])
def test_a_file_that_is_no_index_is_named(tmp_path: Path, content: bytes | None) -> None:
    base, beside = tmp_path / "ar.1.faiss", tmp_path / "ar.1.npz"
    fresh(np.arange(2), unit(2, 1)).save_fresh(beside)
    if content is not None:
        base.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match=r"ar\.1\.faiss"):
        VectorIndex.load(DIMENSION, base, beside)
    beside.unlink()
    if content is not None:
        beside.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match=r"ar\.1\.npz"):
        VectorIndex.load(DIMENSION, None, beside)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match=r"missing/ar\.1\.faiss"):
        Segment.flat(DIMENSION).save(tmp_path / "missing" / "ar.1.faiss")
    with pytest.raises(IsnadError, match=r"missing/ar\.1\.npz"):
        VectorIndex(DIMENSION).save_fresh(tmp_path / "missing" / "ar.1.npz")


@pytest.mark.parametrize("kind", [flat, clustered])
def test_parts_of_which_all_is_gone_are_passed_over(kind: Make) -> None:
    index = kind(np.arange(9), unit(9, 1)).changed(range(9), [])
    assert len(index) == 0
    assert list(index.stored()) == []
