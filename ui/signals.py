"""Being told to stop: Ctrl-C, and what a system sends when it shuts down."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class Terminated(KeyboardInterrupt):
    """SIGTERM, to be treated as Ctrl-C is."""


def exit_code(interrupt: KeyboardInterrupt) -> int:
    """Return the exit code that shells give a process stopped in this way."""
    number = signal.SIGTERM if isinstance(interrupt, Terminated) else signal.SIGINT
    return 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM stop what is inside as Ctrl-C does, so that it ends in order; in the main thread."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
