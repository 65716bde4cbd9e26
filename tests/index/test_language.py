import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import detect_language
from tests.index import golden

CASES = [pytest.param(case, id=f"line-{case.line}") for case in golden.read("languages.txt")]


@pytest.mark.parametrize("case", CASES)
def test_golden(case: golden.Case) -> None:
    assert {line: detect_language(line) for line in case.given.splitlines()} == dict.fromkeys(
        case.given.splitlines(), case.expected[0]
    )


@given(st.text())
def test_any_text_has_a_code(text: str) -> None:
    code = detect_language(text)
    assert len(code) in (2, 3)
    assert code != "und" or not any(c.isascii() and c.isalpha() for c in text)


@given(st.text(st.characters(exclude_categories=["L"]), max_size=30))
def test_no_letters_no_language(text: str) -> None:
    assert detect_language(text) == "und"


def test_plain_arabic_and_english_do_not_load_the_detector() -> None:
    program = (
        "import sys\n"
        "from index.language import detect_language\n"
        "assert detect_language('من يترأس المنتدى العالمي لمكافحة الإرهاب؟') == 'ar'\n"
        "assert detect_language('Who co-chairs the Global Counterterrorism Forum?') == 'en'\n"
        "assert detect_language('GCTF Bourita') == 'en'\n"
        "assert 'py3langid' not in sys.modules and 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
