"""Conversation and articles as HTML: pure functions, in which every text is escaped."""

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape

from index.documents import Document
from qa import Answer, Citation
from qa.question import LONGEST
from qa.short.short_answer import ShortAnswer
from ui.conditions import Condition, conditions
from ui.conversation import Turn
from ui.direction import direction
from ui.markup import attributes as _attributes
from ui.markup import shown as _shown
from ui.markup import text as _text
from ui.short import quoted, short_line
from ui.terminal import outlet
from ui.texts import LANGUAGES, texts

# Characters of context a source card shows on either side of the sentence.
_CONTEXT = 100
# Characters of a question shown back; longer ones are refused anyway.
_SHOWN = 200


def page(turns: Sequence[Turn], language: str, articles: int, examples: Sequence[str]) -> str:
    """Return all of the page above the question box.

    Args:
        turns: the conversation so far, the oldest first.
        language: of the interface, "ar" or "en".
        articles: how many the archive holds.
        examples: questions to offer while the conversation is empty.
    """
    body = "".join(turn(each, language) for each in turns) if turns else _welcome(language, examples)
    return (
        f'<div class="isnad" lang="{language}" dir="{direction("", language)}">'
        f"{_header(language, articles, bool(turns))}"
        f'<main role="log" aria-live="polite" aria-label="{_text(language, "conversation")}">{body}</main></div>'
    )


def turn(turn: Turn, language: str) -> str:
    """Return one exchange of the conversation."""
    asked = turn.question if len(turn.question) <= _SHOWN else f"{turn.question[:_SHOWN]}…"
    answer_language = turn.answer.question.language if turn.answer else ""
    question = (
        f'<h2 class="question"{_attributes(asked, answer_language)}>{_shown(asked)}</h2>' if asked.strip() else ""
    )
    if turn.problem:
        message = texts(language)[turn.problem].format(
            length=f"{len(turn.question):,}", longest=f"{LONGEST:,}", value=turn.value[:_SHOWN]
        )
        outcome = (
            f'<div class="refusal problem" role="alert"><h3>{_text(language, "problem")}</h3>'
            f"<p>{_shown(message)}</p></div>"
        )
    elif turn.answer is None:
        outcome = f'<p class="searching">{_text(language, "searching")}</p>'
    else:
        outcome = understood(turn.answer, language) + answer(turn.answer, language)
    return f'<section class="turn">{question}{outcome}</section>'


def answer(answer: Answer, language: str) -> str:
    """Return an answer with its sources, or a refusal with what came nearest."""
    if not answer.found:
        reason = answer.reason or ""
        return (
            f"{limits(answer, language)}"
            f'<div class="refusal"><h3>{_text(language, "not_found")}</h3>'
            f"<p{_attributes(reason, answer.question.language)}>{_shown(reason)}</p></div>"
            f"{_sources(answer.nearest, language, 'nearest')}"
        )
    sentences = "".join(
        f'<p class="sentence"{_attributes(citation.quote, citation.document.language)}>'
        f"<bdi>{quoted(citation, answer.short)}</bdi>&nbsp;{_chip(citation, number, language)}</p>"
        for number, citation in enumerate(answer.citations, 1)
    )
    elapsed = escape(texts(language)["elapsed"]).format(seconds=f"<bdi>{answer.elapsed:.2f}</bdi>")
    return (
        f"{limits(answer, language)}"
        f'<div class="answer">{short_line(answer, language)}{sentences}<p class="elapsed">{elapsed}</p></div>'
        f"{_sources(answer.citations, language, 'sources', answer.short)}"
    )


def understood(answer: Answer, language: str) -> str:
    """Return what a follow-up question was taken to ask; nothing for one that stands by itself."""
    if not answer.understood:
        return ""
    said = _text(language, "understood").format(question=f"<bdi>{_shown(answer.understood)}</bdi>")
    return f'<p class="understood" lang="{language}" dir="{direction("", language)}">{said}</p>'


