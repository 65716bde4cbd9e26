"""An answer in a language model's words: only what the quotations bear out is shown, and they always stand."""

import time
from dataclasses import replace

import pytest

from index.archive import Archive
from index.documents import Document
from qa.answer import Answer, Citation, ask
from qa.question import Question
from qa.rephrase.language_model import LanguageModel
from qa.rephrase.rephrasing import rephrase, rephrase_stream
from tests.qa import llm_server
from tests.qa.llm_server import Endpoint, Reply

# All of it is made up: no such place, person or event.
BRIDGE = "The council of Velmora opened the Sarun bridge on Monday."
COST = "Mayor Idra Tolen said the work cost 42 million florins and took three years."
ARABIC = "وقالت رئيسة البلدية إدرا تولن إن الأشغال كلفت 42 مليون فلورين واستغرقت ثلاث سنوات."
FRENCH = "Le conseil de Velmora a ouvert le pont de Sarun lundi."
ENGLISH_QUESTION = "What did the Sarun bridge cost?"
ARABIC_QUESTION = "كم كلف جسر سارون؟"


def answer_of(question: str, *quotes: tuple[str, str]) -> Answer:
    """An answer that quotes sentences, each with its language."""
    citations = tuple(
        Citation(Document.create(f"made-up/{number}", quote, language=language), 0, len(quote), quote, 0.9)
        for number, (quote, language) in enumerate(quotes)
    )
    text = "\n".join(citation.quote for citation in citations)
    return Answer(Question.parse(question), True, text, citations, (), None, 0.01)


ANSWER = answer_of(ENGLISH_QUESTION, (BRIDGE, "en"), (COST, "en"))
IN_ARABIC = answer_of(ARABIC_QUESTION, (BRIDGE, "en"), (ARABIC, "ar"))


def rephrased(endpoint: Endpoint, reply: Reply, answer: Answer = ANSWER, timeout: float = 30.0) -> Answer:
    endpoint.reply = reply
    result = rephrase(answer, LanguageModel(endpoint.url, "made-up", None, timeout))
    # Whatever a language model does, what is quoted stays as it is.
    assert replace(result, rephrased=None) == answer
    assert result.rephrased
    assert (result.rephrased.note is None) == bool(result.rephrased.sentences)
    assert result.rephrased.model == "made-up"
    assert result.rephrased.seconds > 0
    return result


def kept(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    assert answer.rephrased
    return [(sentence.text, sentence.citations) for sentence in answer.rephrased.sentences]


def removed(answer: Answer) -> list[tuple[str, str]]:
    assert answer.rephrased
    return [(sentence.text, "; ".join(sentence.reasons)) for sentence in answer.rephrased.removed]


GOOD = "The work cost 42 million florins.[2] Velmora opened the Sarun bridge on Monday.[1]"
SENTENCES = [
    ("The work cost 42 million florins.", (2,)),
    ("Velmora opened the Sarun bridge on Monday.", (1,)),
]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "The work cost 42 million florins [2]. Velmora opened the Sarun bridge on Monday [1].",
        "The work cost 42 million florins. [2] Velmora opened the Sarun bridge on Monday. [1]",
        "The work cost 42 million florins.【2】 Velmora opened the Sarun bridge on Monday.【1】",
        "The work cost 42 million florins.[٢]\n\nVelmora opened the Sarun bridge on Monday.[١]",
        "- The work cost **42 million florins**. [2]\n- Velmora opened the Sarun bridge on Monday. [1]",
        "1. The work cost 42 million florins. [2]\n2. Velmora opened the Sarun bridge on Monday. [1]",
        "<think>\nThey ask for the cost.[1] It was 99 florins.[2]\n</think>\n\n" + GOOD,
    ],
)
@pytest.mark.parametrize("size", [1, 9])
def test_a_good_answer_is_shown_with_what_it_rests_on(endpoint: Endpoint, text: str, size: int) -> None:
    answer = rephrased(endpoint, llm_server.cut(text, size))
    assert kept(answer) == SENTENCES
    assert removed(answer) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The work cost 43 million florins.[2]", "number that the quotation does not have: “43 million”"),
        ("The work took four years.[2]", "four years"),
        ("Mayor Tarek Velloni said the work cost 42 million florins.[2]", "name that the quotation does not have"),
        (
            "Velmora opened the Sarun bridge on 6 March 2020.[1]",
            "date that the quotation does not have: “6 March 2020”",
        ),
        ("The council did not open the Sarun bridge.[1]", "denies"),
        ("Yes.[1]", "nothing in it that could be checked"),
        ("كلفت الأشغال 42 مليون فلورين.[2]", "in another language than the question"),
        ("Penguins live in the Antarctic and eat fish.[1]", "not in the quotation"),
    ],
)
def test_what_is_not_borne_out_is_removed(endpoint: Endpoint, text: str, reason: str) -> None:
    answer = rephrased(endpoint, llm_server.streamed(GOOD, " ", text))
    assert kept(answer) == SENTENCES
    ((sentence, why),) = removed(answer)
    assert sentence == text.partition("[")[0]
    assert reason in why
    # Alone, it leaves nothing.
    answer = rephrased(endpoint, llm_server.whole(text))
    assert kept(answer) == []
    assert answer.rephrased
    assert answer.rephrased.note == (
        "Nothing that the language model wrote is borne out by the quotations. The answer is what is quoted."
    )


