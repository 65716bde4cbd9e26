"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import IsnadError

if TYPE_CHECKING:
    from index.archive import Archive
    from qa.rephrase.language_model import LanguageModel

ArchiveOption = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        "-a",
        envvar="ISNAD_ARCHIVE",
        metavar="DIR",
        help="Folder of the archive; without it, where a command only reads, the archive that ships.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help="Folder or name of a sentence-transformers model; the bundled one if not given.",
    ),
]
LimitOption = Annotated[
    int | None,
    typer.Option(
        "--limit",
        min=1,
        metavar="N",
        help="Pages to fetch at most from each feed or sitemap; without it 100, and to be told of more.",
    ),
]
AllowPrivateOption = Annotated[
    bool, typer.Option("--allow-private", help="Also fetch from this computer and from private networks.")
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="DATE", help='Only articles of this day or later: 2021-03-15, "March 2021", 2021.'
    ),
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Only articles of this day or earlier.")
]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="NAME", help="Only articles of this outlet or agency; may be repeated."),
]
LanguageOption = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="CODE", help="Only articles in this language, such as ar; may be repeated."
    ),
]
DocumentOption = Annotated[
    list[str] | None,
    typer.Option(
        "--document", metavar="URI", help="Only this article, as `isnad list` shows it; may be repeated."
    ),
]
NoDatesOption = Annotated[
    bool, typer.Option("--no-dates", help='Search all times even if the question names one ("in March 2021").')
]
LanguageModelOption = Annotated[
    bool | None,
    typer.Option(
        "--llm/--no-llm",
        help="Have the language model at ISNAD_LLM_URL put the answer into words, each sentence held against the "
        "quotations. On where that is set; ISNAD_LLM_MODEL, ISNAD_LLM_KEY and ISNAD_LLM_TIMEOUT go with it.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def open_archive(folder: Path | None) -> "Archive":
    """Open an archive, or the one that ships if no folder is given."""
    # Imported here and in every command, so that `isnad --help` and usage errors are instant.
    from index.archive import Archive
    from qa.default_archive import default_archive

    return default_archive() if folder is None else Archive.open(folder)


def language_model(wanted: bool | None) -> "LanguageModel | None":
    """Return the language model that is to put answers into words, or ``None`` where none is.

    Args:
        wanted: whether one is; where ``None``, if the environment names one.

    Raises:
        IsnadError: one is wanted and none is named, or what the environment says of it cannot be used.
    """
    from qa.rephrase.language_model import LanguageModel

    model = None if wanted is False else LanguageModel.from_environment()
    if wanted and model is None:
        raise IsnadError(
            "--llm needs a language model: set ISNAD_LLM_URL to where an OpenAI-compatible API begins, such as "
            "http://localhost:11434/v1, and ISNAD_LLM_MODEL to the model's name"
        )
    return model


def named(folder: Path | None, command: str) -> Path:
    """Return the folder of an archive that is to be written.

    Raises:
        IsnadError: none was given; what ships is not changed.
    """
    if folder is None:
        raise IsnadError(
            f"which archive is meant? `{command}` changes one: give --archive DIR, or set ISNAD_ARCHIVE"
        )
    return folder
