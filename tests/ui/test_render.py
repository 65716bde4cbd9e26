import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from index.documents import Document
from qa import Answer, Citation
from qa.question import Question
from qa.short.rendering import Rendering
from qa.short.short_answer import ShortAnswer
from ui import render
from ui.conversation import Turn
from ui.texts import LANGUAGES, texts


class Page(HTMLParser):
    """What a browser makes of a piece of HTML: its elements, and the text inside those asked for."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        self._open.append((tag, attributes.get("class") or tag))
        self.texts.setdefault(self._open[-1][1], []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for name in {name for _, name in self._open}:
            self.texts[name][-1] += data

    def ours(self) -> list[tuple[str, set[str]]]:
        """Elements and names of their attributes, without the boxes of directional overrides."""
        return [
            (tag, set(attributes)) for tag, attributes in self.elements if attributes.get("class") != "override"
        ]

    def all(self, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for _, attributes in self.elements
            if all(attributes.get(name.replace("_", "-")) == value for name, value in wanted.items())
        ]


def cited(document: Document, start: int, end: int) -> Citation:
    return Citation(document, start, end, document.text[start:end], 0.9)


def found(*citations: Citation) -> Answer:
    text = "\n".join(citation.quote for citation in citations)
    return Answer(Question("Who?", "en"), True, text, citations, (), None, 0.02)


def refused(reason: str, *nearest: Citation) -> Answer:
    return Answer(Question("Who?", "en"), False, "", (), nearest, reason, 0.02)


# Every character but those HTML itself does not hand on: NUL, and carriage return, which Documents have none of.
characters = st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])


@given(st.text(characters, min_size=1), st.data(), st.sampled_from(["ar", "en", "und"]))
def test_article_shows_the_document_and_marks_the_quote(text: str, data: st.DataObject, language: str) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    page = Page(render.article(Document("u", "t", text, language=language), start, end, "en"))
    assert page.texts["text"] == [text]
    # A mark ends with its paragraph, so that line breaks are between marks and not in them.
    assert "".join(page.texts.get("mark", [])) == text[start:end].replace("\n", "")


@given(st.text(characters), st.text(characters), st.text(characters))
def test_whatever_an_article_says_only_our_elements_are_made(title: str, source: str, uri: str) -> None:
    document = Document(uri, title, title + "!", source=source, language="en")
    plain = Document("u", "t", "t!", source=source and "s", language="en")
    hostile, harmless = (
        Page(render.answer(found(cited(each, 0, len(each.text))), "en")) for each in (document, plain)
    )
    assert hostile.ours() == harmless.ours()
    assert hostile.all(data_uri=uri)


def test_directional_overrides_are_shut_up() -> None:
    document = Document("u\u202eu", "t\u202dt", "12\u202e 34", source="s\u202es", language="en")
    html = render.page((Turn("q\u202eq", found(cited(document, 0, 6))),), "en", 1, ())
    html += render.article(document, 0, 3, "en")
    outside = re.sub(r'<span class="override">.</span>|="[^"]*"', "", html)
    assert not set("\u202d\u202e") & set(outside)
    assert Page(html).texts["text"] == [document.text]


def test_hostile_article_is_text(documents: list[Document]) -> None:
    document = documents[2]
    html = render.page((Turn("<i>Who?</i>", found(cited(document, 0, 20))),), "en", 1, ())
    assert not {"script", "img", "b", "i"} & {tag for tag, _ in Page(html).elements}
    assert "&lt;i&gt;Who?&lt;/i&gt;" in html
    assert Page(render.article(document, 0, 20, "en")).texts["text"] == [document.text]


def test_each_sentence_runs_its_own_way_and_has_its_chip(documents: list[Document]) -> None:
    english, arabic, _ = documents
    page = Page(render.answer(found(cited(english, 0, 84), cited(arabic, 0, 61)), "ar"))
    first, second = page.all(**{"class": "sentence"})
    assert (first["dir"], first["lang"]) == ("ltr", "en")
    assert (second["dir"], second["lang"]) == ("rtl", "ar")
    assert page.texts["chip"] == ["1", "2"]
    assert page.texts["number"] == ["1", "2"]
    chips = page.all(**{"class": "chip"})
    assert [(chip["data-uri"], chip["data-start"], chip["data-end"]) for chip in chips] == [
        ("harbour.txt", "0", "84"),
        ("bridge.txt", "0", "61"),
    ]
    assert chips[0]["aria-label"] == texts("ar")["source"].format(number=1, title=english.title)


def test_card_names_the_source_and_shows_the_sentence_in_context(documents: list[Document]) -> None:
    document = documents[0]
    page = Page(render.card(cited(document, 85, 178), "en", 1))
    assert page.texts["h4"] == [document.title]
    assert page.texts["origin"] == ["Sample Agency · 2020-02-03 · harbour.txt"]
    assert page.texts["mark"] == [document.text[85:178]]
    assert page.texts["blockquote"] == [document.text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_answer_stands_beside_the_words_it_was_rendered_from(
    language: str, documents: list[Document]
) -> None:
    english, arabic, _ = documents
    citation = cited(arabic, 0, 61)
    rendering = Rendering("<b>Sample</b>", "transliterated")
    short = ShortAnswer(arabic.uri, 3, 9, arabic.text[3:9], rendering, "ar")
    answer = replace(found(citation, cited(english, 0, 84)), short=short)
    page = Page(render.answer(answer, language))
    (line,) = page.texts["short"]
    assert line.startswith("<b>Sample</b> " + arabic.text[3:9])
    assert line.endswith(texts(language)["spelled"])
    assert page.texts["words"] == [arabic.text[3:9]] * 2  # in the answer and on the card
    assert page.texts["sentence"][0].startswith(arabic.text[:61])
    bare = Page(render.answer(replace(answer, short=replace(short, rendering=Rendering("x", "same"))), language))
    assert bare.texts["short"] == [arabic.text[3:9]]
    assert "spelled" not in bare.texts
    assert "words" not in Page(render.answer(found(citation), language)).texts


def test_context_is_cut_between_words() -> None:
    text = " ".join(f"w{number}" for number in range(200))
    start = text.index("w100")
    (quote,) = Page(render.card(cited(Document("u", "t", text), start, start + 4), "en")).texts["blockquote"]
    before, after = quote.split("w100")
    assert before.startswith("… w")
    assert after.endswith(" …")
    assert before[2:] + "w100" + after[:-2] in text
    assert len(quote) < 250


def test_refusal_gives_the_reason_and_unnumbered_neighbours(documents: list[Document]) -> None:
    page = Page(render.answer(refused("Nothing <b>here</b>.", cited(documents[0], 0, 84)), "en"))
    assert "Nothing <b>here</b>." in page.texts["refusal"][0]
    assert len(page.texts["card"]) == 1
    assert "chip" not in page.texts
    assert "number" not in page.texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_runs_the_way_of_its_language(language: str, archive: Archive) -> None:
    page = Page(render.page((), language, len(archive), ("Who?", "من؟")))
    root = page.elements[0][1]
    assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert [each["data-question"] for each in page.all(**{"class": "example"})] == (
        ["من؟", "Who?"] if language == "ar" else ["Who?", "من؟"]
    )
    assert page.all(data_language=language)[0]["aria-pressed"] == "true"


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_are_told_in_the_language_of_the_page(language: str) -> None:
    page = Page(render.page((Turn("x" * 100_000, problem="long"),), language, 1, ()))
    told = page.texts["refusal problem"][0]
    assert texts(language)["problem"] in told
    assert "100,000" in told
    assert len(page.texts["question"][0]) < 1000


def test_a_question_waits_for_its_answer() -> None:
    page = Page(render.page((Turn("Who?"),), "en", 1, ()))
    assert page.texts["question"] == ["Who?"]
    assert page.texts["searching"] == [texts("en")["searching"]]