@pytest.mark.parametrize("marks", ["", "[1]", "[3]", "[0]", "[999]", "[17][3]", "[١]"])
def test_a_wrong_mark_is_put_right(endpoint: Endpoint, marks: str) -> None:
    answer = rephrased(endpoint, llm_server.whole(f"The work cost 42 million florins.{marks}"))
    assert kept(answer) == [("The work cost 42 million florins.", (2,))]


def test_of_several_marks_those_that_bear_it_out_are_kept(endpoint: Endpoint) -> None:
    answer = rephrased(endpoint, llm_server.whole("The work cost 42 million florins.[1][2]"))
    assert kept(answer) == [("The work cost 42 million florins.", (2,))]


def test_a_sentence_may_rest_on_two_quotations_together(endpoint: Endpoint) -> None:
    both = "The council opened the bridge on Monday and the work cost 42 million florins."
    assert kept(rephrased(endpoint, llm_server.whole(f"{both}[1][2]"))) == [(both, (1, 2))]
    assert kept(rephrased(endpoint, llm_server.whole(f"{both}[1]"))) == []


def test_a_sentence_may_rest_on_all_that_is_quoted_from_an_article(endpoint: Endpoint) -> None:
    """The next sentence of an article often calls "it" what the one before it names."""
    document = Document.create("made-up/bridge", f"{BRIDGE} {COST}", language="en")
    citations = tuple(
        Citation(document, start, start + len(quote), quote, 0.9)
        for quote in (BRIDGE, COST)
        for start in (document.text.index(quote),)
    )
    text = "The Sarun bridge of Velmora cost 42 million florins."
    one_article = replace(ANSWER, citations=citations)
    assert kept(rephrased(endpoint, llm_server.whole(f"{text}[2]"), one_article)) == [(text, (1, 2))]
    assert kept(rephrased(endpoint, llm_server.whole(f"{text}[2]"))) == []  # two articles may mean two bridges


def test_an_arabic_question_is_answered_in_arabic(endpoint: Endpoint) -> None:
    text = "كلفت الأشغال 42 مليون فلورين.[2] كلفت الأشغال 43 مليون فلورين.[2] The work cost 42 million florins.[2]"
    answer = rephrased(endpoint, llm_server.cut(text, 5), IN_ARABIC)
    assert kept(answer) == [("كلفت الأشغال 42 مليون فلورين.", (2,))]
    (_, number), (_, language) = removed(answer)
    assert "عدد لا يرد في الاقتباس" in number
    assert "43" in number
    assert language == "بلغة غير لغة السؤال"
    system, user = endpoint.bodies[0]["messages"]
    assert "أجب بالعربية" in system["content"]
    assert f"[2] {ARABIC}" in user["content"]


