"""The command that shows a story as each outlet tells it."""

from typing import Annotated

import typer

from ui.options import ArchiveOption, JsonOption, open_archive
from ui.terminal import as_json, story_lines


def story(
    uri: Annotated[str, typer.Argument(metavar="URI", help="As `isnad list` shows it.", show_default=False)],
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Show what each outlet changed in a story.

    Its articles come by date. Under each stand the sentences that the earliest has and it has not (-), and those
    that it has and the earliest has not (+).
    """
    from index.changes import changes

    told = open_archive(archive).story(uri)
    changed = [changes(told.documents[0], document) for document in told.documents]
    if json:
        records = [
            {**document.label, "added": list(each.added), "removed": list(each.removed)}
            for document, each in zip(told.documents, changed, strict=True)
        ]
        typer.echo(as_json({"outlets": list(told.outlets), "documents": records}))
        return
    for line in story_lines(told, changed):
        typer.echo(line)
