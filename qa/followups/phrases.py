"""The names and noun phrases of a text, in order."""

from qa.followups.arabic_phrases import arabic_phrases
from qa.followups.english_phrases import english_phrases
from qa.followups.phrase import Phrase
from qa.glossary import bundled_glossary


def phrases(text: str, language: str) -> list[Phrase]:
    """Find what a question or a sentence speaks of.

    Args:
        text: not folded.
        language: "ar", or another, which is read as English is.

    Returns:
        The phrases by their places; a larger one before those inside it.
    """
    terms = bundled_glossary().expand(text)
    return arabic_phrases(text, terms) if language == "ar" else english_phrases(text, terms)