def test_an_english_question_to_an_arabic_article(endpoint: Endpoint) -> None:
    answer = answer_of(ENGLISH_QUESTION, (ARABIC, "ar"))
    text = "The works cost 42 million florins.[1] The works cost 24 million florins.[1]"
    answer = rephrased(endpoint, llm_server.whole(text), answer)
    assert kept(answer) == [("The works cost 42 million florins.", (1,))]


STRANGERS = [
    (
        ARABIC_QUESTION,
        "أظهر تحقيق أن الطيار تجاهل تحذيرات برج المراقبة قبل تحطم الطائرة.",
        (COST, "en"),
        (BRIDGE, "en"),
    ),
    (
        ARABIC_QUESTION,
        "ما هي القيود التي من شأنها منع التعبير عن المعتقدات الدينية في الشركات الخاصة؟",
        ("A wall stretches across the mountains and deserts of the north.", "en"),
    ),
    (
        ENGLISH_QUESTION,
        "An investigation showed that the pilot had ignored warnings from the control tower before the crash.",
        ("عالج المسعفون عشرات المحتجين الذين عانوا من آثار الغاز المسيل للدموع.", "ar"),
        (ARABIC, "ar"),
    ),
]


@pytest.mark.parametrize(("question", "text", "quotes"), [(q, text, quotes) for q, text, *quotes in STRANGERS])
def test_what_has_nothing_to_do_with_the_quotations_is_removed(
    endpoint: Endpoint, question: str, text: str, quotes: list[tuple[str, str]]
) -> None:
    """Across languages too, where there is no word to compare and often no figure or name to object to."""
    assert kept(rephrased(endpoint, llm_server.whole(f"{text} [1]"), answer_of(question, *quotes))) == []


def test_a_wrong_mark_is_put_right_across_languages(endpoint: Endpoint) -> None:
    answer = answer_of(ENGLISH_QUESTION, ("أغلق ميناء كسان يومين بسبب العاصفة.", "ar"), (ARABIC, "ar"))
    text = "The works cost 42 million florins."
    assert kept(rephrased(endpoint, llm_server.whole(f"{text}[1]"), answer)) == [(text, (2,))]


def test_what_is_said_twice_is_shown_once(endpoint: Endpoint) -> None:
    answer = rephrased(endpoint, llm_server.streamed(*[f"{BRIDGE}[1] "] * 3))
    assert kept(answer) == [(BRIDGE, (1,))]
    assert [why for _, why in removed(answer)] == ["said before"] * 2


FAILURES: dict[str, tuple[Reply, str]] = {
    "no time": (llm_server.hangs_after(llm_server.event({"content": GOOD})), "within 0.5 s (ISNAD_LLM_TIMEOUT)"),
    "no key": (llm_server.sends(b"{}", status=401), "check ISNAD_LLM_KEY"),
    "not there": (llm_server.sends(b"{}", status=404), "check ISNAD_LLM_URL"),
    "busy": (llm_server.sends(b"{}", status=429), "too many questions (HTTP status 429)"),
    "failing": (llm_server.sends(b"{}", status=500), "HTTP status 500"),
    "broken off": (llm_server.closes_after(llm_server.event({"content": GOOD}), chunked=True), "broke off"),
    "no reply": (llm_server.sends(b"<html>", "text/html"), "no reply of a language model"),
    "too long": (llm_server.streamed(*[f"{GOOD} "] * 500), "too long"),
    "empty": (llm_server.streamed(""), "gave no answer"),
    "null": (llm_server.whole(None), "gave no answer"),
    "no answer": (llm_server.streamed("[0]"), "gave no answer"),
    "only thoughts": (llm_server.streamed("<think>", GOOD), "gave no answer"),
}


