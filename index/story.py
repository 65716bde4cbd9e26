"""One news story as several outlets carry it."""

from dataclasses import dataclass

from index.documents import Document


@dataclass(frozen=True)
class Story:
    """Near-duplicate articles.

    Attributes:
        documents: by date of publication and URI, those without a date last; the first is the earliest known.
    """

    documents: tuple[Document, ...]

    @property
    def outlets(self) -> tuple[str, ...]:
        """Who carries it: the documents' sources, or URIs where the source is not known, each once."""
        return tuple(dict.fromkeys(document.source or document.uri for document in self.documents))
