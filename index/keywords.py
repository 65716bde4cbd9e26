"""Weighted keyword search (BM25), on tantivy."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from index.errors import DamagedArchiveError, IsnadError
from index.scores import WeightedTokens
from index.token_rows import TokenIds

# A writer with less than 15 MB a thread is refused by tantivy.
WRITER_BYTES = 64_000_000
WRITER_THREADS = 1


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("passage", indexed=True, fast=True)
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


class KeywordIndex:
    """The model's token ids of every passage as words of an inverted index.

    Fed with ids instead of text, both sides of a search are tokenized by the same rules, and a search can name
    tokens of another language as translations.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index in the folder, or make an empty one where there is none.

        Raises:
            DamagedArchiveError: the folder holds something that cannot be read as an index.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        try:
            readable = folder if os.access(folder, os.W_OK) else _mirror(folder)
            self._index = tantivy.Index(_schema(), path=str(readable))
        except ValueError as error:
            raise DamagedArchiveError(f"{folder} cannot be read as a keyword index: {error}") from error
        self._index.register_tokenizer(
            "whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        )
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    @property
    def ids(self) -> list[int]:
        """The passage ids in the index."""
        searcher = self._searcher
        found = searcher.search(tantivy.Query.all_query(), limit=max(int(searcher.num_docs), 1))
        return _passages(searcher, found)

    def writer(self) -> "KeywordWriter":
        """Return a writer; its changes are seen by later searches once it is left without an error."""
        return KeywordWriter(self)

    def search(self, terms: WeightedTokens, k: int) -> list[int]:
        """Return the ids of the ``k`` best passages by weighted BM25, best first."""
        schema = self._index.schema
        queries = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(schema, "tokens", str(token), index_option="freq"), weight
                ),
            )
            for token, weight in zip(terms.ids.tolist(), terms.weights.tolist(), strict=True)
        ]
        if not queries:
            return []
        searcher = self._searcher  # one for both steps: a writer in another thread puts a new one in its place
        return _passages(searcher, searcher.search(tantivy.Query.boolean_query(queries), k, count=False))

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()


def _passages(searcher: tantivy.Searcher, found: tantivy.SearchResult) -> list[int]:
    addresses = [address for _, address in found.hits]
    return [int(i) for i in searcher.fast_field_values("passage", addresses)]


def _mirror(folder: Path) -> Path:
    """Return a folder of links to an index in a read-only one: tantivy makes a lock file even to read."""
    mirror = Path(tempfile.mkdtemp(prefix="isnad-"))
    atexit.register(shutil.rmtree, mirror, ignore_errors=True)
    for file in folder.iterdir():
        if not file.name.endswith(".lock"):
            (mirror / file.name).symlink_to(file.resolve())
    return mirror


class KeywordWriter:
    """Changes to a keyword index, all of them or none."""

    def __init__(self, keywords: KeywordIndex) -> None:
        self._keywords = keywords
        self._writer = keywords._index.writer(WRITER_BYTES, WRITER_THREADS)

    def add(self, passage: int, tokens: TokenIds) -> None:
        """Add a passage, in place of what stands under its id."""
        self.remove([passage])
        document = tantivy.Document()
        document.add_unsigned("passage", passage)
        document.add_text("tokens", " ".join(map(str, tokens.tolist())))
        self._writer.add_document(document)

    def remove(self, passages: Iterable[int]) -> None:
        """Take passages out; one that is not there is ignored."""
        schema = self._keywords._index.schema
        for passage in passages:
            # By query: deleting by term silently misses unsigned fields (tantivy-py 0.27).
            self._writer.delete_documents_by_query(tantivy.Query.term_query(schema, "passage", passage))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._writer.commit()
            else:
                self._writer.rollback()
        except (ValueError, OSError) as failure:
            raise IsnadError(f"cannot write {self._keywords.folder}: {failure}") from failure
        finally:
            self._writer.wait_merging_threads()  # also lets go of the index's lock
        self._keywords._reload()
