"""The command line ``isnad``."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from index.errors import IsnadError
from ui import intake, upkeep
from ui.chat import chat
from ui.explanations import explained_record, explanation_lines, explanations
from ui.options import (
    ArchiveOption,
    DocumentOption,
    JsonOption,
    LanguageModelOption,
    LanguageOption,
    NoDatesOption,
    SinceOption,
    SourceOption,
    UntilOption,
    language_model,
    open_archive,
)
from ui.signals import exit_code
from ui.story import story
from ui.terminal import also_line, answer_lines, as_json, limits_lines, passage_lines, safe

# Exit codes: 0 done or answered, 1 not in the archive, 2 bad input, and what shells give for signals and this.
BROKEN_PIPE = 141
_WIDE = 200


class _Commands(TyperGroup):
    """Turns what can go wrong in any command into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  (typer keeps the type to itself)
        try:
            return super().invoke(ctx)
        except IsnadError as error:
            _fail(str(error))
        except KeyboardInterrupt as interrupt:
            typer.echo("interrupted", err=True)
            raise typer.Exit(exit_code(interrupt)) from None
        except BrokenPipeError:
            # Whoever read the output has gone; nothing may be written while Python shuts down either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(BROKEN_PIPE) from None
        except OSError as error:
            _fail(f"{error.filename or 'isnad'}: {error.strerror or error}")


app = typer.Typer(
    cls=_Commands,
    help="Questions to an archive of Arabic and English news, answered in sentences quoted word for word.",
    epilog="Exit codes: 0 done or answered, 1 not in the archive, 2 bad input or damage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(intake.index)
app.command()(intake.sync)
app.command()(intake.watch)
app.command("list")(upkeep.list_documents)
app.command()(upkeep.info)
app.command()(upkeep.remove)
app.command()(upkeep.compact)
app.command()(upkeep.verify)
app.command()(upkeep.rebuild)
app.command()(story)
app.command()(chat)

QuestionArgument = Annotated[
    str, typer.Argument(metavar="QUESTION", help="In Arabic or English; put it in quotes.", show_default=False)
]


@app.command()
def ask(
    question: QuestionArgument,
    archive: ArchiveOption = None,
    sentences: Annotated[int, typer.Option("-k", min=1, help="How many sentences at most.")] = 3,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    document: DocumentOption = None,
    no_dates: NoDatesOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show which words met.")] = False,
    llm: LanguageModelOption = None,
    json: JsonOption = False,
) -> None:
    """Answer a question in cited sentences.

    A time that it names ("in March 2021") limits the articles where they answer. Exit 0 if the archive answers
    it, 1 if not.
    """
    from qa import ask
    from ui.filters import filter_of

    model = language_model(llm)
    opened = open_archive(archive)
    where = filter_of(opened, since, until, source, language, document)
    answer = ask(_decodable(question), opened, sentences, where, dates=not no_dates)
    explained = explanations(answer, opened) if explain else []
    if model and answer.found:
        from qa.rephrase.rephrasing import rephrase

        answer = rephrase(answer, model)
    if json:
        typer.echo(as_json({**answer.as_dict(), **explained_record(explained)}))
    else:
        for line in (*answer_lines(answer), *explanation_lines(explained, answer.question.language)):
            typer.echo(line)
    raise typer.Exit(0 if answer.found else 1)


@app.command()
def search(
    question: QuestionArgument,
    archive: ArchiveOption = None,
    passages: Annotated[int, typer.Option("-k", min=1, help="How many passages at most.")] = 10,
    since: SinceOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    document: DocumentOption = None,
    no_dates: NoDatesOption = False,
    json: JsonOption = False,
) -> None:
    """Find the passages that bear on a question.

    The best come first. A time that the question names ("in March 2021") limits the articles where there are
    any. Exit 1 if the archive holds none.
    """
    from qa import retrieve
    from qa.question import Question
    from ui.conditions import conditions
    from ui.filters import filter_of

    opened = open_archive(archive)
    where = filter_of(opened, since, until, source, language, document)
    parsed = Question.parse(_decodable(question))
    period, dropped = None if no_dates or since or until else parsed.period, None
    within = replace(where, first=period.first, last=period.last) if period else where
    hits = retrieve(parsed, opened, passages, within)
    if period and not hits:
        period, dropped, within = None, period, where
        hits = retrieve(parsed, opened, passages, within)
    for line in limits_lines(conditions(parsed.text, within, period, dropped), parsed.language):
        typer.echo(line, err=json)
    found = [(hit, opened.document(hit.passage.document)) for hit in hits]
    if json:
        records = [
            {
                **article.label,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "text": article.text[hit.passage.start : hit.passage.end],
                "score": round(hit.score, 4),
                "ranks": dict(hit.ranks),
                "others": list(hit.others),
            }
            for hit, article in found
        ]
        typer.echo(as_json(records))
    else:
        for number, (hit, article) in enumerate(found, 1):
            for line in passage_lines(number, article, hit.passage.start, hit.passage.end):
                typer.echo(line)
            if hit.others:
                others = [opened.document(uri) for uri in hit.others]
                typer.echo(also_line([other.source or other.uri for other in others]))
    raise typer.Exit(0 if found else 1)


@app.command("eval")
def evaluate(
    gold: Annotated[
        Path, typer.Argument(metavar="GOLD", help="Gold questions, a JSON object a line.", show_default=False)
    ],
    archive: ArchiveOption = None,
    part: Annotated[str | None, typer.Option(help="Only questions of this part, such as test.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="REPORT.json", help="Write the report there as JSON.")
    ] = None,
) -> None:
    """Score an archive on gold questions.

    Figures are given per language of question and document.
    """
    from rich.console import Console

    from qa.evaluate import evaluate

    report = evaluate(gold, open_archive(archive), part)
    if out:
        out.write_text(as_json(report.as_dict()) + "\n", encoding="utf-8")
    # Where nobody looks there is no screen whose width the table must fit.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(report.table())


@app.command()
def serve(
    archive: ArchiveOption = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is reachable from here only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 for any that is free.")] = 7860,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve the web page until interrupted."""
    from ui.listener import bind

    listener = bind(host, port)
    opened = open_archive(archive)
    typer.echo("Starting…", err=True)
    from ui.app import SEED_EXAMPLES
    from ui.server import serve

    serve(
        opened,
        listener,
        () if archive else SEED_EXAMPLES,
        lambda address: typer.echo(f"Isnad answers at {address} (stop with Ctrl-C)"),
        browser,
    )


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="isnad")


def _fail(message: str) -> None:
    """Print one line on stderr and exit with the code of bad input."""
    typer.echo(f"isnad: {' '.join(safe(message).split())}", err=True)
    raise typer.Exit(2)


def _decodable(text: str) -> str:
    """Refuse what the shell passed on in another encoding, which Python keeps as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise IsnadError("the question is not valid UTF-8; set the terminal to UTF-8 and ask again") from None
    return text


if __name__ == "__main__":
    main()
