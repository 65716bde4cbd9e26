"""The names and noun phrases of English text, without a model of the language."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.folding import fold
from qa.followups.grammar import Word, grammar, is_a, words_of
from qa.followups.phrase import Phrase
from qa.glossary import Match

_POSSESSIVE = ("'s", "’s")
_COUNTING = frozenset(
    {"which", "what", "how", "many", "much", "whose", "a", "an", "any", "some", "all", "no", "every"}
)


def english_phrases(text: str, terms: Sequence[Match]) -> list[Phrase]:
    """Find the phrases of a text.

    Args:
        text: a question or sentence.
        terms: of the glossary in it.

    Returns:
        Them in order of their first words, a larger one before those inside it. Two or more with "and" between
        them are one more, in the plural.
    """
    words = words_of(text)
    spans = list(_chunks(text, words))
    found: list[Phrase] = []
    outer: list[Phrase] = []
    for first, last in spans:
        largest, *parts = _phrases(text, words, first, last, terms)
        outer.append(largest)
        found += [largest, *parts]
    return sorted([*found, *_groups(text, outer)], key=lambda phrase: (phrase.start, -phrase.end))


def _content(word: Word) -> bool:
    closed = ("question", "auxiliary", "preposition", "conjunction", "determiner", "adverb", "clause")
    return not (is_a(word, "en", *closed) or is_a(word, "en", "pronoun")) or (
        word.text.isupper() and len(word.text) > 1
    )


def _chunks(text: str, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield first and last+1 word of each noun phrase, its article included."""
    at, asked, helped, supported = 0, False, False, False
    while at < len(words):
        word = words[at]
        if is_a(word, "en", "auxiliary"):
            helped, asked = True, False
            supported = is_a(word, "en", "support")
        bare_verb = helped and word.text.islower() and _is_verb(word)
        starts = (_content(word) and not bare_verb) or (
            is_a(word, "en", "determiner")
            and at + 1 < len(words)
            and _content(words[at + 1])
            and _near(text, words, at)
        )
        # "Who chairs the forum": a verb comes first; "who" and "what" are then the subject.
        if asked and _content(word) and not word.text[:1].isupper():
            asked = False
            at += 1
            continue
        asked = word.folded in {"who", "what"} and not (at + 1 < len(words) and words[at].folded == "what")
        if not starts:
            at += 1
            continue
        end = _end(text, words, at, helped, supported)
        supported = supported and end == len(words)
        yield at, end
        at = end


