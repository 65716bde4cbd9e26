import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from index.errors import IsnadError
from index.passages import PASSAGE_CHARACTERS, passage_spans
from index.sentences import sentence_spans

PIECES = st.sampled_from(
    [
        *(
            "قال الوزير ",
            "إن الجسر",
            "؟ ",
            ". ",
            "! ",
            "، ",
            "\n",
            "\n\n",
            " ",
            "The pier was rebuilt",
            "Dr. ",
            "د. ",
        ),
        *("3.14", "https://x.example/a?b=c", "«", "»", "ـ", "\u064b", "\u200f", "😀", "كلمة" * 20),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=300))


def document(text: str, language: str = "ar") -> Document | None:
    try:
        return Document.create("uri", text, title="title", language=language)
    except IsnadError:
        return None  # nothing but white space


def check(made: Document, size: int) -> None:
    """Spans in order, without overlap, trimmed, not too long, covering all; cut inside a sentence only in need."""
    position = 0
    spans = passage_spans(made, size)
    for start, end in spans:
        assert position <= start < end <= len(made.text)
        assert not made.text[position:start].strip()
        assert made.text[start:end] == made.text[start:end].strip()
        assert end - start <= size
        position = end
    assert not made.text[position:].strip()
    starts = {start for start, _ in spans}
    ends = {end for _, end in spans}
    for start, end in sentence_spans(made.text, made.language):
        if end - start <= size and any(start < cut < end for cut in starts | ends):
            # The white space after a sentence counts for the splitter, so only one close to the size may be cut.
            following = made.text[end:]
            assert end - start + len(following) - len(following.lstrip()) > size


@given(TEXTS, st.sampled_from(["ar", "en", "fr", "und"]), st.integers(5, 200))
def test_spans(text: str, language: str, size: int) -> None:
    made = document(text, language)
    if made:
        check(made, size)


@given(st.integers(1, 60), st.integers(60, 400))
def test_passages_are_as_full_as_whole_sentences_allow(count: int, size: int) -> None:
    sentences = [f"قال الوزير رقم {i} إن الجسر سيفتح." for i in range(count)]
    made = document(" ".join(sentences))
    assert made
    spans = passage_spans(made, size)
    texts = [made.text[start:end] for start, end in spans]
    assert " ".join(texts) == made.text
    for text, following in pairwise(texts):
        first = following.split(".")[0] + "."
        assert len(f"{text} {first} ") > size


def test_repeated_words_keep_their_places() -> None:
    made = document("نعم. " * 1000)
    assert made
    spans = passage_spans(made, 50)
    assert [start for start, _ in spans] == list(range(0, 5 * 1000, 50))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "كلمة " * 200_000,
        "قال الوزير ذلك. " * 60_000,
        "، " * 500_000,
        "\n".join(["سطر"] * 250_000),
    ],
    ids=["no space", "one sentence", "one line", "commas", "lines"],
)
def test_a_million_characters(text: str) -> None:
    made = document(text)
    assert made
    started = time.process_time()
    spans = passage_spans(made)
    assert time.process_time() - started < 20  # some seconds; what grows with the square takes minutes
    assert len(spans) >= len(made.text) // PASSAGE_CHARACTERS
    assert all(end - start <= PASSAGE_CHARACTERS for start, end in spans)
    assert sum(len(made.text[s:e].replace(" ", "").replace("\n", "")) for s, e in spans) == len(
        "".join(text.split())
    )
