"""The short answer as HTML."""

from qa import Answer, Citation
from qa.short.short_answer import ShortAnswer
from ui.direction import direction
from ui.markup import attributes, shown, text


def short_line(answer: Answer, language: str) -> str:
    """Return the short answer in the language of the question, and beside it the words of the article."""
    short = answer.short
    if not short:
        return ""
    original = f"<bdi{attributes(short.text, short.language)}>{shown(short.text)}</bdi>"
    if short.rendering is None or short.rendering.how == "same":
        said = f"<strong>{original}</strong>"
    else:
        asked_in, rendered = answer.question.language, short.rendering.text
        said = (
            f"<strong><bdi{attributes(rendered, asked_in)}>{shown(rendered)}</bdi></strong> "
            f'<span class="original">{original}</span>'
        )
        if short.rendering.how == "transliterated":
            said += f' <small class="spelled" lang="{language}">{text(language, "spelled")}</small>'
    return f'<p class="short" dir="{direction("", language)}">{said}</p>'


def quoted(citation: Citation, short: ShortAnswer | None) -> str:
    """Return a sentence, in it the short answer marked if it stands there."""
    document, quote = citation.document, citation.quote
    if not short or not citation.start <= short.start < short.end <= citation.end or short.uri != document.uri:
        return shown(quote)
    first, last = short.start - citation.start, short.end - citation.start
    return f'{shown(quote[:first])}<mark class="words">{shown(quote[first:last])}</mark>{shown(quote[last:])}'
