"""Near-duplicate articles joined to stories, kept up to date in the catalog as articles come and go.

Two articles are one story's if they share a key (a shingle hash, see ``index.sketches``) that not too many others
have, and enough of their shingles; what is linked through others is one story too. Nothing of this depends on the
order in which articles came, so a story is the same however the archive was made.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from index.database import Database
from index.documents import Document
from index.groups import Groups
from index.sketches import Sketch
from index.story_links import (
    CHUNK,
    StoredSketch,
    StoryLinks,
    article_sketches,
    chunks,
    document_sketches,
    listed,
    signed,
    stored_sketches,
)
from index.token_rows import TokenIds

SCHEMA = """
CREATE TABLE sketch (  -- a wording; copies share one. digest: NULL where too little is known to compare
    id INTEGER PRIMARY KEY, digest INTEGER UNIQUE, story INTEGER NOT NULL, keys BLOB NOT NULL);
CREATE INDEX sketch_of_story ON sketch (story);
CREATE TABLE sketched (
    document INTEGER PRIMARY KEY REFERENCES document ON DELETE CASCADE, sketch INTEGER NOT NULL);
CREATE INDEX document_of_sketch ON sketched (sketch);
CREATE TABLE sketch_key (key INTEGER NOT NULL, sketch INTEGER NOT NULL, PRIMARY KEY (key, sketch)) WITHOUT ROWID;
"""

# A key that more wordings have is a formula (a disclaimer, the frame of a weather report): it tells nothing.
COMMON = 100


class Stories:
    """The stories of a catalog; ``add`` and ``remove`` take note, ``settle`` writes within the transaction."""

    def __init__(self, database: Database, common: int = COMMON) -> None:
        """Use the tables of ``SCHEMA``.

        Args:
            database: the catalog's.
            common: how many wordings may share a key for it to tell anything.
        """
        self._rows = database.rows
        self._run_many = database.run_many
        self._common = common
        self._added: dict[str, tuple[int, Document, list[TokenIds]]] = {}
        self._gone: set[int] = set()

    # what the archive asks

    def of(self, uris: Iterable[str]) -> dict[str, int]:
        """Return the number of each document's story, without documents that are not in the catalog."""
        found: dict[str, int] = {}
        for part in chunks(dict.fromkeys(uris), CHUNK):
            marks = ", ".join("?" * len(part))
            found.update(
                self._rows(
                    "SELECT uri, story FROM document JOIN sketched ON document = document.id "
                    f"JOIN sketch ON sketch.id = sketch WHERE uri IN ({marks})",
                    part,
                )
            )
        return found

    def uris(self, story: int) -> list[str]:
        """Return the URIs of a story's documents by date of publication, those without a date last."""
        rows = self._rows(
            "SELECT uri FROM sketch JOIN sketched ON sketch = sketch.id JOIN document ON document.id = document "
            "WHERE story = ? ORDER BY published IS NULL, published, uri",
            (story,),
        )
        return [row[0] for row in rows]

    # what the catalog tells

    def add(self, number: int, document: Document, tokens: Iterable[TokenIds]) -> None:
        """Take note of a document stored under that number, with the tokens of its passages."""
        self._added[document.uri] = (number, document, list(tokens))

    def remove(self, uri: str) -> None:
        """Take note of a document that is about to be deleted."""
        self._added.pop(uri, None)
        rows = self._rows("SELECT sketch FROM sketched JOIN document ON id = document WHERE uri = ?", (uri,))
        self._gone.update(row[0] for row in rows)

    def discard(self) -> None:
        """Forget what was noted: the transaction has failed."""
        self._added, self._gone = {}, set()

    def settle(self) -> None:
        """Bring the stories up to date with what was noted; call it at the end of the transaction."""
        added, gone = list(self._added.values()), self._gone
        self.discard()
        if added or gone:
            fresh = self._attach(added)
            self._regroup(fresh, self._take_out(gone))

    def _attach(self, added: Sequence[tuple[int, Document, list[TokenIds]]]) -> dict[int, Sketch]:
        """Give every new document its sketch; return those not seen before."""
        made = article_sketches([(document.title, document.language, tokens) for _, document, tokens in added])
        fresh: dict[int, Sketch] = {}
        next_number = self._rows("SELECT coalesce(max(id), 0) + 1 FROM sketch")[0][0]
        for (document, _, _), sketch in zip(added, made, strict=True):
            known = self._rows("SELECT id FROM sketch WHERE digest = ?", (sketch.digest,))
            number = known[0][0] if known else next_number + len(fresh)
            if not known:
                keys = sketch.keys.astype("<u4").tobytes()
                self._rows("INSERT INTO sketch VALUES (?, ?, ?, ?)", (number, sketch.digest, number, keys))
                fresh[number] = sketch
            self._rows("INSERT INTO sketched VALUES (?, ?)", (document, number))
        # In order of the keys, each page of the index is written once.
        rows = sorted((signed(key), number) for number, sketch in fresh.items() for key in sketch.keys.tolist())
        self._run_many("INSERT INTO sketch_key VALUES (?, ?)", rows)
        return fresh

    def _take_out(self, gone: Collection[int]) -> list[StoredSketch]:
        """Delete those of the sketches that no document has any more, and return them."""
        unused = f"id IN ({listed(gone)}) AND id NOT IN (SELECT sketch FROM sketched WHERE sketch = id)"
        orphans = stored_sketches(self._rows, unused)
        self._run_many(
            "DELETE FROM sketch_key WHERE key = ? AND sketch = ?",
            [(signed(key), number) for number, orphan in orphans.items() for key in orphan.keys.tolist()],
        )
        self._rows(f"DELETE FROM sketch WHERE id IN ({listed(orphans)})")
        return list(orphans.values())

    def _regroup(self, fresh: Mapping[int, Sketch], orphans: Sequence[StoredSketch]) -> None:
        """Join and part stories where sketches came and went."""
        came = Counter(key for sketch in fresh.values() for key in sketch.keys.tolist())
        went = Counter(key for orphan in orphans for key in orphan.keys.tolist())
        links = StoryLinks(self._rows, self._common)
        links.shingles = {number: sketch.shingles for number, sketch in fresh.items()}
        relinked = set(fresh)
        parted = {orphan.story for orphan in orphans}
        beyond = max(came.values(), default=0)
        for key, holders in links.holders(came | went, beyond).items():
            after, before = len(holders), len(holders) - came[key] + went[key]
            if after <= self._common < before:  # it tells something again: there may be new links
                relinked.update(holders)
            elif before <= self._common < after:  # it tells nothing any more: links may be gone
                stories = Counter(sketch.story for sketch in links.read(holders).values())
                parted.update(story for story, count in stories.items() if count > 1)

        # The sketches of a parted story are linked anew, each for itself; all other stories stay whole.
        apart = stored_sketches(self._rows, f"story IN ({listed(parted)})")
        links.sketches |= apart
        groups = Groups([*apart, *(sketch.story for sketch in links.read(relinked - apart.keys()).values())])

        def node(number: int) -> int:
            return number if number in apart else links.sketches[number].story

        for one, other in links.links(
            relinked | apart.keys(), lambda one, other: groups.together(node(one), node(other))
        ):
            groups.join(node(one), node(other))
        for old, new in groups.firsts().items():
            if old in apart:
                self._rows("UPDATE sketch SET story = ? WHERE id = ?", (new, old))
            elif old != new:
                self._rows("UPDATE sketch SET story = ? WHERE story = ?", (new, old))

    # what a check finds

    def problems(self) -> list[str]:
        """Return a line for everything that a recount from the stored tokens finds wrong."""
        rows = self._rows(
            "SELECT uri FROM document LEFT JOIN sketched ON document = document.id "
            "LEFT JOIN sketch ON sketch.id = sketch WHERE sketch.id IS NULL ORDER BY uri"
        )
        found = [f"the document {uri!r} belongs to no story" for (uri,) in rows]
        stored = stored_sketches(self._rows)
        keys = sorted((signed(key), number) for number, sketch in stored.items() for key in sketch.keys.tolist())
        if keys != self._rows("SELECT key, sketch FROM sketch_key ORDER BY key, sketch"):
            return [*found, "the index of the stories is not that of its sketches"]
        digests = dict(self._rows("SELECT id, digest FROM sketch"))
        groups = Groups(stored)
        for part in chunks(self._rows("SELECT document, sketch FROM sketched ORDER BY document"), CHUNK):
            links = StoryLinks(self._rows, self._common)
            links.sketches = dict(stored)
            numbers = {document: number for document, number in part if number in stored}
            for document, sketch in document_sketches(self._rows, list(numbers)).items():
                number = numbers[document]
                links.shingles[number] = sketch.shingles
                if digests[number] != sketch.digest or stored[number].keys.tolist() != sketch.keys.tolist():
                    found.append(f"the sketch of document {document} is not that of its text")
            for one, other in links.links(set(numbers.values()), groups.together):
                groups.join(one, other)
        if {number: sketch.story for number, sketch in stored.items()} != groups.firsts():
            found.append("the stories are not those that a recount gives")
        return found
