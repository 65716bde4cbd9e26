import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index import word_cache
from index.embedding import MODEL_FOLDER
from index.word_cache import WordCache

TOKENIZER = Tokenizer.from_file(str(MODEL_FOLDER / "tokenizer.json"))
CACHE = WordCache(TOKENIZER)

ARABIC = st.text(st.sampled_from("ابتثوفكلمىةيه ـًٌّٰآأإؤئء٣،؛؟.«» \u00a0\u200f\u064b\u0301"), max_size=60)


@example(
    ["\u0301 a", " \u064bو", "ﷺ ﷺ", "İstanbul ΑΣ Σ", "a\u00a0b\u2003c\u3000d\u1680e", "[UNK] [UNK]", "x" * 70]
)
@given(st.lists(ARABIC | st.text(max_size=60), max_size=20))
def test_the_tokens_are_the_tokenizers(texts: list[str]) -> None:
    # What a document never holds: controls that Python takes for white space and the tokenizer does not.
    texts = [text.translate(dict.fromkeys(range(0x1C, 0x20))) for text in texts]
    expected = [encoding.ids for encoding in TOKENIZER.encode_batch(texts, add_special_tokens=False)]
    for _ in range(2):  # the second time from memory
        assert [row.tolist() for row in CACHE.tokenize(texts)] == expected


def test_no_more_words_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_cache, "WORDS", 3)
    cache = WordCache(TOKENIZER)
    for text in ("one two three", "one four", "five six seven eight nine", "one"):
        assert cache.tokenize([text]).ids.tolist() == TOKENIZER.encode(text, add_special_tokens=False).ids
        assert len(cache._known) <= max(3, len(text.split()))
