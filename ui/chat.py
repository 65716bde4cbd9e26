"""The command that answers questions one after the other."""

import sys
from typing import Annotated

import typer

from index.errors import IsnadError
from ui.options import (
    ArchiveOption,
    DocumentOption,
    LanguageOption,
    NoDatesOption,
    SinceOption,
    SourceOption,
    UntilOption,
    open_archive,
)
from ui.terminal import answer_lines, as_json, safe

_PROMPT = "> "


def chat(
    archive: ArchiveOption = None,
    sentences: Annotated[int, typer.Option("-k", min=1, help="How many sentences at most.")] = 3,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    document: DocumentOption = None,
    no_dates: NoDatesOption = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, a line a question, for programs.")] = False,
) -> None:
    """Answer questions one after the other, follow-ups too.

    Each line typed, or read from a pipe, is a question; one that follows up on those before it ("and when was it
    founded?") is answered as it is understood, and what it is understood as is shown. An empty line or Ctrl-D
    ends the conversation.
    """
    from qa.conversation import Conversation
    from ui.filters import filter_of

    opened = open_archive(archive)
    where = filter_of(opened, since, until, source, language, document)
    conversation = Conversation()
    typed = sys.stdin.isatty()
    while (line := _line(typed)) and (question := line.strip()):
        try:
            answer = conversation.ask(question, opened, sentences, where, dates=not no_dates)
        except IsnadError as error:  # one bad question does not end the conversation
            typer.echo(f"isnad: {' '.join(safe(str(error)).split())}", err=True)
            continue
        conversation = conversation.after(answer)
        if json:
            typer.echo("".join(map(str.strip, as_json(answer.as_dict()).splitlines())))
        else:
            for shown in (*answer_lines(answer), ""):
                typer.echo(shown)


def _line(typed: bool) -> str:
    """Read a line, after a prompt where someone types; "" at the end."""
    if typed:
        typer.echo(_PROMPT, nl=False)
    line = sys.stdin.readline()
    if typed and not line:
        typer.echo()
    return line
