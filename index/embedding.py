"""Text to vectors: the bundled static model without torch, or any sentence-transformers model."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import IsnadError
from index.near_tokens import NearTokens
from index.token_rows import TokenRows
from index.word_cache import WordCache

BUNDLED = "bundled"
UNKNOWN = 0  # id of the token for what the vocabulary lacks
MODEL_FOLDER = Path(__file__).parent / "model"
NEAR_FILE = "near.safetensors"


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    name: str
    dimension: int

    @property
    def fingerprint(self) -> str:
        """SHA-256 that changes whenever the vectors would."""
        ...

    @property
    def prompts(self) -> dict[str, str]:
        """What is put before a "query" and a "document", where the model has such prompts."""
        ...

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """Return one vector of length 1 a text (of length 0 where the text has no token).

        Args:
            texts: any number of texts, none included.
            query: whether these are questions; some models embed them under another prompt.

        Returns:
            Array of shape [len(texts), dimension].
        """
        ...


class StaticEmbedder:
    """A sentence-transformers ``StaticEmbedding`` folder read with tokenizers, safetensors and numpy alone.

    One vector a token, summed and normalised. Importing torch takes seconds, this takes a fraction of one,
    and the vectors are the same (the parity is tested). The length of a token's vector is its learned weight.
    """

    def __init__(self, folder: Path, name: str | None = None, *, word_by_word: bool = False) -> None:
        """Read a model.

        Args:
            folder: where it is.
            name: what it is called; the folder where none is given.
            word_by_word: whether its tokenizer is known never to look across white space.
        """
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.folder = folder
        self.name = name or str(folder)
        self.prompts: dict[str, str] = {}
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            stored = load_file(folder / "model.safetensors")["embedding.weight"]
        except Exception as error:  # both libraries raise kinds of their own, all of them for a wrong file
            raise IsnadError(
                f"cannot load the embedding model in {folder}: {_first_line(error)}. Copy the model there again."
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._words = WordCache(self._tokenizer) if word_by_word else None
        self.vectors: NDArray[np.float32] = stored.astype(np.float32)
        self.dimension = int(self.vectors.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the tokenizer and the weights."""
        digest = hashlib.sha256()
        for file in ("tokenizer.json", "model.safetensors"):
            digest.update((self.folder / file).read_bytes())
        return digest.hexdigest()

    @cached_property
    def lengths(self) -> NDArray[np.float32]:
        """Norm of every token's vector, shape [vocabulary]; never 0, so that it can divide."""
        lengths: NDArray[np.float32] = np.maximum(np.linalg.norm(self.vectors, axis=1), 1e-9)
        return lengths

    @cached_property
    def words(self) -> NDArray[np.bool_]:
        """Of every 16-bit token id whether it has a letter or digit, shape [65536]; the unknown token has none."""
        found = np.zeros(1 << 16, dtype=bool)
        for token, i in self._tokenizer.get_vocab().items():
            found[i] = i != UNKNOWN and any(map(str.isalnum, token))
        return found

    @cached_property
    def near(self) -> NearTokens:
        """Which of its tokens are near to each other; only models that Isnad trained come with this.

        Raises:
            IsnadError: the model has no such file.
        """
        return NearTokens.load(self.folder / NEAR_FILE)

    def tokenize(self, texts: Sequence[str]) -> TokenRows:
        """Return the token ids of every text, a row a text."""
        if self._words:
            return self._words.tokenize(texts)
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return TokenRows.of([encoding.ids for encoding in encodings])

    def embed(self, rows: TokenRows) -> NDArray[np.float32]:
        """Return the unit vectors of texts already tokenized, shape [len(rows), dimension]."""
        sums: NDArray[np.float32] = np.zeros((len(rows), self.dimension), dtype=np.float32)
        # A row at a time: its gathered token vectors stay in the processor's cache; a product is the fastest sum.
        ones = np.ones(int(rows.counts.max(initial=0)), dtype=np.float32)
        for total, ids in zip(sums, rows, strict=True):
            np.matmul(ones[: len(ids)], self.vectors[ids], out=total)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        np.divide(sums, norms, out=sums, where=norms > 0)
        return sums

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """See ``Embedder.encode``; questions and documents are embedded alike."""
        return self.embed(self.tokenize(texts))


class TransformerEmbedder:
    """Any sentence-transformers model: a local folder or, where there is a network, a hub name."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises a dozen kinds, all of them for a wrong name or folder
            raise IsnadError(
                f"cannot load the embedding model {name!r}: {_first_line(error)}. Give the folder of a "
                f"sentence-transformers model, a hub name (which needs a network), or {BUNDLED!r}."
            ) from error
        self.name = name
        self.dimension = int(self._model.encode(["a"], show_progress_bar=False).shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the weights and the prompts."""
        digest = hashlib.sha256(json.dumps(self.prompts, sort_keys=True).encode())
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.float().contiguous().numpy().tobytes())
        return digest.hexdigest()

    @property
    def prompts(self) -> dict[str, str]:
        """The model's own prompts by name."""
        return {key: text for key, text in self._model.prompts.items() if text}

    def encode(self, texts: Sequence[str], *, query: bool = False) -> NDArray[np.float32]:
        """See ``Embedder.encode``; uses the model's query and document prompts where it has them."""
        if not texts:  # the library answers with shape (0,)
            return np.zeros((0, self.dimension), dtype=np.float32)
        encode: Any = self._model.encode_query if query else self._model.encode_document
        vectors = encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


@cache
def bundled_embedder() -> StaticEmbedder:
    """Return the model that ships with Isnad, loaded once a process."""
    return StaticEmbedder(MODEL_FOLDER, name=BUNDLED, word_by_word=True)


def load_embedder(name: str | Path | None = None) -> Embedder:
    """Return the embedder of that name.

    Args:
        name: ``None`` or "bundled" for the model that ships; a folder of any sentence-transformers model; or
            a hub name.

    Raises:
        IsnadError: nothing of that name can be loaded.
    """
    if name is None or str(name) == BUNDLED:
        return bundled_embedder()
    folder = Path(name)
    if folder.is_dir() and _is_static(folder):
        return StaticEmbedder(folder.resolve())
    if not folder.exists() and (folder.is_absolute() or len(folder.parts) > 2 or str(name).startswith(".")):
        raise IsnadError(
            f"there is no folder {name}. Give the folder of a sentence-transformers model, a hub name such as "
            f"organisation/model (which needs a network), or {BUNDLED!r}."
        )
    return TransformerEmbedder(str(folder.resolve()) if folder.is_dir() else str(name))


def _is_static(folder: Path) -> bool:
    """Whether the folder's only module is a StaticEmbedding with its files at the top."""
    try:
        kinds = [module["type"] for module in json.loads((folder / "modules.json").read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return (
        len(kinds) == 1
        and str(kinds[0]).endswith("StaticEmbedding")
        and all((folder / file).is_file() for file in ("tokenizer.json", "model.safetensors"))
    )


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
