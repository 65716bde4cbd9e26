"""What has become of an archive's places."""

from dataclasses import dataclass, field

from index.readers import ReadFailure
from index.writer import Added


@dataclass(frozen=True)
class Synced:
    """What has been done, so far or in all.

    Attributes:
        added: documents new, changed and unchanged in files that were read.
        removed: documents removed because their file, or their place in it, is gone.
        read: files read so far, of ``files``.
        files: files that are new or may have changed, told by time and size.
        skipped: files passed over because they have not changed.
        read_bytes: bytes of the files read, about, of ``bytes``.
        bytes: size of the files that are new or may have changed.
        failures: what could not be read, once all is done.
        warnings: what was read, but for a date or the like, and articles whose uri is another's, once all is done.
        gone: where nothing has been done yet, the uris of the documents that would be removed.
    """

    added: Added = field(default_factory=Added)
    removed: int = 0
    read: int = 0
    files: int = 0
    skipped: int = 0
    read_bytes: int = 0
    bytes: int = 0
    failures: tuple[ReadFailure, ...] = ()
    warnings: tuple[ReadFailure, ...] = ()
    gone: tuple[str, ...] = ()
