"""Why an archive does not answer, in words."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

from index.archive import Archive
from index.embedding import bundled_embedder
from index.tokens import is_stopword, tokens
from qa.evidence import Evidence
from qa.question import Question


def refusal_reason(question: Question, evidence: Evidence, archive: Archive) -> str:
    """Say why the archive does not answer, in the language of the question.

    Names the words of the question that stand nowhere in the archive's articles of the same language; of
    articles in another language that cannot be told.
    """
    texts = _texts()[question.language]
    if not evidence.sentences:
        return texts["empty"]
    absent = absent_words(question, archive)
    if absent:
        return texts["absent"].format(words=texts["comma"].join(absent))
    return texts["unsure"]


def absent_words(question: Question, archive: Archive) -> list[str]:
    """Return the words of a question, as written, that no passage of its language holds, each once.

    Empty where the archive has no passage in that language. A word counts as held when all its tokens are,
    so that a word is never called absent wrongly.
    """
    if question.language not in archive.passage_counts():
        return []
    frequencies = archive.shelf(question.language).statistics.frequencies
    words = [token for token in tokens(question.text) if not is_stopword(token.text)]
    rows = bundled_embedder().tokenize([word.text for word in words])
    absent = (
        question.text[word.start : word.end]
        for word, ids in zip(words, rows, strict=True)
        if len(ids) and (frequencies[ids] == 0).any()
    )
    return list(dict.fromkeys(absent))


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    file = files("qa") / "data" / "refusals.json"
    return cast(Mapping[str, Mapping[str, str]], json.loads(file.read_text(encoding="utf-8")))
