"""The made-up newsroom: gold questions whose every quote is found and whose parts share no article."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.archive import Archive
from index.documents import ReadFailure, read_documents
from qa.evaluation.gold import GoldQuestion, load_gold

NEWSROOM = Path(__file__).parent.parent / "data" / "newsroom"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    failures: list[ReadFailure] = []
    with Archive.create(tmp_path_factory.mktemp("newsroom") / "archive") as made:
        made.add(read_documents(NEWSROOM / "articles.jsonl", failures.append))
        assert failures == []
        yield made


@pytest.fixture(scope="module")
def gold(archive: Archive) -> list[GoldQuestion]:
    return load_gold(NEWSROOM / "gold.jsonl", archive)


def test_it_is_large_enough(archive: Archive, gold: list[GoldQuestion]) -> None:
    articles = list(read_documents(NEWSROOM / "articles.jsonl"))
    assert len({article.uri for article in articles}) == len(articles) >= 60
    assert {article.language for article in articles} == {"ar", "en"}
    assert all(archive.document(article.uri).published for article in articles)
    assert len(gold) >= 200


def test_every_cell_has_questions(archive: Archive, gold: list[GoldQuestion]) -> None:
    cells = Counter(
        (question.language, *{archive.document(place.uri).language for place in question.evidence})
        for question in gold
    )
    for cell in (("ar", "ar"), ("ar", "en"), ("en", "ar"), ("en", "en")):
        assert cells[cell] >= 30, cell
    assert 0.25 <= (cells[("ar",)] + cells[("en",)]) / len(gold) <= 0.35


def test_parts_share_no_article_and_no_event(gold: list[GoldQuestion]) -> None:
    articles = {
        part: {place.uri for question in gold if question.part == part for place in question.evidence}
        for part in ("dev", "test")
    }
    assert {question.part for question in gold} == set(articles)
    assert all(articles.values())
    assert not articles["dev"] & articles["test"]
    parts: dict[str, set[str]] = {}
    for question in gold:
        event = question.id.split("-")[0]
        parts.setdefault(event, set()).add(question.part)
        assert {place.uri.split("/")[0] for place in question.evidence} <= {event}, question.id
    assert all(len(found) == 1 for found in parts.values())


def test_ids_tell_the_languages(archive: Archive, gold: list[GoldQuestion]) -> None:
    for question in gold:
        _, asked, answered, *_ = question.id.split("-")
        languages = {archive.document(place.uri).language for place in question.evidence}
        assert asked == question.language
        if question.evidence:
            assert answered == ("both" if len(languages) > 1 else next(iter(languages))), question.id


def test_quotes_stand_once_and_questions_too(archive: Archive) -> None:
    lines = (NEWSROOM / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({row["question"] for row in rows}) == len(rows)
    for row in rows:
        assert bool(row.get("answer")) is row["answerable"], row["id"]
        for place in row["evidence"]:
            assert archive.document(place["uri"]).text.count(place["quote"]) == 1, row["id"]


def test_it_is_marked_as_made_up() -> None:
    assert "made up" in (NEWSROOM / "README.md").read_text(encoding="utf-8").split("\n\n")[1]
