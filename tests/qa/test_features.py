"""What speaks for a sentence, checked feature by feature against its definition."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from index.archive import Archive
from index.documents import Document
from index.embedding import bundled_embedder
from index.passages import Passage
from index.scores import LateInteraction
from index.token_rows import TokenRows
from qa.calibration import FEATURES
from qa.features import LEAD, Candidates, features
from qa.question import Question
from qa.retrieval import Ranking, rank

QUESTION = "How many boats did the fishermen of Kessan lose?"

Found = tuple[NDArray[np.float64], Candidates, Ranking]


@pytest.fixture
def looked_up(news_archive: Archive) -> Found:
    question = Question.parse(QUESTION)
    ranking = rank(question, news_archive, "en")
    passages = news_archive.passages(ranking.data.ids[:5].tolist())
    candidates = Candidates.of([(news_archive.document(passage.document), passage) for passage in passages])
    return _features(question, candidates, ranking, news_archive), candidates, ranking


def _features(
    question: Question, candidates: Candidates, ranking: Ranking, archive: Archive
) -> NDArray[np.float64]:
    found = range(len(candidates.titles))
    return features(question, candidates, ranking, found, archive.shelf(ranking.language))


def column(table: NDArray[np.float64], name: str) -> list[float]:
    return [float(value) for value in table[:, FEATURES.index(name)]]


def test_candidates_are_the_sentences_of_the_passages() -> None:
    text = "One is first. Two is second.\nThree is third. Four is fourth."
    document = Document.create("made up", text, title="Made up", language="en")
    passages = [Passage(7, document.uri, 29, len(text)), Passage(9, document.uri, 0, 28)]
    candidates = Candidates.of([(document, passage) for passage in passages])
    assert candidates.texts == ["Three is third.", "Four is fourth.", "One is first.", "Two is second."]
    assert candidates.passages.tolist() == [0, 0, 1, 1]
    assert candidates.titles == ["Made up", "Made up"]
    assert all(document.text[start:end] in candidates.texts for _, start, end in candidates.spans)


def test_late_and_dense_of_a_sentence_are_those_of_its_text(
    looked_up: Found,
) -> None:
    table, candidates, ranking = looked_up
    model = bundled_embedder()
    rows = model.tokenize(candidates.texts)
    late = LateInteraction(ranking.question, model).scores(rows)
    assert column(table, "late") == pytest.approx(late.tolist(), abs=1e-5)
    question = model.embed(TokenRows.of([ranking.question]))[0]
    assert column(table, "dense") == pytest.approx((model.encode(candidates.texts) @ question).tolist(), abs=1e-5)
    assert column(table, "length") == pytest.approx(np.log1p([len(row) for row in rows]).tolist())


def test_shares_are_from_0_to_1(looked_up: Found) -> None:
    table, _, _ = looked_up
    assert table.shape[1] == len(FEATURES)
    for name in ("late", "context", "keywords", "lead", "type met", "type missed"):
        assert all(0 <= value <= 1 + 1e-5 for value in column(table, name)), name
    assert all(
        wide >= own - 1e-6 for wide, own in zip(column(table, "context"), column(table, "late"), strict=True)
    )


def test_a_sentence_of_a_passage_shares_its_figures(
    looked_up: Found,
) -> None:
    table, candidates, ranking = looked_up
    for i, number in enumerate(candidates.passages.tolist()):
        gap = float(ranking.fused[0] - ranking.fused[number])
        assert column(table, "passage gap")[i] == pytest.approx(gap, abs=1e-5)
        dense = float(ranking.scores["dense"][number])  # of the same model, though in half precision
        assert column(table, "passage dense")[i] == pytest.approx(dense, abs=2e-3)


def test_the_kind_of_thing_asked_for_is_met_or_missed(
    looked_up: Found,
) -> None:
    table, candidates, _ = looked_up
    met = dict(zip(candidates.texts, column(table, "type met"), strict=True))
    missed = dict(zip(candidates.texts, column(table, "type missed"), strict=True))
    assert met["Fishermen in Kessan lost eleven boats in the storm."] == 1
    assert missed["The government promised new ones."] == 1
    assert all(met[text] + missed[text] == 1 for text in met)


def test_a_question_that_asks_for_no_kind_neither_meets_nor_misses(news_archive: Archive) -> None:
    question = Question.parse("Who warned of the flu?")
    ranking = rank(question, news_archive, "en")
    passage = news_archive.passages(ranking.data.ids[:1].tolist())[0]
    candidates = Candidates.of([(news_archive.document(passage.document), passage)])
    table = _features(question, candidates, ranking, news_archive)
    assert column(table, "type met") == column(table, "type missed") == [0.0] * len(candidates.spans)


def test_neighbours_and_headline_help_only_within_a_passage(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive(
        [
            Document.create("a", "Nobody was hurt. The ferry sank.", "Night", language="en"),
            Document.create("b", "Nobody was hurt.", "Trains", language="en"),
        ]
    )
    question = Question.parse("Did the ferry sink?")
    ranking = rank(question, archive, "en")
    passages = archive.passages(ranking.data.ids.tolist())
    candidates = Candidates.of([(archive.document(passage.document), passage) for passage in passages])
    table = _features(question, candidates, ranking, archive)
    values = {
        (document.uri, document.text[start:end]): dict(zip(FEATURES, row.tolist(), strict=True))
        for (document, start, end), row in zip(candidates.spans, table, strict=True)
    }
    assert [passage.document for passage in passages] == ["a", "b"]
    ferry = values["a", "The ferry sank."]["late"]
    assert values["a", "Nobody was hurt."]["context"] >= ferry - 1e-5
    assert values["b", "Nobody was hurt."]["context"] < ferry  # though the ferry's is the sentence before it
    assert values["a", "Nobody was hurt."]["late"] == pytest.approx(values["b", "Nobody was hurt."]["late"])


def test_the_lead_falls(seed_archive: Archive) -> None:
    question = Question.parse("ما هي المبادرات التي أُطلقت؟")
    ranking = rank(question, seed_archive, "ar")
    passages = seed_archive.passages(ranking.data.ids[:5].tolist())
    candidates = Candidates.of([(seed_archive.document(passage.document), passage) for passage in passages])
    table = _features(question, candidates, ranking, seed_archive)
    expected = [float(np.exp(-start / LEAD)) for _, start, _ in candidates.spans]
    assert column(table, "lead") == pytest.approx(expected)
    assert max(expected) == 1.0
    assert min(expected) > 0