def limits(answer: Answer, language: str) -> str:
    """Return what an answer was limited to, a chip for each condition; nothing where there was none.

    The chip of a time that the question names has a button that asks again for all times.
    """
    chips = []
    for limit in conditions(answer.answered, answer.where, answer.period, answer.dropped):
        phrase = limit.phrase(language, partial(_boxed, limit), escape)
        if limit.key == "period":
            phrase += (
                f' <button type="button" data-question="{escape(answer.answered)}" data-dates="no">'
                f"{_text(language, 'switch_off')}</button>"
            )
        chips.append(f'<li class="limit {limit.key}">{phrase}</li>')
    if not chips:
        return ""
    return (
        f'<ul class="limits" lang="{language}" dir="{direction("", language)}" '
        f'aria-label="{_text(language, "limits")}">{"".join(chips)}</ul>'
    )


def card(citation: Citation, language: str, number: int | None = None, short: ShortAnswer | None = None) -> str:
    """Return a source card: headline, where it comes from, the sentence in its context.

    Args:
        citation: the sentence.
        language: of the interface.
        number: of the citation in the answer; none for what merely came near.
        short: the short answer, which is marked where it stands in the sentence.
    """
    document = citation.document
    badge = f'<span class="number"><bdi>{number}</bdi></span>' if number else ""
    before, after = _context(document.text, citation.start, citation.end)
    return (
        f'<li class="card">{badge}'
        f"<h4{_attributes(document.title, document.language)}><bdi>{_shown(document.title)}</bdi></h4>"
        f"{_origin(document, language)}{_also(citation.others, language)}"
        f"<blockquote{_attributes(citation.quote, document.language)}>{_shown(before)}"
        f"<mark>{quoted(citation, short)}</mark>{_shown(after)}</blockquote>"
        f'<button type="button" class="open"{_opens(citation)}>{_text(language, "open")}</button></li>'
    )


def article(document: Document, start: int, end: int, language: str) -> str:
    """Return a whole article with one sentence marked.

    The text of the element of class "text" is ``document.text``, character for character.

    Args:
        document: the article.
        start: offset of the sentence.
        end: offset after it.
        language: of the interface.
    """
    return (
        f'<header><button type="button" class="close" data-close>{_text(language, "close")}</button>'
        f'<h2 id="reader-title"{_attributes(document.title, document.language)}>'
        f"<bdi>{_shown(document.title)}</bdi></h2>{_origin(document, language)}</header>"
        f'<div class="text" tabindex="0">'
        f"{_paragraphs(document, start, end, texts(language)['cited'])}</div>"
    )


def notice(language: str, key: str) -> str:
    """Return what the reader shows instead of an article."""
    return (
        f'<header><button type="button" class="close" data-close>{_text(language, "close")}</button>'
        f'<h2 id="reader-title">{_text(language, key)}</h2></header>'
    )


def _paragraphs(document: Document, start: int, end: int, label: str) -> str:
    paragraphs = []
    offset = 0
    for line in document.text.split("\n"):
        first, last = max(start - offset, 0), min(end - offset, len(line))
        inner = _shown(line)
        if first < last:
            inner = (
                f'{_shown(line[:first])}<mark tabindex="-1" aria-label="{escape(label)}">'
                f"{_shown(line[first:last])}</mark>{_shown(line[last:])}"
            )
        paragraphs.append(f"<p{_attributes(line, document.language)}>{inner}</p>")
        offset += len(line) + 1
    return "\n".join(paragraphs)


def _context(text: str, start: int, end: int) -> tuple[str, str]:
    """The words round a sentence, cut between words."""
    before, after = text[:start], text[end:]
    if start > _CONTEXT:
        before = "… " + before[-_CONTEXT:].split(maxsplit=1)[-1]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT].rsplit(maxsplit=1)[0] + " …"
    return before, after


