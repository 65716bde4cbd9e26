"""The words of an Arabic question that refer to what was said before it, not within it."""

from collections.abc import Sequence
from itertools import pairwise

from index.folding import fold
from qa.followups.arabic_phrases import verbs, without_and
from qa.followups.grammar import (
    PRONOUNS,
    Word,
    grammar,
    is_a,
    preposition_of,
    split_pronoun,
    vocabulary,
    without_joined,
    words_of,
)
from qa.followups.phrase import Phrase
from qa.followups.reference import Reference

_FREE = {"هو": ("m", False), "هي": ("f", False), "هم": ("m", True), "هن": ("f", True), "هما": ("", True)}
_SHORT = 4
# After these questions a verb needs a subject, since they are none; ماذا is its object.
_NEED_SUBJECT = frozenset({"متي", "اين", "كيف", "لماذا", "ماذا", "هل", "كم", "بماذا"})


def arabic_references(text: str, phrases: Sequence[Phrase]) -> list[Reference]:
    """Find what a question leaves open; see ``english_references``."""
    words = words_of(text)
    done = _verbs(text, words, phrases)
    outer = [phrase for phrase in phrases if not phrase.inner]
    if words[-1].folded == "هناك" and len(words) > 2 and words[-2].folded not in {"هل", "ما", "كم", "كان"}:
        return [Reference(words[-1].start, words[-1].end, "في ", place=True)]
    found = [*_attached(text, words, done, outer), *_free(words, outer), *_demonstratives(words, phrases)]
    if not found or not any(reference.start == reference.end for reference in found):
        found += _missing_subject(text, words, done, outer)
    return sorted(found, key=lambda reference: reference.start)


def _verbs(text: str, words: Sequence[Word], phrases: Sequence[Phrase]) -> list[int]:
    named = {phrase.start for phrase in phrases if phrase.entry and phrase.named}
    return sorted(at for at in verbs(text, words, ()) if words[at].start not in named)


def _attached(text: str, words: Sequence[Word], done: Sequence[int], outer: Sequence[Phrase]) -> list[Reference]:
    found = []
    for at, word in enumerate(words):
        parted = split_pronoun(word)
        if parted is None or is_a(word, "ar", "question", "demonstrative", "conjunction", "particle", "pronoun"):
            continue
        if _is_formula(words, at):
            continue
        if at and (words[at - 1].folded.startswith("الم") or without_and(words[at - 1].folded) == "كم"):
            continue
        if at and preposition_of(parted[0]) and words[at - 1].folded.startswith("م") and _adjective(words, at - 1):
            continue  # المتفق عليه، المقرر إنشاؤه; كم مشتبها
        host, suffix = parted
        preposition = preposition_of(host)
        is_verb = at in done
        gender, plural = PRONOUNS[suffix]
        human = True if plural and suffix != "هما" else None
        if preposition:
            lead = host[0] if fold(host) not in _forms() else ""
            before = lead + preposition + ("" if len(preposition) == 1 else " ")
        else:
            before = (host if is_verb else _noun(host)) + " "
        reference = Reference(word.start, word.end, before, gender=gender, plural=plural, human=human)
        if not _within(
            text,
            words,
            at,
            done,
            reference,
            "preposition" if preposition else "verb" if is_verb else "noun",
            outer,
        ):
            found.append(reference)
    return found


def _is_formula(words: Sequence[Word], at: int) -> bool:
    """Whether it is part of a blessing: عليه السلام، رضي الله عنه."""
    following = words[at + 1].folded if at + 1 < len(words) else ""
    return words[at].folded.startswith(("عليه", "عنه")) and (
        following == "السلام" or (at > 0 and words[at - 1].folded == "الله")
    )


def _forms() -> frozenset[str]:
    from qa.followups.grammar import joined_prepositions

    return frozenset(joined_prepositions())


