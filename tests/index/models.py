"""Small random models, to compare with plain loops."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, pre_tokenizers

from index.embedding import NEAR_FILE, StaticEmbedder
from index.near_tokens import NearTokens


def random_model(folder: Path, vocabulary: int = 40, dimension: int = 6, seed: int = 0) -> StaticEmbedder:
    """A model whose tokens are the words "t0", "t1", ...; the vector of the last is zero."""
    tokenizer = Tokenizer(models.WordLevel({f"t{i}": i for i in range(vocabulary)}, unk_token="t0"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    vectors = np.random.default_rng(seed).normal(size=(vocabulary, dimension)).astype(np.float32)
    vectors[-1] = 0
    save_file({"embedding.weight": vectors}, folder / "model.safetensors")
    NearTokens.among(vectors).save(folder / NEAR_FILE)
    return StaticEmbedder(folder)
