"""The names and noun phrases of Arabic text, without a model of the language."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.folding import fold
from qa.followups.arabic_agreement import agreement, gender_of_entry
from qa.followups.grammar import (
    Word,
    grammar,
    has_article,
    is_a,
    joined_letter,
    preposition_of,
    split_pronoun,
    vocabulary,
    without_joined,
    words_of,
)
from qa.followups.phrase import NAMES, Phrase
from qa.glossary import Match
from qa.mentions.names import Name, names

_COUNTING = frozenset({"كم", "اي", "ايه"})
_CLOSED = ("question", "preposition", "conjunction", "relative", "demonstrative", "particle", "pronoun")


def arabic_phrases(text: str, terms: Sequence[Match]) -> list[Phrase]:
    """Find the phrases of a text; see ``english_phrases``."""
    found_words = words_of(text)
    named = names(text, "ar")
    outer: list[Phrase] = []
    inner: list[Phrase] = []
    for first, last in _chunks(text, found_words, terms, named):
        largest, *parts = _phrases(text, found_words, first, last, terms, named)
        outer.append(largest)
        inner += parts
    return sorted([*outer, *inner, *_groups(text, outer)], key=lambda phrase: (phrase.start, -phrase.end))


def verbs(text: str, found: Sequence[Word], terms: Sequence[Match]) -> set[int]:
    """Return the places of the words that are verbs: those listed, and those that stand where a verb must."""
    starts = {term.start for term in terms if term.entry.kind in NAMES or term.entry.kind == "title"}
    places = set()
    expected = False
    for at, word in enumerate(found):
        if at and without_and(found[at - 1].folded) in _COUNTING and not is_a(word, "ar", "verb"):
            expected = False
        elif is_a(word, "ar", "before-verb", "relative"):
            expected = True
        elif is_a(word, "ar", "particle"):
            continue
        elif is_a(word, "ar", *_CLOSED):
            expected = False
        elif (is_a(word, "ar", "verb", "human-verb") or _is_future(word)) and word.start not in starts:
            places.add(at)
            expected = False
        else:
            noun = word.start in starts or _is_noun(word)
            if (expected and not noun) or (at and not noun and _counted(found, at)):
                places.add(at)
            expected = False
    return places


def _is_future(word: Word) -> bool:
    """Whether a verb of the future is likely: سيرتفع، ستجرى; words such as سياسة are known for nouns."""
    likely = word.folded.startswith(("سي", "ست", "سن")) and len(word.folded) > 4
    return likely and not {word.folded, word.folded.removesuffix("ه"), word.folded[:-2]} & vocabulary()


def _counted(found: Sequence[Word], at: int) -> bool:
    """Whether a word follows "how many" or "which" and its noun: كم دولة شاركت."""
    if at > 2 and found[at - 1].text.endswith(("ة", "ي")) and without_and(found[at - 3].folded) in _COUNTING:
        return True
    if at < 2 or without_and(found[at - 2].folded) not in _COUNTING:
        return False
    surely = found[at].folded.startswith(("ي", "ت", "ن")) or without_and(found[at - 2].folded) != "كم"
    return (surely and split_pronoun(found[at]) is not None) or not is_a(found[at - 1], "ar", "relational")


def without_and(word: str) -> str:
    """Return a folded question word without a joined و or ف."""
    questions = grammar("ar")["question"]
    return word[1:] if word not in questions and word[:1] in {"و", "ف"} and word[1:] in questions else word


def _is_noun(word: Word) -> bool:
    """Whether a word that may be a verb is a noun by its article or by what it is known for."""
    bare = without_joined(word.folded)
    known = grammar("ar")
    return (
        has_article(word)
        or word.text.endswith("ة")
        or any(form in known[kind] for form in (bare, word.folded) for kind in ("relational", "human"))
        or any(form in known[kind] for form in (word.folded,) for kind in ("masculine-name", "feminine-name"))
    )


def _is_closed(word: Word) -> bool:
    parted = split_pronoun(word)
    return is_a(word, "ar", *_CLOSED) or (parted is not None and preposition_of(parted[0]) is not None)


def _chunks(
    text: str, found: Sequence[Word], terms: Sequence[Match], named: Sequence[Name]
) -> Iterator[tuple[int, int]]:
    """Yield first and last+1 word of each noun phrase."""
    done = verbs(text, found, terms)
    held = [(term.start, term.end) for term in terms] + [(name.start, name.end) for name in named]
    whole = {at: next((end for begin, end in held if begin < w.start < end), 0) for at, w in enumerate(found)}
    at = 0
    while at < len(found):
        if at in done or (_is_closed(found[at]) and not whole[at]):
            at += 1
            continue
        end = at + 1
        while end < len(found) and end not in done:
            word, before = found[end], found[end - 1]
            if text[before.end : word.start].strip(' -–“”"«»'):
                break
            if not whole[end]:
                if _is_closed(word):
                    break
                joined = joined_letter(word.folded)
                if joined and not (joined == "ل" and before.folded.startswith("ال") and end - at > 1):
                    break
            end += 1
        yield at, end
        at = end


def _phrases(
    text: str,
    found: Sequence[Word],
    first: int,
    last: int,
    terms: Sequence[Match],
    named: Sequence[Name],
) -> Iterator[Phrase]:
    start = first
    is_term = any(term.start == found[first].start and term.end >= found[last - 1].end for term in terms)
    while start + 1 < last and not is_term and without_joined(found[start].folded) in grammar("ar")["relational"]:
        office = any(term.start == found[start].start and term.entry.kind == "title" for term in terms)
        if office or found[start].folded.startswith("ال"):
            break
        start += 1
    start = start if start < last else first
    core = _phrase(text, found, start, last, terms, named)
    head = without_joined(found[first].folded)
    if start > first:
        whole = _phrase(text, found, first, last, terms, named)
        if head in grammar("ar")["human"]:
            yield whole
            yield core
        else:
            yield core
            yield whole.within()
    else:
        yield core
    for term in terms:
        if found[first].start <= term.start and term.end <= found[last - 1].end:
            part = _term(text, term)
            if (part.start, part.end) not in {(core.start, core.end)}:
                yield part.within()
    for name in named:
        if (
            found[first].start <= name.start
            and name.end <= found[last - 1].end
            and not any(term.start < name.end and name.start < term.end for term in terms)
        ):
            at = [place for place in range(first, last) if name.start <= found[place].start < name.end]
            if at and (at[0], at[-1] + 1) != (start, last):
                person = _phrase(text, found, at[0], at[-1] + 1, terms, named)
                # «وزير الخارجية، ناصر بوريطة»: the name is as good as the office.
                yield person if core.human is not False else person.within()


def _phrase(
    text: str, found: Sequence[Word], first: int, last: int, terms: Sequence[Match], named: Sequence[Name]
) -> Phrase:
    start, end = found[first].start, found[last - 1].end
    same = next((term for term in terms if term.start == start and term.end == end), None)
    if same:
        return _term(text, same)
    shown = without_prefix(text[start:end])
    head = Word(without_prefix(found[first].text), without_joined(found[first].folded), start, found[first].end)
    lists = grammar("ar")
    found_name = any(start <= name.start <= start + 1 and name.end <= end for name in named)
    is_name = found_name and head.folded not in lists["human"]
    said = first > 0 and is_a(found[first - 1], "ar", "human-verb") and not found[first].folded.startswith("ال")
    is_name = is_name or said or head.folded in lists["masculine-name"] | lists["feminine-name"]
    title = any(term.entry.kind == "title" and term.start == start for term in terms)
    human: bool | None = is_name or title or head.folded in lists["human"]
    strange = not {head.folded, head.folded.removesuffix("ه")} & vocabulary() and not title
    if human is False and strange and last - first <= 3 and not found[first].folded.startswith("ال"):
        human = None
    name = is_name or human is None
    gender, plural = agreement(head, bool(human), name and not title)
    counted = first > 0 and without_and(found[first - 1].folded) in _COUNTING
    if not human and last - first > 1 and found[first + 1].text.endswith("ة" if counted else "ية"):
        gender = "f"  # جوائز فنية: the adjective tells
    elif (
        gender == "m" and not human and ((strange and head.folded not in vocabulary()) or head.text.endswith("ا"))
    ):
        gender = ""
    kind = "time" if _is_time(found[first]) else "name" if name else "thing"
    return Phrase(shown, start, end, "ar", kind, None, human, gender, plural)


def _is_time(word: Word) -> bool:
    return word.text.isdigit() or without_joined(word.folded) in grammar("ar")["time"]


def _term(text: str, term: Match) -> Phrase:
    """Return a term of the glossary as a phrase, under the name that the text uses."""
    entry, written = term.entry, text[term.start : term.end]
    shown = without_prefix(written) if fold(written) not in set(map(fold, entry.arabic)) else written
    shown = next((name for name in entry.arabic if fold(name) == fold(shown)), shown)
    human = entry.kind == "title"
    gender, plural = gender_of_entry(shown, entry.kind)
    return Phrase(shown, term.start, term.end, "ar", entry.kind, entry, human, gender, plural)


def without_prefix(text: str) -> str:
    """Return an Arabic phrase without what is written together with its first word; the article stays."""
    found = words_of(text)
    if not found:
        return text
    for joined, left in (
        ("وبال", "ال"),
        ("ولل", "ال"),
        ("بال", "ال"),
        ("فال", "ال"),
        ("وال", "ال"),
        ("كال", "ال"),
        ("لل", "ال"),
    ):
        if fold(text).startswith(joined):
            return left + text[len(joined) :]
    return text[1:] if joined_letter(found[0].folded) else text


def _groups(text: str, outer: Sequence[Phrase]) -> Iterator[Phrase]:
    """Yield phrases joined by و as one."""
    chain: list[Phrase] = []
    for one, other in pairwise([*outer, None]):
        assert one is not None
        chain = chain or [one]
        if other and other.start - one.end <= 1 and text[other.start] == "و" and not other.text.startswith("و"):
            chain.append(other)
            continue
        if len(chain) > 1:
            start, end = chain[0].start, chain[-1].end
            shown = chain[0].text + "".join(f" و{each.text}" for each in chain[1:])
            human = True if all(each.human for each in chain) else None
            yield Phrase(shown, start, end, "ar", chain[0].kind, None, human, "", True)
        chain = []