def _noun(host: str) -> str:
    """Return a noun as it stands without its pronoun: كلمت is كلمة, أعضائ is أعضاء, مستوا is مستوى."""
    if host.endswith(("ائ", "اؤ")):
        return host[:-1] + "ء"
    folded = fold(host)
    if host.endswith("ت") and not host.endswith("ات") and folded not in grammar("ar")["own-t"]:
        return host[:-1] + "ة"
    if host.endswith("ا") and fold(host[:-1] + "ى") in vocabulary():
        return host[:-1] + "ى"
    return host


def _within(
    text: str,
    words: Sequence[Word],
    at: int,
    done: Sequence[int],
    reference: Reference,
    host: str,
    outer: Sequence[Phrase],
) -> bool:
    """Whether the question itself says what the pronoun stands for.

    That of a noun may stand for anything before it (بوريطة في كلمته), any in a relative clause for what the clause
    is about. One of a verb or preposition may not stand for what is beside it under the same verb, only for what
    comes before the verb: أي دولة يمثلها بوريطة.
    """
    start = words[at].start
    relative = [place for place, other in enumerate(words[:at]) if is_a(other, "ar", "relative")]
    if relative and reference.fits(_about(words[relative[-1]])):
        return True
    fitting = [phrase for phrase in outer if reference.fits(phrase)]
    before = [phrase for phrase in fitting if phrase.end <= start]
    # «من سُمح له بالعبور»: who it is is asked for.
    asked = words[0].folded == "من" and reference.gender != "f" and not reference.plural
    around = [phrase for phrase in outer if phrase.start > start or (host == "noun" and phrase.end <= start)]
    if asked and done and around:
        return True
    if host == "noun" and done and at - done[0] > 1 and not is_a(words[done[0] + 1], "ar", "preposition"):
        subject = _subject_of(words[done[0]])
        if {subject.gender, reference.gender} <= {"", reference.gender} and not reference.plural:
            return True  # «ألغت الشركة رحلاتها»
    if host == "noun" and any(
        _complete(words, phrase, at) for phrase in fitting if phrase.start < start < phrase.end
    ):
        return True
    if (
        host != "noun"
        and done
        and _counted(words, done[0])
        and any(phrase.start > start and not _governed(text, words, phrase) for phrase in outer)
    ):
        return True  # «أي تماثيل نسفتها الحركة»
    if not before:
        return False
    # «أغنية سجلها المطرب»: behind a noun without article a clause needs no word that opens it.
    loose = [phrase for phrase in before if not phrase.named and not phrase.text.startswith("ال")]
    if host != "noun" and loose and any(phrase.start > start for phrase in outer):
        return True
    if host == "noun" or (relative and any(phrase.end <= words[relative[-1]].start for phrase in before)):
        return True
    first_verb = words[done[0]].start if done else start
    fronted = [phrase for phrase in before if phrase.end <= first_verb]
    others = [phrase for phrase in outer if phrase.start > first_verb and phrase not in fronted]
    if host == "verb":
        return bool(fronted)
    return bool(fronted) and bool(others)


def _counted(words: Sequence[Word], verb: int) -> bool:
    """Whether "how many" or "which" and a noun stand before the verb."""
    return verb > 1 and any(without_and(word.folded) in {"كم", "اي", "ايه"} for word in words[: verb - 1])


def _adjective(words: Sequence[Word], at: int) -> bool:
    """Whether a word without article stands behind a noun, as متحكم in تفاعل متحكم فيه does."""
    return at > 1 and not is_a(words[at - 1], "ar", "preposition", "question", "particle")


def _complete(words: Sequence[Word], phrase: Phrase, at: int) -> bool:
    """Whether a phrase is a name or has its article before a word inside it: المخرجة الفائزة جائزتها."""
    inside = [word for word in words[:at] if word.start >= phrase.start]
    strange = bool(inside) and inside[0].folded not in vocabulary()
    return phrase.named or strange or any(word.folded.startswith(("ال", "بال", "وال", "لل")) for word in inside)