@pytest.mark.parametrize(("reply", "note"), FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("question", [ENGLISH_QUESTION, ARABIC_QUESTION])
def test_without_a_reply_the_quotations_stand(endpoint: Endpoint, reply: Reply, note: str, question: str) -> None:
    answer = answer_of(question, (BRIDGE, "en"), (COST, "en"))
    timeout = 0.5 if "TIMEOUT" in note else 30
    result = rephrased(endpoint, reply, answer, timeout).rephrased
    assert result
    assert result.sentences == ()
    assert result.note
    if question == ENGLISH_QUESTION:
        assert note in result.note
        assert result.note.endswith("The answer is what is quoted.")
    else:
        assert result.note.endswith("والجواب هو ما اقتُبس.")
        assert "ISNAD_LLM_TIMEOUT" not in note or "0.5" in result.note


def test_without_an_endpoint_the_quotations_stand() -> None:
    result = rephrase(ANSWER, LanguageModel("http://127.0.0.1:1/v1", "made-up")).rephrased
    assert result
    assert result.note
    assert "cannot be reached at http://127.0.0.1:1/v1" in result.note


def test_a_refusal_is_never_sent(endpoint: Endpoint, no_archive: Archive) -> None:
    refusal = ask(ENGLISH_QUESTION, no_archive)
    assert not refusal.found
    model = LanguageModel(endpoint.url, "made-up")
    assert rephrase(refusal, model) is refusal
    assert list(rephrase_stream(refusal, model)) == []
    assert endpoint.paths == []


def test_what_cannot_be_checked_is_never_sent(endpoint: Endpoint) -> None:
    """The guard reads Arabic and English; in another language nothing could be held against the quotation."""
    result = rephrased(endpoint, llm_server.whole(GOOD), answer_of(ENGLISH_QUESTION, (FRENCH, "fr")))
    assert endpoint.paths == []
    assert kept(result) == []
    mixed = answer_of(ENGLISH_QUESTION, (FRENCH, "fr"), (COST, "en"))
    assert kept(rephrased(endpoint, llm_server.whole("The work cost 42 million florins.[1]"), mixed)) == [
        ("The work cost 42 million florins.", (2,))
    ]
    assert FRENCH not in str(endpoint.bodies)


def test_sentences_are_shown_as_they_come(endpoint: Endpoint) -> None:
    endpoint.reply = llm_server.paced(f"{BRIDGE}[1] T", "he work cost 42 million florins.[2]", seconds=0.3)
    seen = []
    for answer in rephrase_stream(ANSWER, LanguageModel(endpoint.url, "made-up")):
        seen.append((time.monotonic(), kept(answer)))
    assert [sentences for _, sentences in seen] == [
        [(BRIDGE, (1,))],
        [(BRIDGE, (1,)), ("The work cost 42 million florins.", (2,))],
    ]
    assert seen[1][0] - seen[0][0] > 0.15


def test_what_was_shown_of_a_broken_reply_is_taken_back(endpoint: Endpoint) -> None:
    part = llm_server.event({"content": f"{BRIDGE}[1] The work"})
    endpoint.reply = llm_server.closes_after(part, chunked=True)
    first, last = rephrase_stream(ANSWER, LanguageModel(endpoint.url, "made-up"))
    assert kept(first) == [(BRIDGE, (1,))]
    assert kept(last) == []
    assert last.rephrased
    assert last.rephrased.note


def test_it_is_told_to_programs(endpoint: Endpoint) -> None:
    text = f"{BRIDGE}[1] The work cost 43 million florins.[2]"
    told = rephrased(endpoint, llm_server.whole(text)).as_dict()["rephrased"]
    assert told["sentences"] == ({"text": BRIDGE, "citations": (1,)},)
    assert [sentence["text"] for sentence in told["removed"]] == ["The work cost 43 million florins."]
    assert (told["note"], told["model"]) == (None, "made-up")
    assert ANSWER.as_dict()["rephrased"] is None
