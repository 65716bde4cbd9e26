# ruff: noqa: E501, SIM905  (Arabic sentences are best left whole)
"""Made-up syndication: copies of articles as outlets change them, and reports that only sound alike."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.documents import Document
from index.sentences import sentence_spans

Random = np.random.Generator
COPIES = 4
FEWEST_WORDS, FEWEST_SENTENCES = 80, 5
# Words a brief has at least, and an inserted quotation at most.
BRIEF, QUOTATION = 45, 20

_MARKS = str.maketrans(
    {"،": " -", ",": " -", "؛": "،", ":": " ،", '"': "»", "”": "'", "“": "'", "«": '"', "»": '"'}
)
_SPELLINGS = (("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ى", "ي"), ("ة", "ه"), ("ؤ", "و"), ("ئ", "ي"))
_BYLINES = ("تونس (الوكالة المختلقة) -", "كتب مراسلنا:", "الوكالة المختلقة - من مبعوثها الخاص -", "خاص بالجريدة /")
_OUTLETS = ("outlet-1", "outlet-2", "outlet-3", "outlet-4", "outlet-5")
_FOOTERS = {
    "outlet-1": "جميع الحقوق محفوظة للجريدة المختلقة ولا يجوز نسخ هذه المادة أو إعادة نشرها دون إذن كتابي مسبق من الإدارة.",
    "outlet-2": "اشترك في نشرتنا البريدية اليومية لتصلك أهم الأخبار المحلية والعالمية كل صباح، وتابعنا على صفحاتنا.",
    "outlet-3": "المقالات المنشورة تعبر عن رأي أصحابها ولا تعبر بالضرورة عن رأي الموقع المختلق أو هيئة تحريره.",
}
_TEAMS = "الترجي الافريقي النجم الصفاقسي البنزرتي القيروان قابس المتلوي المنستير قفصة جرجيس المرسى".split()
_PLACES = "سوسة صفاقس بنزرت قابس القصرين جندوبة مدنين نابل باجة سليانة توزر قبلي".split()


@dataclass(frozen=True)
class Labelled:
    """A made document and the story it was made for."""

    document: Document
    story: str


def syndicate(bases: Sequence[Document], seed: int) -> list[Labelled]:
    """Return four changed copies of each article, halves of other articles, and reports filled into forms.

    Args:
        bases: articles. Of those that are long enough, a fifth lend words and quotations, a fifth of the rest is
            cut in halves, and the others are copied.
        seed: of the random choices.
    """
    random = np.random.default_rng(seed)
    long_enough = [
        base
        for base in bases
        if len(base.text.split()) >= FEWEST_WORDS and len(_sentences(base)) >= FEWEST_SENTENCES
    ]
    lenders, copied = long_enough[: len(long_enough) // 5], long_enough[len(long_enough) // 5 :]
    made: list[Labelled] = []
    for number, base in enumerate(copied):
        sentences = _sentences(base)
        if number % 5 == 0 and len(sentences) >= 7:
            made += _halves(base, sentences)
            continue
        for copy in range(COPIES):
            lender = lenders[int(random.integers(len(lenders)))]
            text = _changed(sentences, _sentences(lender), random) if copy else " ".join(sentences)
            made.append(_labelled(f"{base.uri}/{copy}", text, lender.title, base.uri, random))
    for form in (_match, _market, _weather):
        for number in range(len(copied) // 8):
            uri = f"{form.__name__}/{number}"
            made.append(_labelled(uri, form(random), f"خبر {number}", uri, random))
    return [made[i] for i in random.permutation(len(made))]


def _labelled(uri: str, text: str, title: str, story: str, random: Random) -> Labelled:
    outlet = str(random.choice(_OUTLETS))
    whole = f"{text}\n{_FOOTERS[outlet]}" if outlet in _FOOTERS else text
    return Labelled(Document.create(uri, whole, title, source=outlet, language="ar"), story)


def _sentences(document: Document) -> list[str]:
    return [document.text[start:end] for start, end in sentence_spans(document.text, document.language)]


def _changed(sentences: Sequence[str], others: Sequence[str], random: Random) -> str:
    """Return an article as another outlet prints it: two to four of the changes, in their order."""
    edits: list[Callable[[list[str], Sequence[str], Random], list[str]]] = [
        _lead_rewritten,
        _sentences_dropped,
        _quotes_inserted,
        _words_replaced,
        _spelt_otherwise,
        _marks_changed,
        _byline_added,
    ]
    if random.random() < 0.2 and len(sentences) > 3:
        edits[1] = _brief
    chosen = sorted(random.choice(len(edits), size=int(random.integers(2, 5)), replace=False))
    text = list(sentences)
    for edit in chosen:
        text = edits[edit](text, others, random)
    return " ".join(text)


def _lead_rewritten(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    """Turn the first sentence round and leave out every fourth word."""
    words = text[0].split()
    middle = len(words) // 2
    turned = [word for place, word in enumerate(words[middle:] + words[:middle]) if place % 4 != 1]
    return ["ذكرت مصادر مطلعة أن " + " ".join(turned) + ".", *text[1:]]


def _sentences_dropped(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    kept = [sentence for place, sentence in enumerate(text) if place == 0 or random.random() > 0.35]
    return kept if len(" ".join(kept).split()) >= BRIEF else text


def _brief(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    """Keep the beginning, a fifth or more, as a brief does."""
    least = max(BRIEF, len(" ".join(text).split()) // 5)
    return next(text[:count] for count in range(1, len(text) + 1) if len(" ".join(text[:count]).split()) >= least)


def _quotes_inserted(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    place = int(random.integers(1, len(text) + 1))
    count = int(random.integers(1, 3))
    quotes = [" ".join(other.split()[:QUOTATION]) for other in others[-count:]]
    return [*text[:place], *(f"وقال: «{quote}»." for quote in quotes), *text[place:]]


def _words_replaced(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    """Put another word for one in twenty-five."""
    pool = " ".join(others).split()
    return [
        " ".join(str(random.choice(pool)) if random.random() < 0.04 else word for word in sentence.split())
        for sentence in text
    ]


def _spelt_otherwise(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    for letter, other in _SPELLINGS:
        if random.random() < 0.6:
            text = [sentence.replace(letter, other) for sentence in text]
    return [re.sub("(?<=م)(?=ن)", "ـَ", sentence) for sentence in text]


def _marks_changed(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    return [sentence.translate(_MARKS) for sentence in text]


def _byline_added(text: list[str], others: Sequence[str], random: Random) -> list[str]:
    return [f"{random.choice(_BYLINES)} {text[0]}", *text[1:]]


def _halves(base: Document, sentences: Sequence[str]) -> list[Labelled]:
    """Return two reports of one event: no sentence in common but the longest, which both quote."""
    quote = max(sentences, key=len) if len(sentences) > 8 else min(sentences, key=len)
    rest = [sentence for sentence in sentences if sentence != quote]
    return [
        Labelled(
            Document.create(
                f"{base.uri}/half{half}", " ".join([*rest[half::2], quote]), base.title, language="ar"
            ),
            f"{base.uri}/half{half}",
        )
        for half in (0, 1)
    ]


def _match(random: Random) -> str:
    home, away, third, fourth = random.choice(_TEAMS, 4, replace=False)
    goals, more, minute, late = random.integers(0, 5), random.integers(0, 4), *random.integers(1, 90, 2)
    return (
        f"دارت اليوم مقابلات الجولة {random.integers(1, 27)} من بطولة الرابطة المحترفة الأولى لكرة القدم. فاز {home} على "
        f"{away} بنتيجة {goals} - {more} على ملعب {random.choice(_PLACES)} أمام {random.integers(900, 30_000)} متفرج. "
        f"وسجل الهدف الأول في الدقيقة {minute} من ضربة جزاء ثم أضاف زميله الهدف الثاني في الدقيقة {late}. وبهذه "
        f"النتيجة يرفع {home} رصيده إلى {random.integers(10, 60)} نقطة في المركز {random.integers(1, 14)}، ويلتقي في "
        f"الجولة القادمة مع {third} فيما ينزل {away} ضيفا على {fourth} يوم {random.integers(1, 29)} مارس."
    )


def _market(random: Random) -> str:
    index, change, volume = random.integers(5000, 8000), random.integers(1, 300) / 100, random.integers(2, 30)
    up, down = random.choice(_PLACES, 2, replace=False)
    return (
        f"أغلق مؤشر السوق المختلقة حصة اليوم على {random.choice(['ارتفاع', 'تراجع', 'استقرار'])} بنسبة {change} بالمائة "
        f"إلى مستوى {index} نقطة وسط تداولات بلغت {volume} مليون دينار. وتصدر سهم شركة {up} قائمة الأسهم الرابحة "
        f"بعد أن صعد بنسبة {random.integers(1, 600) / 100} بالمائة إلى {random.integers(2, 90)} دينارا، بينما كان سهم مصرف "
        f"{down} أكبر الخاسرين بنسبة {random.integers(1, 600) / 100} بالمائة في حصة شهدت تبادل {random.integers(10, 900)} "
        f"ألف سهم. وقال وسيط في البورصة إن المستثمرين ينتظرون نتائج الثلاثي {random.choice(['الأول', 'الثاني', 'الثالث'])}."
    )


def _weather(random: Random) -> str:
    north, south, coast = random.choice(_PLACES, 3, replace=False)
    low, high = random.integers(-2, 15), random.integers(15, 45)
    return (
        f"أفاد المعهد المختلق للرصد الجوي في نشرته اليومية أن الطقس يكون اليوم {random.choice(['صحوا', 'غائما', 'ممطرا'])} "
        f"بأغلب الجهات مع سحب عابرة على {north} ثم تكثر تدريجيا بعد الظهر. وتهب الريح من القطاع "
        f"{random.choice(['الشمالي', 'الغربي', 'الجنوبي', 'الشرقي'])} قوية نسبيا قرب السواحل في حدود {random.integers(20, 80)} كلم في "
        f"الساعة، ويكون البحر {random.choice(['هادئا', 'مضطربا', 'شديد الاضطراب'])} في {coast}. وتتراوح درجات الحرارة القصوى بين "
        f"{high - 6} و{high} درجة وتصل إلى {high + 3} درجة في {south}، أما الدنيا فتكون بين {low} و{low + 5} درجات."
    )
