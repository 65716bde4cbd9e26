import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import ingestion
from index.archive import Added, Archive
from index.documents import Document
from index.embedding import Embedder, bundled_embedder
from index.errors import IsnadError
from index.origin import Origin
from index.scores import WeightedTokens
from index.shelf import Shelf
from tests.index.archives import check, story

MakeArchive = Callable[..., Archive]


def found_by_words(archive: Archive, text: str, language: str) -> list[str]:
    """URIs of the passages that hold every token of the text, by the keyword index."""
    ids = bundled_embedder().tokenize([text]).ids
    shelf = archive.shelf(language)
    hits = [
        set(shelf.keywords.search(WeightedTokens(np.array([token]), np.array([1.0])), 10_000).tolist())
        for token in set(ids.tolist())
    ]
    return sorted({passage.document for passage in archive.passages(sorted(set.intersection(*hits)))})


def test_made_up_archive_with_every_embedder(
    embedder: Embedder, make_archive: MakeArchive, made_up_documents: list[Document], tmp_path: Path
) -> None:
    archive = make_archive(made_up_documents, model=embedder.name)
    check(archive, made_up_documents)
    assert set(archive.passage_counts()) == {"en", "ar", "fr", "und"}
    for document in made_up_documents:
        shelf = archive.shelf(document.language)
        vector = embedder.encode([ingestion.passage_text(document, 0, len(document.text))])[0]
        nearest = archive.passages(shelf.vectors.search(vector, 1))[0]
        assert nearest.document == document.uri
        assert archive.document(document.uri) == document
    archive.close()
    with Archive.open(tmp_path / "archive") as reopened:
        check(reopened, made_up_documents)
        assert list(reopened.documents()) == made_up_documents  # in the order they were added


def test_the_same_again_does_nothing(made_up_archive: Archive, made_up_documents: list[Document]) -> None:
    generation = made_up_archive.generation
    passages = made_up_archive.shelf("en").vectors.ids.tolist()
    assert made_up_archive.add(made_up_documents) == Added(unchanged=len(made_up_documents))
    assert made_up_archive.generation == generation
    assert made_up_archive.shelf("en").vectors.ids.tolist() == passages


def test_changed_text_takes_the_place_of_the_old(
    made_up_archive: Archive, made_up_documents: list[Document]
) -> None:
    generation = made_up_archive.generation
    assert found_by_words(made_up_archive, "drought", "en") == ["en/harvest"]
    changed = Document.create(
        "en/harvest", "Heavy rain has saved the wheat.", title="Rain (made up)", language="en"
    )
    assert made_up_archive.add([changed]) == Added(changed=1, passages=1)
    assert made_up_archive.generation > generation
    assert found_by_words(made_up_archive, "drought", "en") == []
    assert found_by_words(made_up_archive, "wheat", "en") == ["en/harvest"]
    check(made_up_archive, [changed if d.uri == "en/harvest" else d for d in made_up_documents])


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Other"},
        {"source": "Other"},
        {"published": "2020-01-01"},
        {"language": "de"},
        {"agency": "Other"},
        {"origins": (Origin("title", "first line", False),)},
    ],
)
def test_any_changed_field_is_a_change(made_up_archive: Archive, change: dict[str, Any]) -> None:
    document = replace(made_up_archive.document("en/bridge"), sha256="", **change)
    added = made_up_archive.add([document])
    assert (added.new, added.changed, added.unchanged) == (0, 1, 0)
    assert made_up_archive.document("en/bridge") == document.canonical()
    assert made_up_archive.verify() == []


def test_removal_removes_everywhere(made_up_archive: Archive, made_up_documents: list[Document]) -> None:
    generation = made_up_archive.generation
    gone = made_up_archive.shelf("en").vectors.ids.tolist()
    assert made_up_archive.remove("en/bridge")
    assert made_up_archive.remove("en/harvest")
    assert not made_up_archive.remove("en/harvest")
    assert made_up_archive.generation == generation + 2
    check(made_up_archive, made_up_documents[2:])
    shelf = made_up_archive.shelf("en")
    everything = WeightedTokens(np.arange(500), np.ones(500))
    assert shelf.vectors.search(made_up_archive.embedder.encode(["bridge"])[0], 99) == []
    assert shelf.keywords.search(everything, 99).tolist() == []
    assert made_up_archive.passages(gone) == []
    assert len(made_up_archive.passage_data(gone).ids) == 0
    with pytest.raises(IsnadError, match="en/bridge"):
        made_up_archive.document("en/bridge")


