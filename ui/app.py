"""The web page: a conversation with an archive."""

import logging
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from index.archive import Archive
from index.errors import IsnadError
from index.filters import Filter
from qa.conversation import Conversation
from qa.question import LONGEST, Question
from ui import render
from ui.conversation import Turn
from ui.limits import Limits, LimitsError
from ui.texts import LANGUAGES, texts

# Read by Gradio when it is imported, which must therefore come after.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr

Turns = tuple[Turn, ...]

# Questions the archive that ships can be asked.
SEED_EXAMPLES = (
    "Who co-chairs the GCTF?",
    "Which initiatives were launched?",
    "من يترأس المنتدى العالمي لمكافحة الإرهاب؟",
    "ما هي المبادرات التي أُطلقت؟",
)

_log = logging.getLogger(__name__)


def answered(
    question: str, archive: Archive, limits: Limits | None = None, dates: bool = True, turns: Turns = ()
) -> Turn:
    """Ask the archive; whatever goes wrong becomes something a reader can be told.

    Args:
        question: as typed.
        archive: what is asked.
        limits: of the search.
        dates: whether a time that the question names limits it too.
        turns: the conversation so far, which the question may follow up on.
    """
    if problem := _problem(question):
        return Turn(question, problem=problem)
    try:
        where = limits.filter() if limits else Filter()
        conversation = Conversation.of(turn.answer for turn in turns if turn.answer)
        return Turn(question, answer=conversation.ask(question, archive, where=where, dates=dates))
    except LimitsError as error:
        return Turn(question, problem=error.key, value=error.value)
    except Exception:
        _log.exception("the question %r could not be answered", question)
        return Turn(question, problem="failed")


def _problem(question: str) -> str | None:
    """Key of the text that says why the question cannot be asked, in the language of the page."""
    try:
        Question.parse(question)
    except IsnadError:
        if not any(character.isalnum() for character in question):
            return "empty"
        return "long" if len(question) > LONGEST else "language"
    return None


def build(archive: Archive, examples: Sequence[str] = ()) -> gr.Blocks:
    """Build the page.

    Args:
        archive: what it answers from.
        examples: questions it offers to begin with.
    """

    def page(turns: Turns, language: str) -> str:
        return render.page(turns, language, len(archive), examples)

    def read_article(request: list[Any]) -> str:
        # Gradio hands over the arguments of the page's call as one list; what is in it is not to be trusted.
        try:
            uri, start, end, language = request
            return render.article(archive.document(str(uri)), int(start), int(end), str(language))
        except (IsnadError, TypeError, ValueError):
            _log.exception("the article of %r could not be opened", request)
            return render.notice("en", "reader_failed")

    def asking(
        question: str, turns: Turns, language: str, limits: Limits, dates: bool = True
    ) -> Iterator[tuple[str, Turns, str]]:
        yield page((*turns, Turn(question)), language), turns, ""
        turns = (*turns, answered(question, archive, limits, dates, turns))
        yield page(turns, language), turns, ""

    def submit(
        question: str, turns: Turns, language: str, since: str, until: str, outlets: list[str], codes: list[str]
    ) -> Iterator[tuple[str, Turns, str]]:
        yield from asking(question, turns, language, Limits(since, until, outlets, codes))

    def submit_offered(
        turns: Turns,
        language: str,
        since: str,
        until: str,
        outlets: list[str],
        codes: list[str],
        event: gr.EventData,
    ) -> Iterator[tuple[str, Turns, str]]:
        limits = Limits(since, until, outlets, codes)
        yield from asking(str(event.question), turns, language, limits, event.dates is not False)

    def count(language: str, since: str, until: str, outlets: list[str], codes: list[str]) -> dict[str, Any]:
        update: dict[str, Any] = gr.update(label=_filters_label(language, Limits(since, until, outlets, codes)))
        return update

    def clear(language: str) -> tuple[str, Turns]:
        return page((), language), ()

    def switch(
        turns: Turns, since: str, until: str, outlets: list[str], codes: list[str], event: gr.EventData
    ) -> tuple[str | dict[str, Any], ...]:
        language = event.language if event.language in LANGUAGES else "en"
        words = texts(language)
        return (
            page(turns, language),
            language,
            gr.update(placeholder=words["placeholder"], label=words["question"]),
            gr.update(value=words["ask"]),
            gr.update(label=_filters_label(language, Limits(since, until, outlets, codes))),
            gr.update(label=words["since"], placeholder=words["day"]),
            gr.update(label=words["until"], placeholder=words["day"]),
            gr.update(label=words["outlets"]),
            gr.update(label=words["languages"]),
        )

    words = texts("en")
    with gr.Blocks(title="Isnad · إسناد", analytics_enabled=False, fill_width=True) as blocks:
        turns = gr.State(())
        language = gr.State("en")
        conversation = gr.HTML(
            page((), "en"),
            elem_id="conversation",
            apply_default_css=False,
            js_on_load=(files("ui") / "page.js").read_text(encoding="utf-8"),
            server_functions=[read_article],
        )
        with gr.Column(elem_id="composer"):
            with gr.Accordion(words["filters"], open=False, elem_id="filters") as filters, gr.Row():
                since = gr.Textbox(label=words["since"], placeholder=words["day"], max_lines=1, min_width=130)
                until = gr.Textbox(label=words["until"], placeholder=words["day"], max_lines=1, min_width=130)
                outlets = gr.Dropdown(archive.sources(), label=words["outlets"], multiselect=True, min_width=220)
                codes = gr.CheckboxGroup(_languages(archive), label=words["languages"], min_width=220)
            with gr.Row(elem_id="ask-row"):
                question = gr.Textbox(
                    placeholder=words["placeholder"],
                    label=words["question"],
                    show_label=False,
                    container=False,
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    elem_id="question",
                )
                button = gr.Button(words["ask"], variant="primary", scale=0, min_width=96, elem_id="ask")
        shown = [conversation, turns, question]
        limits = [since, until, outlets, codes]
        gr.on(
            [question.submit, button.click],
            submit,
            [question, turns, language, *limits],
            shown,
            api_name="ask",
            show_progress="hidden",
        )
        conversation.submit(
            submit_offered,
            [turns, language, *limits],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        conversation.clear(
            clear, language, [conversation, turns], show_progress="hidden", api_visibility="private"
        )
        conversation.select(
            switch,
            [turns, *limits],
            [conversation, language, question, button, filters, *limits],
            show_progress="hidden",
            api_visibility="private",
        )
        gr.on(
            [field.change for field in limits],
            count,
            [language, *limits],
            filters,
            show_progress="hidden",
            api_visibility="private",
        )
        # The archive may have grown since the page was built.
        blocks.load(
            lambda: (gr.update(choices=archive.sources()), gr.update(choices=_languages(archive))),
            None,
            [outlets, codes],
            show_progress="hidden",
            api_visibility="private",
        )
    return blocks


def _filters_label(language: str, limits: Limits) -> str:
    """What the fold of the fields is called; it tells how many are set, since it may be shut."""
    words = texts(language)
    return words["filters_on"].format(count=limits.count) if limits.count else words["filters"]


def _languages(archive: Archive) -> list[tuple[str, str]]:
    """Names and codes of the languages that can be chosen, each named in itself."""
    codes = [code for code in archive.passage_counts() if code != "und"]
    return [(texts(code)["name"] if code in LANGUAGES else code, code) for code in codes]
