"""What `isnad list` chooses and `isnad info` tells."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from index.archive import Info
from index.documents import Document
from index.filters import Filter
from index.folding import fold
from ui.terminal import one_line

# Sources told one by one; an archive of feeds may have thousands.
_TOLD = 20


@dataclass(frozen=True)
class Listing:
    """Which articles are listed.

    Attributes:
        where: the conditions, those on dates, outlets and languages.
        match: text that the uri or the headline must have, compared without case and marks.
    """

    where: Filter
    match: str

    def has(self, document: Document) -> bool:
        """Tell whether an article is chosen."""
        where, day = self.where, document.published or ""
        outlets = {fold(name) for name in (document.source, document.agency) if name}
        return (
            (not where.sources or not outlets.isdisjoint(map(fold, where.sources)))
            and (not where.languages or document.language in where.languages)
            and (not where.first or day >= where.first)
            and (not where.last or "" < day <= where.last)
            and fold(self.match) in fold(f"{document.uri}\n{document.title}")
        )


def info_record(info: Info) -> dict[str, Any]:
    """Return what an archive is made of as JSON has it."""

    def counted(groups: dict[str | None, tuple[int, int]], name: str) -> list[dict[str, Any]]:
        return [
            {name: value, "documents": documents, "passages": passages}
            for value, (documents, passages) in groups.items()
        ]

    return {
        **{name: getattr(info, name) for name in ("model", "dimension", "format", "generation")},
        "folder": str(info.folder),
        "documents": info.documents,
        "passages": info.passages,
        "languages": counted(info.languages, "language"),
        "sources": counted(info.sources, "source"),
        "first": info.first,
        "last": info.last,
        "undated": info.undated,
        "roots": [asdict(root) for root in info.roots],
        "sizes": info.sizes,
        "removed_share": round(info.removed, 4),
        "compacted": info.compacted,
    }


def info_lines(info: Info) -> Iterator[str]:
    """Yield what an archive is made of, line by line."""
    yield f"{info.folder}: {info.documents:,} articles, {info.passages:,} passages"
    yield f"model       {one_line(info.model)}, {info.dimension} dimensions; format {info.format}"
    yield f"commit      {info.generation:,}; last compacted: {info.compacted or 'never'}"
    yield f"removed     {info.removed:.1%} of the passages written since; `isnad compact` gives their space back"
    if info.first:
        yield f"dates       {info.first} to {info.last}; {info.undated:,} articles without one"
    for heading, groups in (("languages", info.languages), ("sources", info.sources)):
        for value, (documents, passages) in list(groups.items())[:_TOLD]:
            yield f"{heading:<12}{one_line(value or '(none)')}: {documents:,} articles, {passages:,} passages"
            heading = ""
        if len(groups) > _TOLD:
            yield f"{'':<12}and {len(groups) - _TOLD:,} more"
    heading = "places"
    for root in info.roots:
        counts = f"{root.documents:,} articles in {root.files:,} files"
        yield f"{heading:<12}{one_line(root.place)}: {counts}, last read {root.synced or 'not to the end'}"
        heading = ""
    heading = "on disk"
    for part, size in info.sizes.items():
        yield f"{heading:<12}{part}: {megabytes(size)}"
        heading = ""


def megabytes(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 1e6:,.1f} MB"
