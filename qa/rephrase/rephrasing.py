"""An answer put into a language model's words, each sentence of which is held against the quotations."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from qa.answer import Answer
from qa.rephrase.attribution import Attribution
from qa.rephrase.claims import ClaimReader
from qa.rephrase.language_model import LanguageModel, NoReplyError
from qa.rephrase.prompt import messages
from qa.rephrase.rephrased import Rephrased, texts

# What to say of a status of HTTP that has a likely reason.
_HINTS = {401: "status_key", 403: "status_key", 404: "status_place", 429: "status_busy"}


def rephrase(answer: Answer, model: LanguageModel) -> Answer:
    """Return an answer with what a language model makes of its quotations.

    Args:
        answer: what the archive says; a refusal is returned as it is, and nothing of it is sent.
        model: see ``LanguageModel.from_environment``.

    Returns:
        The answer, its quotations untouched, and in ``rephrased`` the sentences of the model that they bear out;
        or none and why, if there is no reply in time, or nothing in it holds.
    """
    last = answer
    for last in rephrase_stream(answer, model):  # noqa: B007  (the others are for those who watch)
        pass
    return last


def rephrase_stream(answer: Answer, model: LanguageModel) -> Iterator[Answer]:
    """Yield an answer each time the language model has written another sentence that holds, and at the end.

    Only the last one tells the outcome: where the reply breaks off, what was shown of it is taken back.

    Args:
        answer: see ``rephrase``; for a refusal nothing is yielded.
        model: likewise.
    """
    if not answer.found:
        return
    started = time.perf_counter()
    attribution = Attribution(answer)
    language = answer.question.language

    def so_far(problem: str | None = None, status: int | None = None) -> Answer:
        note = None
        if problem:
            seconds = f"{model.timeout:g}"
            why = texts(language)[problem].format(url=model.url, seconds=seconds, status=status)
            note = texts(language)["stands"].format(why=why)
        seconds_taken = time.perf_counter() - started
        kept = () if problem else tuple(attribution.kept)
        return replace(
            answer, rephrased=Rephrased(kept, tuple(attribution.removed), note, model.name, seconds_taken)
        )

    if not attribution.usable:
        yield so_far("unguarded")
        return
    reader = ClaimReader(language)
    try:
        with closing(model.stream(messages(answer.question, attribution.usable))) as pieces:
            for piece in pieces:
                for claim in reader.feed(piece):
                    if attribution.takes(claim):
                        yield so_far()
    except NoReplyError as error:
        problem = _HINTS.get(error.status or 0, error.reason)
        yield so_far(problem, error.status)
        return
    for claim in reader.end():
        attribution.takes(claim)
    yield so_far(None if attribution.kept else "none_left" if attribution.removed else "empty")