def _header(language: str, articles: int, started: bool) -> str:
    switches = "".join(
        f'<button type="button" lang="{each}" data-language="{each}" '
        f'aria-pressed="{str(each == language).lower()}">{_text(each, "name")}</button>'
        for each in LANGUAGES
    )
    other = next(each for each in LANGUAGES if each != language)
    clear = (
        f'<button type="button" class="clear" data-clear>{_text(language, "clear")}</button>' if started else ""
    )
    return (
        f'<header class="masthead"><div class="brand"><h1>{_text(language, "title")} '
        f'<bdi class="other" lang="{other}">{_text(other, "title")}</bdi></h1>'
        f"<p>{_text(language, 'tagline')}</p></div>"
        f'<nav>{clear}<span class="count">{_text(language, "articles")}: <bdi>{articles:,}</bdi></span>'
        f'<div class="switch" role="group" aria-label="{_text(language, "switch")}">{switches}</div>'
        f"</nav></header>"
    )


def _welcome(language: str, examples: Iterable[str]) -> str:
    buttons = "".join(
        f'<li><button type="button" class="example" data-question="{escape(question)}"'
        f"{_attributes(question)}>{_shown(question)}</button></li>"
        for question in sorted(examples, key=lambda each: direction(each) != direction("", language))
    )
    offered = f"<h3>{_text(language, 'examples')}</h3><ul>{buttons}</ul>" if buttons else ""
    return (
        f'<section class="welcome"><h2>{_text(language, "welcome")}</h2>'
        f"<p>{_text(language, 'welcome_text')}</p>{offered}</section>"
    )


def _sources(citations: Sequence[Citation], language: str, heading: str, short: ShortAnswer | None = None) -> str:
    if not citations:
        return ""
    numbered = heading == "sources"
    cards = "".join(
        card(citation, language, number if numbered else None, short)
        for number, citation in enumerate(citations, 1)
    )
    title = _text(language, heading)
    return f'<aside class="sources {heading}" aria-label="{title}"><h3>{title}</h3><ol>{cards}</ol></aside>'


def _chip(citation: Citation, number: int, language: str) -> str:
    label = escape(texts(language)["source"].format(number=number, title=citation.document.title))
    return (
        f'<bdi><button type="button" class="chip" aria-label="{label}"{_opens(citation)}>{number}</button></bdi>'
    )


def _opens(citation: Citation) -> str:
    """The attributes of a button that opens the article at the sentence."""
    uri = escape(citation.document.uri)
    return f' data-uri="{uri}" data-start="{citation.start}" data-end="{citation.end}"'


def _origin(document: Document, language: str) -> str:
    known = (outlet(document), document.author)
    parts = [f"<bdi>{_shown(part)}</bdi>" for part in known if part]
    if document.published:
        time = f'<time datetime="{escape(document.published)}">{escape(document.published)}</time>'
        doubtful = [each.place for each in document.origins if each.field == "published" and not each.certain]
        if doubtful:
            said = _text(language, "uncertain")
            time += f' <span class="uncertain" lang="{language}" title="{escape(doubtful[0])}">{said}</span>'
        parts.append(time)
    parts.append(f'<bdi class="uri">{_shown(document.uri)}</bdi>')
    return f'<p class="origin"{_attributes(document.title, document.language)}>{" · ".join(parts)}</p>'


def _also(others: Sequence[Document], language: str) -> str:
    """Where else the story stands: names, each once."""
    if not others:
        return ""
    names = list(dict.fromkeys(other.source or other.uri for other in others))
    shown = "، ".join if language == "ar" else ", ".join
    said = _text(language, "also").format(
        count=f"<bdi>{len(names)}</bdi>", names=shown(f"<bdi>{_shown(name)}</bdi>" for name in names)
    )
    return f'<p class="origin also" dir="{direction("", language)}" lang="{language}">{said}</p>'


def _boxed(limit: Condition, text: str) -> str:
    tag = "time" if text in {limit.first, limit.last} else "bdi"
    return f"<{tag}>{_shown(text)}</{tag}>"
