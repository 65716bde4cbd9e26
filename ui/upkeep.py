"""The commands that make, check and change an archive."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import DamagedArchiveError, IsnadError
from ui.options import (
    AllowPrivateOption,
    ArchiveOption,
    JsonOption,
    LanguageOption,
    LimitOption,
    ModelOption,
    SinceOption,
    SourceOption,
    UntilOption,
    named,
    open_archive,
)
from ui.terminal import as_json, document_line, document_record, json_lines, one_line, safe

if TYPE_CHECKING:
    from index.archive import Synced

# Files that could not be read, listed one by one; beyond that they are counted.
_LISTED = 100
# Articles removed without asking.
_UNASKED = 20


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
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Remove all articles of a folder that is now empty or gone.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Only tell what would be done.")] = False,
    json: JsonOption = False,
) -> None:
    """Make an archive follow folders and files.

    As `isnad index`, and articles whose file, or whose place in it, is gone are removed. Never removed: articles
    of other places, of files that cannot be read this time, and what scrolls off a feed or is no longer at an
    address.
    """
    folder = named(archive, "sync")
    from index.fetch import Access
    from ui.indexing import sync_with_progress

    done = sync_with_progress(
        places,
        folder,
        model,
        prune=True,
        allow_empty=allow_empty,
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


def list_documents(
    archive: ArchiveOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    match: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only articles whose uri or headline has this text.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the articles of an archive.

    A line each: uri, language, date and headline, with tabs between. With --since or --until, articles without
    a date are left out.
    """
    from ui.filters import filter_of
    from ui.listing import Selection

    opened = open_archive(archive)
    selection = Selection(filter_of(opened, since, until, source, language), match or "")
    chosen = (document for document in opened.documents() if selection.has(document))
    if not json:
        for document in chosen:
            typer.echo(document_line(document))
        return
    for line in json_lines(document_record(document) for document in chosen):
        typer.echo(line)


def remove(
    uris: Annotated[
        list[str] | None, typer.Argument(metavar="URI...", help="As `isnad list` shows them.", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    root: Annotated[
        str | None, typer.Option(metavar="PATH", help="Remove all articles that only this file or folder gave.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove articles from an archive.

    Exit 2 if one of them is not in it; the others are removed all the same. An article whose file is still there
    comes back when that is indexed or synced again.
    """
    if (root is None) == (not uris):
        raise IsnadError("expected either the URIs of articles, as `isnad list` shows them, or --root PATH")
    from index.archive import Archive

    with Archive.open(named(archive, "remove")) as opened:
        count = len(opened.documents_of(root)) if root else len(uris or ())
        if count > _UNASKED and not yes and not typer.confirm(f"Remove {count:,} articles?", err=True):
            raise IsnadError("nothing was removed")
        if root:
            typer.echo(f"{opened.remove_root(root):,} removed")
            return
        unknown = [uri for uri in uris or () if uri not in opened]
        typer.echo(f"{opened.remove_all(uris or ()):,} removed")
    if unknown:
        raise IsnadError(f"not in the archive {archive}: {', '.join(unknown)}; see what is with: isnad list")


def info(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """Tell what an archive is made of.

    Its model, articles and passages, where they came from, and what they take up on disk.
    """
    from ui.listing import info_lines, info_record

    told = open_archive(archive).info()
    if json:
        typer.echo(as_json(info_record(told)))
        return
    for line in info_lines(told):
        typer.echo(line)


def compact(archive: ArchiveOption = None) -> None:
    """Give back the disk space of what was removed.

    Needs about as much free space as the archive takes up, while it works.
    """
    folder = named(archive, "compact")
    from index.archive import Archive
    from ui.listing import megabytes
    from ui.signals import stoppable

    with stoppable(), Archive.open(folder) as opened:
        typer.echo(f"Compacting {folder}…", err=True)
        before, after = opened.compact()
    for part in sorted(before | after):
        typer.echo(f"{part:<10} {megabytes(before.get(part, 0)):>12} -> {megabytes(after.get(part, 0)):>12}")
    typer.echo(f"{'all':<10} {megabytes(sum(before.values())):>12} -> {megabytes(sum(after.values())):>12}")


def verify(
    archive: ArchiveOption = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="First build again all that is derived from the catalog.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check an archive for damage.

    Every file, article and index is looked at. Exit 0 if the archive is whole, 2 if it is damaged.
    """
    problems = _problems(named(archive, "verify --repair") if repair else archive, repair)
    if json:
        typer.echo(as_json({"whole": not problems, "problems": problems}))
    else:
        for problem in problems:
            typer.echo(safe(problem))
        if not problems:
            typer.echo("The archive is whole.")
    raise typer.Exit(2 if problems else 0)


def rebuild(archive: ArchiveOption = None, model: ModelOption = None) -> None:
    """Embed all articles again with another model.

    Also needed when the bundled model has changed since the archive was made.
    """
    from index.archive import Archive

    folder = named(archive, "rebuild")
    typer.echo(f"Rebuilding {folder}…", err=True)
    with Archive.rebuild(folder, model) as rebuilt:
        typer.echo(f"{folder}: {len(rebuilt):,} articles, {sum(rebuilt.passage_counts().values()):,} passages")


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
    _list("remarks on what was read", warnings)
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


def _problems(folder: Path | None, repair: bool) -> list[str]:
    from index.archive import Archive

    try:
        opened = Archive.repair(folder) if repair and folder else open_archive(folder)
        return opened.verify()
    except DamagedArchiveError as error:
        return [str(error)]
