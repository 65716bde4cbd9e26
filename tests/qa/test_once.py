"""A story that many outlets carry is shown once, and what only one of them says is still found."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.catalog import Catalog
from index.documents import Document
from index.errors import IsnadError
from index.folding import fold
from index.passages import Passage
from index.sentences import sentence_spans
from qa import once
from qa.answer import ask
from qa.evidence import gather
from qa.once import Told
from qa.question import Question
from qa.retrieval import retrieve

# Made-up news: no such place, person or event.
BODY = (
    "The council of Velmora opened the Sarun bridge on Monday after repairs that took three long years. "
    "Mayor Idra Tolen said the work cost 42 million florins, most of it paid by a loan from the "
    "provinces. Engineers had warned in March of cracks in the northern pier, which was rebuilt in June "
    "by a company from the valley of Osk. Traffic over the river will be free for cars until winter, and "
    "lorries will pay nine florins for each crossing."
)
EXTRA = "The architect of the new pier is Selim Varo, who also built the lighthouse of Kessan."


def outlet(name: str, text: str, day: int) -> Document:
    return Document.create(
        name, text, f"Headline of {name}", name.title(), published=f"2021-09-0{day}", language="en"
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    documents = [
        outlet("wire", BODY, 1),
        *(outlet(f"paper-{number}", BODY.replace("42", str(40 + number)), 2 + number) for number in range(5)),
        outlet("weekly", f"{BODY.replace('Monday', 'September 6')} {EXTRA}", 8),
        outlet(
            "harvest", "Farmers in Osk expect a poor harvest after the drought. Seed is promised by winter.", 1
        ),
        Document.create("copy-ar", "افتتح مجلس مدينة فلمورة جسر سارون يوم الاثنين.", language="ar"),
    ]
    with Archive.create(tmp_path_factory.mktemp("once") / "archive") as made:
        made.add(documents)
        yield made


def test_the_archive_knows_the_story(archive: Archive) -> None:
    story = archive.story("paper-3")
    assert [document.uri for document in story.documents] == [
        "wire", "paper-0", "paper-1", "paper-2", "paper-3", "paper-4", "weekly",
    ]  # fmt: skip
    assert story.outlets == ("Wire", "Paper-0", "Paper-1", "Paper-2", "Paper-3", "Paper-4", "Weekly")
    assert [document.uri for document in archive.story("harvest").documents] == ["harvest"]
    numbers = archive.stories_of(["wire", "weekly", "harvest", "unknown"])
    assert numbers["wire"] == numbers["weekly"] != numbers["harvest"]
    assert "unknown" not in numbers
    with pytest.raises(IsnadError, match="has no document 'unknown'"):
        archive.story("unknown")
    assert archive.verify() == []


def test_search_shows_a_story_once(archive: Archive) -> None:
    hits = retrieve("What did the Sarun bridge cost?", archive, 10)
    documents = [hit.passage.document for hit in hits]
    assert sorted(archive.stories_of(documents).values()) == sorted(set(archive.stories_of(documents).values()))
    assert {"harvest", "copy-ar"} < set(documents)
    assert len(documents) == 3
    first = next(hit for hit in hits if len(hit.others) > 1)
    assert {first.passage.document, *first.others} == {d.uri for d in archive.story("wire").documents}
    assert [hit.others for hit in hits if hit is not first] == [(), ()]


def test_one_document_may_have_several_hits(make_archive: Callable[..., Archive], tmp_path: Path) -> None:
    long = Document.create(
        "long", "\n".join(f"The bridge of Sarun, part {i}. {BODY}" for i in range(8)), language="en"
    )
    archive = make_archive([long])
    hits = retrieve("What did the Sarun bridge cost?", archive, 10)
    assert len(hits) == len(archive.passages_of("long")) > 1


def test_no_sentence_is_quoted_from_two_outlets(archive: Archive) -> None:
    found = gather(Question.parse("What did the work on the Sarun bridge cost?"), archive).sentences
    quotes = [fold(sentence.document.text[sentence.start : sentence.end]) for sentence in found]
    assert len(set(quotes)) == len(quotes) >= 5


def test_what_only_a_later_version_says_is_found(archive: Archive) -> None:
    answer = ask("Who is the architect of the new pier of the bridge?", archive, 1)
    (quoted,) = answer.citations or answer.nearest
    assert (quoted.document.uri, quoted.quote) == ("weekly", EXTRA)
    assert {quoted.document, *quoted.others} == set(archive.story("wire").documents)
    labels = quoted.as_dict()["others"]
    assert (
        [label["uri"] for label in labels] == [other.uri for other in quoted.others] == list(other_uris(archive))
    )


def other_uris(archive: Archive) -> tuple[str, ...]:
    return tuple(document.uri for document in archive.story("wire").documents if document.uri != "weekly")


def everything_told(archive: Archive, passages: list[Passage]) -> Iterator[tuple[Passage, list[str]]]:
    """What ``Told`` gives, worked out without skipping: passages, and the sentences first told there."""
    stories = archive.stories_of(passage.document for passage in passages)
    said: dict[tuple[int, str], str] = {}
    for passage in passages:
        document = archive.document(passage.document)
        text = document.text[passage.start : passage.end]
        sentences = [text[start:end] for start, end in sentence_spans(text, document.language)]
        keys = [(stories[document.uri], fold(sentence)) for sentence in sentences]
        new = [said.get(key, document.uri) == document.uri for key in keys]
        if sum(new) * 2 > len(new):
            said |= {key: document.uri for key, is_new in zip(keys, new, strict=True) if is_new}
            yield passage, [sentence for sentence, is_new in zip(sentences, new, strict=True) if is_new]


@pytest.mark.parametrize("backward", [False, True])
def test_told_compares_only_stories_that_several_tell(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, backward: bool
) -> None:
    documents = sorted(archive.documents(), key=lambda document: document.uri, reverse=backward)
    passages = [passage for document in documents for passage in archive.passages_of(document.uri)]
    expected = dict(everything_told(archive, passages))
    assert len(expected) < len(passages)
    told = Told(archive, passages)
    given = [passage for _, _, passage in told.adding()]
    assert given == list(expected)
    for passage in given:
        document = archive.document(passage.document)
        text = document.text[passage.start : passage.end]
        sentences = [text[start:end] for start, end in sentence_spans(text, document.language)]
        assert [each for each in sentences if told.first_in(document, each)] == expected[passage]
    lone = archive.passages_of("harvest") + archive.passages_of("copy-ar") + archive.passages_of("wire")
    monkeypatch.setattr(once, "sentence_spans", None)
    monkeypatch.setattr(once, "fold", None)
    told = Told(archive, lone)
    assert [passage for _, _, passage in told.adding()] == lone
    assert told.first_in(archive.document("wire"), "anything")


def test_a_story_reads_each_document_once(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    real = Catalog.document

    def noting(catalog: Catalog, uri: str) -> Document | None:
        read.append(uri)
        return real(catalog, uri)

    monkeypatch.setattr(Catalog, "document", noting)
    story = archive.story("paper-3")
    assert len(read) == 7
    assert set(read) == {document.uri for document in story.documents}
