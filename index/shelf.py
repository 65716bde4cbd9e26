"""The derived indexes of one language: vectors and keywords."""

import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import starmap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.catalog import Catalog
from index.embedding import bundled_embedder
from index.keywords import KeywordIndex
from index.scores import Translator
from index.segment import TRAINING_VECTORS, Segment
from index.statistics import TokenStatistics
from index.vectors import VectorIndex, clusters_for

# What an index keeps of a vector, rounded to 8 bits and cut to their range, is at least so near to it.
NEAR = 0.98


class Shelf:
    """What is searched for one language; can be thrown away and filled again from the catalog.

    Each language has a shelf of its own because scores cannot be compared across languages (arXiv 2507.07543),
    and because word frequencies are a language's own.
    """

    def __init__(self, folder: Path, language: str, catalog: Catalog, dimension: int) -> None:
        self.language = language
        self._folder = folder
        self._catalog = catalog
        self._dimension = dimension
        self._base_file: Path | None = None
        self._fresh_file: Path | None = None

    @cached_property
    def vectors(self) -> VectorIndex:
        """The vector index as of the last ``load`` or ``update``."""
        return VectorIndex(self._dimension)

    @cached_property
    def keywords(self) -> KeywordIndex:
        """The keyword index."""
        return KeywordIndex(self._folder / "keywords" / self.language)

    @cached_property
    def statistics(self) -> TokenStatistics:
        """Token counts over the language's passages."""
        return self._catalog.statistics(self.language, len(bundled_embedder().vectors))

    @cached_property
    def translator(self) -> Translator:
        """Turns question tokens into tokens of this shelf."""
        return Translator(bundled_embedder(), self.statistics)

    def load(self, files: Iterable[str]) -> None:
        """Read the vectors.

        Args:
            files: names within the archive of all the files that are vouched for.

        Raises:
            DamagedArchiveError: one is missing or cannot be read.
        """
        for name in files:
            file = self._folder / name
            if file.parent.name == "vectors" and file.name.startswith(f"{self.language}."):
                if file.suffix == ".npz":
                    self._fresh_file = file
                else:
                    self._base_file = file
        if self._fresh_file:
            self.vectors = VectorIndex.load(self._dimension, self._base_file, self._fresh_file)

    def update(self, since: int, generation: int) -> None:
        """Bring both indexes from one generation to another."""
        gone = self._catalog.passages.removed_since(self.language, since)
        added = self._catalog.passages.count_since(self.language, since)
        if not gone and not added and self._fresh_file:
            return
        with ThreadPoolExecutor(1) as worker:  # both leave Python's lock to their libraries most of the time
            keywords = worker.submit(self._update_keywords, gone, since)
            self._update_vectors(gone, added, since, generation)
            keywords.result()
        for derived in ("statistics", "translator"):
            self.__dict__.pop(derived, None)

    def _update_keywords(self, gone: Sequence[int], since: int) -> None:
        with self.keywords.writer() as writer:
            writer.remove(gone)
            for data in self._catalog.passages.since(self.language, since):
                writer.add(data.ids, data.tokens)

    def _update_vectors(self, gone: Sequence[int], added: int, since: int, generation: int) -> None:
        folder = self._folder / "vectors"
        folder.mkdir(exist_ok=True)
        vectors = self.vectors
        if vectors.has_room(len(gone) + added):
            vectors = vectors.changed(gone, self._catalog.passages.since(self.language, since))
        else:
            segment = self._rebased(gone, added, since)
            self._base_file = folder / f"{self.language}.{generation}.faiss"
            segment.save(self._base_file)
            vectors = VectorIndex(self._dimension, Segment.load(self._base_file, mapped=True))
        self._fresh_file = folder / f"{self.language}.{generation}.npz"
        vectors.save_fresh(self._fresh_file)
        self.vectors = vectors

    def _rebased(self, gone: Sequence[int], added: int, since: int) -> Segment:
        """Return a segment of all vectors."""
        clusters = clusters_for(len(self.vectors) - len(gone) + added)
        if self.vectors.base.clusters >= clusters:
            segment = self.vectors.whole(self._base_file, gone)
        else:
            sample = self._catalog.passages.sample_vectors(self.language, clusters * TRAINING_VECTORS)
            segment = Segment.clustered(sample, clusters)
            since = 0
        for data in self._catalog.passages.since(self.language, since):
            segment.add(data.ids, data.vectors)
        return segment

    def clear(self) -> None:
        """Throw the indexes away, to be filled anew by ``update`` from generation 0."""
        self.__dict__.pop("keywords", None)
        shutil.rmtree(self._folder / "keywords" / self.language, ignore_errors=True)
        self.vectors = VectorIndex(self._dimension)
        self._base_file = self._fresh_file = None

    def files(self) -> list[Path]:
        """Return the files the manifest vouches for."""
        keywords = sorted((self._folder / "keywords" / self.language).glob("*"))
        kept = [file for file in keywords if not file.name.endswith(".lock")]
        return [file for file in (self._base_file, self._fresh_file) if file] + kept

    def problems(self) -> list[str]:
        """Return a line for each index that does not hold exactly the catalog's passages."""
        expected = self._catalog.passages.ids(self.language)
        found = [
            f"{name}/{self.language} holds {len(ids)} passages, not exactly the catalog's {len(expected)}"
            for name, ids in (("vectors", self.vectors.ids), ("keywords", self.keywords.ids))
            if not np.array_equal(ids, expected)
        ]
        if not found and not all(starmap(self._are_near, self.vectors.stored())):
            found.append(f"vectors/{self.language} holds other vectors than the catalog")
        return found

    def _are_near(self, ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> bool:
        """Return whether the catalog has nearly the same vectors."""
        order = np.argsort(ids)
        exact, kept = self._catalog.passages.data(ids).vectors, vectors[order]
        lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(kept, axis=1)
        cosines = (exact * kept).sum(axis=1)
        # A text without a token has a vector without length.
        near = np.where(lengths > 0, cosines >= NEAR * lengths, np.abs(exact - kept).max(axis=1) < 1 - NEAR)
        return bool(near.all())
