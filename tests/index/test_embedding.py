import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from index.documents import Document
from index.embedding import (
    BUNDLED,
    MODEL_FOLDER,
    Embedder,
    StaticEmbedder,
    TransformerEmbedder,
    bundled_embedder,
    load_embedder,
)
from index.errors import IsnadError

TEXTS = ["Who opened the bridge?", "من افتتح الجسر؟", "٤٢ مليون فلورين", "...", "a", "x" * 5000, "سلام " * 3000]


def test_unit_vectors_one_a_text(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    norms = np.linalg.norm(vectors, axis=1)
    assert np.all(np.isclose(norms, 1, atol=1e-5) | (norms == 0))


def test_no_text_is_an_empty_table(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, embedder.dimension)
    assert embedder.encode([], query=True).shape == (0, embedder.dimension)


def test_a_text_has_the_same_vector_alone_and_among_others(embedder: Embedder) -> None:
    together = embedder.encode(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(embedder.encode([text])[0], vector, atol=1e-5)


def test_bundled_is_the_mean_of_token_vectors_at_length_one() -> None:
    model = bundled_embedder()
    stored = load_file(MODEL_FOLDER / "model.safetensors")["embedding.weight"].astype(np.float64)
    for text, vector in zip(TEXTS, model.encode(TEXTS), strict=True):
        ids = model.tokenize([text]).ids
        total = sum((stored[i] for i in ids.tolist()), np.zeros(model.dimension))
        length = np.linalg.norm(total)
        np.testing.assert_allclose(vector, total / length if length else total, atol=2e-6)
    np.testing.assert_allclose(model.lengths, np.linalg.norm(stored, axis=1).clip(1e-9), rtol=1e-5)


@pytest.fixture(scope="module")
def full_precision(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model with its weights written out in single precision."""
    folder = tmp_path_factory.mktemp("full") / "model"
    shutil.copytree(MODEL_FOLDER, folder)
    weights = load_file(folder / "model.safetensors")
    save_file({name: table.astype(np.float32) for name, table in weights.items()}, folder / "model.safetensors")
    return folder


@pytest.mark.parametrize(
    ("precision", "bound"),
    [
        ("full", 1e-6),  # the same sums but for their order
        ("half", 2**-11),  # sentence-transformers returns half precision, which is 11 bits of a number below 1
    ],
)
def test_parity_with_sentence_transformers(
    precision: str, bound: float, full_precision: Path, made_up_documents: list[Document]
) -> None:
    from sentence_transformers import SentenceTransformer

    folder = full_precision if precision == "full" else MODEL_FOLDER
    texts = [*TEXTS, *(document.text for document in made_up_documents)]
    theirs = np.asarray(SentenceTransformer(str(folder), device="cpu").encode(texts), dtype=np.float64)
    norms = np.linalg.norm(theirs, axis=1, keepdims=True)
    theirs = np.divide(theirs, norms, out=np.zeros_like(theirs), where=norms > 0)
    difference = np.abs(theirs - StaticEmbedder(folder).encode(texts)).max()
    assert difference < bound


@given(st.lists(st.text(max_size=60), max_size=40))
def test_tokens_do_not_depend_on_the_batch(texts: list[str]) -> None:
    model = bundled_embedder()
    rows = model.tokenize(texts)
    assert [row.tolist() for row in rows] == [model.tokenize([text]).ids.tolist() for text in texts]
    assert rows.ids.max(initial=0) < len(model.vectors)
    assert np.isfinite(model.embed(rows)).all()


def test_transformer_uses_its_prompts_and_matches_the_library(transformer_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    ours = load_embedder(transformer_folder)
    theirs = SentenceTransformer(str(transformer_folder), device="cpu")
    assert isinstance(ours, TransformerEmbedder)
    assert ours.prompts == {"query": "query: ", "document": "passage: "}
    texts = ["the bridge of Velmora", "جسر سارون"]
    for query, prompt in ((True, "query: "), (False, "passage: ")):
        expected = theirs.encode([prompt + text for text in texts], normalize_embeddings=True, prompt="")
        np.testing.assert_allclose(ours.encode(texts, query=query), expected, atol=1e-5)
    assert not np.allclose(ours.encode(texts, query=True), ours.encode(texts), atol=1e-3)


def test_fingerprint_changes_with_weights_tokenizer_and_prompts(
    tmp_path: Path, full_precision: Path, transformer_folder: Path
) -> None:
    assert StaticEmbedder(MODEL_FOLDER).fingerprint == bundled_embedder().fingerprint
    assert StaticEmbedder(full_precision).fingerprint != bundled_embedder().fingerprint
    changed = tmp_path / "changed"
    shutil.copytree(MODEL_FOLDER, changed)
    with (changed / "tokenizer.json").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert StaticEmbedder(changed).fingerprint != bundled_embedder().fingerprint

    prompted = tmp_path / "prompted"
    shutil.copytree(transformer_folder, prompted)
    file = prompted / "config_sentence_transformers.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["prompts"]["query"] = "question: "
    file.write_text(json.dumps(settings), encoding="utf-8")
    first, again, other = (
        load_embedder(f).fingerprint for f in (transformer_folder, transformer_folder, prompted)
    )
    assert first == again != other


def test_names() -> None:
    assert load_embedder() is load_embedder(BUNDLED) is bundled_embedder()
    folder = load_embedder(MODEL_FOLDER)
    assert isinstance(folder, StaticEmbedder)
    assert Path(folder.name) == MODEL_FOLDER.resolve()
    assert folder.fingerprint == bundled_embedder().fingerprint


@pytest.mark.parametrize(
    "content",
    [{}, {"modules.json": "not json"}, {"modules.json": "[]"}, {"modules.json": "5"}, {"modules.json": "[{}]"}],
)
def test_a_folder_that_is_no_model_is_named(tmp_path: Path, content: dict[str, str]) -> None:
    folder = tmp_path / "no-model"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(IsnadError, match=r"no-model'.*sentence-transformers model.*'bundled'"):
        load_embedder(folder)


@pytest.mark.parametrize("broken", ["tokenizer.json", "model.safetensors"])
def test_a_damaged_static_model_is_named(tmp_path: Path, broken: str) -> None:
    folder = tmp_path / "broken-model"
    shutil.copytree(MODEL_FOLDER, folder)
    (folder / broken).write_bytes(b"{")
    with pytest.raises(IsnadError, match=r"broken-model"):
        load_embedder(folder)
