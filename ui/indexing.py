"""Bringing an archive up to date while showing how far it is."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from index.archive import Archive, Synced
from index.documents import ReadFailure
from index.errors import IsnadError
from index.fetch import Access
from ui.durations import spoken
from ui.signals import exit_code, stoppable
from ui.terminal import safe

# Seconds between lines where no bar can be drawn.
PLAIN_SECONDS = 10.0


def sync_with_progress(
    places: Sequence[Path | str],
    folder: Path,
    model: str | None = None,
    *,
    prune: bool,
    allow_loss: bool = False,
    reread: bool = False,
    dry_run: bool = False,
    access: Access | None = None,
) -> Synced:
    """Bring the archive of a folder into line with places; it is made if there is none.

    Args:
        places: see ``Archive.sync``, as the other options.
        folder: of the archive.
        model: see ``index.embedding.load_embedder``.
        prune: whether to remove what is gone.
        allow_loss: whether to do so where little or nothing is left.
        reread: whether to read also what has not changed.
        dry_run: whether only to tell.
        access: what may be fetched.

    Raises:
        IsnadError: nothing could be read, in which case no archive is made; or see ``Archive``.
        typer.Exit: interrupted; it has been said what was stored.
    """
    with stoppable(), _archive(folder, model) as archive:
        try:
            with shown() as show:
                done = archive.sync(
                    places,
                    prune=prune,
                    allow_loss=allow_loss,
                    reread=reread,
                    dry_run=dry_run,
                    access=access,
                    on_progress=show,
                )
        except KeyboardInterrupt as interrupt:
            typer.echo(
                f"interrupted: the archive holds {len(archive):,} articles; the same command does the rest",
                err=True,
            )
            raise typer.Exit(exit_code(interrupt)) from None
        if done.failures and not len(archive) and not dry_run:
            raise IsnadError(f"nothing could be read: {'; '.join(failure_lines(done.failures))}")
        return done


@contextmanager
def _archive(folder: Path, model: str | None) -> Iterator[Archive]:
    """The archive of a folder; one that had to be made and got nothing is taken away again."""
    if folder.is_dir() and any(folder.iterdir()):
        with Archive.open(folder, model) as archive:
            yield archive
        return
    with Archive.create(folder, model) as archive:
        try:
            yield archive
        finally:
            archive.discard_if_empty()


@contextmanager
def shown() -> Iterator[Callable[[Synced], None]]:
    """Show progress on stderr: a bar in a terminal, else a line every few seconds."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain()
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
        console=console,
    )
    task = bar.add_task("Indexing", total=None, counts="")

    def show(done: Synced) -> None:
        counts = _counts(done, bar.tasks[0].elapsed or 0.0)
        bar.update(task, completed=done.read_bytes, total=done.bytes or None, counts=counts)

    with bar:
        yield show


def _plain() -> Callable[[Synced], None]:
    start = last = time.monotonic()

    def show(done: Synced) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < PLAIN_SECONDS:
            return
        last = now
        left = ""
        if done.read_bytes:
            left = f", about {spoken((now - start) * (done.bytes / done.read_bytes - 1))} left"
        typer.echo(f"{_counts(done, now - start)}{left}", err=True)

    return show


def _counts(done: Synced, elapsed: float) -> str:
    added = done.added
    articles = added.new + added.changed + added.unchanged
    rate = added.passages / elapsed if elapsed else 0.0
    return (
        f"{done.read:,} of {done.files:,} files, {articles:,} articles, {added.passages:,} passages, "
        f"{rate:,.0f} a second"
    )


def failure_lines(failures: Iterable[ReadFailure]) -> list[str]:
    """Return a line for each thing that could not be read."""
    return [safe(str(failure)) for failure in failures]


def summary(done: Synced, *, prune: bool = True, dry_run: bool = False) -> str:
    """Return in one line what was done, or what would be."""
    added = done.added
    kinds = [f"{added.new:,} new", f"{added.changed:,} changed", f"{added.unchanged:,} unchanged"]
    if prune:
        kinds.append(f"{done.removed:,} removed")
    parts = [f"{', '.join(kinds[:-1])} and {kinds[-1]} articles"]
    if done.skipped:
        parts.append(f"{done.skipped:,} unchanged files not read again")
    if not dry_run:
        parts.append(f"{added.passages:,} passages written")
    return "; ".join(parts)
