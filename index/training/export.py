"""Write a fitted model as a sentence-transformers folder."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from index.embedding import NEAR_FILE
from index.near_tokens import NearTokens

_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.models.StaticEmbedding",  # the name that 5.x and 6.x both read
    }
]
_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "", "document": ""},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def save_model(folder: Path, tokenizer: Tokenizer, vectors: NDArray[np.float32]) -> None:
    """Write tokenizer, weights (half precision), near tokens and the two small files that make it a model folder.

    StaticEmbedding averages a text's token vectors where Isnad sums them: the direction is the same.

    Args:
        folder: Created if missing; files of the same names are replaced.
        tokenizer: The trained tokenizer.
        vectors: One row a token, shape (vocabulary, width).
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    weights = vectors.astype(np.float16)
    save_file({"embedding.weight": weights}, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    NearTokens.among(weights.astype(np.float32)).save(folder / NEAR_FILE)
    for name, content in (("modules.json", _MODULES), ("config_sentence_transformers.json", _CONFIG)):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
