"""The derived indexes of one language: vectors and keywords."""

import shutil
from functools import cached_property
from pathlib import Path

from index.catalog import Catalog
from index.embedding import bundled_embedder
from index.keywords import KeywordIndex
from index.scores import Translator
from index.statistics import TokenStatistics
from index.vectors import VectorIndex


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

    def vector_file(self, generation: int) -> Path:
        """Return the file the vectors of a generation are kept in.

        A file a generation: the old one stays whole until the manifest names the new one.
        """
        return self._folder / "vectors" / f"{self.language}.{generation}.faiss"

    def load(self, generation: int) -> None:
        """Read the vectors of a generation.

        Raises:
            DamagedArchiveError: the file is missing or cannot be read.
        """
        self.vectors = VectorIndex.load(self.vector_file(generation))

    def update(self, since: int, generation: int) -> None:
        """Bring both indexes from one generation to another; doing it twice does no harm."""
        gone = self._catalog.removals_since(self.language, since)
        vectors = self.vectors.copy()  # other threads go on searching the old one
        vectors.remove(gone)
        with self.keywords.writer() as writer:
            writer.remove(gone)
            for data in self._catalog.passages_since(self.language, since):
                vectors.remove(data.ids)
                vectors.add(data.ids, data.vectors)
                for passage, tokens in zip(data.ids.tolist(), data.tokens, strict=True):
                    writer.add(passage, tokens)
        file = self.vector_file(generation)
        file.parent.mkdir(exist_ok=True)
        vectors.save(file)
        self.vectors = vectors
        for derived in ("statistics", "translator"):
            self.__dict__.pop(derived, None)

    def clear(self) -> None:
        """Throw the indexes away, to be filled anew by ``update`` from generation 0."""
        self.__dict__.pop("keywords", None)
        shutil.rmtree(self._folder / "keywords" / self.language, ignore_errors=True)
        self.vectors = VectorIndex(self._dimension)

    def files(self, generation: int) -> list[Path]:
        """Return the files the manifest vouches for."""
        kept = [
            file
            for file in sorted((self._folder / "keywords" / self.language).glob("*"))
            if not file.name.endswith(".lock")
        ]
        return [self.vector_file(generation), *kept]

    def problems(self) -> list[str]:
        """Return a line for each index that does not hold exactly the catalog's passages."""
        expected = self._catalog.passage_ids(self.language).tolist()
        found = [
            f"{name}/{self.language} holds {len(ids)} passages, not exactly the catalog's {len(expected)}"
            for name, ids in (("vectors", self.vectors.ids.tolist()), ("keywords", self.keywords.ids))
            if sorted(ids) != expected
        ]
        if not found and not all(
            self.vectors.holds(data.ids, data.vectors) for data in self._catalog.passages_since(self.language, 0)
        ):
            found.append(f"vectors/{self.language} holds other vectors than the catalog")
        return found
