"""What an archive must hold, worked out again from its documents alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np

from index.archive import Archive
from index.documents import Document
from index.embedding import bundled_embedder
from index.ingestion import passage_text
from index.passages import passage_spans
from index.scores import WeightedTokens


def story(number: int, version: int = 0, language: str = "en") -> Document:
    """A made-up article; every version of every number has a word of its own."""
    words = {"en": "The council met about the plan named", "ar": "اجتمع المجلس لبحث الخطة المسماة"}
    text = f"{words.get(language, 'Plan')} z{number}q{version}. " * (1 + number % 3)
    return Document.create(f"story/{number}", text, title=f"Story {number}", language=language)


def check(archive: Archive, expected: Iterable[Document]) -> None:
    """Compare everything a search can see of an archive with what follows from the documents."""
    documents = {document.uri: document for document in expected}
    assert len(archive) == len(documents)
    assert {document.uri: document for document in archive.documents()} == documents
    assert archive.verify() == []

    model = bundled_embedder()
    texts: dict[str, list[str]] = defaultdict(list)
    places: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for document in documents.values():
        for start, end in passage_spans(document):
            texts[document.language].append(passage_text(document, start, end))
            places[document.language].append((document.uri, start, end))
    assert archive.passage_counts() == {language: len(found) for language, found in texts.items()}

    emptied = set(archive._catalog.languages()) - texts.keys()
    for language in [*texts, *emptied]:
        shelf = archive.shelf(language)
        rows = [model.tokenize([text]).ids.tolist() for text in texts[language]]
        counter = Counter(token for row in rows for token in set(row))
        statistics = shelf.statistics
        assert {int(i): int(statistics.frequencies[i]) for i in statistics.frequencies.nonzero()[0]} == counter
        assert (statistics.rows, statistics.tokens) == (len(rows), sum(map(len, rows)))

        ids = shelf.vectors.ids.tolist()
        assert shelf.keywords.ids.tolist() == ids
        found = archive.passages(ids)
        assert sorted((p.document, p.start, p.end) for p in found) == sorted(places[language])
        data = archive.passage_data(ids)
        assert data.ids.tolist() == ids
        by_place = dict(zip(places[language], texts[language], strict=True))
        in_order = [by_place[(p.document, p.start, p.end)] for p in found]
        assert [row.tolist() for row in data.tokens] == [model.tokenize([text]).ids.tolist() for text in in_order]
        if ids:
            np.testing.assert_allclose(data.vectors, archive.embedder.encode(in_order), atol=1e-3)
        for token in list(counter)[:5]:
            everything = WeightedTokens(np.array([token]), np.array([1.0]))
            hits = shelf.keywords.search(everything, 10_000).tolist()
            assert len(hits) == counter[token]
            assert set(hits) <= set(ids)
