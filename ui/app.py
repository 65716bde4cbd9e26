"""The web page: a conversation with an archive."""

import logging
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any

from index.archive import Archive
from index.errors import IsnadError
from qa import ask
from qa.question import LONGEST, Question
from ui import render
from ui.conversation import Turn
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


def answered(question: str, archive: Archive) -> Turn:
    """Ask the archive; whatever goes wrong becomes something a reader can be told."""
    if problem := _problem(question):
        return Turn(question, problem=problem)
    try:
        return Turn(question, answer=ask(question, archive))
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

    def submit(question: str, turns: Turns, language: str) -> Iterator[tuple[str, Turns, str]]:
        yield page((*turns, Turn(question)), language), turns, ""
        turns = (*turns, answered(question, archive))
        yield page(turns, language), turns, ""

    def submit_example(turns: Turns, language: str, event: gr.EventData) -> Iterator[tuple[str, Turns, str]]:
        yield from submit(str(event.question), turns, language)

    def clear(language: str) -> tuple[str, Turns]:
        return page((), language), ()

    def switch(turns: Turns, event: gr.EventData) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
        language = event.language if event.language in LANGUAGES else "en"
        words = texts(language)
        return (
            page(turns, language),
            language,
            gr.update(placeholder=words["placeholder"], label=words["question"]),
            gr.update(value=words["ask"]),
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
        with gr.Row(elem_id="composer"):
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
        gr.on(
            [question.submit, button.click],
            submit,
            [question, turns, language],
            shown,
            api_name="ask",
            show_progress="hidden",
        )
        conversation.submit(
            submit_example, [turns, language], shown, show_progress="hidden", api_visibility="private"
        )
        conversation.clear(
            clear, language, [conversation, turns], show_progress="hidden", api_visibility="private"
        )
        conversation.select(
            switch,
            turns,
            [conversation, language, question, button],
            show_progress="hidden",
            api_visibility="private",
        )
    return blocks
