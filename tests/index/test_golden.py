import pytest

from tests.index.golden import Case, parse


def test_cases_are_read() -> None:
    assert parse("# note\na\nb\n---\nc\nd\n===\ne\n---\nf\n===\n") == [
        Case(2, "a\nb", ["c", "d"]),
        Case(8, "e", ["f"]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a\n===\n",
        "a\n---\nb\n---\nc\n===\n",
        "a\n---\nb\n",
        "a\n---\n===\n",
        "---\nb\n===\n",
        "a\n",
        "a\n---\nb\n===\nc\n",
    ],
)
def test_a_malformed_case_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="line "):
        parse(text)
