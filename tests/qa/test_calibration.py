"""Calibration: the learned weights are read and applied as scikit-learn would apply them."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qa.calibrate import RIDGE, fit, fit_choice
from qa.calibration import ANSWER_FEATURES, FEATURES, Calibration, Logistic

CELLS = ("ar-ar", "ar-en", "en-ar", "en-en")
NUMBERS = st.floats(-50, 50).map(lambda value: round(value, 5))


def logistics(size: int) -> st.SearchStrategy[dict[str, Logistic]]:
    weights = st.lists(NUMBERS, min_size=size, max_size=size).map(np.array)
    return st.fixed_dictionaries(dict.fromkeys(CELLS, st.builds(Logistic, weights, NUMBERS)))


CALIBRATIONS = st.builds(
    Calibration,
    logistics(len(FEATURES)),
    logistics(len(ANSWER_FEATURES)),
    st.floats(0, 1),
    st.floats(0, 10),
)


@given(CALIBRATIONS)
def test_as_dict_and_back(calibration: Calibration) -> None:
    written = json.dumps(calibration.as_dict())
    read = Calibration.from_dict(json.loads(written))
    assert read.as_dict() == calibration.as_dict()
    assert (read.threshold, read.company) == (calibration.threshold, calibration.company)
    for cell in CELLS:
        for one, other in ((read.sentence, calibration.sentence), (read.answer, calibration.answer)):
            assert one[cell].weights.tolist() == other[cell].weights.tolist()
            assert one[cell].bias == other[cell].bias


def test_what_ships_is_whole() -> None:
    shipped = Calibration.shipped()
    assert set(shipped.sentence) == set(shipped.answer) == set(CELLS)
    for cell in CELLS:
        assert shipped.sentence[cell].weights.shape == (len(FEATURES),)
        assert shipped.answer[cell].weights.shape == (len(ANSWER_FEATURES),)
        assert np.isfinite(shipped.sentence[cell].weights).all()
        assert np.isfinite(shipped.answer[cell].weights).all()
    assert 0 < shipped.threshold < 1
    assert shipped.company >= 0
    assert Calibration.shipped() is shipped


def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Features of very unlike scales, and labels that depend on two of them."""
    random = np.random.default_rng(4)
    features = random.normal(size=(count, 4)) * [1, 100, 0.01, 1] + [0, -500, 3, 0]
    features[:, 3] = 7.0  # one that never differs
    noise = random.normal(size=count)
    return features, (features[:, 0] + (features[:, 1] + 500) / 100 + noise) > 0


def test_probabilities_are_those_of_scikit_learn() -> None:
    features, right = rows(200)
    model = LogisticRegression(max_iter=5000).fit(features[:, :3], right)
    logistic = Logistic(model.coef_[0], float(model.intercept_[0]))
    calibration = Calibration({"en-en": logistic}, {"en-en": logistic}, 0.5, 0.5)
    for row, probability, odds in zip(
        features[:, :3],
        model.predict_proba(features[:, :3])[:, 1],
        model.decision_function(features[:, :3]),
        strict=True,
    ):
        assert calibration.answer_odds("en-en", row) == pytest.approx(odds, abs=1e-9)
        assert calibration.scores("en-en", row[None]) == pytest.approx([odds], abs=1e-9)
        assert 1 / (1 + math.exp(-calibration.answer_odds("en-en", row))) == pytest.approx(probability, abs=1e-9)


def test_fit_takes_raw_features_and_equals_the_pipeline() -> None:
    features, right = rows(4000)  # so many that how strongly weights are held down makes no difference
    logistic = fit(features, right, np.ones(len(features)))
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(features, right)
    expected = pipeline.decision_function(features)
    assert logistic.odds(features) == pytest.approx(expected, rel=0.02, abs=0.02)
    assert logistic.weights.shape == (4,)


def test_a_row_that_weighs_double_is_a_row_twice() -> None:
    features, right = rows(2000)
    heavy = np.where(np.arange(len(features)) % 3 == 0, 2.0, 1.0)
    repeated = np.repeat(np.arange(len(features)), heavy.astype(int))
    weighted = fit(features, right, heavy)
    twice = fit(features[repeated], right[repeated], np.ones(len(repeated)))
    assert weighted.odds(features) == pytest.approx(twice.odds(features), rel=0.02, abs=0.02)


@pytest.mark.parametrize(
    ("cell", "stands_in"), [("en-fr", "en-ar"), ("en-und", "en-ar"), ("ar-fr", "ar-en"), ("ar-zh", "ar-en")]
)
def test_a_third_language_counts_as_across(cell: str, stands_in: str) -> None:
    models = {known: Logistic(np.array([1.0]), float(bias)) for bias, known in enumerate(CELLS)}
    calibration = Calibration(models, models, 0.5, 0.5)
    row = np.array([0.25])
    assert calibration.scores(cell, row[None]) == calibration.scores(stands_in, row[None])
    assert calibration.answer_odds(cell, row) == calibration.answer_odds(stands_in, row)
    assert calibration.answer_odds(cell, row) == models[stands_in].odds(row)


@given(
    st.lists(st.lists(st.booleans(), min_size=2, max_size=4).filter(any), min_size=2, max_size=12),
    st.integers(0, 9),
)
def test_the_choice_is_the_one_that_a_plain_search_finds(answers: list[list[bool]], seed: int) -> None:
    """The loss at the weights found is no higher than around them, worked out by loops."""
    random = np.random.default_rng(seed)
    groups = [(random.normal(size=(len(right), 2)), np.array(right), 1.0 + (len(right) % 2)) for right in answers]
    rows = np.concatenate([features for features, _, _ in groups])
    deviation = rows.std(axis=0) + 1e-9

    def loss(weights: np.ndarray) -> float:
        total = RIDGE * float(((weights * deviation) ** 2).sum())
        for features, right, weight in groups:
            terms = [math.exp(float(row @ weights)) for row in features]
            answering = sum(term for term, answers in zip(terms, right, strict=True) if answers)
            total -= weight * math.log(answering / sum(terms))
        return total

    found = fit_choice(groups)
    around = [found + step for step in random.normal(scale=0.05, size=(30, 2))]
    assert all(loss(found) <= loss(other) + 1e-6 for other in around)
