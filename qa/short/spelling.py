"""Names in the letters of the other language, where no list knows how they are written there."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from index.errors import IsnadError
from index.folding import fold
from qa.tables import table

_DATA = Path(__file__).parents[1] / "data"
_WORD = re.compile(r"[^\W\d_][^\W_\u0640]*(?:[\u064b-\u0652]+[^\W\d_]*)*")
_ARTICLE = re.compile(r"^ال(?=\w{3})")
_SERVANT = re.compile(r"(?<!\w)(عبد)\s+(ال\w+)")
_MARKS = str.maketrans("،؛؟", ",;?")
_SHADDA = "\u0651"
_DOUBLED = re.compile(f"([\u064b-\u0650]){_SHADDA}")
_VOWELS = "aeiou"
# و and ي are consonants beside a vowel: these letters and signs are vowels after them.
_VOWEL_LETTERS = frozenset("اآىويةَُِ")
_GLIDES = {"و": "w", "ي": "y", "ی": "y"}
# Consonants after which English can end a word in one more.
_SONORANTS = ("l", "m", "n", "r")


def transliterate(text: str, into: str) -> str:
    """Write a name in the other script: as is usual where a list of names has it, else letter by letter.

    Vowels that Arabic leaves out are filled in with "a" where a word could not be spoken otherwise, so that
    the result can be read but is not how the bearer spells it.

    Args:
        text: One name or more, in Arabic letters if ``into`` is "en", in Latin ones if it is "ar".
        into: "ar" or "en".

    Returns:
        The name, what is no word in it (digits, marks) unchanged.
    """
    text = unicodedata.normalize("NFC", text)
    if into == "ar":
        return _WORD.sub(lambda word: _to_arabic(word[0]), text)
    latin = _WORD.sub(lambda word: _to_latin(word[0]), _SERVANT.sub(_servant, text)).translate(_MARKS)
    return latin[:1].upper() + latin[1:]


def usual_spelling(word: str, into: str) -> str | None:
    """Return how a name of one word is usually written in a language, if a list of names has it."""
    folded = fold(word)
    return _names(into).get(folded) or _other_names(into).get(folded)


def is_known_name(word: str) -> bool:
    """Tell whether a word, in either language, is in a list of names."""
    return any(usual_spelling(word, language) for language in ("en", "ar"))


def _servant(name: re.Match[str]) -> str:
    """Join عبد with the name after it where the two are a usual name, else drop the article between them."""
    joined = name[1] + name[2]
    return joined if usual_spelling(joined, "en") else f"{name[1]} {name[2].removeprefix('ال')}"


def _to_latin(word: str) -> str:
    if known := usual_spelling(word, "en"):
        return known
    if bare := _ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else "":
        return f"al-{_to_latin(bare)}"
    sounds: list[str] = []
    # Unicode's order has the vowel sign before the sign that doubles the consonant.
    for letters, sound, after in _sounds(_DOUBLED.sub(rf"{_SHADDA}\1", word), "ar"):
        glide = _GLIDES.get(letters)
        if glide and (after in _VOWEL_LETTERS or (sounds and sounds[-1][-1] in set(_VOWELS) - {sound})):
            sound = glide
        if after == _SHADDA:
            sound *= 2
        if sounds and sound[:1] in _VOWELS:  # a short vowel before the letter of its long one
            sound = sound.removeprefix(sounds[-1][-1])
        if sound:
            sounds.append(sound)
    spoken = "".join(_speakable(sounds))
    return spoken[:1].upper() + spoken[1:]


def _speakable(sounds: list[str]) -> Iterator[str]:
    """Put an "a" between consonants that English cannot speak together."""
    run = 1  # as at the beginning of a word, where one consonant is enough
    for at, sound in enumerate(sounds):
        if sound[0] in _VOWELS:
            run = 0
        else:
            last = at == len(sounds) - 1
            if run == 2 or (run == 1 and (at == 1 or (last and sounds[at - 1] not in _SONORANTS))):
                yield "a"
                run = 0
            run = run + 1 if at else 1
        yield sound


def _to_arabic(word: str) -> str:
    if known := usual_spelling(word, "ar"):
        return known
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return "".join(sound for _, sound, _ in _sounds(plain, "en"))


def _sounds(word: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Yield the letters of a word that are read together, what they become, and the letter after them."""
    table = _letters(language)
    longest = max(len(letters) for letters in table)
    marked = f"^{word}$"
    at = 1
    while at < len(marked) - 1:
        for size in range(longest, 0, -1):
            letters = marked[at : at + size]
            bare = letters.rstrip("$")
            keys = (f"^{letters}" if at == 1 else letters, letters)
            if len(letters) == size and (key := next((key for key in keys if key in table), None)):
                yield bare, table[key], marked[at + len(bare)].strip("$")
                at += len(bare)
                break
        else:  # a letter of a third script, or a mark that was read with the letter before it
            yield marked[at], "" if marked[at] == _SHADDA else marked[at], ""
            at += 1


@cache
def _letters(language: str) -> Mapping[str, str]:
    table = {}
    for place, (letters, sound) in _rows(f"spelling.{language}.txt", " "):
        if letters in table:
            raise IsnadError(f"{place}: {letters!r} is given twice, expected once: delete one line")
        table[letters] = "" if sound == "-" else sound
    return table


@cache
def _names(into: str) -> Mapping[str, str]:
    """Read ``data/usual_names.tsv``: from a folded spelling of the other language to the usual one."""
    names: dict[str, str] = {}
    for place, columns in _rows("usual_names.tsv", "\t"):
        english, arabic = ([name.strip() for name in column.split("|")] for column in columns)
        for name in arabic if into == "en" else english:
            if fold(name) in names:
                raise IsnadError(f"{place}: {name!r} is given twice, expected once: delete one")
            names[fold(name)] = (english if into == "en" else arabic)[0]
    return names


@cache
def _other_names(into: str) -> Mapping[str, str]:
    """Read ``data/names.tsv``, which has many spellings of most names: the shortest that begins alike is taken."""
    found: dict[str, list[str]] = {}
    for latin, arabic in table("names.tsv", "Latin", "Arabic"):
        for form in map(str.strip, arabic.split("|")):
            # A form that ends in "?" is an ordinary word too, and no name for certain.
            known, other = (fold(form), latin.title()) if into == "en" else (fold(latin), form.removesuffix("?"))
            found.setdefault(known, []).append(other)
    return {known: min(others, key=lambda name: (len(name), name)) for known, others in found.items()}


def _rows(name: str, separator: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the rows of a table of two columns, each with its place for error messages."""
    file = _DATA / name
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            left, found, right = line.partition(separator)
            if not (left.strip() and found and right.strip()):
                raise IsnadError(f"{file}, line {number}: expected two columns, found {line!r}")
            yield f"{file}, line {number}", (left.strip(), right.strip())
