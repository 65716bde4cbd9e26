"""The commands that show, check and change what is in an archive."""

from pathlib import Path
from typing import Annotated

import typer

from index.errors import DamagedArchiveError, IsnadError
from ui.options import (
    ArchiveOption,
    JsonOption,
    LanguageOption,
    ModelOption,
    SinceOption,
    SourceOption,
    UntilOption,
    named,
    open_archive,
)
from ui.terminal import as_json, document_line, document_record, json_lines, safe

# Articles removed without asking.
_UNASKED = 20


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
    from ui.listing import Listing

    opened = open_archive(archive)
    listing = Listing(filter_of(opened, since, until, source, language), match or "")
    chosen = (document for document in opened.documents() if listing.has(document))
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


def _problems(folder: Path | None, repair: bool) -> list[str]:
    from index.archive import Archive

    try:
        opened = Archive.repair(folder) if repair and folder else open_archive(folder)
        return opened.verify()
    except DamagedArchiveError as error:
        return [str(error)]
