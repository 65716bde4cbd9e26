"""The commands that bring articles into an archive from the places they are in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import AllowPrivateOption, ArchiveOption, JsonOption, LimitOption, ModelOption, named
from ui.terminal import as_json, one_line

if TYPE_CHECKING:
    from index.archive import Synced

# Files that could not be read, listed one by one; beyond that they are counted.
_LISTED = 100

PlacesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH|URL...",
        help="Files or folders of articles; addresses of articles, feeds and sitemaps.",
        show_default=False,
    ),
]
RereadOption = Annotated[bool, typer.Option("--reread", help="Read also files that have not changed.")]


def index(
    places: PlacesArgument,
    archive: ArchiveOption = None,
    model: ModelOption = None,
    reread: RereadOption = False,
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
    json: JsonOption = False,
) -> None:
    """Add articles to an archive.

    The archive is made if there is none. Done again, it reads only files that are new or have changed. Exit 0
    only if every article could be read; what could not is listed at the end, and the rest is added.
    """
    folder = named(archive, "index")
    from index.fetch import Access
    from ui.indexing import sync_with_progress

    access = Access(allow_private=allow_private, limit=limit)
    done = sync_with_progress(places, folder, model, prune=False, reread=reread, access=access)
    _report(done, folder, json, prune=False)


def sync(
    places: PlacesArgument,
    archive: ArchiveOption = None,
    model: ModelOption = None,
    reread: RereadOption = False,
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
    allow_loss: Annotated[
        bool,
        typer.Option("--allow-loss", help="Go on where a folder is gone, or more than half of its files are."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only tell what would be done.")] = False,
    json: JsonOption = False,
) -> None:
    """Make an archive follow folders and files.

    As `isnad index`, and articles whose file, or whose place in it, is gone are removed. Never removed: articles
    of other places, of files that cannot be read this time, and what scrolls off a feed or is no longer at an
    address. Where a folder has less than half of the files it had, nothing is done without --allow-loss.
    """
    folder = named(archive, "sync")
    from index.fetch import Access
    from ui.indexing import sync_with_progress

    done = sync_with_progress(
        places,
        folder,
        model,
        prune=True,
        allow_loss=allow_loss,
        reread=reread,
        dry_run=dry_run,
        access=Access(allow_private=allow_private, limit=limit),
    )
    _report(done, folder, json, prune=True, dry_run=dry_run)


def watch(
    places: PlacesArgument,
    archive: ArchiveOption = None,
    every: Annotated[
        str, typer.Option(metavar="TIME", help="From one round to the next: 30s, 15m, 2h or 1d.")
    ] = "15m",
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Sync again and again until interrupted.

    A line a round tells what has changed. A round that fails is tried again later; others can write to the
    archive in between.
    """
    from ui.durations import parse_duration

    seconds = parse_duration(every)
    folder = named(archive, "watch")
    from index.archive import Archive
    from index.fetch import Access
    from ui.signals import stoppable
    from ui.watch import Watch

    with stoppable():
        if not folder.is_dir() or not any(folder.iterdir()):
            Archive.create(folder).close()
        Archive.open(folder).close()  # what is wrong with the archive is no reason to go on trying
        access = Access(allow_private=allow_private, limit=limit)
        Watch(folder, places, seconds, typer.echo, access).run()


def _report(done: "Synced", folder: Path, json: bool, *, prune: bool, dry_run: bool = False) -> None:
    """Print what was done and what could not be read; exit 2 if anything could not."""
    from ui.indexing import failure_lines, summary

    failures, warnings = failure_lines(done.failures), failure_lines(done.warnings)
    if json:
        added = done.added
        counts = {"new": added.new, "changed": added.changed, "unchanged": added.unchanged}
        removed = {"removed": done.removed} | ({"gone": list(done.gone)} if dry_run else {}) if prune else {}
        files = {"files_skipped": done.skipped}
        read = {"passages": added.passages, "failures": failures, "warnings": warnings}
        typer.echo(as_json({**counts, **removed, **files, **read}))
    else:
        for uri in done.gone:
            typer.echo(f"would remove {one_line(uri)}")
        head = f"{folder}, nothing done yet" if dry_run else str(folder)
        typer.echo(f"{head}: {summary(done, prune=prune, dry_run=dry_run)}")
    _list("to note in what was read", warnings)
    _list("could not be read", failures)
    if failures:
        raise typer.Exit(2)


def _list(what: str, lines: list[str]) -> None:
    """Print lines on stderr under a heading, as many as anyone reads."""
    if lines:
        typer.echo(f"{len(lines):,} {what}:", err=True)
        for line in lines[:_LISTED]:
            typer.echo(f"  {line}", err=True)
        if len(lines) > _LISTED:
            typer.echo(f"  and {len(lines) - _LISTED:,} more", err=True)
