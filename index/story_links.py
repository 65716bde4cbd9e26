"""Which sketches in the catalog tell one story: candidates by their keys, then all their shingles."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from index.embedding import bundled_embedder
from index.ingestion import TITLE_CHARACTERS
from index.sketches import Hashes, Sketch, body_tokens, containment, sketches
from index.token_rows import TokenIds, TokenRows

# Chosen by tests.bench.stories on its development part.
SAME_STORY = 0.26
# Two articles are compared where this share of the keys that both could have is common to them.
PROMISING = 0.2
# Pairs, or documents, looked at together.
CHUNK = 256

Rows = Callable[..., list[Any]]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class StoredSketch:
    """A row of the table ``sketch``: the number of its story, and its keys, rising."""

    story: int
    keys: Hashes


class StoryLinks:
    """Finds links; remembers what it has read, so it is good for one change of the catalog only."""

    def __init__(self, rows: Rows, common: int) -> None:
        """Look things up.

        Args:
            rows: runs a statement and returns its rows.
            common: how many sketches may share a key for it to tell anything.
        """
        self._rows = rows
        self._common = common
        self._holders: dict[int, list[int]] = {}
        self.sketches: dict[int, StoredSketch] = {}
        self.shingles: dict[int, Hashes] = {}

    def holders(self, keys: Iterable[int], beyond: int = 0) -> dict[int, list[int]]:
        """Return the sketches that have each key; of a common one ``beyond`` more than make it common."""
        wanted = set(keys)
        unread = wanted - self._holders.keys()
        if unread:
            rows = self._rows(
                "SELECT value, (SELECT group_concat(sketch) FROM "
                "(SELECT sketch FROM sketch_key WHERE key = value LIMIT ?)) FROM json_each(?)",
                (self._common + beyond + 1, json.dumps([signed(key) for key in unread])),
            )
            # A negative value is a key's upper half, see ``signed``.
            self._holders |= {
                key % (1 << 32): [int(i) for i in (found or "").split(",") if i] for key, found in rows
            }
        return {key: self._holders[key] for key in wanted}

    def read(self, numbers: Collection[int]) -> dict[int, StoredSketch]:
        """Return the rows of those sketches."""
        unread = [number for number in numbers if number not in self.sketches]
        if unread:
            self.sketches |= stored_sketches(self._rows, f"id IN ({listed(unread)})")
        return {number: self.sketches[number] for number in numbers}

    def links(self, numbers: Collection[int], linked: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
        """Yield the pairs that tell one story and have one of those sketches in them.

        Args:
            numbers: of the sketches.
            linked: asked before two are compared, so that what is known to be linked need not be.
        """
        likely = self._likely(numbers)
        # The likeliest first: most of the others are then known to be linked.
        for part in chunks(sorted(likely, key=likely.__getitem__, reverse=True), CHUNK):
            pairs = [pair for pair in part if not linked(*pair)]
            self._load({number for pair in pairs for number in pair})
            for one, other in pairs:
                if not linked(one, other) and containment(self.shingles[one], self.shingles[other]) >= SAME_STORY:
                    yield one, other

    def _likely(self, numbers: Collection[int]) -> dict[tuple[int, int], float]:
        """Return pairs that may tell one story, with the share of keys they have in common."""
        rows = self.read(numbers)
        self.holders({key for row in rows.values() for key in row.keys.tolist()})
        sharing = {number: self._sharing(number) for number in rows}
        self.read({other for counts in sharing.values() for other in counts})
        likely = {}
        for one, counts in sharing.items():
            keys = self.sketches[one].keys
            for other, count in counts.items():
                others = self.sketches[other].keys
                # Up to the lesser of their largest keys, either would have as key what both contain.
                possible = min(keys.searchsorted(others[-1], "right"), others.searchsorted(keys[-1], "right"))
                if count >= PROMISING * possible:
                    likely[min(one, other), max(one, other)] = count / possible
        return likely

    def _sharing(self, number: int) -> Counter[int]:
        """Return how many telling keys each other sketch shares with one."""
        counts: Counter[int] = Counter()
        for key in self.sketches[number].keys.tolist():
            holders = self._holders[key]
            if len(holders) <= self._common:
                counts.update(holders)
        del counts[number]
        return counts

    def _load(self, numbers: Collection[int]) -> None:
        """Work out the shingles of those sketches from the tokens of a document that has them."""
        unread = [number for number in numbers if number not in self.shingles]
        if unread:
            # What cannot be read is like nothing; a check of the archive tells of it.
            self.shingles |= dict.fromkeys(unread, np.zeros(0, dtype=np.uint32))
            statement = (
                f"SELECT min(document), sketch FROM sketched WHERE sketch IN ({listed(unread)}) GROUP BY sketch"
            )
            documents = dict(self._rows(statement))
            for document, sketch in document_sketches(self._rows, list(documents)).items():
                self.shingles[documents[document]] = sketch.shingles


def document_sketches(rows: Rows, documents: Collection[int]) -> dict[int, Sketch]:
    """Return the sketches of documents in the catalog, worked out from the tokens of their passages."""
    articles: dict[int, tuple[str, str, list[bytes]]] = {}
    for number, title, language, tokens in rows(
        "SELECT document.id, title, document.language, tokens FROM document "
        "JOIN passage ON document = document.id "
        f"WHERE document.id IN ({listed(documents)}) ORDER BY document.id, start"
    ):
        articles.setdefault(number, (title, language, []))[2].append(tokens)
    made = article_sketches(
        [(title, language, list(TokenRows.from_bytes(blobs))) for title, language, blobs in articles.values()]
    )
    return dict(zip(articles, made, strict=True))


def article_sketches(articles: Sequence[tuple[str, str, Sequence[TokenIds]]]) -> list[Sketch]:
    """Return the sketch of each article, given its headline, language and the tokens of its passages."""
    model = bundled_embedder()
    headlines = model.tokenize([title[:TITLE_CHARACTERS] for title, _, _ in articles])
    bodies = [body_tokens(headline, rows) for headline, (_, _, rows) in zip(headlines, articles, strict=True)]
    return sketches(bodies, [language for _, language, _ in articles], model.words)


def stored_sketches(rows: Rows, condition: str = "TRUE") -> dict[int, StoredSketch]:
    """Return rows of the table ``sketch`` by number."""
    return {
        number: StoredSketch(story, np.frombuffer(keys, dtype="<u4"))
        for number, story, keys in rows(f"SELECT id, story, keys FROM sketch WHERE {condition}")
    }


def signed(key: int) -> int:
    """Return a 32-bit key as SQLite stores it in four bytes."""
    return key - (1 << 32) if key >= 1 << 31 else key


def listed(numbers: Iterable[int]) -> str:
    """Return numbers as they stand in a statement; there may be more than SQLite takes as parameters."""
    return ", ".join(str(int(number)) for number in numbers)


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items a few at a time."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part
