"""The commands that make, check and change an archive."""

from pathlib import Path
from typing import Annotated

import typer

from index.errors import DamagedArchiveError, IsnadError
from ui.options import AllowPrivateOption, ArchiveOption, JsonOption, LimitOption, ModelOption, named, open_archive
from ui.terminal import as_json, document_line, safe

# Files that could not be read, listed one by one; beyond that they are counted.
_LISTED = 100


def index(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL...",
            help="Files or folders of articles; addresses of articles, feeds and sitemaps.",
            show_default=False,
        ),
    ],
    archive: ArchiveOption = None,
    model: ModelOption = None,
    limit: LimitOption = None,
    allow_private: AllowPrivateOption = False,
    json: JsonOption = False,
) -> None:
    """Add articles to an archive.

    The archive is made if there is none; articles it holds already are not done again. Exit 0 only if every
    article could be read; what could not is listed at the end, and the rest is added.
    """
    folder = named(archive, "index")
    from index.fetch import Access
    from ui.indexing import Reading, index_with_progress

    reading = Reading(paths, Access(allow_private=allow_private, limit=limit))
    added = index_with_progress(reading, folder, model)
    failures = [safe(failure) for failure in reading.failures]
    warnings = [safe(warning) for warning in reading.warnings]
    if json:
        counts = {"new": added.new, "changed": added.changed, "unchanged": added.unchanged}
        typer.echo(as_json({**counts, "passages": added.passages, "failures": failures, "warnings": warnings}))
    else:
        typer.echo(
            f"{folder}: {added.new:,} new, {added.changed:,} changed and {added.unchanged:,} unchanged articles; "
            f"{added.passages:,} passages written"
        )
    _tell_first("read, but not wholly understood", warnings)
    _tell_first("could not be read", failures)
    if failures:
        raise typer.Exit(2)


def list_documents(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the articles of an archive.

    A line each: uri, language, date and headline, with tabs between.
    """
    opened = open_archive(archive)
    if not json:
        for document in opened.documents():
            typer.echo(document_line(document))
        return
    records = [
        {
            **document.label,
            "sha256": document.sha256,
            "characters": len(document.text),
        }
        for document in opened.documents()
    ]
    typer.echo(as_json(records))


def remove(
    uris: Annotated[
        list[str], typer.Argument(metavar="URI...", help="As `isnad list` shows them.", show_default=False)
    ],
    archive: ArchiveOption = None,
) -> None:
    """Remove articles from an archive.

    Exit 2 if one of them is not in it; the others are removed all the same.
    """
    from index.archive import Archive

    with Archive.open(named(archive, "remove")) as opened:
        unknown = [uri for uri in uris if not opened.remove(uri)]
    typer.echo(f"{len(uris) - len(unknown):,} removed")
    if unknown:
        raise IsnadError(f"not in the archive {archive}: {', '.join(unknown)}; see what is with: isnad list")


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


def _tell_first(what: str, lines: list[str]) -> None:
    """List on the error stream what happened to files, the first of them one by one."""
    if lines:
        typer.echo(f"{len(lines):,} {what}:", err=True)
    for line in lines[:_LISTED]:
        typer.echo(f"  {line}", err=True)
    if len(lines) > _LISTED:
        typer.echo(f"  and {len(lines) - _LISTED:,} more", err=True)