def _about(relative: Word) -> Phrase:
    """Return what a relative pronoun is about, as far as its form tells: a woman or thing in التي."""
    plural = fold(relative.text).endswith(("ين", "ان")) or relative.folded.startswith("اللو")
    return Phrase("", 0, 0, "ar", gender="f" if fold(relative.text).endswith("تي") else "m", plural=plural)


def _free(words: Sequence[Word], outer: Sequence[Phrase]) -> list[Reference]:
    """Find a free pronoun that stands alone: that of ومن هو؟, not that of من هو رئيس فرنسا؟."""
    last = words[-1]
    if last.folded in _FREE and not outer:
        gender, plural = _FREE[last.folded]
        human = True if any(without_and(word.folded) == "من" for word in words) else None
        return [Reference(last.end, last.end, " ", gender=gender, plural=plural, human=human)]
    return []


def _demonstratives(words: Sequence[Word], phrases: Sequence[Phrase]) -> list[Reference]:
    found = []
    for word, following in pairwise(words):
        bare = without_joined(following.folded)
        if not is_a(word, "ar", "demonstrative") or not following.folded.startswith("ال"):
            continue
        if bare in grammar("ar")["time"] or following.folded in grammar("ar")["time"]:
            continue
        phrase = next((phrase for phrase in phrases if phrase.start == following.start and not phrase.inner), None)
        end = following.end if phrase is None or len(words_of(phrase.text)) > 2 else phrase.end
        found.append(Reference(word.start, end, noun=following.folded))
    return found


def _missing_subject(
    text: str, words: Sequence[Word], done: Sequence[int], outer: Sequence[Phrase]
) -> list[Reference]:
    """Find the place after a verb that has no subject, as in ومتى تأسست؟."""
    asks = [at for at, word in enumerate(words[:3]) if without_and(word.folded) in _NEED_SUBJECT]
    if not asks or not done or done[0] < asks[0]:
        return []
    verb = words[done[0]]
    if without_and(words[asks[-1]].folded) == "ماذا" and not (
        is_a(verb, "ar", "human-verb") or verb.folded.endswith(("وا", "ون", "ت"))
    ):
        return []  # ماذا نتج عن القرار: what is asked for is the subject
    passive = "\u064f" in text[verb.start : verb.start + 2]
    if passive and without_and(words[asks[-1]].folded) == "ماذا":
        return []
    if is_a(verb, "ar", "impersonal") or (without_and(words[asks[-1]].folded) == "هل" and len(words) > _SHORT):
        return []
    if done[0] - asks[-1] > 2 or any(not _governed(text, words, phrase) for phrase in outer):
        return []
    return [_subject_of(verb)]


def _subject_of(verb: Word) -> Reference:
    folded = verb.folded
    gender, plural = "m", False
    if folded.endswith(("وا", "ون")):
        plural = True
    elif folded.endswith("ت") and folded not in {"مات", "بات", "صوت", "اثبت", "ثبت", "سكت", "فات", "التفت"}:
        gender = "f"
    elif folded.startswith(("ت", "ست")):
        gender = ""
    human = is_a(verb, "ar", "human-verb")
    return Reference(
        verb.end,
        verb.end,
        " ",
        gender=gender,
        plural=plural,
        human=True if human or plural else None,
        likely_human=human,
    )


def _governed(text: str, words: Sequence[Word], phrase: Phrase) -> bool:
    """Whether a preposition stands before a phrase, by itself or joined to it, or it names a time."""
    place = next((at for at, word in enumerate(words) if word.start >= phrase.start), 0)
    if place and is_a(words[place - 1], "ar", "preposition") and not is_a(words[place - 1], "ar", "question"):
        return True
    if place and is_a(words[place - 1], "ar", "preposition") and place > 1:
        return True
    folded = fold(text[phrase.start : phrase.end])
    return (folded[:1] in {"ب", "ل"} and not fold(phrase.text).startswith(folded[:2])) or any(
        word.folded in grammar("ar")["time"] for word in words_of(phrase.text)[:1]
    )