def test_an_emptied_archive_works_on(made_up_archive: Archive, made_up_documents: list[Document]) -> None:
    for document in made_up_documents:
        assert made_up_archive.remove(document.uri)
    check(made_up_archive, [])
    made_up_archive.close()
    with Archive.open(made_up_archive.folder) as archive:
        check(archive, [])
        archive.add(made_up_documents)
        check(archive, made_up_documents)


def test_nothing_added(make_archive: MakeArchive) -> None:
    archive = make_archive([])
    assert archive.add([]) == Added()
    assert archive.generation == 0
    assert archive.passage_counts() == {}
    assert archive.shelf("ar").vectors.search(archive.embedder.encode(["x"])[0], 3) == []
    check(archive, [])
    archive.close()
    with Archive.open(archive.folder) as reopened:
        check(reopened, [])


# Edges


EDGES = {
    "punctuation": [Document.create("p", "... !!! ؟؟؟ —", title="؟")],
    "emoji": [Document.create("p", "😀😀 \u200f\u200d", title="😀")],
    "title repeated": [Document.create(f"t/{i}", "Plan", title="Plan") for i in range(3)],
    "two spaces in the first words": [Document.create("s", "It  rained   today.\nAll day.")],
    "one letter": [Document.create("x", "x")],
    "very long headline": [Document.create("h", "The plan. " * 500, title="Plan " * 20_000)],
    "uri of odd letters": [Document.create("٥/é?#'\"; DROP TABLE document; --/../x", "The plan passed.")],
}


@pytest.mark.parametrize("documents", EDGES.values(), ids=EDGES.keys())
def test_edges(make_archive: MakeArchive, documents: list[Document]) -> None:
    archive = make_archive(documents)
    check(archive, documents)
    assert archive.add(documents).unchanged == len(documents)
    for document in documents:
        assert archive.document(document.uri) == document
        assert archive.remove(document.uri)
    check(archive, [])


def test_a_document_made_by_hand_is_brought_into_canonical_form(make_archive: MakeArchive) -> None:
    raw = Document(
        " by/hand ", "  A\x00 title ", "One line\r\nthe cafe\u0301 of \x00Osk", published="2021-09-06T10:00"
    )
    archive = make_archive([raw])
    stored = archive.document("by/hand")
    assert stored == Document.create(raw.uri, raw.text, raw.title, published=raw.published)
    assert stored.text == "One line\nthe café of Osk"
    assert archive.add([raw, stored, replace(stored, sha256="wrong")]) == Added(unchanged=3)
    check(archive, [stored])


def test_a_document_that_cannot_be_kept_stops_but_loses_nothing(make_archive: MakeArchive) -> None:
    archive = make_archive([story(0)])
    with pytest.raises(IsnadError, match="empty: the text is empty"):
        archive.add([story(1), Document("empty", "title", " \x00 "), story(2)])
    kept = [document for document in (story(0), story(1)) if document in list(archive.documents())]
    check(archive, kept)
    archive.add([story(1), story(2)])
    check(archive, [story(0), story(1), story(2)])


def test_an_error_of_the_reader_is_not_taken_for_one_of_the_archive(make_archive: MakeArchive) -> None:
    archive = make_archive([])

    def unreadable() -> Iterator[Document]:
        yield story(0)
        raise FileNotFoundError("article.txt")

    with pytest.raises(FileNotFoundError, match=r"article\.txt"):
        archive.add(unreadable())
    assert archive.verify() == []
    archive.add([story(0)])
    check(archive, [story(0)])


def test_a_very_long_document(make_archive: MakeArchive) -> None:
    text = " ".join(f"قال الوزير رقم {i} إن الجسر سيفتح قريبا." for i in range(30_000))
    assert len(text.encode()) > 2_000_000
    document = Document.create("long", text, title="طويل (مختلق)", language="ar")
    archive = make_archive([document])
    assert archive.passage_counts()["ar"] > 1_000
    assert archive.document("long") == document
    assert archive.verify() == []


