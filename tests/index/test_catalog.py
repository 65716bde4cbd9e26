import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.catalog import Catalog
from index.documents import Document
from index.errors import DamagedArchiveError, IsnadError
from index.passage_data import NewPassage
from index.statistics import TokenStatistics
from index.token_rows import TokenRows
from tests.index.archives import story


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite", new="label")
    yield made
    made.close()


def passages(*rows: list[int]) -> list[NewPassage]:
    return [
        NewPassage(i, i + 1, np.array(row, dtype=np.uint32), np.full(4, i / 8, dtype=np.float32))
        for i, row in enumerate(rows)
    ]


def store(catalog: Catalog, document: Document, *rows: list[int]) -> int:
    with catalog.transaction() as generation:
        catalog.insert(document, passages(*rows), generation)
    return generation


def test_documents_and_passages_come_back(catalog: Catalog) -> None:
    document = Document.create("u", "النص «هنا»\nand 'here'", "t", "s", "a", "2020-02-29", "ar")
    store(catalog, document, [1, 2], [], [65_535])
    assert catalog.document("u") == catalog.stored("u") == document
    assert list(catalog.documents()) == [document]
    assert catalog.document("U") is None
    assert catalog.passages.ids("ar").tolist() == [1, 2, 3]
    assert [(p.id, p.document, p.start, p.end) for p in catalog.passages.at([3, 99, 1])] == [
        (3, "u", 2, 3),
        (1, "u", 0, 1),
    ]
    data = catalog.passages.data([3, 2, 1, 99])
    assert data.ids.tolist() == [1, 2, 3]
    assert [row.tolist() for row in data.tokens] == [[1, 2], [], [65_535]]
    np.testing.assert_array_equal(data.vectors, np.repeat([[0], [1 / 8], [2 / 8]], 4, axis=1))
    assert data.first(1).ids.tolist() == [1]
    taken = data.take(np.array([2, 0]))
    assert (taken.ids.tolist(), [row.tolist() for row in taken.tokens]) == ([3, 1], [[65_535], [1, 2]])
    assert taken.vectors[0, 0] == 2 / 8


def test_nothing_in_it(catalog: Catalog) -> None:
    assert (catalog.generation, catalog.label, catalog.count_documents()) == (0, "label", 0)
    assert catalog.passages.at([]) == catalog.passages.at([1]) == []
    assert not catalog.languages()
    assert not list(catalog.documents())
    assert len(catalog.passages.data([]).ids) == len(catalog.passages.data([1]).tokens) == 0
    assert catalog.problems() == []


def test_each_transaction_is_a_generation(catalog: Catalog) -> None:
    assert [store(catalog, story(i, language="en"), [i]) for i in range(3)] == [1, 2, 3]
    assert catalog.generation == 3
    assert [data.ids.tolist() for data in catalog.passages.since("en", 1)] == [[2, 3]]
    assert list(catalog.passages.since("ar", 0)) == []


def test_a_transaction_that_fails_leaves_nothing(catalog: Catalog) -> None:
    def fail(error: BaseException) -> None:
        with catalog.transaction() as generation:
            catalog.insert(story(1), passages([1]), generation)
            raise error

    for error in (ValueError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            fail(error)
        assert catalog.generation == catalog.count_documents() == 0
    assert store(catalog, story(1), [1]) == 1


def test_more_passages_than_one_read_takes(catalog: Catalog) -> None:
    store(catalog, story(1), *([i] for i in range(10_000)))
    parts = list(catalog.passages.since("en", 0))
    assert len(parts) > 1
    assert np.concatenate([part.ids for part in parts]).tolist() == list(range(1, 10_001))
    assert [int(i) for part in parts for i in part.tokens.ids] == list(range(10_000))
    assert len(catalog.passages.at(range(1, 10_001))) == 10_000


def test_deletion_reports_tokens_and_leaves_a_record_until_forgotten(catalog: Catalog) -> None:
    store(catalog, story(1), [1, 2], [3])
    store(catalog, story(2), [4])
    with catalog.transaction() as generation:
        gone = catalog.delete("story/1", generation)
        assert catalog.delete("unknown", generation) == {}
    assert {language: [row.tolist() for row in rows] for language, rows in gone.items()} == {"en": [[1, 2], [3]]}
    assert catalog.passages.removed_since("en", generation - 1) == [1, 2]
    assert catalog.passages.removed_since("en", generation) == catalog.passages.removed_since("ar", 0) == []
    catalog.forget_removals(generation - 1)
    assert catalog.passages.removed_since("en", 0) == [1, 2]
    catalog.forget_removals(generation)
    assert catalog.passages.removed_since("en", 0) == []
    assert catalog.forgotten == generation


def test_an_id_is_never_used_twice(catalog: Catalog) -> None:
    store(catalog, story(1), [1], [2])
    with catalog.transaction() as generation:
        catalog.delete("story/1", generation)
    store(catalog, story(2), [1])
    assert catalog.passages.ids("en").tolist() == [3]


def test_statistics_come_back_and_are_recounted(catalog: Catalog) -> None:
    with catalog.transaction() as generation:
        catalog.insert(story(1), passages([1, 2, 2], [2]), generation)
        counted = TokenStatistics.empty(5).plus(TokenRows.of([[1, 2, 2], [2]]))
        catalog.set_statistics("en", counted)
    stored = catalog.statistics("en", 5)
    assert (stored.frequencies.tolist(), stored.rows, stored.tokens) == ([0, 1, 2, 0, 0], 2, 4)
    assert catalog.count_passages() == {"en": 2}
    assert catalog.statistics("ar", 5).frequencies.tolist() == [0] * 5
    assert catalog.problems() == []
    with catalog.transaction():
        catalog.set_statistics("en", counted.plus(TokenRows.of([[4]])))
    assert catalog.problems() == ["catalog.sqlite: the token statistics of 'en' are not those of its passages"]


def test_a_token_that_does_not_fit_is_not_stored_as_another(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="65537"):
        store(catalog, story(1), [65_537])
    assert catalog.count_documents() == 0


def test_another_thread_sees_only_what_is_committed(catalog: Catalog) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(catalog.count_documents())

    def in_thread() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    with catalog.transaction() as generation:
        catalog.insert(story(1), passages([1]), generation)
        in_thread()
    in_thread()
    assert seen == [0, 1]


@pytest.mark.parametrize("content", [b"no database at all, but long enough to have a header" * 20, b"", None])
def test_what_is_no_catalog_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "catalog.sqlite"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DamagedArchiveError, match=rf"{file}.*restore a backup"):
        Catalog(file)


def test_what_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match="missing/catalog"):
        Catalog(tmp_path / "missing" / "catalog.sqlite", new="label")


def test_a_blob_cut_short_is_damage(catalog: Catalog) -> None:
    store(catalog, story(1), [1, 2], [3])
    with sqlite3.connect(catalog.file) as connection:
        connection.execute("UPDATE passage SET vector = x'00' WHERE id = 1")
    connection.close()
    with pytest.raises(DamagedArchiveError, match=r"catalog\.sqlite is damaged"):
        catalog.passages.data([1, 2])


def test_it_notices_when_another_file_takes_its_place(catalog: Catalog) -> None:
    assert not catalog.replaced
    catalog.file.rename(catalog.file.with_name("old"))
    assert catalog.replaced
    Catalog(catalog.file, new="other").close()
    assert catalog.replaced
