"""Sentences of a reply and their marks, however the reply comes in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.rephrase.claims import Claim, ClaimReader

WRITTEN = st.lists(
    st.sampled_from(
        [
            *(
                "The bridge opened",
                "It cost 42 million",
                "Dr. Tolen spoke",
                "افتتح الجسر",
                "he said “no.”",
                "<think>",
            ),
            *(
                ".",
                "!",
                "؟",
                " ",
                "\n",
                "[1]",
                " [2]",
                "[1][2]",
                "【3】",
                "[1, 2]",
                "[",
                "]",
                "[1",
                "”",
                "**",
                "- ",
                "1. ",
            ),
        ]
    )
    | st.text(max_size=3),
    max_size=20,
).map("".join)


@given(WRITTEN, st.lists(st.integers(0, 200)), st.sampled_from(["ar", "en"]))
def test_how_a_reply_is_cut_makes_no_difference(text: str, cuts: list[int], language: str) -> None:
    places = sorted({0, len(text), *(place for place in cuts if place < len(text))})
    reader = ClaimReader(language)
    found = [claim for start, end in pairwise(places) for claim in reader.feed(text[start:end])]
    found += reader.end()
    whole = ClaimReader(language)
    assert found == [*whole.feed(text), *whole.end()]
    for claim in found:
        assert claim.text == " ".join(claim.text.split())
        assert any(map(str.isalnum, claim.text))
        assert len(set(claim.marks)) == len(claim.marks)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("A ran [1] to B.[2]", [("A ran to B.", (1, 2))]),
        ("A ran. B ran.[2] C ran", [("A ran.", ()), ("B ran.", (2,)), ("C ran", ())]),
        (
            "It cost $3.5 million [1]. U.S. forces left [2].",
            [("It cost $3.5 million.", (1,)), ("U.S. forces left.", (2,))],
        ),
        ("He said “I ran. [1] I fell.” [2]", [("He said “I ran.", (1,)), ("I fell.”", (2,))]),
        ("قالت: «نعم». [1، 2] وذهبت؟[3]", [("قالت: «نعم».", (1, 2)), ("وذهبت؟", (3,))]),
        ("A\ud83d\ude00 ran.[1] \ud83d", [("A😀 ran.", (1,))]),
        ("42 boats sank.[1]", [("42 boats sank.", (1,))]),
        ("", []),
        ("[1]\n\n[2] ...", []),
    ],
)
def test_sentences_and_their_marks(text: str, claims: list[tuple[str, tuple[int, ...]]]) -> None:
    reader = ClaimReader("en")
    assert [*reader.feed(text), *reader.end()] == [Claim(*claim) for claim in claims]


def test_a_claim_is_yielded_as_soon_as_it_is_complete() -> None:
    reader = ClaimReader("en")
    assert list(reader.feed("A ran.[1")) == []
    assert list(reader.feed("]")) == []  # more marks may follow
    assert list(reader.feed(" B")) == [Claim("A ran.", (1,))]
    assert list(reader.feed(" ran\n")) == [Claim("B ran", ())]
