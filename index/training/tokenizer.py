"""Train the model's tokenizer: one vocabulary of word pieces for both languages.

Everything that unites spellings happens inside tokenizer.json, so that every reader of the file (tokenizers,
sentence-transformers) gets the same ids. There is no continuation mark: a stem is the same token wherever it
stands in a word.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.trainers import WordPieceTrainer

UNKNOWN = "[UNK]"
MAX_VOCABULARY = 65_535  # token ids are stored as 16-bit numbers

_LETTER = "[\u0621-\u064a]"
_WORD = re.compile(f"{_LETTER}+")
_WRITTEN_WORD = re.compile("[\u0610-\u06ff]+")
_EASTERN_DIGITS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
_TATWEEL_AND_BIDI_MARKS = "[\u0640\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"

# What is written onto the front of a word: the article with the letters before it; "and" or "so" with "in", "to",
# "like" or "will" before a longer word. The longer word keeps its letter where it is a stem's own (see `_stems`).
_ARTICLE = f"[وف]?(?:[بك]?ال|لل)(?={_LETTER}{{3}})"
_LONGER = f"(?={_LETTER}{{5}})"

# A first letter is the stem's own where the word without it is this rare beside the word with it...
_OWN_LETTER = 0.1
# ...in words seen at least this often together, and for no shorter a beginning than this.
_SEEN, _SHORTEST_STEM = 3, 4


def train_tokenizer(texts: Sequence[str], vocabulary: int) -> Tokenizer:
    """Train word pieces on texts of both languages.

    Args:
        texts: Sentences; a text that comes twice counts twice.
        vocabulary: Number of pieces, at most 65,535.
    """
    tokenizer = Tokenizer(WordPiece(unk_token=UNKNOWN, continuing_subword_prefix="", max_input_chars_per_word=60))
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = _pre_tokenizer(_stems(_count_words(texts, tokenizer.normalizer)))
    trainer = WordPieceTrainer(
        vocab_size=min(vocabulary, MAX_VOCABULARY),
        min_frequency=2,
        special_tokens=[UNKNOWN],
        continuing_subword_prefix="",
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _normalizer() -> normalizers.Normalizer:
    digits = [normalizers.Replace(digit, str(value)) for row in _EASTERN_DIGITS for value, digit in enumerate(row)]
    return normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.NFD(),
            normalizers.StripAccents(),  # diacritics, and the hamza of أ إ آ ؤ ئ
            normalizers.Replace(Regex(_TATWEEL_AND_BIDI_MARKS), ""),
            normalizers.Replace("ى", "ي"),
            normalizers.Replace("ة", "ه"),
            *digits,
        ]
    )


def _pre_tokenizer(stems: Sequence[str]) -> pre_tokenizers.PreTokenizer:
    not_a_stem = f"(?!{_any_of(stems)})" if stems else ""
    letters = f"{not_a_stem}(?:[وف]{not_a_stem}[بلكس]|[وفبلكس]){_LONGER}"
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.BertPreTokenizer(),
            pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.Split(Regex(f"^(?:{_ARTICLE}|{letters})"), behavior="isolated"),
        ]
    )


def _count_words(texts: Iterable[str], normalizer: normalizers.Normalizer) -> Counter[str]:
    """Count Arabic words, without the article where they have it."""
    article = re.compile(_ARTICLE)
    raw = Counter(word for text in texts for word in _WRITTEN_WORD.findall(text))
    words: Counter[str] = Counter()
    for written, count in raw.items():
        for word in _WORD.findall(normalizer.normalize_str(written)):
            found = article.match(word)
            words[word[found.end() :] if found else word] += count
    return words


def _stems(words: Counter[str]) -> list[str]:
    """Find the beginnings of words whose first letter only looks like a proclitic (فلسط, بريطا, واشنط).

    A corpus tells: بريطانيا is frequent, ريطانيا does not exist; of لمكافحه without its letter there is plenty.
    """
    own: Counter[str] = Counter()
    proclitic: Counter[str] = Counter()
    one_letter = re.compile(f"[وفبلكس]{_LONGER}")
    two_letters = re.compile(f"[وف][بلكس]{_LONGER}")
    for word, count in words.items():
        if one_letter.match(word):
            without = words[word[1:]] + (words[word[2:]] if two_letters.match(word) else 0)
            verdict = own if without < _OWN_LETTER * count else proclitic
            for end in range(_SHORTEST_STEM, len(word) + 1):
                verdict[word[:end]] += count
    safe = {stem for stem, count in own.items() if count >= _SEEN and proclitic[stem] < _OWN_LETTER * count}
    return sorted(stem for stem in safe if stem[:-1] not in safe)


def _any_of(words: Sequence[str]) -> str:
    """Write alternatives as a regular expression in the shape of a tree, so that matching stays quick."""
    branches: dict[str, list[str]] = {}
    for word in words:
        branches.setdefault(word[0], []).append(word[1:])
    parts = [first + ("" if "" in rest else _any_of(rest)) for first, rest in sorted(branches.items())]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
