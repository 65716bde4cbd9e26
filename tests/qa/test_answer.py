"""Answers: every one is made of sentences that stand in the archive, word for word."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.documents import Document
from index.errors import IsnadError
from index.passages import PASSAGE_CHARACTERS
from index.sentences import sentence_spans
from qa.answer import Answer, ask
from qa.calibration import Calibration
from qa.evidence import gather
from qa.question import Question

ROOT = Path(__file__).parents[2]
DEMO = [
    "Who co-chairs the GCTF?",
    "Which initiatives were launched?",
    "من يترأس المنتدى العالمي لمكافحة الإرهاب؟",
    "ما هي المبادرات التي أُطلقت؟",
]
QUESTIONS = [*DEMO, "Who opened the bridge of Sarun in June?", "كم كلفت أشغال جسر سارون؟", "من؟", "Why?"]
PIECES = [
    "The bridge of Sarun opened in June.",
    "Mayor Tolen said: “It cost 42 million.”",
    "U.S. Dr. No. 5 (a) …",
    "افتتح جسر سارون في يونيو.",
    "وقالت العمدة: «كلف 42 مليونا».",
    "قال د. تولن، أمس: لا!",
    "Le pont est ouvert.",
    "桥开了。",
    "!؟…",
    "\u0640\u0640",
    "1815 1848",
    "e\u0301\u200f",
    "\u2066x\u2069 \ufeff",
    "🎈🎈",
]
TEXTS = st.builds(
    "".join,
    st.lists(
        st.tuples(st.sampled_from(PIECES) | st.text(max_size=20), st.sampled_from([" ", "\n", "\n\n", ""])),
        min_size=1,
        max_size=8,
    ).map(lambda pairs: [part for pair in pairs for part in pair]),
)


def made(number: int, text: str, title: str, language: str | None) -> Document | None:
    """A document, unless nothing of the text is left to be one."""
    try:
        return Document.create(f"{number}", text, title, language=language)
    except IsnadError:
        return None


DOCUMENTS = st.lists(
    st.tuples(TEXTS, st.sampled_from(["", "Bridge", "جسر"]), st.sampled_from([None, "ar", "en", "fr", "und"])),
    max_size=6,
).map(lambda rows: [d for d in (made(i, *row) for i, row in enumerate(rows)) if d])


def check(answer: Answer, archive: Archive, k: int) -> None:
    """What holds of every answer."""
    assert answer.elapsed > 0
    quoted = answer.citations or answer.nearest
    for citation in quoted:
        assert archive.document(citation.document.uri) == citation.document
        assert citation.document.text[citation.start : citation.end] == citation.quote
        assert citation.quote == citation.quote.strip() != ""
        assert (citation.start, citation.end) in sentence_spans(citation.document.text, citation.document.language)
        assert 0 <= citation.score <= 1
    assert len(quoted) <= k
    assert len({(c.document.uri, c.start) for c in quoted}) == len(quoted)
    if answer.found:
        assert 1 <= len(answer.citations) <= k
        assert answer.text == "\n".join(citation.quote for citation in answer.citations)
        assert answer.nearest == ()
        assert answer.reason is None
    else:
        assert answer.citations == ()
        assert answer.text == ""
        assert answer.reason
        assert bool(answer.nearest) == bool(archive.passage_counts())
        in_arabic = re.search("[ء-ي]", re.sub("«.*?»|:.*", "", answer.reason)) is not None
        assert in_arabic == (answer.question.language == "ar")


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS, st.sampled_from(QUESTIONS), st.integers(1, 5))
def test_answers_from_any_archive_are_quoted(documents: list[Document], question: str, k: int) -> None:
    with TemporaryDirectory() as folder, Archive.create(folder) as archive:
        archive.add(documents)
        check(ask(question, archive, k), archive, k)


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_from_the_seed_are_quoted(question: str, k: int, seed_archive: Archive) -> None:
    answer = ask(question, seed_archive, k)
    check(answer, seed_archive, k)
    assert answer.question == Question.parse(question)
    evidence = gather(answer.question, seed_archive)
    best = evidence.best(k) if answer.found else evidence.sentences[:k]
    quoted = answer.citations or answer.nearest
    assert [(c.start, c.end) for c in quoted] == [(s.start, s.end) for s in best]


def test_found_turns_on_the_threshold(seed_archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = Calibration.shipped()
    for threshold, found in ((0.0, True), (1.1, False)):
        never = replace(shipped, threshold=threshold)
        monkeypatch.setattr(Calibration, "shipped", classmethod(lambda _, calibration=never: calibration))
        for question in QUESTIONS:
            answer = ask(question, seed_archive)
            assert answer.found is found
            check(answer, seed_archive, 3)


def test_an_archive_of_the_other_language_answers(make_archive: Callable[..., Archive]) -> None:
    archive = make_archive(
        [
            Document.create("1", "The port of Kessan closed because of a storm. Ships waited.", language="en"),
            Document.create("2", "The teachers of Osk ended their strike.", language="en"),
        ]
    )
    answer = ask("لماذا أغلق ميناء كسان؟", archive)
    check(answer, archive, 3)
    assert {c.document.language for c in (*answer.citations, *answer.nearest)} == {"en"}


def test_articles_in_other_languages_do_no_harm(
    made_up_archive: Archive, made_up_documents: list[Document]
) -> None:
    for question in QUESTIONS:
        check(ask(question, made_up_archive), made_up_archive, 3)
    for language in ("fr", "und"):
        made_up_archive.remove(next(d.uri for d in made_up_documents if d.language == language))
    check(ask("Who opened the bridge of Sarun?", made_up_archive), made_up_archive, 3)


@pytest.mark.parametrize("language", ["fr", "und", "zh"])
def test_an_archive_of_a_third_language_only(language: str, make_archive: Callable[..., Archive]) -> None:
    archive = make_archive([Document.create("1", "1815 1848. Le pont de Sarun.", language=language)])
    for question in QUESTIONS:
        check(ask(question, archive), archive, 3)


@pytest.mark.parametrize("language", ["ar", "en", "und"])
def test_articles_of_punctuation_only(language: str, make_archive: Callable[..., Archive]) -> None:
    texts = ["!؟…", "* * *", "\u0640", "—"]
    archive = make_archive([Document.create(str(i), text, language=language) for i, text in enumerate(texts)])
    for question in QUESTIONS:
        check(ask(question, archive), archive, 3)


def test_long_sentences_are_quoted_in_part(make_archive: Callable[..., Archive]) -> None:
    text = "The bridge " + "of Sarun, which opened in June, " * 100 + "stands."
    archive = make_archive([Document.create("long", text, language="en")])
    answer = ask("When did the bridge of Sarun open?", archive)
    for citation in (*answer.citations, *answer.nearest):
        assert citation.document.text[citation.start : citation.end] == citation.quote
        assert len(citation.quote) <= PASSAGE_CHARACTERS


@pytest.mark.parametrize("k", [0, -3])
def test_k_must_be_positive(k: int, seed_archive: Archive) -> None:
    with pytest.raises(IsnadError, match=f"at least 1, not {k}"):
        ask("Who?", seed_archive, k)


def test_what_is_no_question_is_refused(seed_archive: Archive) -> None:
    with pytest.raises(IsnadError, match="has no words"):
        ask("\u0640", seed_archive)


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_tells_everything_but_the_articles(question: str, seed_archive: Archive) -> None:
    answer = ask(question, seed_archive)
    values = json.loads(json.dumps(answer.as_dict()))
    assert set(values) == set(Answer.__dataclass_fields__) - {"evidence"} | {"language"}
    assert values["question"] == question
    assert values["language"] == answer.question.language
    assert (values["found"], values["text"], values["reason"]) == (answer.found, answer.text, answer.reason)
    for name in ("citations", "nearest"):
        for citation, value in zip(getattr(answer, name), values[name], strict=True):
            assert "text" not in value
            assert value["uri"] == citation.document.uri
            assert citation.document.text[value["start"] : value["end"]] == value["quote"] == citation.quote
            assert value["sha256"] == citation.document.sha256
            assert value["score"] == pytest.approx(citation.score, abs=1e-4)


def test_a_question_is_answered_without_torch(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom index.archive import Archive\nfrom index.documents import Document\nfrom qa import ask\n"
        f"archive = Archive.create({str(tmp_path / 'archive')!r})\n"
        "archive.add([Document.create('1', 'The bridge of Sarun opened in June.')])\n"
        "ask('When did the bridge of Sarun open?', archive)\narchive.close()\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'gradio', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_cited_comes_from_what_was_weighed(question: str, seed_archive: Archive) -> None:
    answer = ask(question, seed_archive)
    cited = answer.citations or answer.nearest
    assert answer.found == answer.evidence.answers
    assert {one.score for one in cited} <= {answer.evidence.probability}
    weighed = [(one.document.uri, one.start, one.end) for one in answer.evidence.sentences]
    places = [weighed.index((one.document.uri, one.start, one.end)) for one in cited]
    assert places == sorted(places)
    assert places[:1] == [0][: len(weighed)]
