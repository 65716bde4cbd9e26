"""What a user might pick instead: a class a system, all given the passages that Isnad makes."""

import json
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache, partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from tests.bench.processes import Figures, disk, memory, questions_timed, seconds
from tests.bench.workload import questions, texts

EMBEDDED = 256  # passages that the embedding speed is measured on
_K = 10
_WARM_UP = 10


@cache
def minilm() -> Any:
    """Return a sentence-transformers model as large as all-MiniLM-L6, on the bundled tokenizer.

    Its weights are random, which costs the same as learned ones.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    from index.embedding import MODEL_FOLDER

    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as folder:
        settings = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[UNK]", "unk_token": "[UNK]"}
        shutil.copy(MODEL_FOLDER / "tokenizer.json", folder)
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
        tokenizer = AutoTokenizer.from_pretrained(folder)
        size = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=384,
            num_hidden_layers=6,
            num_attention_heads=12,
            intermediate_size=1536,
        )
        BertModel(size).save_pretrained(folder)
        transformer = Transformer(folder, max_seq_length=256)
        return SentenceTransformer(modules=[transformer, Pooling(384)], device="cpu")


def _stored(passages: Sequence[str]) -> NDArray[np.float32]:
    """Return the vectors a store is filled with: the bundled model's, which lie as those of real news do.

    They have as many dimensions as MiniLM's, whose own, with random weights, would all be alike.
    """
    from index.embedding import bundled_embedder

    return bundled_embedder().encode(passages)


class Embeddings:
    """LangChain's interface: pays for the transformer, and returns the vector that the store can be asked by."""

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        minilm().encode([text], show_progress_bar=False)
        vector: list[float] = _stored([text])[0].tolist()
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return the vectors of passages."""
        raise NotImplementedError("passages are embedded beforehand")

    def __call__(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self.embed_query(text)


class Rival(ABC):
    """A system that is filled once, saved, opened and asked."""

    name: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    embeds: ClassVar[bool]

    @abstractmethod
    def build(self, folder: Path, passages: list[str], vectors: NDArray[np.float32] | None) -> None:
        """Index passages, with their vectors where the system embeds, and save them."""

    @abstractmethod
    def open(self, folder: Path) -> None:
        """Load what ``build`` has saved."""

    @abstractmethod
    def search(self, question: str) -> object:
        """Return the ten best passages with their text."""


class LangChainFaiss(Rival):
    """langchain-community's FAISS store, with a transformer of MiniLM-L6's size."""

    name = "LangChain FAISS + MiniLM-L6 size"
    packages = ("langchain-community",)
    embeds = True

    def build(self, folder: Path, passages: list[str], vectors: NDArray[np.float32] | None) -> None:
        from langchain_community.vectorstores import FAISS

        assert vectors is not None
        store = FAISS.from_embeddings(zip(passages, vectors.tolist(), strict=True), Embeddings())
        store.save_local(str(folder))

    def open(self, folder: Path) -> None:
        from langchain_community.vectorstores import FAISS

        self._store = FAISS.load_local(str(folder), Embeddings(), allow_dangerous_deserialization=True)

    def search(self, question: str) -> object:
        return self._store.similarity_search(question, k=_K)


class Chroma(Rival):
    """chromadb's persistent store, with a transformer of MiniLM-L6's size."""

    name = "Chroma + MiniLM-L6 size"
    packages = ("chromadb",)
    embeds = True

    def build(self, folder: Path, passages: list[str], vectors: NDArray[np.float32] | None) -> None:
        assert vectors is not None
        client = self._client(folder)
        store = client.create_collection("news", embedding_function=None, metadata={"hnsw:space": "cosine"})
        size = client.get_max_batch_size()
        for first in range(0, len(passages), size):
            ids = [str(number) for number in range(first, min(first + size, len(passages)))]
            store.add(ids, embeddings=vectors[first : first + size], documents=passages[first : first + size])

    def open(self, folder: Path) -> None:
        self._embeddings = Embeddings()
        self._store = self._client(folder).get_collection("news", embedding_function=None)

    def search(self, question: str) -> object:
        return self._store.query(query_embeddings=[self._embeddings.embed_query(question)], n_results=_K)

    @staticmethod
    def _client(folder: Path) -> Any:
        import chromadb

        settings = chromadb.Settings(anonymized_telemetry=False)
        return chromadb.PersistentClient(str(folder), settings)


class Bm25s(Rival):
    """bm25s, which compares words and embeds nothing."""

    name = "bm25s (words alone)"
    packages = ("bm25s",)
    embeds = False

    def build(self, folder: Path, passages: list[str], vectors: NDArray[np.float32] | None) -> None:
        import bm25s

        index = bm25s.BM25()
        index.index(bm25s.tokenize(passages, stopwords=None, show_progress=False), show_progress=False)
        index.save(folder, corpus=passages)

    def open(self, folder: Path) -> None:
        import bm25s

        self._index = bm25s.BM25.load(folder, load_corpus=True)

    def search(self, question: str) -> object:
        import bm25s

        words = bm25s.tokenize([question], stopwords=None, return_ids=False, show_progress=False)
        return self._index.retrieve(words, k=_K, show_progress=False)


RIVALS: dict[str, type[Rival]] = {"langchain": LangChainFaiss, "chroma": Chroma, "bm25s": Bm25s}


def missing(rival: str) -> list[str]:
    """Return the packages of a rival that are not installed."""
    return [name for name in RIVALS[rival].packages if find_spec(name.replace("-", "_")) is None]


# steps, each in a process of its own


def embedding(articles: str) -> Figures:
    """Measure how fast the transformer embeds passages."""
    sample = list(islice(texts(articles), EMBEDDED))
    model = minilm()
    model.encode(sample[:8], show_progress_bar=False)
    took = seconds(partial(model.encode, sample, show_progress_bar=False))
    return {"embedding alone, passages/s": len(sample) / took, "embedded passages": len(sample)}


def index(rival: str, articles: str, folder: str, embedded_a_second: float) -> Figures:
    """Fill a rival, and add what embedding its passages would take at the speed measured."""
    system = RIVALS[rival]()
    passages = list(texts(articles))
    vectors = _stored(passages) if system.embeds else None
    took = seconds(partial(system.build, Path(folder), passages, vectors))
    total = took + (len(passages) / embedded_a_second if system.embeds else 0)
    return {
        "passages": len(passages),
        "indexing, passages/s": len(passages) / total,
        "filling the store alone, passages/s": len(passages) / took,
        "disk, MB": disk(Path(folder)),
    }


def ask(rival: str, folder: str, asked: str) -> Figures:
    """Open a rival and ask it questions, embedding them included."""
    system = RIVALS[rival]()
    if system.embeds:
        minilm()  # making random weights is not a part of opening
    opening = seconds(partial(system.open, Path(folder)))
    all_questions = questions(asked)
    for question in all_questions[:_WARM_UP]:
        system.search(question)
    rest = all_questions[_WARM_UP:]
    return {
        "opening, s": opening,
        **questions_timed("question", system.search, rest),
        "questions": len(rest),
        **memory(),
    }
