import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import keywords as module
from index.errors import DamagedArchiveError
from index.keywords import KeywordIndex, KeywordWriter
from index.scores import WeightedTokens, keywords
from index.selection import Selection
from index.statistics import TokenStatistics
from index.token_rows import TokenRows

VOCABULARY = 30


def filled(folder: Path, rows: dict[int, list[int]]) -> KeywordIndex:
    index = KeywordIndex(folder)
    with index.writer() as writer:
        add(writer, rows)
    return index


def add(writer: KeywordWriter, rows: dict[int, list[int]]) -> None:
    writer.add(np.array(list(rows), dtype=np.int64), TokenRows.of(list(rows.values())))


@pytest.mark.parametrize("seed", range(5))
def test_the_order_is_that_of_our_own_bm25(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    # Up to 40 tokens tantivy keeps the length exactly; above it rounds.
    rows = {
        int(passage): random.zipf(1.4, random.integers(1, 40)).clip(0, VOCABULARY - 1).tolist()
        for passage in random.permutation(5000)[:200]
    }
    index = filled(tmp_path / "index", rows)
    statistics = TokenStatistics.empty(VOCABULARY).plus(TokenRows.of(list(rows.values())))
    for _ in range(10):
        ids = random.choice(VOCABULARY, 4, replace=False)
        terms = WeightedTokens(np.sort(ids), random.uniform(0.1, 3, 4))
        oracle = dict(
            zip(rows, keywords(terms, TokenRows.of(list(rows.values())), statistics).tolist(), strict=True)
        )
        found = index.search(terms, 20).tolist()
        assert len(found) == len(set(found))
        expected = sorted((score for score in oracle.values() if score > 0), reverse=True)[:20]
        np.testing.assert_allclose([oracle[passage] for passage in found], expected, rtol=1e-4)


@settings(max_examples=6)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.lists(st.integers(0, 3), max_size=3)), max_size=12))
def test_adding_and_removing_as_a_dict_does(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[bool, int, list[int]]]
) -> None:
    folder = tmp_path_factory.mktemp("keywords")
    oracle: dict[int, list[int]] = {}
    index = KeywordIndex(folder)
    for chunk in (operations[:6], operations[6:]):
        with index.writer() as writer:
            for adding, passage, tokens in chunk:
                if adding:
                    writer.remove([passage])  # may have been added since the last commit
                    add(writer, {passage: tokens})
                    oracle[passage] = tokens
                else:
                    writer.remove([passage, 999])
                    oracle.pop(passage, None)
        for opened in (index, KeywordIndex(folder)):
            assert opened.ids.tolist() == sorted(oracle)
            assert len(opened) == len(oracle)
            for token in range(4):
                one = WeightedTokens(np.array([token]), np.array([1.0]))
                assert sorted(opened.search(one, 100)) == sorted(p for p, row in oracle.items() if token in row)


def test_an_error_leaves_all_as_it_was(tmp_path: Path) -> None:
    index = filled(tmp_path / "index", {1: [1, 2]})

    def change() -> None:
        with index.writer() as writer:
            add(writer, {2: [3]})
            writer.remove([1])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change()
    assert index.ids.tolist() == [1]
    with index.writer() as writer:  # the lock is free again
        add(writer, {3: [3]})
    assert index.ids.tolist() == [1, 3]


@pytest.mark.parametrize("listed", [0, 10**6])
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_selection_is_a_filter_of_the_whole_list(
    many: tuple[KeywordIndex, int], monkeypatch: pytest.MonkeyPatch, listed: int, data: st.DataObject
) -> None:
    index, count = many
    monkeypatch.setattr(module, "LISTED", listed)
    wanted = data.draw(st.sets(st.integers(0, count + 5), min_size=1))
    k = data.draw(st.integers(1, count))
    terms = WeightedTokens(np.array([0, 1, 2]), np.array([1.0, 0.3, 2.0]))
    everything = index.search(terms, count)
    found = index.search(terms, k, Selection(np.array(sorted(wanted), dtype=np.int64)))
    assert found.tolist() == [i for i in everything.tolist() if i in wanted][:k]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[KeywordIndex, int]:
    random = np.random.default_rng(3)
    # Of lengths that all differ, so that no two scores are the same.
    rows = {i: random.zipf(1.3, 1 + i).clip(0, VOCABULARY - 1).tolist() for i in range(35)}
    return filled(tmp_path_factory.mktemp("many"), rows), len(rows)


def test_common_terms_do_not_count_in_a_large_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = filled(tmp_path / "index", {1: [1, 2], 2: [1], 3: [1, 3], 4: [1]})
    both = WeightedTokens(np.array([1, 2]), np.array([1.0, 1.0]))
    assert sorted(index.search(both, 9).tolist()) == [1, 2, 3, 4]
    monkeypatch.setattr(module, "LARGE", 4)
    assert index.search(both, 9).tolist() == [1]
    common = WeightedTokens(np.array([1]), np.array([1.0]))
    assert sorted(index.search(common, 9).tolist()) == [1, 2, 3, 4]


def test_adding_again_replaces(tmp_path: Path) -> None:
    index = filled(tmp_path / "index", {1: [1], 3: [1]})
    with index.writer() as writer:
        add(writer, {1: [2], 2: [2]})
    assert index.ids.tolist() == [1, 2, 3]
    assert sorted(index.search(WeightedTokens(np.array([2]), np.array([1.0])), 9).tolist()) == [1, 2]
    assert index.search(WeightedTokens(np.array([1]), np.array([1.0])), 9).tolist() == [3]


def test_nothing_to_find(tmp_path: Path) -> None:
    nothing = WeightedTokens(np.zeros(0, dtype=np.int64), np.zeros(0))
    something = WeightedTokens(np.array([3]), np.array([1.0]))
    empty = KeywordIndex(tmp_path / "empty")
    assert empty.ids.tolist() == empty.search(something, 5).tolist() == empty.search(nothing, 5).tolist() == []
    index = filled(tmp_path / "index", {1: [], 2: [7]})
    assert index.ids.tolist() == [1, 2]
    assert index.search(nothing, 5).tolist() == index.search(something, 5).tolist() == []


def test_a_folder_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedArchiveError, match=str(tmp_path)):
        KeywordIndex(tmp_path)


def test_files_that_a_killed_writer_left_do_not_stop_the_next(tmp_path: Path) -> None:
    filled(tmp_path / "before", {1: [3], 2: [3]})
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    with KeywordIndex(tmp_path / "after").writer() as writer:
        writer.remove([1])
    left = {*(tmp_path / "after").glob("*.del"), tmp_path / "after" / ".managed.json"}
    assert len(left) == 2
    for file in left:  # all that a commit writes but the list of what is in the index
        shutil.copy(file, tmp_path / "before")
    index = KeywordIndex(tmp_path / "before")
    assert index.ids.tolist() == [1, 2]
    with index.writer() as writer:
        writer.remove([1])
    assert index.ids.tolist() == [2]