def test_five_thousand_tiny_documents(make_archive: MakeArchive) -> None:
    documents = [Document.create(f"tiny/{i}", f"Plan z{i}q", title="Plan", language="en") for i in range(5000)]
    archive = make_archive(documents)
    assert len(archive) == archive.passage_counts()["en"] == 5000
    assert archive.remove("tiny/17")
    assert archive.add(documents) == Added(new=1, unchanged=4999, passages=1)
    assert archive.verify() == []


# Order within one call, batches of one document


@pytest.fixture
def tiny_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingestion, "BATCH_CHARACTERS", 1)


@pytest.mark.usefixtures("tiny_batches")
def test_the_last_version_given_is_kept_however_batches_fall(make_archive: MakeArchive) -> None:
    archive = make_archive([story(1, 0)])
    assert archive.add([story(1, 1), story(1, 0), story(1, 0)]) == Added(changed=2, unchanged=1, passages=2)
    check(archive, [story(1, 0)])
    progress: list[Added] = []
    archive.add([story(n) for n in range(4)], progress.append)
    assert [added.new for added in progress] == [1, 2, 3]
    check(archive, [story(n) for n in range(4)])


# Against a dict, with crashes

NUMBERS = st.integers(0, 3)
DOCUMENTS = st.builds(story, NUMBERS, st.integers(0, 2), st.sampled_from(["en", "ar"]))


class Operation(NamedTuple):
    """Something done to an archive; a crash comes after the catalog and some shelves are written."""

    name: str
    documents: list[Document]
    number: int


OPERATIONS = st.builds(
    Operation,
    st.sampled_from(["add", "add", "remove", "crash", "crash", "reopen", "repair", "other"]),
    st.lists(DOCUMENTS, min_size=1, max_size=4),
    NUMBERS,
)


class Killed(BaseException):
    """Stands for a process that ends."""


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(operations=st.lists(OPERATIONS, min_size=3, max_size=7), batch=st.sampled_from([1, 1_000_000]))
def test_any_operations_as_a_dict_does(
    tmp_path_factory: pytest.TempPathFactory, operations: list[Operation], batch: int
) -> None:
    folder = tmp_path_factory.mktemp("operations") / "archive"
    oracle: dict[str, Document] = {}
    archive = Archive.create(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingestion, "BATCH_CHARACTERS", batch)
        for operation in operations:
            generation = archive.generation
            before = dict(oracle)
            match operation.name:
                case "add":
                    oracle |= {document.uri: document for document in operation.documents}
                    archive.add(operation.documents)
                case "remove":
                    uri = f"story/{operation.number}"
                    assert archive.remove(uri) == (oracle.pop(uri, None) is not None)
                case "crash":
                    oracle |= {document.uri: document for document in operation.documents}
                    crash_while_shelving(archive, operation.documents, operation.number)
                    archive = Archive.open(folder)
                case "other":  # another process writes, and this one goes on
                    with Archive.open(folder) as other:
                        oracle["other"] = replace(story(7, generation), uri="other")
                        other.add([oracle["other"]])
                case "repair":
                    archive.close()
                    archive = Archive.repair(folder)
                case "reopen":
                    archive.close()
                    archive = Archive.open(folder)
            check(archive, oracle.values())
            assert archive.generation >= generation
            assert archive.generation > generation or oracle == before
    archive.close()
    shutil.rmtree(folder)


def crash_while_shelving(archive: Archive, documents: list[Document], after: int) -> None:
    """Commit to the catalog, then stop after some shelves have been brought up to date."""
    done = 0
    update = Shelf.update

    def failing(self: Shelf, since: int, generation: int) -> None:
        nonlocal done
        if done == after:
            raise Killed
        done += 1
        update(self, since, generation)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shelf, "update", failing)
        with suppress(Killed):
            archive.add(documents)
    archive.close()


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_crash_after_some_shelves(make_archive: MakeArchive, after: int) -> None:
    archive = make_archive([story(0), story(1, language="ar")])
    crash_while_shelving(archive, [story(0, 1), story(1, 1, "ar"), story(2)], after)
    for _ in range(2):
        with Archive.open(archive.folder) as opened:
            check(opened, [story(0, 1), story(1, 1, "ar"), story(2)])
