import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import StaticEmbedder
from index.scores import (
    LateInteraction,
    Translator,
    WeightedTokens,
    best_keywords,
    dense,
    keywords,
    standardise,
)
from index.statistics import TokenStatistics
from index.token_rows import TokenRows
from tests.index.models import random_model

VOCABULARY = 40
ROW = st.lists(st.integers(0, VOCABULARY - 1), max_size=9)
ROWS = st.lists(ROW, max_size=7)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> StaticEmbedder:
    return random_model(tmp_path_factory.mktemp("model") / "model", VOCABULARY)


def cosine(model: StaticEmbedder, a: int, b: int) -> float:
    left, right = model.vectors[a].astype(float), model.vectors[b].astype(float)
    norms = math.sqrt(sum(left**2)) * math.sqrt(sum(right**2))
    return sum(left * right) / norms if norms else 0.0


def match(model: StaticEmbedder, token: int, text: list[int]) -> float:
    return max((max(cosine(model, token, other) - 0.3, 0) / 0.7 for other in text), default=0.0)


def bm25(terms: dict[int, float], text: list[int], collection: list[list[int]]) -> float:
    """BM25 as the books give it (Robertson and Zaragoza 2009), idf as in Lucene."""
    score = 0.0
    mean = sum(map(len, collection)) / len(collection)
    counts = Counter(text)
    for token, weight in terms.items():
        holding = sum(token in other for other in collection)
        idf = math.log(1 + (len(collection) - holding + 0.5) / (holding + 0.5))
        norm = 1.2 * (1 - 0.75 + 0.75 * (len(text) / mean if mean else 0))
        if counts[token]:
            score += weight * idf * counts[token] * 2.2 / (counts[token] + norm)
    return score


def translated(model: StaticEmbedder, question: list[int], collection: list[list[int]]) -> dict[int, float]:
    """Each question token's three nearest tokens of the collection, nearer than 0.35."""
    present = {token for row in collection for token in row}
    terms: Counter[int] = Counter()
    for token in question:
        nearest = sorted(((cosine(model, token, other), other) for other in present), reverse=True)[:3]
        nearest = [(value, other) for value, other in nearest if value > 0.35]
        for value, other in nearest:
            terms[other] += math.exp(12 * (value - nearest[0][0])) * value  # type: ignore[assignment]
    return dict(terms)


def counted(collection: list[list[int]]) -> TokenStatistics:
    return TokenStatistics.empty(VOCABULARY).plus(TokenRows.of(collection))


@given(st.integers(0, 5), st.integers(0, 100))
def test_dense_is_the_cosine(texts: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    question, *rows = random.normal(size=(texts + 1, 5)).astype(np.float32)
    question /= np.linalg.norm(question)
    table = np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32).reshape(texts, 5)
    expected = [sum(float(a) * float(b) for a, b in zip(question, row, strict=True)) for row in table]
    np.testing.assert_allclose(dense(question, table), expected, atol=1e-6)


@given(question=ROW, texts=ROWS)
def test_late_matches_of_every_token_and_text(
    model: StaticEmbedder, question: list[int], texts: list[list[int]]
) -> None:
    found = LateInteraction(np.array(question, dtype=np.uint32), model).matches(TokenRows.of(texts))
    assert found.shape == (len(question), len(texts))
    expected = np.array([[match(model, token, text) for text in texts] for token in question])
    np.testing.assert_allclose(found, expected.reshape(found.shape), atol=1e-5)
    assert ((found >= 0) & (found <= 1 + 1e-6)).all()


@given(question=ROW, texts=ROWS)
def test_late_interaction_weighs_by_length(
    model: StaticEmbedder, question: list[int], texts: list[list[int]]
) -> None:
    found = LateInteraction(np.array(question, dtype=np.uint32), model).scores(TokenRows.of(texts))
    weights = [math.sqrt(sum(model.vectors[token].astype(float) ** 2)) for token in question]
    expected = [
        sum(w * match(model, token, text) for w, token in zip(weights, question, strict=True)) / total
        if (total := sum(weights))
        else 0.0
        for text in texts
    ]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_late_interaction_of_a_text_with_itself_is_one(model: StaticEmbedder) -> None:
    text = [1, 5, 5, 7]
    found = LateInteraction(np.array(text, dtype=np.uint32), model).scores(TokenRows.of([text, [], [2]]))
    assert found[0] == pytest.approx(1, abs=1e-5)
    assert found[1] == 0


@given(question=ROW, collection=ROWS)
def test_translation_takes_the_three_nearest(
    model: StaticEmbedder, question: list[int], collection: list[list[int]]
) -> None:
    translator = Translator(model, counted(collection))
    expected = translated(model, question, collection)
    for _ in range(2):  # the second time from what it remembers
        terms = translator.translate(np.array(question, dtype=np.uint32))
        found = dict(zip(terms.ids.tolist(), terms.weights.tolist(), strict=True))
        assert found.keys() == expected.keys()
        assert found == pytest.approx(expected, abs=5e-4)
        assert terms.ids.tolist() == sorted(expected)


@given(question=ROW, collection=st.lists(ROW, min_size=1, max_size=7), data=st.data())
def test_keywords_is_bm25(
    model: StaticEmbedder, question: list[int], collection: list[list[int]], data: st.DataObject
) -> None:
    texts = data.draw(st.lists(st.sampled_from(collection), max_size=5))
    statistics = counted(collection)
    terms = Translator(model, statistics).translate(np.array(question, dtype=np.uint32))
    weights = dict(zip(terms.ids.tolist(), terms.weights.tolist(), strict=True))
    found = keywords(terms, TokenRows.of(texts), statistics)
    np.testing.assert_allclose(found, [bm25(weights, text, collection) for text in texts], atol=1e-4)
    assert (found <= best_keywords(terms, statistics) + 1e-4).all()


def test_the_keywords_bound_is_approached() -> None:
    statistics = counted([[1] * 3, [2] * 3])
    terms = WeightedTokens(np.array([1]), np.array([0.7]))
    endless = keywords(terms, TokenRows.of([[1] * 100_000]), counted([[1] * 100_000, [2] * 10_000_000]))
    assert endless[0] == pytest.approx(best_keywords(terms, statistics), rel=1e-3)


@given(st.lists(st.floats(-100, 100, width=32), max_size=9))
def test_standardise(values: list[float]) -> None:
    scores = np.array(values, dtype=np.float32)
    found = standardise(scores)
    assert found.shape == scores.shape
    mean = math.fsum(values) / max(len(values), 1)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / max(len(values), 1))
    if deviation > 2e-6 * max(map(abs, values), default=0):
        np.testing.assert_allclose(found, [(value - mean) / deviation for value in values], atol=1e-4)
    elif len(set(values)) <= 1:
        assert not found.any()


def test_model_folder_is_read(model: StaticEmbedder) -> None:
    assert Path(model.name).name == "model"
    assert model.tokenize(["t3 t1", ""]).ids.tolist() == [3, 1]


def test_late_interaction_remembers_rightly(model: StaticEmbedder) -> None:
    texts = [[1, 2, 3], [3, 4], [5, 1, 1], [], [6]]
    late = LateInteraction(np.array([1, 4, 7], dtype=np.uint32), model)
    for text in texts:
        fresh = LateInteraction(late.question, model)
        np.testing.assert_allclose(
            late.matches(TokenRows.of([text])), fresh.matches(TokenRows.of([text])), atol=1e-6
        )
