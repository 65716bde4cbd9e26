"""Reading files into an archive, with a progress bar."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from index.archive import Added, Archive
from index.documents import Document, ReadFailure, read_documents
from index.errors import IsnadError
from index.fetch import Access, is_url
from index.readers import READERS, suffix_of
from ui.terminal import safe


class Reading:
    """The articles of several files and folders, read as they are asked for.

    Attributes:
        failures: what could not be read, so far.
        warnings: what was read, but for a date or the like, so far.
        expected: how many articles there may be; lines of a .jsonl or .csv file count as one each.
    """

    def __init__(self, paths: Iterable[Path | str], access: Access | None = None) -> None:
        """Check that the paths are there.

        Raises:
            IsnadError: one is missing, or nothing in it can be read.
        """
        self.failures: list[str] = []
        self.warnings: list[str] = []
        self._seen: dict[str, Path | str] = {}
        paths = list(paths)
        self._sources = [(path, read_documents(path, self._note, access)) for path in paths]
        self.expected = sum(map(_expected, paths))

    def __iter__(self) -> Iterator[Document]:
        for path, documents in self._sources:
            for document in documents:
                # A uri is a path within the folder given, so that files of two folders may come to share one;
                # the second would take the place of the first without a word.
                owner = self._seen.setdefault(document.uri, path)
                # An address names the same article wherever it is found.
                if owner is path or is_url(document.uri):
                    yield document
                else:
                    self.failures.append(
                        f"{path}: {document.uri} is also the name of an article in {owner}; "
                        f"index the folder that holds both"
                    )

    def _note(self, failure: ReadFailure) -> None:
        (self.warnings if failure.kept else self.failures).append(str(failure))


def index_with_progress(reading: Reading, folder: Path, model: str | None) -> Added:
    """Add what is read to the archive of a folder, which is made if there is none.

    Args:
        reading: the articles.
        folder: of the archive.
        model: see ``index.embedding.load_embedder``.

    Raises:
        IsnadError: nothing could be read, in which case no archive is made; or see ``Archive``.
    """
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("articles, {task.fields[passages]:,} passages, {task.fields[rate]:,.0f} a second"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    task = bar.add_task("Indexing", total=reading.expected, passages=0, rate=0.0)

    def counted(documents: Iterable[Document]) -> Iterator[Document]:
        for document in documents:
            yield document
            bar.advance(task)

    def on_batch(added: Added) -> None:
        elapsed = bar.tasks[0].elapsed or 0.0
        bar.update(task, passages=added.passages, rate=added.passages / elapsed if elapsed else 0.0)

    documents = iter(reading)
    first = next(documents, None)
    if first is None:
        raise IsnadError(f"nothing could be read: {'; '.join(safe(failure) for failure in reading.failures)}")
    with ExitStack() as stack:
        archive = stack.enter_context(_open_or_create(folder, model))
        stack.enter_context(bar)
        return archive.add(counted(chain([first], documents)), on_batch)


def _open_or_create(folder: Path, model: str | None) -> Archive:
    if folder.is_dir() and any(folder.iterdir()):
        return Archive.open(folder, model)
    return Archive.create(folder, model)


def _expected(place: Path | str) -> int:
    """Number of articles a file or folder may hold; that of an address is not known before it is read."""
    if is_url(place):
        return 1
    path = Path(place)
    files = [path] if path.is_file() else [file for file in path.rglob("*") if suffix_of(file) in READERS]
    return sum(_lines(file) if file.suffix.lower() in (".jsonl", ".csv", ".tsv") else 1 for file in files)


def _lines(file: Path) -> int:
    try:
        with file.open("rb") as lines:
            return sum(1 for _ in lines)
    except OSError:
        return 0  # reading it will fail as well, and say why
