"""The glossary: every entry is found by all its names, and nothing else is taken for one."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import IsnadError
from index.folding import fold
from index.stemming import stem
from index.tokens import is_stopword, tokens
from qa.glossary import Entry, Glossary, Match

GLOSSARY = Glossary.load()
NAMES = [(name, entry) for entry in GLOSSARY.entries for name in entry.english + entry.arabic]


def found(text: str) -> list[str]:
    """The first English name of each entry found, which says enough for a reader of these tests."""
    return [match.entry.english[0] for match in GLOSSARY.expand(text)]


def write(folder: Path, text: str) -> Path:
    path = folder / "own.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_it_holds_enough() -> None:
    assert len(GLOSSARY.entries) >= 500
    assert {"GCTF", "UN", "NATO", "OPEC"} <= {name for name, _ in NAMES}


def test_every_name_finds_its_entry_in_a_question() -> None:
    missed = []
    for name, entry in NAMES:
        before, after = ("When did ", " end?") if name.isascii() else ("متى انتهى (", ")؟")
        expected = Match(len(before), len(before) + len(name), entry)
        if expected not in GLOSSARY.expand(before + name + after):
            missed.append(name)
    assert missed == []


def test_capitals_make_no_difference_unless_marked() -> None:
    for name, entry in NAMES:
        if name.isascii() and name not in entry.exact:
            assert [entry] == [match.entry for match in GLOSSARY.expand(f"about {name.lower()}")], name


@pytest.mark.parametrize("proclitic", ["و", "ب", "ل", "وب"])
def test_arabic_names_are_found_behind_proclitics(proclitic: str) -> None:
    for entry in GLOSSARY.entries:
        for name in entry.arabic:
            if len(name.split()[0]) > 1:  # not و م ع, which Arabic does not write with a prefix
                assert entry in [match.entry for match in GLOSSARY.expand(proclitic + name)], proclitic + name


def test_arabic_names_are_found_behind_an_article_run_together() -> None:
    for entry in GLOSSARY.entries:
        for name in entry.arabic:
            if name.startswith("ال"):
                for written in ("لل", "وال", "بال", "ولل"):
                    text = written + name[2:]
                    assert entry in [match.entry for match in GLOSSARY.expand(text)], text


def test_no_name_stands_twice() -> None:
    words = [tuple(token.text for token in tokens(name)) for name, _ in NAMES]
    assert len(words) == len(set(words))


def test_no_name_is_an_everyday_word() -> None:
    for name, entry in NAMES:
        if len(tokens(name)) == 1 and is_stopword(fold(name)):
            assert name in entry.exact, name


def test_gctf_leads_to_its_arabic_name_and_back() -> None:
    (match,) = GLOSSARY.expand("Where does the GCTF meet?")
    assert match.names("ar") == ("المنتدى العالمي لمكافحة الإرهاب",)
    (match,) = GLOSSARY.expand("متى تأسس المنتدى العالمي لمكافحة الإرهاب؟")
    assert {"Global Counterterrorism Forum", "GCTF"} <= set(match.names("en"))


def test_the_span_covers_the_prefix() -> None:
    text = "ما الهدف الرئيسي للمنتدى العالمي لمُكافحة الارهاب؟"
    (match,) = GLOSSARY.expand(text)
    assert text[match.start : match.end] == "للمنتدى العالمي لمُكافحة الارهاب"
    assert "GCTF" in match.names("en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did the WHO say?", ["World Health Organization"]),
        ("ماذا قالت WHO أمس؟", ["World Health Organization"]),
        ("Who said so?", []),
        ("who said so?", []),
        ("WHO SAID SO?", []),
        ("the WHO’s chief", ["World Health Organization"]),
        ("US sanctions", ["United States", "sanctions"]),
        ("U.S. sanctions", ["United States", "sanctions"]),
        ("tell us more", []),
        ("Where is the map?", []),
        ("Who aids them?", []),
    ],
)
def test_marked_acronyms_are_found_in_capitals_only(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the UN Security Council", ["UN Security Council"]),
        ("UN council", ["United Nations", "council"]),
        ("المجلس الأوروبي", ["European Council"]),
        ("مجلس أوروبا", ["Council of Europe"]),
        ("وزير الخارجية الهولندي", ["foreign minister", "Netherlands"]),
        ("وزير خارجية هولندا", ["foreign minister", "Netherlands"]),
        ("in Guinea", ["Guinea"]),
    ],
)
def test_the_longest_and_nearest_name_counts(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("المبادرات الجديدة", ["initiative"]),
        ("Which treaties and taxes?", ["treaty", "tax"]),
        ("NATO's budgets", ["North Atlantic Treaty Organization", "budget"]),
        ("السفارة الهولندية", ["embassy", "Netherlands"]),
        ("الإرهابيين", ["terrorist"]),
        ("وكينيا وبكين", ["Kenya", "Beijing"]),
        ("من ترك منصبه؟", []),  # not تركيا
        ("كم عامل في قطاع العمل؟", []),  # not عملة
        ("وإلى أين؟", []),  # not والي
        ("كم سنة؟", []),  # not السنة
        ("الاجتماعية", []),  # not اجتماع
        ("قطرات وفقرات ومجرة", []),  # not قطر, فقر, المجر
        ("سفيرها واجتماعاتهم", ["ambassador", "meeting"]),
        ("كاميرا", []),  # not أمير
    ],
)
def test_inflected_words_are_found_and_lookalikes_are_not(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_names_know_two_languages() -> None:
    (match,) = GLOSSARY.expand("NATO")
    with pytest.raises(ValueError, match="'fr'"):
        match.names("fr")


PIECES = st.lists(
    st.sampled_from([name for name, _ in NAMES]) | st.text(max_size=8) | st.sampled_from(["و", "لل", "al-", "'s"]),
    max_size=8,
)


@given(PIECES.flatmap(lambda pieces: st.sampled_from([" ", "", "\n", "، "]).map(lambda s: s.join(pieces))))
@example("")
@example("وUnited Nations")
@example("WHO")
@example("ﷺ ﻻ U.N.")
def test_spans_lie_in_order_on_words_of_the_names(text: str) -> None:
    matches = GLOSSARY.expand(text)
    for before, after in pairwise(matches):
        assert before.end <= after.start
    starts, ends = {t.start for t in tokens(text)}, {t.end for t in tokens(text)}
    for match in matches:
        assert match.start in starts
        assert match.end in ends
        assert_names(text[match.start : match.end], match.entry)


def assert_names(written: str, entry: Entry) -> None:
    """See in a second, slower way that a text names an entry: word for word, but for affixes."""
    words = [token.text for token in tokens(written)]
    for name in entry.english + entry.arabic:
        own = [token.text for token in tokens(name)]
        if len(own) == len(words) and all(map(same, words, own)):
            return
    raise AssertionError(f"{written!r} is no name of {entry}")


def same(word: str, own: str) -> bool:
    rests = [word[cut:] for cut in range(5)]
    if own.isascii():
        return any(rest.replace(".", "").startswith(own.replace(".", "")[:-1]) for rest in rests)
    return any(stem(start + rest) == stem(own) for rest in rests for start in ("", "ال"))


SURROUNDINGS = st.text(alphabet="xqz ,.!؟\n", max_size=12)


@given(st.sampled_from(NAMES), SURROUNDINGS, SURROUNDINGS)
def test_names_are_found_in_any_surroundings(named: tuple[str, Entry], before: str, after: str) -> None:
    name, entry = named
    text = f"{before} {name} {after}"
    assert name in [text[m.start : m.end] for m in GLOSSARY.expand(text) if m.entry == entry]


def test_a_long_text_is_no_trouble() -> None:
    assert len(GLOSSARY.expand("الأمم المتحدة UN " * 5000)) == 10_000


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = write(tmp_path, "# mine\n\nQuorum | =QRM\tنصاب | النصاب القانوني\tterm\n")
    glossary = Glossary.load(path)
    entry = Entry(("Quorum", "QRM"), ("نصاب", "النصاب القانوني"), "term", frozenset({"QRM"}))
    assert glossary.entries == (entry,)
    assert [m.names("ar") for m in glossary.expand("QRM or qrm?")] == [("نصاب", "النصاب القانوني")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Quorum\tنصاب", r"own\.tsv, line 2: expected three columns .* found 2"),
        ("Quorum نصاب term", r"own\.tsv, line 2: expected three columns .* found 1"),
        ("Quorum\tنصاب\tterm\tmore", r"own\.tsv, line 2: .* found 4"),
        ("Quorum | \tنصاب\tterm", r"own\.tsv, line 2: expected a name"),
        ("Quorum\t\tterm", r"own\.tsv, line 2: expected a name"),
        ("=\tنصاب\tterm", r"own\.tsv, line 2: expected a name"),
        ("Quorum\tنصاب\t", r"own\.tsv, line 2: expected a name .* and a kind"),
        ("Quorum | quorum\tنصاب\tterm", r"own\.tsv: the name 'quorum' is given twice"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(IsnadError, match=message):
        Glossary.load(write(tmp_path, f"# mine\n{line}\n"))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(IsnadError, match=r"none\.tsv"):
        Glossary.load(tmp_path / "none.tsv")
    (tmp_path / "old.tsv").write_bytes("Quorum\tنصاب\tterm\n".encode("cp1256"))
    with pytest.raises(IsnadError, match=r"old\.tsv.*UTF-8"):
        Glossary.load(tmp_path / "old.tsv")
