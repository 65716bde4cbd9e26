"""Which article is kept where several files give one uri: the first in reading order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Catalog
from index.documents import Document, ReadFailure
from index.fetch import is_url
from index.ledger import Pass
from index.places import Place, path_of

# A place and the name of a file in it.
Giver = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Claim:
    """An article that a pass gives under its uri.

    Attributes:
        document: the article.
        reading: the pass.
        kept: whether it is kept, or has the uri's first article as it is.
        remark: where another article has the same uri, what is to be said of that.
    """

    document: Document
    reading: Pass
    kept: bool = True
    remark: ReadFailure | None = None


class Claims:
    """Judges the articles of a sync as they are read.

    Reading order is that of the places, as the archive came to know them, then of the files in a place, then of
    the articles in a file. A file has a say in what its last pass gave; an address only in the sync that reads it,
    because the page it leads to is the same for all that lead there.
    """

    def __init__(self, catalog: Catalog, places: Sequence[Place]) -> None:
        """Judge between these places and those that the ledger of the catalog knows."""
        self._catalog = catalog
        self._ledger = catalog.ledger
        self._files = {place.name: place.files for place in places}
        names = dict.fromkeys([*self._ledger.places(), *self._files])
        self._number = {name: number for number, name in enumerate(names)}
        self._passes: dict[Giver, int] = {}  # number of the last pass over a file
        self._waiting: dict[str, Claim] = {}  # by uri: kept, but perhaps not yet in the catalog

    def order(self, giver: Giver) -> tuple[int, list[str]]:
        """Return what puts files into reading order."""
        place, name = giver
        return self._number.get(place, len(self._number)), name.split("/")

    def begin(self, reading: Pass) -> None:
        """Note that a file is being read from now on."""
        self._passes[reading.place, reading.name] = reading.number

    def claim(self, document: Document, reading: Pass) -> Claim:
        """Return whether an article that a file gives is kept; until ``release``, it is counted as if stored."""
        own = (reading.place, reading.name)
        waiting = self._waiting.get(document.uri)
        passes = self._ledger.givers(document.uri)
        if waiting:
            passes[waiting.reading.place, waiting.reading.name] = waiting.reading.number
        givers = [giver for giver, number in passes.items() if self._has_say(giver, number, own)]
        known = (waiting.document if waiting else self._catalog.stored(document.uri)) if givers else None
        claim = Claim(document, reading)
        if known and known.sha256 != document.sha256:
            first = min(givers, key=self.order)
            elsewhere = [giver[0] for giver in givers if giver[0] != own[0]]
            if elsewhere and not is_url(own[0]) and document.uri.startswith(own[1]):
                return Claim(document, reading, False, self._namesake(document, own, elsewhere[0]))
            if self.order(first) <= self.order(own):
                return Claim(document, reading, False, self._remark(document, known, own, first))
            if own not in passes:  # else what is known may be an older version of its own
                claim = Claim(document, reading, True, self._remark(document, known, first, own))
        self._waiting[document.uri] = claim
        return claim

    def is_known(self, uri: str) -> bool:
        """Return whether a file gives an article of that uri."""
        return uri in self._waiting or bool(self._ledger.givers(uri))

    def release(self, claim: Claim) -> None:
        """Note that an article which is kept has been stored."""
        if self._waiting.get(claim.document.uri) is claim:
            del self._waiting[claim.document.uri]

    def _has_say(self, giver: Giver, number: int, own: Giver) -> bool:
        """Whether a file that gave an article in that pass still has it, and is another than the file read now."""
        if giver == own:
            return number == self._passes[own]
        if giver not in self._passes:
            if is_url(giver[0]):
                return False
            self._passes[giver] = self._ledger.next_pass(*giver).number - 1
        if number < self._passes[giver]:
            return False
        path, own_path = self._path(giver), self._path(own)
        if not isinstance(path, Path) or not isinstance(own_path, Path):
            return True
        return path.exists() and not path.samefile(own_path)

    def _path(self, giver: Giver) -> Path | str:
        place, name = giver
        return self._files.get(place, {}).get(name) or (place if is_url(place) else path_of(place, name))

    def _namesake(self, document: Document, own: Giver, place: str) -> ReadFailure:
        """What to say where the uri is but the name of the file: elsewhere it means another article."""
        reason = f"{document.uri} is also the name of an article in {place}; index the folder that holds both"
        return ReadFailure(self._path(own), None, reason)

    def _remark(self, document: Document, known: Document, other: Giver, kept: Giver) -> ReadFailure | None:
        """What to say where of two articles under one uri that of the file ``kept`` is kept."""
        if document.text != known.text:
            what = "text"
        elif document.label != known.label:
            what = "headline, date or the like"
        else:
            return None  # only found elsewhere in the file
        uri = document.uri
        if other == kept:
            reason = f"gives the uri {uri} again with another {what}; the first is kept"
        else:
            reason = f"also gives the uri {uri} with another {what}; the {what} of {self._path(kept)} is kept"
        return ReadFailure(self._path(other), None, reason, kept=True)
