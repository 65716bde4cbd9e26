"""Bringing an archive into line with the places its articles come from."""

import hashlib
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

from index.catalog import Catalog
from index.claims import Claim, Claims
from index.crawler import Crawler
from index.documents import Document, ReadFailure, documents_of
from index.errors import IsnadError
from index.fetch import Access, Fetched, FetchError, fetch
from index.ingestion import Entry
from index.ledger import Pass, Stamp
from index.places import Place, is_read, looks_like, place_name, settled, stamp_of
from index.readers import VERSION, suffix_of
from index.readers.xml import XML_SUFFIXES
from index.synced import Synced
from index.writer import Added, Writer

_NOTHING = Stamp(None, None, None, None)


class Sync:
    """One pass over some places, into the archive of a catalog and writer."""

    def __init__(
        self,
        catalog: Catalog,
        writer: Writer,
        places: Sequence[Path | str],
        *,
        prune: bool,
        allow_loss: bool,
        reread: bool,
        access: Access | None,
        on_progress: Callable[[Synced], None] | None,
    ) -> None:
        """See ``Archive.sync``."""
        self._catalog = catalog
        self._ledger = catalog.ledger
        self._writer = writer
        self._prune = prune
        self._allow_loss = allow_loss
        self._reread = reread
        self._on_progress = on_progress
        self._crawler = Crawler(replace(access or Access(), skip=self._skips))
        self._fetched: Fetched | None = None  # what is at the address that is being read
        self._since: datetime | None = None  # when its place was last read to its end
        self._done = Synced()
        self._failed = False
        self._failures: list[ReadFailure] = []
        self._warnings: list[ReadFailure] = []
        found = [self._place(place) for place in dict.fromkeys(places)]
        self._claims = Claims(catalog, found)
        # The first article of a uri is kept, so that what comes first is read first.
        self._places = sorted(found, key=lambda place: self._claims.order((place.name, "")))
        self._unread: set[tuple[str, str]] = set()  # places and names of files that could not be read whole
        self._work: list[tuple[Place, str, Path | str]] = []

    def run(self) -> Synced:
        """Do it; whenever this is stopped, what was committed stays, and doing it again does the rest."""
        with self._writer.writing():
            gone = {place.name: place.gone(self._ledger.files(place.name)) for place in self._places}
            if self._prune:
                with self._catalog.bookkeeping():
                    for within, names in gone.items():
                        for name in names:
                            self._ledger.finish(self._ledger.next_pass(within, name), _NOTHING)
            self._look()
            self._read()
            # A file read later may have ceased to give a document which one that was read before still gives.
            self._look_again()
            self._read()
            for place in self._places:
                self._settle(place.name, gone[place.name])
        return self._told()

    def preview(self) -> Synced:
        """Return what ``run`` would do, having read what is new or changed and written nothing."""
        self._look()
        read = {
            (place.name, name) for place in self._places for name in place.gone(self._ledger.files(place.name))
        }
        lost = {uri for place, name in read for uri in self._ledger.documents(place, name)}
        lost.update(uri for place in self._places for uri in self._ledger.gone(place.name))
        given = set()
        for place, name, file in self._work:
            stamp = self._stamp(place, name, file)
            if stamp is None or self._is_known(place, name, stamp):
                continue
            reading = self._ledger.next_pass(place.name, name)
            for claim in self._documents(reading, file):
                document = claim.document
                given.add(document.uri)
                if not claim.kept:
                    continue
                known = self._catalog.stored(document.uri)
                added = Added(known is None, known not in (None, document), known == document)
                self._tell(added=self._done.added + added)
            if self._is_whole(file, stamp):
                read.add((place.name, name))
                lost |= self._ledger.documents(place.name, name)
        gone = sorted(uri for uri in lost - given if read.issuperset(self._ledger.givers(uri)))
        told = self._told()
        return replace(told, removed=len(gone), gone=tuple(gone)) if self._prune else told

    def _place(self, place: Path | str) -> Place:
        known = self._ledger.files(place_name(place)) if self._prune and not self._allow_loss else {}
        try:
            found = Place.of(place, self._failures.append, empty=self._prune and self._allow_loss)
        except FetchError:
            raise
        except IsnadError as error:
            if known:
                raise IsnadError(f"{error}. {self._refusal(place, len(known))}") from error
            raise
        left = len(found.files.keys() | known.keys() - set(found.gone(known)))
        if 2 * left < len(known):
            raise IsnadError(f"{place}: files left there: {left:,}. {self._refusal(place, len(known))}")
        return found

    def _refusal(self, place: Path | str, known: int) -> str:
        words = ("isnad", "sync", str(place), "--archive", str(self._catalog.file.parent), "--allow-loss")
        return (
            f"The archive has articles of {known:,} files from there and nothing was removed: is a drive or a "
            f"share not mounted? If the files are gone for good: {shlex.join(words)}"
        )

    def _look(self) -> None:
        """Find the files that are new or may have changed."""
        sizes = []
        skipped = 0
        for place in self._places:
            known = {} if self._reread else self._ledger.files(place.name)
            for name, file in place.files.items():
                stamp = known.get(name)
                if stamp and is_read(stamp) and isinstance(file, Path) and looks_like(file, stamp):
                    skipped += 1
                else:
                    self._work.append((place, name, file))
                    sizes.append(_size_of(file))
        self._tell(files=len(self._work), bytes=sum(sizes), skipped=skipped)

    def _look_again(self) -> None:
        """Find the files that must be read once more because of others, and are not those that failed."""
        unfinished = {
            (place.name, name)
            for place in self._places
            for name, stamp in self._ledger.files(place.name).items()
            if stamp.sha256 is None
        }
        self._work = [
            (place, name, file)
            for place in self._places
            for name, file in place.files.items()
            if (place.name, name) in unfinished and (place.name, name) not in self._unread
        ]
        sizes = sum(_size_of(file) for _, _, file in self._work)
        self._tell(files=self._done.files + len(self._work), bytes=self._done.bytes + sizes)

    def _read(self) -> None:
        before = self._done.added
        self._writer.add(self._items(), lambda added: self._tell(added=before + added))

    def _items(self) -> Iterator[Document | Entry]:
        ledger = self._ledger
        for place, name, file in self._work:
            before = self._done.read_bytes
            now = time.time_ns()
            stamp = self._stamp(place, name, file)
            if stamp and self._is_known(place, name, stamp):
                yield partial(ledger.stamp, place.name, name, settled(stamp, now))
                self._tell(skipped=self._done.skipped + 1)
            elif stamp:
                reading = ledger.next_pass(place.name, name)
                yield partial(ledger.begin, reading)
                for claim in self._documents(reading, file):
                    document = claim.document
                    # Before the document, so that none is ever committed of which the ledger does not know.
                    yield partial(ledger.give, reading, document.uri)
                    if claim.kept:
                        yield document
                        yield partial(self._claims.release, claim)
                    seen = self._done.read_bytes + len(document.text.encode())
                    self._tell(read_bytes=min(seen, before + (stamp.size or 0)))
                if self._is_whole(file, stamp):
                    stamp = settled(stamp, now)
                    yield partial(ledger.finish, reading, stamp, rolling=_is_rolling(file))
                else:
                    self._unread.add((place.name, name))
            else:
                self._unread.add((place.name, name))
            size = (stamp.size if stamp else None) or _size_of(file)
            self._tell(read=self._done.read + 1, read_bytes=before + size)

    def _settle(self, place: str, gone: Sequence[str]) -> None:
        """Remove what no file gives any more, and note that the place has been read to its end."""
        if self._prune:
            before = self._done.removed
            self._writer.remove(self._ledger.gone(place), lambda removed: self._tell(removed=before + removed))
        with self._catalog.bookkeeping():
            if self._prune:
                self._ledger.forget_files(place, gone)
            self._ledger.synced(place, datetime.now(UTC).isoformat(timespec="seconds"))

    def _stamp(self, place: Place, name: str, file: Path | str) -> Stamp | None:
        """What the file looks like now; None where it cannot be read, or the server says it is as it was."""
        self._since = self._ledger.last_synced(place.name)
        try:
            if isinstance(file, Path):
                return stamp_of(file)
            known = None if self._reread else self._ledger.files(place.name).get(name)
            known = known if known and is_read(known) else _NOTHING
            self._fetched = fetch(file, self._crawler.access, etag=known.etag, last_modified=known.last_modified)
        except FetchError as error:
            self._note(ReadFailure(error.url, None, error.reason))
            return None
        except OSError as error:
            self._note(ReadFailure(file, None, error.strerror or str(error)))
            return None
        if self._fetched is None:
            self._tell(skipped=self._done.skipped + 1)
            return None
        data = self._fetched.data
        digest = hashlib.sha256(data).hexdigest()
        return Stamp(len(data), None, digest, VERSION, self._fetched.etag, self._fetched.last_modified)

    def _skips(self, url: str, updated: str | None) -> bool:
        """Whether the archive has what a feed or sitemap leads to, as it was when the place was last read."""
        if self._reread or not self._claims.is_known(url):
            return False
        changed = _moment(updated) if updated else None
        return not updated or (changed is not None and self._since is not None and changed < self._since)

    def _is_known(self, place: Place, name: str, stamp: Stamp) -> bool:
        """Whether these very bytes have been read whole."""
        known = None if self._reread else self._ledger.files(place.name, name).get(name)
        return known is not None and is_read(known) and known.sha256 == stamp.sha256

    def _is_whole(self, file: Path | str, stamp: Stamp) -> bool:
        """Whether the file just read gave all it holds, and nobody wrote to it meanwhile."""
        return not self._failed and (isinstance(file, str) or looks_like(file, stamp))

    def _documents(self, reading: Pass, file: Path | str) -> Iterator[Claim]:
        """The documents of a file, without those that by their uri are articles of another place."""
        self._failed = False
        self._claims.begin(reading)
        content = self._fetched if isinstance(file, str) and self._fetched else file
        for document in documents_of(content, reading.name, self._crawler, self._note):
            claim = self._claims.claim(document, reading)
            if claim.remark:
                self._note(claim.remark)
            if claim.kept or not claim.remark or claim.remark.kept:
                yield claim

    def _note(self, failure: ReadFailure) -> None:
        if failure.kept:
            self._warnings.append(failure)
        else:
            self._failed = True
            self._failures.append(failure)

    def _told(self) -> Synced:
        return replace(self._done, failures=tuple(self._failures), warnings=tuple(self._warnings))

    def _tell(self, **changes: object) -> None:
        self._done = replace(self._done, **changes)  # type: ignore[arg-type]
        if self._on_progress:
            self._on_progress(self._done)


def _is_rolling(file: Path | str) -> bool:
    """Whether new articles push old ones out: one that is no longer there has not been withdrawn."""
    return isinstance(file, str) or suffix_of(file) in XML_SUFFIXES


def _moment(text: str) -> datetime | None:
    """The time that a feed (RFC 2822) or sitemap (ISO) says; None where it cannot be told."""
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError):
            moment = parse(text.strip())
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _size_of(file: Path | str) -> int:
    if isinstance(file, str):
        return 0
    try:
        return file.stat().st_size
    except OSError:
        return 0  # reading it will fail as well, and say why
