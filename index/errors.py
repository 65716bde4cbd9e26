"""The one kind of error a user is meant to read."""


class IsnadError(Exception):
    """A mistake a user can mend: the message names the value, what was expected and the fix.

    The command line prints the message without a traceback and exits with code 2.
    """


class DamagedArchiveError(IsnadError):
    """An archive on disk does not match what was written; the message names the file and the mend."""


class BusyArchiveError(IsnadError):
    """Another process is writing to the archive."""


class DiskError(IsnadError):
    """The disk is full, read-only or failing; what was committed before is safe."""
