"""Documents to rows of the catalog: tokenize, embed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

import numpy as np

from index.documents import Document
from index.embedding import Embedder, StaticEmbedder, bundled_embedder
from index.passage_data import NewPassage
from index.passages import passage_spans

# Enough texts for the tokenizer's threads, few enough for progress to be seen and little to be lost.
BATCH_CHARACTERS = 1_000_000
# A headline goes before every passage, so one that is an article itself must not.
TITLE_CHARACTERS = 300
# Entries without a document, of files that have not changed; each is one small statement.
BATCH_ENTRIES = 4096

# What is written into the catalog together with the documents that stand around it.
Entry = Callable[[], None]


@dataclass(eq=False)
class Batch:
    """What is committed at once: documents, and the entries that go with them."""

    documents: list[Document] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class PreparedDocument:
    """A document with everything computed that the catalog stores of it."""

    document: Document
    passages: list[NewPassage]


def batches(items: Iterable[Document | Entry]) -> Iterator[Batch]:
    """Group documents into batches of about a million characters.

    An entry is written with or after the document before it, and with or before the document after it.
    """
    batch, size = Batch(), 0
    for item in items:
        if isinstance(item, Document):
            batch.documents.append(item)
            size += len(item.text)
        else:
            batch.entries.append(item)
        if size >= BATCH_CHARACTERS or len(batch.entries) >= BATCH_ENTRIES:
            yield batch
            batch, size = Batch(), 0
    if batch.documents or batch.entries:
        yield batch


def passage_text(document: Document, start: int, end: int) -> str:
    """Return what is embedded of a passage: the headline says what its sentences are about."""
    text = document.text[start:end]
    # A document without a headline is shown under its first words, which would only be said twice.
    if document.text.startswith(document.title.rstrip("…")):
        return text
    return f"{document.title[:TITLE_CHARACTERS]}\n{text}"


def prepare(documents: Sequence[Document], size: int, embedder: Embedder) -> list[PreparedDocument]:
    """Cut, tokenize and embed documents.

    Args:
        documents: a batch.
        size: characters a passage holds at most.
        embedder: gives the passages' vectors; the token ids are always the bundled model's.
    """
    spans = [passage_spans(document, size) for document in documents]
    texts = [
        passage_text(document, start, end)
        for document, cuts in zip(documents, spans, strict=True)
        for start, end in cuts
    ]
    tokens = bundled_embedder().tokenize(texts)
    vectors = embedder.embed(tokens) if is_bundled(embedder) else embedder.encode(texts)
    rows = iter(zip(tokens, vectors.astype(np.float16), strict=True))
    return [
        PreparedDocument(document, [NewPassage(start, end, *next(rows)) for start, end in cuts])
        for document, cuts in zip(documents, spans, strict=True)
    ]


def is_bundled(embedder: Embedder) -> TypeGuard[StaticEmbedder]:
    """Return whether it is the bundled model, whose vectors come from the tokens that are stored anyway."""
    return isinstance(embedder, StaticEmbedder) and embedder.fingerprint == bundled_embedder().fingerprint
