"""Keeping an archive up to date round after round."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from index.archive import Archive, Synced
from index.errors import BusyArchiveError, DamagedArchiveError, IsnadError
from index.fetch import Access, is_url
from ui.durations import spoken
from ui.indexing import failure_lines, summary
from ui.terminal import one_line

# A place that fails again and again is left out of ever more rounds, at most of this many in a row.
LONGEST_PAUSE = 7
# Seconds after which a round is tried again where another process was writing.
BUSY_SECONDS = 30.0


class Watch:
    """Rounds over some places; each opens the archive for itself, so that others can write in between."""

    def __init__(
        self,
        folder: Path,
        places: Sequence[Path | str],
        every: float,
        say: Callable[[str], None],
        access: Access | None = None,
    ) -> None:
        """Set out what to do.

        Args:
            folder: of the archive.
            places: see ``Archive.sync``; one that fails does not keep the others from being read.
            every: seconds from the start of a round to the start of the next.
            say: given a line for each round and for each failure.
            access: what may be fetched.
        """
        self._folder = folder
        self._every = every
        self._say = say
        self._access = access
        self._failed = dict.fromkeys(places, 0)  # rounds in a row
        self._paused = dict.fromkeys(places, 0)  # rounds to be left out

    def run(self) -> None:
        """Go on until interrupted."""
        while True:
            start = time.monotonic()
            busy = self.round()
            wait = min(BUSY_SECONDS, self._every) if busy else self._every
            time.sleep(max(0.0, start + wait - time.monotonic()))

    def round(self) -> bool:
        """Sync the places that are not paused; return whether another process was writing."""
        for place in self._paused:
            if self._paused[place]:
                self._paused[place] -= 1
                continue
            try:
                with Archive.open(self._folder) as archive:
                    done = archive.sync([place], access=self._access)
                if is_url(place) and done.failures and not done.read_bytes:
                    raise IsnadError(done.failures[0].reason)
                self._report(place, done)
            except BusyArchiveError:
                self._tell("another process is writing to the archive; trying again shortly")
                return True
            except DamagedArchiveError:
                raise  # nothing that waiting mends
            except (IsnadError, OSError) as error:
                self._failed[place] += 1
                self._paused[place] = min(2 ** (self._failed[place] - 1) - 1, LONGEST_PAUSE)
                again = spoken((self._paused[place] + 1) * self._every)
                self._tell(f"{place}: failed, will be tried again in {again}: {error}")
            else:
                self._failed[place] = 0
        return False

    def _report(self, place: Path | str, done: Synced) -> None:
        failures = failure_lines(done.failures)
        added = done.added
        told = summary(done) if added.new or added.changed or done.removed else "nothing new"
        self._tell(f"{place}: {told}" + (f"; {len(failures):,} could not be read" if failures else ""))
        for failure in failures[:3]:
            self._tell(f"  {failure}")

    def _tell(self, text: str) -> None:
        self._say(f"{datetime.now():%Y-%m-%d %H:%M:%S}  {one_line(text)}")
