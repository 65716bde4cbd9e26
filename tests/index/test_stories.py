"""Stories against an oracle: connected components over all pairs, whatever the order and history of changes."""

import itertools
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalog import Catalog, NewPassage
from index.documents import Document
from index.embedding import bundled_embedder
from index.ingestion import prepare
from index.passages import PASSAGE_CHARACTERS
from index.sketches import Sketch, containment
from index.stories import Stories
from index.story_links import PROMISING, SAME_STORY, article_sketches

# Made-up sentences of twelve words or so, none of which shares a run of words with another.
WORDS = [
    "harbour",
    "minister",
    "bridge",
    "council",
    "river",
    "engineer",
    "drought",
    "valley",
    "seed",
    "winter",
    "storm",
    "boat",
    "fisher",
    "banker",
    "fraud",
    "court",
    "teacher",
    "strike",
    "railway",
    "bread",
    "hospital",
    "province",
    "flu",
    "mayor",
    "loan",
    "repair",
    "pier",
    "crack",
    "school",
    "museum",
]


def sentence(number: int) -> str:
    random = np.random.default_rng(number)
    return " ".join(random.permutation(WORDS)[:14]) + "."


def article(uri: str, *sentences: int, title: str = "", language: str = "en") -> Document:
    return Document.create(uri, " ".join(map(sentence, sentences)), title or uri, language=language)


def store(catalog: Catalog, *documents: Document, remove: tuple[str, ...] = ()) -> None:
    prepared = prepare(documents, PASSAGE_CHARACTERS, bundled_embedder())
    with catalog.transaction() as generation:
        for uri in remove:
            catalog.delete(uri, generation)
        for each in prepared:
            catalog.delete(each.document.uri, generation)
            catalog.insert(each.document, each.passages, generation)


def grouping(catalog: Catalog) -> set[frozenset[str]]:
    """The stories as the catalog has them."""
    numbers = catalog.stories.of(document.uri for document in catalog.documents())
    assert {uri for number in set(numbers.values()) for uri in catalog.stories.uris(number)} == set(numbers)
    return {frozenset(catalog.stories.uris(number)) for number in numbers.values()}


def oracle(documents: list[Document], common: int) -> set[frozenset[str]]:
    """The stories by definition: all pairs, then components by colouring until nothing changes."""
    prepared = prepare(documents, PASSAGE_CHARACTERS, bundled_embedder())
    sketches: list[Sketch] = article_sketches(
        [
            (d.title, d.language, [p.tokens for p in each.passages])
            for d, each in zip(documents, prepared, strict=True)
        ]
    )
    distinct = {sketch.digest: sketch for sketch in sketches if sketch.digest is not None}
    holders = Counter(key for sketch in distinct.values() for key in set(sketch.keys.tolist()))

    def linked(one: Sketch, other: Sketch) -> bool:
        if one.digest == other.digest:
            return one.digest is not None
        keys, others = set(one.keys.tolist()), set(other.keys.tolist())
        telling = {key for key in keys & others if holders[key] <= common}
        if not telling:
            return False
        last = min(max(keys), max(others))
        possible = min(sum(key <= last for key in keys), sum(key <= last for key in others))
        return len(telling) / possible >= PROMISING and containment(one.shingles, other.shingles) >= SAME_STORY

    colours = list(range(len(documents)))
    changed = True
    while changed:
        changed = False
        for one, other in itertools.combinations(range(len(documents)), 2):
            if colours[one] != colours[other] and linked(sketches[one], sketches[other]):
                colours[one] = colours[other] = min(colours[one], colours[other])
                changed = True
    return {
        frozenset(document.uri for document, colour in zip(documents, colours, strict=True) if colour == each)
        for each in colours
    }


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(tmp_path / "catalog.sqlite", new="label")
    yield made
    made.close()


# Few sentences and few uris, so that articles overlap, bridge others, come back and are changed.
STEPS = st.lists(
    st.lists(
        st.tuples(
            st.integers(0, 7),
            st.one_of(st.none(), st.lists(st.integers(0, 9), min_size=1, max_size=7, unique=True)),
            st.sampled_from(["en", "en", "en", "fr"]),
        ),
        min_size=1,
        max_size=5,
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.sampled_from([2, 3, 100]))
def test_any_history_gives_the_grouping_of_the_definition(
    steps: list[list[tuple[int, list[int] | None, str]]], common: int
) -> None:
    with TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder) / "catalog.sqlite", new="label")
        catalog.stories = Stories(catalog._database, common)
        current: dict[str, Document] = {}
        for step in steps:
            removed = tuple(f"u{number}" for number, sentences, _ in step if sentences is None)
            documents = [
                article(f"u{number}", *sentences, language=language)
                for number, sentences, language in step
                if sentences is not None
            ]
            store(catalog, *documents, remove=removed)
            for uri in removed:
                current.pop(uri, None)
            current.update({document.uri: document for document in documents})
            assert grouping(catalog) == oracle(list(current.values()), common)
            assert catalog.problems() == []
        store(catalog, remove=tuple(current))
        for table in ("sketch", "sketched", "sketch_key"):
            assert catalog._rows(f"SELECT count(*) FROM {table}") == [(0,)]
        catalog.close()


