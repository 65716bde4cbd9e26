"""The curve of false answers and refusals: against counting, and drawn."""

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qa.evaluation.curve
from index.errors import IsnadError
from qa.evaluation.curve import Curve, draw

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(PROBABILITIES, PROBABILITIES, st.integers(0, 100))
def test_points_are_counted(present: list[float], absent: list[float], step: int) -> None:
    curve = Curve.of(present, absent)
    threshold = curve.thresholds[step]
    assert threshold == step / 100
    assert curve.false_answers[step] == pytest.approx(sum(p >= threshold for p in absent) / len(absent))
    assert curve.false_refusals[step] == pytest.approx(sum(p < threshold for p in present) / len(present))
    assert list(curve.false_answers) == sorted(curve.false_answers, reverse=True)
    assert list(curve.false_refusals) == sorted(curve.false_refusals)


@pytest.mark.skipif(not find_spec("matplotlib"), reason="the drawing needs matplotlib")
def test_it_is_drawn(tmp_path: Path) -> None:
    curves = {"en-en": Curve.of([0.3, 0.8], [0.1, 0.6]), "ar-en": Curve.of([0.5], [0.5])}
    for name, start in (("curve.png", b"\x89PNG"), ("curve.svg", b"<?xml")):
        draw(curves, 0.5, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    with pytest.raises(IsnadError, match=r"cannot write the picture .*missing"):
        draw(curves, 0.5, tmp_path / "missing" / "curve.png")
    with pytest.raises(IsnadError, match=r"curve\.doc"):
        draw(curves, 0.5, tmp_path / "curve.doc")


def test_what_cannot_be_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IsnadError, match="questions with an answer and questions without"):
        draw({}, 0.5, tmp_path / "curve.png")

    def none_installed(name: str) -> ModuleSpec | None:
        return None if name == "matplotlib" else find_spec(name)

    monkeypatch.setattr(qa.evaluation.curve, "find_spec", none_installed)
    with pytest.raises(IsnadError, match=r"curve.png takes matplotlib; install it with: pip install matplotlib"):
        draw({"en-en": Curve.of([0.5], [0.5])}, 0.5, tmp_path / "curve.png")
    assert not (tmp_path / "curve.png").exists()
