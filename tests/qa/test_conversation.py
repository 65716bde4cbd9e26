"""Follow-up questions, against the dialogues of tests/data and what must hold for any."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import Archive
from index.errors import IsnadError
from qa.answer import ask
from qa.conversation import REACH, Conversation, Turn
from tests.bench.followups import changed, is_right, misses, standing, turns
from tests.index.golden import Case, read

DEV = read("followups.dev.txt")
TEST = read("followups.test.txt")
QUESTIONS = sorted({line[2:] for case in DEV for line in case.given.splitlines() if line.startswith("Q ")})


@pytest.mark.parametrize("case", DEV, ids=lambda case: f"line {case.line}")
def test_dialogue(case: Case) -> None:
    said, asked = turns(case.given)
    understood = Conversation(said).understand(asked)
    assert is_right(understood.question, asked, case.expected), understood
    assert bool(understood.carried) == (understood.question != asked)


def test_dialogues_kept_for_measuring() -> None:
    assert len(TEST) >= 30
    assert len(misses(TEST)) <= 4


def test_questions_that_stand_by_themselves_are_left_alone() -> None:
    questions = list(standing())
    assert len(questions) > 500
    assert len(changed(questions)) <= len(questions) / 100


@pytest.mark.parametrize("case", [*DEV, *TEST], ids=lambda case: f"{case.expected[0]} line {case.line}")
def test_nothing_is_changed_without_a_conversation(case: Case) -> None:
    _, asked = turns(case.given)
    assert Conversation().understand(asked) == (asked, ())


@pytest.mark.parametrize("case", DEV, ids=lambda case: f"line {case.line}")
def test_what_is_understood_stands_by_itself(case: Case) -> None:
    said, asked = turns(case.given)
    conversation = Conversation(said)
    whole = conversation.understand(asked).question
    assert conversation.understand(whole).question == whole


@pytest.mark.parametrize(
    ("before", "asked", "understood"),
    [
        ("When was the Global Counterterrorism Forum founded?", "Who chairs it?", None),
        ("Who co-chairs the GCTF?", "ومتى تأسس؟", "متى تأسس المنتدى العالمي لمكافحة الإرهاب؟"),
        ("Who co-chairs the GCTF?", "ومن يمثلها؟", "من يمثل المنتدى العالمي لمكافحة الإرهاب؟"),
        ("ما مقر منظمة الصحة العالمية؟", "ومن يترأسها؟", "من يترأس منظمة الصحة العالمية؟"),
        ("ما مقر منظمة الصحة العالمية؟", "وكم عدد أعضائها؟", "كم عدد أعضاء منظمة الصحة العالمية؟"),
        ("متى تأسس الاتحاد الأفريقي؟", "وما دوره؟", "ما دور الاتحاد الأفريقي؟"),
        ("متى تأسس الاتحاد الأفريقي؟", "ومن انضم إليه؟", "من انضم إلى الاتحاد الأفريقي؟"),
        ("متى تأسس الاتحاد الأفريقي؟", "ماذا حدث له؟", "ماذا حدث للاتحاد الأفريقي؟"),
        ("Where is Morocco?", "What is its capital?", "What is Morocco's capital?"),
        ("Who are the United Nations?", "What is their budget?", "What is the United Nations' budget?"),
        ("When was the forum set up?", "Why?", "Why was the forum set up?"),
        ("Who set up the forum?", "And when?", "Who set up the forum, and when?"),
        ("متى تأسس المنتدى؟", "ولماذا؟", "لماذا تأسس المنتدى؟"),
        ("من أسس المنتدى؟", "ومتى؟", "من أسس المنتدى، ومتى؟"),
        ("كيف رد المغرب على القرار؟", "وماذا عن تونس؟", "كيف رد تونس على القرار؟"),
        ("من هو سفير المغرب؟", "وهولندا؟", "من هو سفير هولندا؟"),
        ("ماذا حدث للمغرب؟", "ماذا عن الأردن؟", "ماذا حدث للأردن؟"),
        ("Who is the Dutch foreign minister?", "من هو؟", "من هو وزير الخارجية الهولندي؟"),
    ],
)
def test_wording(before: str, asked: str, understood: str | None) -> None:
    expected = understood or "Who chairs the Global Counterterrorism Forum?"
    assert Conversation((Turn(before),)).understand(asked).question == expected


@pytest.mark.parametrize(
    "asked",
    [
        "وزارة الداخلية",
        "وزير الخارجية المصري",
        "وثيقة أنطاليا",
        "Morocco and the Netherlands",
        "NATO",
        "الناتو",
        "Is it true that NATO has grown?",
        "ما هي الدول التي انضمت إليها تركيا؟",
    ],
)
def test_is_left_alone(asked: str) -> None:
    for before in ("من هو سفير المغرب لدى هولندا؟", "Who is the Dutch minister of defence?"):
        assert Conversation((Turn(before),)).understand(asked).question == asked


def test_question_that_gets_too_long_is_asked_as_it_is(seed_archive: Archive) -> None:
    long = f"Who chairs the {'X' * 900}?"
    assert Conversation((Turn(long),)).understand("What did it say?").carried
    answer = Conversation((Turn(long),)).ask(f"What did it say about {'terror ' * 30}", seed_archive)
    assert answer.understood is None


def test_only_the_last_turns_count() -> None:
    far = (Turn("Who chairs the Arab League?"), *[Turn("How high is it?")] * REACH)
    assert Conversation(far[:REACH]).understand("When was it founded?").carried == ("the Arab League",)
    answer_less = Conversation(far[-REACH:])
    assert answer_less.understand("When was it founded?") == ("When was it founded?", ())


SMALL = """
who what when why it he she they its their this that initiative the forum of Morocco Bourita did was said and about
من متى لماذا ماذا هو هي فيها منه يمثلها أعضائه هذه هذا المبادرة المنتدى تأسست قال عن المغرب و وماذا كم أي ها
"""
words = st.sampled_from(SMALL.split())
texts = st.one_of(st.lists(words, max_size=9).map(" ".join), st.sampled_from(QUESTIONS), st.text(max_size=40))


@given(st.lists(st.builds(Turn, texts, texts, st.sampled_from(["en", "ar", "fr", "und"])), max_size=4), texts)
@settings(max_examples=150)
def test_any_text_is_understood_somehow(said: list[Turn], asked: str) -> None:
    understood = Conversation(tuple(said)).understand(asked)
    assert understood.carried or understood.question == asked


def test_asking(seed_archive: Archive) -> None:
    conversation = Conversation()
    first = conversation.ask("Who co-chairs the GCTF?", seed_archive)
    assert first.understood is None
    assert first.answered == first.question.text
    conversation = conversation.after(first)
    assert conversation.turns == (Turn("Who co-chairs the GCTF?", first.citations[0].quote, "ar"),)
    second = conversation.ask("and when was it founded?", seed_archive)
    assert second.question.text == "and when was it founded?"
    assert second.understood == second.answered == "When was the GCTF founded?"
    assert second.as_dict()["understood"] == second.understood
    whole = ask("When was the GCTF founded?", seed_archive)
    assert (second.found, second.citations, second.nearest) == (whole.found, whole.citations, whole.nearest)
    assert Conversation.of([first, second]) == conversation.after(second)


def test_person_of_the_answer(seed_archive: Archive) -> None:
    conversation = Conversation.of([Conversation().ask("من هو وزير الخارجية الهولندي؟", seed_archive)])
    assert "كوندرز" in conversation.understand("وماذا قال عن التهديد الإرهابي؟").question


@pytest.mark.parametrize("asked", ["", "؟", "Qui est le ministre des affaires étrangères ?"])
def test_errors_are_those_of_ask(asked: str, seed_archive: Archive) -> None:
    with pytest.raises(IsnadError):
        Conversation((Turn("Who chairs the Arab League?"),)).ask(asked, seed_archive)


@pytest.mark.parametrize("line", ["X what", "A an answer first"])
def test_malformed_dialogue(line: str) -> None:
    with pytest.raises(ValueError, match="expected Q"):
        turns(line)


def test_malformed_expectation() -> None:
    for line in ("= words", "+", "? words"):
        with pytest.raises(ValueError, match="expected"):
            is_right("a", "a", [line])