def test_a_bridge_joins_two_stories_and_its_removal_parts_them(catalog: Catalog) -> None:
    one, other = article("one", 1, 2, 3, 4), article("other", 5, 6, 7, 8)
    bridge = article("bridge", 1, 2, 3, 5, 6, 7)
    store(catalog, one, other)
    assert grouping(catalog) == {frozenset({"one"}), frozenset({"other"})}
    store(catalog, bridge)
    assert grouping(catalog) == {frozenset({"one", "other", "bridge"})}
    store(catalog, remove=("bridge",))
    assert grouping(catalog) == {frozenset({"one"}), frozenset({"other"})}
    store(catalog, bridge)
    store(catalog, article("bridge", 1, 2, 3, 9))  # changed: no bridge any more
    assert grouping(catalog) == {frozenset({"one", "bridge"}), frozenset({"other"})}


def test_headline_marks_and_spelling_do_not_matter(catalog: Catalog) -> None:
    text = (
        "افتتح رئيس بلدية فلمورة جسر سارون الجديد أمس الإثنين بعد أشغال دامت ثلاث سنوات، وقال إن الكلفة بلغت "
        "أربعين مليون فلورين وإن المدرسة المجاورة ستفتح أبوابها في الشتاء القادم بعد إصلاح سقفها وجدرانها."
    )
    other = text.replace("أ", "ا").replace("إ", "ا").replace("ة", "ه").replace("،", " -")
    store(
        catalog,
        Document.create("a", text, "جسر جديد في فلمورة", language="ar"),
        Document.create("b", other, "رئيس البلدية يفتتح جسر سارون", language="ar"),
    )
    assert grouping(catalog) == {frozenset({"a", "b"})}
    assert catalog._rows("SELECT count(*) FROM sketch") == [(1,)]


def test_a_brief_belongs_to_the_longer_report_and_languages_do_not_meet(catalog: Catalog) -> None:
    store(
        catalog,
        article("long", *range(20)),
        article("brief", 4, 5, 6, 7),
        article("french", 4, 5, 6, 7, language="fr"),
        article("other", *range(100, 120)),
    )
    assert grouping(catalog) == {frozenset({"long", "brief"}), frozenset({"french"}), frozenset({"other"})}


def test_a_shared_disclaimer_joins_nothing(catalog: Catalog) -> None:
    footer = (1, 2, 3)
    store(catalog, *(article(f"u{i}", *range(1000 * i, 1000 * i + 8), *footer) for i in range(10, 130)))
    assert len(grouping(catalog)) == 120
    # and not even where it is most of the article, once enough have it
    store(catalog, *(article(f"short{i}", *footer, 500_000 + i) for i in range(99)))
    assert len(grouping(catalog)) < 150
    store(catalog, *(article(f"short{i}", *footer, 500_000 + i) for i in range(99, 250)))
    assert len(grouping(catalog)) >= 368  # keys on the brink of being common may still tell
    assert catalog.problems() == []


@pytest.mark.parametrize("text", ["🎈🎈", "桥开了。", "桥开了桥开了 桥 开 了 桥 开 了 桥 开 了", "!؟…", "Tunis."])
def test_what_cannot_be_compared_is_a_story_of_its_own(catalog: Catalog, text: str) -> None:
    store(catalog, *(Document.create(f"u{i}", text, language="und") for i in range(3)))
    assert len(grouping(catalog)) == 3
    assert catalog.problems() == []


def test_short_articles_are_one_story_only_word_for_word(catalog: Catalog) -> None:
    flash = "The council of Velmora has opened the bridge of Sarun"
    texts = [f"{flash}.", f"“{flash.upper()}”", f"{flash} again."]
    store(catalog, *(Document.create(f"u{i}", text, f"t{i}", language="en") for i, text in enumerate(texts)))
    assert grouping(catalog) == {frozenset({"u0", "u1"}), frozenset({"u2"})}


def test_many_copies_of_one_wording_are_one_story(catalog: Catalog) -> None:
    store(catalog, *(article(f"u{i}", 1, 2, 3, 4, title=f"Headline {i}") for i in range(150)))
    assert len(grouping(catalog)) == 1


def test_stories_are_listed_by_date(catalog: Catalog) -> None:
    dates = {"late": "2021-03-02", "none": None, "early": "2021-03-01", "a-early": "2021-03-01"}
    for uri, date in dates.items():
        document = Document.create(uri, " ".join(map(sentence, range(4))), published=date, language="en")
        store(catalog, document)
    assert catalog.stories.uris(catalog.stories.of(["none"])["none"]) == ["a-early", "early", "late", "none"]
    assert catalog.stories.of(["unknown"]) == {}


def test_a_transaction_that_fails_leaves_no_story(catalog: Catalog) -> None:
    def fail() -> None:
        with catalog.transaction() as generation:
            tokens = bundled_embedder().tokenize([sentence(1)]).ids
            catalog.insert(article("u", 1), [NewPassage(0, 1, tokens, np.zeros(4, dtype=np.float32))], generation)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    store(catalog, article("other", 2))
    assert grouping(catalog) == {frozenset({"other"})}
    assert catalog.problems() == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM sketched WHERE document = 1", "the document 'one' belongs to no story"),
        ("UPDATE sketch SET story = 1 WHERE id = 2", "the stories are not those that a recount gives"),
        ("UPDATE sketch_key SET key = key + 1 WHERE sketch = 1", "the index of the stories is not that"),
        ("UPDATE sketch SET digest = 5 WHERE id = 1", "the sketch of document 1 is not that of its text"),
        ("UPDATE sketched SET sketch = 77 WHERE document = 1", "the document 'one' belongs to no story"),
    ],
)
def test_damage_is_found(catalog: Catalog, damage: str, problem: str) -> None:
    store(catalog, article("one", 1, 2, 3, 4), article("other", 5, 6, 7, 8))
    assert catalog.problems() == []
    with sqlite3.connect(catalog.file) as connection:
        connection.execute(damage)
    connection.close()
    assert any(problem in line for line in catalog.problems())