def _near(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether only white space or a hyphen stands between a word and the next."""
    return at + 1 < len(words) and not text[words[at].end : words[at + 1].start].strip(" -“”\"'‘’")


def _end(text: str, words: Sequence[Word], first: int, helped: bool, supported: bool) -> int:
    at = first + 1
    # "did the Prophet blame": after such a verb comes another; if none is known by its form, the last word is it.
    needed = supported and not any(_is_verb(word) and not is_a(word, "en", "auxiliary") for word in words[first:])
    started = _content(words[first])
    while at < len(words) and _near(text, words, at - 1):
        word, before = words[at], words[at - 1]
        capital = word.text[:1].isupper()
        ends = started and not capital and _is_verb(word) and (_surely(word) or _last_of_run(text, words, at))
        # "did Egypt sign": the verb ends the phrase; "the deal" alone is a noun.
        if ends and (helped or _surely(word) or before.folded not in grammar("en")["determiner"]):
            break
        if needed and started and not capital and _content(word) and _last_of_run(text, words, at):
            break
        if _content(word):
            # "did Angela Merkel leave office": a small word after a name is no part of it.
            if started and before.text[:1].isupper() and not capital and _is_verb(word):
                break
            started = True
            at += 1
            continue
        link = word.folded in {"of", "for", "the", "against", "on", "in", "to"}
        ahead = at + 1
        if link and ahead < len(words) and words[ahead].folded == "the":
            ahead += 1
        if not (started and link and ahead < len(words) and _near(text, words, at) and _content(words[ahead])):
            break
        joins = word.folded == "of" or (
            before.text[:1].isupper() and words[ahead].text[:1].isupper() and word.folded != "in"
        )
        if not joins or (word.folded == "on" and words[ahead].text[:1].isdigit()):
            break
        at = ahead + 1
    return at


def _is_verb(word: Word) -> bool:
    known = grammar("en")["verb"]
    return word.folded in known or (word.folded.endswith("s") and word.folded[:-1] in known) or _surely(word)


def _surely(word: Word) -> bool:
    """Whether it is a past form in -ed, which is hardly ever a noun."""
    return word.text.islower() and word.folded.endswith("ed") and len(word.folded) > 4


def _last_of_run(text: str, words: Sequence[Word], at: int) -> bool:
    return at + 1 == len(words) or not _content(words[at + 1]) or not _near(text, words, at)


def _phrases(text: str, words: Sequence[Word], first: int, last: int, terms: Sequence[Match]) -> Iterator[Phrase]:
    """Yield a noun phrase, or what it belongs to where that is all that counts, then the names inside it."""
    start = first + 1 if words[first].folded in _COUNTING and last - first > 1 else first
    whole = _phrase(text, words, start, last, terms)
    ofs = [at for at in range(start + 1, last - 1) if words[at].folded == "of"]
    head = words[ofs[0] - 1] if ofs else words[last - 1]
    owned = [at for at in range(start, last - 1) if words[at].text.endswith(_POSSESSIVE)]
    parts: list[Phrase] = []
    if ofs and whole.entry is None:
        core = _phrase(text, words, ofs[0] + 1, last, terms)
        relational = is_a(head, "en", "relational") and not whole.human
        parts = [core if relational or whole.human else core.within()]
        if relational:
            yield core
            parts = [whole.within()]
        else:
            yield whole
    elif owned:
        owner = _phrase(text, words, start, owned[-1] + 1, terms)
        yield owner
        parts = [whole.within()] if not whole.human else [whole]
    else:
        yield whole
    yield from parts
    shown = {(part.start, part.end) for part in [whole, *parts]}
    for term in terms:
        if (
            words[start].start <= term.start
            and term.end <= words[last - 1].end
            and (term.start, term.end) not in shown
        ):
            yield _term(text, term).within()


def _phrase(text: str, words: Sequence[Word], first: int, last: int, terms: Sequence[Match]) -> Phrase:
    start, end = words[first].start, words[last - 1].end
    bare = first + (words[first].folded in {"the", "this", "that", "these", "those"} and last - first > 1)
    if text[start:end].endswith(_POSSESSIVE):
        end -= 2
    same = next((term for term in terms if term.start == words[bare].start and term.end in {end, end + 2}), None)
    if same:
        found = _term(text, same)
        return Phrase(
            text[start:end], start, end, "en", found.kind, found.entry, found.human, found.gender, found.plural
        )
    within = [words[at] for at in range(bare, last)]
    heads = next((within[:at] for at in range(1, len(within)) if within[at].folded == "of"), within)
    head = heads[-1]
    capital = all(word.text[:1].isupper() or word.text[:1].isdigit() for word in heads if _content(word))
    folded = {word.folded for word in heads}
    lists = grammar("en")
    human: bool | None = None
    titled = head.text[:1].isupper() and any(is_a(word, "en", "human") for word in heads[:-1])
    capital = capital or titled or (head.text.istitle() and not folded & lists["thing"])
    if (
        titled
        or is_a(head, "en", "human")
        or any(
            term.entry.kind == "title" and term.end >= head.end
            for term in terms
            if term.start >= start and term.end <= heads[-1].end
        )
    ):
        human = True
    elif folded & lists["thing"] or (head.text.isupper() and len(head.text) > 1):
        human = False
    plural = _plural(head, capital)
    kind = "time" if all(_is_time(word) for word in within) else "name" if capital else "thing"
    gender = ""
    if capital and human is not False:
        for sign, kinds in (("f", ("feminine-name", "feminine")), ("m", ("masculine-name", "masculine"))):
            if any(folded & lists[kind] for kind in kinds):
                gender, human = sign, True
    elif human:
        gender = "f" if is_a(head, "en", "feminine") else "m" if is_a(head, "en", "masculine") else ""
    return Phrase(text[start:end], start, end, "en", kind, None, human, gender, plural)


def _is_time(word: Word) -> bool:
    return word.text.isdigit() or is_a(word, "en", "time")


def _term(text: str, term: Match) -> Phrase:
    """Return a term of the glossary as a phrase."""
    kind, end = term.entry.kind, term.end
    if text[term.start : end].endswith(_POSSESSIVE):
        end -= 2
    human = kind == "title"
    last = fold(text[term.start : end]).split()[-1]
    plural = kind in {"title", "term"} and last.endswith("s") and not last.endswith("ss")
    return Phrase(text[term.start : end], term.start, end, "en", kind, term.entry, human, "", plural)


def _plural(head: Word, capital: bool) -> bool | None:
    word = head.folded
    if word in grammar("en")["plural"]:
        return True
    if word in grammar("en")["singular"] or capital:
        return None if capital and word.endswith("s") else False
    return word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _groups(text: str, outer: Sequence[Phrase]) -> Iterator[Phrase]:
    """Yield phrases with "and" between them as one."""
    chain: list[Phrase] = []
    for one, other in pairwise([*outer, None]):
        assert one is not None
        between = text[one.end : other.start].strip(" ,") if other else ""
        chain = chain or [one]
        if other and between.casefold() == "and":
            chain.append(other)
            continue
        if len(chain) > 1:
            start, end = chain[0].start, chain[-1].end
            human = True if all(each.human for each in chain) else None
            yield Phrase(text[start:end], start, end, "en", chain[0].kind, None, human, "", True)
        chain = []
