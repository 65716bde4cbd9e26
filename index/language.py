"""The language of a text, right on short questions too."""

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from index.data import rows, words

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 5_000  # characters; more does not change the outcome
_WORDS = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "arabic": re.compile(r"[\u0620-\u064A\u066E-\u06D3\u06EE-\u06FF\u0750-\u077F\uFB50-\uFDFF\uFE70-\uFEFC]"),
    "latin": re.compile(r"[A-Za-z\u00AA\u00BA\u00C0-\u024F\u1E00-\u1EFF\uFF21-\uFF3A\uFF41-\uFF5A]"),
    "cyrillic": re.compile(r"[\u0400-\u052F]"),
    "devanagari": re.compile(r"[\u0900-\u097F]"),
    "el": re.compile(r"[\u0370-\u03FF\u1F00-\u1FFF]"),
    "he": re.compile(r"[\u05D0-\u05EA]"),
    "hy": re.compile(r"[\u0531-\u0587]"),
    "ka": re.compile(r"[\u10A0-\u10FF]"),
    "bn": re.compile(r"[\u0980-\u09FF]"),
    "pa": re.compile(r"[\u0A00-\u0A7F]"),
    "gu": re.compile(r"[\u0A80-\u0AFF]"),
    "ta": re.compile(r"[\u0B80-\u0BFF]"),
    "te": re.compile(r"[\u0C00-\u0C7F]"),
    "kn": re.compile(r"[\u0C80-\u0CFF]"),
    "ml": re.compile(r"[\u0D00-\u0D7F]"),
    "si": re.compile(r"[\u0D80-\u0DFF]"),
    "th": re.compile(r"[\u0E00-\u0E7F]"),
    "lo": re.compile(r"[\u0E80-\u0EFF]"),
    "my": re.compile(r"[\u1000-\u109F]"),
    "km": re.compile(r"[\u1780-\u17FF]"),
    "am": re.compile(r"[\u1200-\u137F]"),
    "ko": re.compile(r"[\uAC00-\uD7A3\u1100-\u11FF]"),
    "ja": re.compile(r"[\u3040-\u30FF]"),
    "zh": re.compile(r"[\u3400-\u9FFF]"),
}
# Languages told apart within a script, the most likely one first: it is taken when nothing speaks against it.
_RIVALS = {
    "latin": (
        *("en", "fr", "de", "es", "it", "pt", "nl", "tr", "id", "sv", "da", "no", "fi"),
        *("pl", "cs", "sk", "hu", "ro", "hr", "sl", "sq", "vi", "so", "sw", "ca", "az"),
    ),
    "cyrillic": ("ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tg", "tt", "mn"),
    "devanagari": ("hi", "mr", "ne"),
}
_LEAST_PROBABILITY = 0.4  # below it the detector is guessing
_LONGEST_NAME = 5  # words
_FEW_WORDS = 3  # a name or a keyword or two
_VOWEL_SIGNS = re.compile(r"[\u0640\u064B-\u0652\u0670]")
_ARTICLE = re.compile(r"[وفبك]{0,2}ال\w{2,}|و?لل\w{2,}")


def detect_language(text: str) -> str:
    """Tell the language of a text, be it one question or a whole article.

    The script decides first, then the small words of each language; only when those leave doubt is a
    statistical detector (py3langid) loaded. A few Latin letters that tell nothing, such as a name, count
    as English, and Arabic letters that tell nothing as Arabic.

    Args:
        text: Any text; its first 5,000 characters are looked at.

    Returns:
        ISO 639-1 code, or "und" when there is no letter of a known script.
    """
    sample = text[:_SAMPLE]
    script = _script(sample)
    if script == "arabic":
        return _arabic_script(sample)
    if script == "latin":
        return _latin_script(sample)
    return _detect(sample, script) if script in _RIVALS else script


def _script(text: str) -> str:
    """The script (or the language whose own it is) of a text, "und" when there is none."""
    letters = "".join(filter(str.isalpha, text))
    counts = {name: len(_SCRIPTS[name].findall(letters)) for name in ("arabic", "latin")}
    if min(counts.values()):  # "ما هو Global Counterterrorism Forum؟": its frame is Arabic
        arabic = sum(word in _arabic_words() for word in _WORDS.findall(text))
        latin = max(_small_words(text).values(), default=0)
        if (arabic > 0) != (latin > 0):
            return "arabic" if arabic else "latin"
    if sum(counts.values()) * 2 < len(letters):
        counts |= {name: len(pattern.findall(letters)) for name, pattern in _SCRIPTS.items()}
        if counts["ja"]:
            counts["ja"] += counts["zh"]
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else "und"


@cache
def _arabic_words() -> frozenset[str]:
    return frozenset(word for word in words("stopwords.ar.txt") if len(word) > 1)


@cache
def _languages_of_words() -> dict[str, list[str]]:
    languages: dict[str, list[str]] = {}
    for row in rows("function_words.txt"):
        language, *entries = row.split()
        for word in set(entries):
            languages.setdefault(word, []).append(language)
    return languages


def _small_words(text: str) -> Counter[str]:
    """How many small words of each language in Latin letters a text has."""
    known = _languages_of_words()
    return Counter(language for word in _WORDS.findall(text.lower()) for language in known.get(word, ()))


def _latin_script(text: str) -> str:
    evidence = _small_words(text)
    english = evidence.pop("en", 0)
    ranked = evidence.most_common(2)
    first, count = ranked[0] if ranked else ("en", 0)
    second = ranked[1][1] if len(ranked) > 1 else 0
    if english > count:
        return "en"
    found = _WORDS.findall(text)
    if 1 < len(found) <= _LONGEST_NAME and all(word[0].isupper() for word in found):
        return "en"  # "Los Angeles", "Le Figaro": small words inside a name tell nothing
    if count > second and (count >= english + 2 or (not english and count * 3 >= len(found))):
        return first
    if not count and text.isascii() and len(found) <= _FEW_WORDS:
        return "en"
    return _detect(text, "latin")


@cache
def _languages_of_letters() -> dict[str, str]:
    """Which language each entry of arabic_script.txt speaks for."""
    languages: dict[str, str] = {}
    for row in rows("arabic_script.txt"):
        language, *entries = row.split()
        languages = dict.fromkeys(entries, language) | languages
    return languages


def _arabic_script(text: str) -> str:
    known = _languages_of_letters()
    evidence: Counter[str] = Counter()
    for word in _WORDS.findall(_VOWEL_SIGNS.sub("", text)):
        signs = {known[sign] for sign in (word, *word) if sign in known}
        if _ARTICLE.fullmatch(word):
            evidence["ar"] += 2  # hardly any other language has the article
        elif not signs and word in _arabic_words():
            evidence["ar"] += 1
        evidence.update(signs)
    arabic, persian = evidence.pop("ar", 0), evidence.pop("fa", 0)
    if arabic >= persian + sum(evidence.values()):
        return "ar"
    # Persian letters are letters of Urdu, Pashto and Kurdish too, so they decide when there are no others.
    return evidence.most_common(1)[0][0] if evidence else "fa"


@cache
def _detector(script: str) -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # takes most of a second to load

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(_RIVALS[script])
    return detector


def _detect(text: str, script: str) -> str:
    probabilities: dict[str, float] = dict(_detector(script).rank(text))
    default = _RIVALS[script][0]
    best = max(probabilities, key=lambda language: probabilities[language])
    sure = probabilities[best] > max(_LEAST_PROBABILITY, 2 * probabilities[default])
    return best if sure else default
