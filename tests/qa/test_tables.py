import re
from importlib.resources import files

import pytest

from index.errors import IsnadError
from index.folding import fold
from qa.tables import forms, pattern, table

COLUMNS = {
    "numbers.tsv": ("language", "kind", "value", "words"),
    "times.tsv": ("language", "kind", "value", "words"),
    "units.tsv": ("unit", "English", "Arabic", "Arabic dual"),
    "currencies.tsv": ("code", "English names", "Arabic names"),
    "countries.tsv": ("code", "English", "Arabic"),
    "names.tsv": ("Latin", "Arabic"),
    "titles.tsv": ("language", "titles"),
    "negations.tsv": ("language", "kind", "words"),
    "transliteration.tsv": ("Arabic", "Latin"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_table_can_be_read_and_says_nothing_twice(name: str) -> None:
    rows = table(name, *COLUMNS[name])
    assert len(rows) > 2
    assert len(set(rows)) == len(rows)


def test_a_malformed_row_is_an_error_that_names_it() -> None:
    with pytest.raises(
        IsnadError, match=r"units.tsv, line \d+: expected 2 columns .*unit, name.*found 4"
    ) as caught:
        table("units.tsv", "unit", "name")
    assert str(files("qa") / "data" / "units.tsv") in str(caught.value)


def test_forms_are_folded() -> None:
    assert forms("Per  Cent | مئة") == ["per cent", fold("مئة")]
    assert forms("-") == []


def test_a_pattern_prefers_the_longest_form_and_any_white_space() -> None:
    match = re.match(pattern(["per", "per cent"]), "per \n cent")
    assert match
    assert match[0] == "per \n cent"
    assert re.search(pattern([]), "anything") is None
