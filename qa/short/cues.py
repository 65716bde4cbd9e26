"""Words by which names of people and places are told from others, from ``data/cues.tsv``."""

from functools import cache

from qa.tables import forms, table


@cache
def cues(language: str, cue: str) -> frozenset[str]:
    """Return the folded words that are a cue in a language.

    Args:
        language: "ar" or "en".
        cue: one of those that the comment in the file explains, such as "title".
    """
    rows = table("cues.tsv", "language", "cue", "words")
    return frozenset(form for of, what, words in rows if (of, what) == (language, cue) for form in forms(words))
