"""Weighted keyword search (BM25), on tantivy."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.errors import DamagedArchiveError, IsnadError
from index.scores import WeightedTokens
from index.selection import Selection
from index.token_rows import TokenRows

# A writer with less than 15 MB a thread is refused by tantivy.
WRITER_BYTES = 64_000_000
WRITER_THREADS = 1
# In an index of so many passages, terms that more than this share of them hold are left out.
LARGE = 20_000
COMMON = 1 / 3
# So many passages are named to a search that is limited to them.
LISTED = 20_000


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
    def ids(self) -> NDArray[np.int64]:
        """The passage ids in the index in order, shape [len]."""
        searcher = self._searcher
        found = searcher.search(tantivy.Query.all_query(), limit=max(int(searcher.num_docs), 1))
        return np.sort(_passages(searcher, found))

    def writer(self) -> "KeywordWriter":
        """Return a writer; its changes are seen by later searches once it is left without an error."""
        return KeywordWriter(self)

    def search(self, terms: WeightedTokens, k: int, selection: Selection | None = None) -> NDArray[np.int64]:
        """Return the ids of the ``k`` best passages by weighted BM25, best first.

        In a large index the terms that most passages hold do not count where there are others: they tell passages
        apart least, and cost most.

        Args:
            terms: what to look for.
            k: how many at most.
            selection: the only passages wanted.
        """
        searcher = self._searcher  # one for all steps: a writer in another thread puts a new one in its place
        query = self._query(terms, searcher)
        if query is None:
            return np.zeros(0, dtype=np.int64)
        if selection is None:
            return _passages(searcher, searcher.search(query, k, count=False))
        if len(selection) <= LISTED:
            only = tantivy.Query.term_set_query(self._index.schema, "passage", selection.ids.tolist())
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), (tantivy.Occur.Must, _unscored(only))]
            )
            return _passages(searcher, searcher.search(query, k, count=False))
        # Naming many passages takes longer than looking further down the list for those among them.
        wanted = k
        while True:
            wanted = min(wanted * 2 * len(self) // len(selection), len(self))
            passages = _passages(searcher, searcher.search(query, wanted, count=False))
            found = passages[selection.among(passages)]
            if len(found) >= k or len(passages) < wanted or wanted == len(self):
                return found[:k]

    def _query(self, terms: WeightedTokens, searcher: tantivy.Searcher) -> tantivy.Query | None:
        named = [
            (str(token), weight) for token, weight in zip(terms.ids.tolist(), terms.weights.tolist(), strict=True)
        ]
        if len(self) >= LARGE:
            common = len(self) * COMMON
            named = [term for term in named if searcher.doc_freq("tokens", term[0]) <= common] or named
        schema = self._index.schema
        queries = [
            tantivy.Query.boost_query(
                tantivy.Query.term_query(schema, "tokens", token, index_option="freq"), weight
            )
            for token, weight in named
        ]
        return (
            tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries]) if queries else None
        )

    def _between(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what is in the index from the smallest to the largest of some ids."""
        if not len(self) or not len(ids):
            return ids[:0]
        query = tantivy.Query.range_query(
            self._index.schema, "passage", tantivy.FieldType.Unsigned, int(ids.min()), int(ids.max())
        )
        return _passages(self._searcher, self._searcher.search(query, len(self), count=False))

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()


def _passages(searcher: tantivy.Searcher, found: tantivy.SearchResult) -> NDArray[np.int64]:
    addresses = [address for _, address in found.hits]
    return np.array(searcher.fast_field_values("passage", addresses), dtype=np.int64)


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


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
        # A killed process may have left files under the very names that this commit will give.
        self._writer.garbage_collect_files()

    def add(self, ids: NDArray[np.int64], rows: TokenRows) -> None:
        """Add passages, in place of what stood under their ids at the last commit.

        Args:
            ids: shape [n].
            rows: the tokens of each.
        """
        # Only after a kill are they there already; and a removal for each of a million takes minutes.
        self.remove(np.intersect1d(ids, self._keywords._between(ids)).tolist())
        for passage, tokens in zip(ids.tolist(), rows, strict=True):
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
