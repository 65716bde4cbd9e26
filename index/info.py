"""What an archive is made of."""

from dataclasses import dataclass
from pathlib import Path

from index.catalog import Catalog
from index.disk import sizes
from index.ledger import Root
from index.manifest import Manifest


@dataclass(frozen=True)
class Info:
    """An archive in figures.

    Attributes:
        folder: where it is.
        model: name of the embedding model.
        dimension: numbers a vector.
        format: version of the layout on disk.
        generation: number of the last commit.
        languages: documents and passages of each language.
        sources: documents and passages of each source, most documents first; None for those without one.
        first: day the oldest document was published, None where none gives one.
        last: day the newest was published.
        undated: number of documents that give no date.
        roots: the places documents came from.
        sizes: bytes of each part on disk.
        removed: share of passages removed among those written since the archive was last compacted or made,
            0 to 1; what they took up is given back by compacting.
        compacted: when that was, ISO in UTC, None if never.
    """

    folder: Path
    model: str
    dimension: int
    format: int
    generation: int
    languages: dict[str | None, tuple[int, int]]
    sources: dict[str | None, tuple[int, int]]
    first: str | None
    last: str | None
    undated: int
    roots: list[Root]
    sizes: dict[str, int]
    removed: float
    compacted: str | None

    @property
    def documents(self) -> int:
        """Number of documents."""
        return sum(documents for documents, _ in self.languages.values())

    @property
    def passages(self) -> int:
        """Number of passages."""
        return sum(passages for _, passages in self.languages.values())


def info(folder: Path, catalog: Catalog, manifest: Manifest) -> Info:
    """Return what the archive in a folder is made of."""
    removed = catalog.removed_passages
    held = sum(catalog.count_passages().values())
    first, last, undated = catalog.dates()
    return Info(
        folder,
        manifest.model,
        manifest.dimension,
        manifest.format,
        catalog.generation,
        catalog.count_by("language"),
        catalog.count_by("source"),
        first,
        last,
        undated,
        catalog.ledger.roots(),
        sizes(folder),
        removed / (removed + held) if removed else 0.0,
        catalog.compacted,
    )
