"""False versions of true sentences, each with one fact changed: what the claim guard has to find.

The facts are found here by lists and patterns of this file and by the bilingual name list of the corpora, not by
`qa.mentions`, so that what the guard overlooks is counted.
"""

import csv
import gzip
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.training.data import SentencePair


@dataclass(frozen=True)
class Perturbed:
    """A sentence with a fact changed: ``text[start:end]`` is what is false now."""

    kind: str
    text: str
    start: int
    end: int


_EN_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty".split()
)
_AR_NUMBERS = (
    "ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة".split(),
    "ثلاث أربع خمس ست سبع ثماني تسع عشر".split(),
    "عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين".split(),
    "عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون".split(),
)
_SCALES = {
    "en": ["thousand million billion".split()],
    "ar": ["ألف مليون مليار".split(), "آلاف ملايين مليارات".split()],
}
_MONTHS = {
    "en": "January February March April June July August September October November December".split(),
    "ar": "يناير فبراير أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر".split(),
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد".split(),
}
_UNITS = {
    "en": [
        "kilometres miles metres".split(),
        "kilometers miles meters".split(),
        "years months weeks days hours minutes".split(),
        "year month week day hour".split(),
        "tonnes kilograms grams".split(),
        "tons kilograms barrels".split(),
        "decades years centuries".split(),
        "decade century".split(),
        "hectares acres".split(),
    ],
    "ar": [
        "كيلومتر ميل متر".split(),
        "كيلومترا ميلا مترا".split(),
        "كيلومترات أميال أمتار".split(),
        "سنوات أشهر أسابيع أيام ساعات دقائق".split(),
        "عاما شهرا أسبوعا يوما".split(),
        "أعوام أشهر أسابيع أيام".split(),
        "طن كيلوغرام غرام".split(),
        "عامين شهرين أسبوعين يومين ساعتين".split(),
        "عقود قرون".split(),
        "عقدين قرنين عامين".split(),
        "هكتار فدان".split(),
    ],
}
_MONEY = {
    "en": [
        "dollars euros pounds dirhams dinars".split(),
        "dollar euro pound dirham dinar".split(),
        ["$", "€", "£"],
    ],
    "ar": ["دولار يورو جنيه درهم دينار".split(), "دولارا يورو جنيها درهما دينارا".split()],
}
_PEOPLES = {
    "en": [
        "American British French German Italian Spanish Russian Chinese Japanese Turkish Iranian Iraqi Syrian".split()
        + "Egyptian Moroccan Tunisian Algerian Libyan Saudi Yemeni Jordanian Lebanese Palestinian Israeli Indian".split()
    ],
    "ar": [
        "الأمريكي البريطاني الفرنسي الألماني الإيطالي الإسباني الروسي الصيني الياباني التركي الإيراني العراقي".split()
        + "السوري المصري المغربي التونسي الجزائري الليبي السعودي اليمني الأردني اللبناني الفلسطيني الإسرائيلي".split(),
        "الأمريكية البريطانية الفرنسية الألمانية الإيطالية الإسبانية الروسية الصينية اليابانية التركية".split()
        + "الإيرانية العراقية السورية المصرية المغربية التونسية الجزائرية الليبية السعودية اليمنية".split(),
        "أمريكية بريطانية فرنسية ألمانية إيطالية روسية صينية تركية إيرانية عراقية سورية مصرية مغربية".split(),
        "أمريكي بريطاني فرنسي ألماني إيطالي روسي صيني تركي إيراني عراقي سوري مصري مغربي".split(),
    ],
}
_PERCENT = r"(?=\s?(?:%|٪|percent|per cent|في المئة|في المائة|بالمئة|بالمائة))"
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|may|might|must)\b(?! (?:not|no|never)\b)(?!n't)"
)
_EN_VERBS = {
    "said": "did not say", "announced": "did not announce", "won": "did not win", "led": "did not lead",
    "killed": "did not kill", "agreed": "did not agree", "signed": "did not sign", "reached": "did not reach",
    "approved": "did not approve", "showed": "did not show", "opened": "did not open", "began": "did not begin",
    "became": "did not become", "called": "did not call", "described": "did not describe", "helps": "does not help",
}  # fmt: skip
_AR_VERBS = (
    "قال قالت أعلن أعلنت أكد أكدت كان كانت بلغ بلغت وقع وقعت فاز فازت قتل قتلت أطلق أطلقت وافق وافقت أقر أقرت اتفق "
    "وصل وصلت بدأ بدأت ذكر ذكرت أدى أدت أسس أسست تأسس تأسست شهد شهدت دعا دعت حذر حذرت ارتفع ارتفعت انخفض انخفضت "
    "وصف وصفت أظهر أظهرت ساعد ساعدت أصبح أصبحت فتح فتحت أصدر أصدرت تولى تولت نجح نجحت خرج حصل حصلت"
).split()
_NEGATIONS = {"en": r"\b(not|never)\b ", "ar": r"(?<!\w)(و?)(?:لم|لن|لا|ليس|ليست) (?!يزال|تزال|سيما|يقل|تقل|بد )"}
_COMPOUND = re.compile(r"\d[\d.,٫٬]*")


class Perturber:
    """Changes one fact of a sentence.

    Args:
        data: The corpora folder.
        seed: Of the random choices.
    """

    def __init__(self, data: Path, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._names = {"en": _name_list(data, 0), "ar": _name_list(data, 1)}
        self._countries = {"en": _country_list(data, 0), "ar": _country_list(data, 1)}

    def of(self, pair: SentencePair, language: str) -> Iterator[Perturbed]:
        """Give the false versions of one side of a pair, at most two of a kind."""
        text = pair.english if language == "en" else pair.arabic
        kinds: dict[str, Callable[[str, str], list[Perturbed]]] = {
            "number": self._number, "scale": self._lists("scale", _SCALES), "percent": self._percent,
            "date": self._date, "unit": self._unit, "currency": self._lists("currency", _MONEY),
            "country": self._country, "name": self._name, "negation added": self._negated,
            "negation dropped": self._affirmed, "quotation": self._quoted,
        }  # fmt: skip
        for make in kinds.values():
            found = make(text, language)
            yield from self._random.sample(found, min(2, len(found)))

    def _changed(self, kind: str, text: str, start: int, end: int, new: str) -> Perturbed:
        return Perturbed(kind, text[:start] + new + text[end:], start, start + len(new))

    def _digit(self, kind: str, text: str, match: re.Match[str]) -> Perturbed:
        places = [at for at in range(*match.span()) if text[at].isdigit()]
        at = self._random.choice(places)
        zero = ord("٠") if text[at] >= "٠" else ord("0")
        digits = [chr(zero + d) for d in range(1, 10) if chr(zero + d) != text[at]]
        found = self._changed(kind, text, at, at + 1, self._random.choice(digits))
        return Perturbed(kind, found.text, match.start(), match.end())

    def _lists(self, kind: str, lists: dict[str, list[list[str]]]) -> Callable[[str, str], list[Perturbed]]:
        return lambda text, language: self._listed(kind, text, lists[language], language)

    def _listed(self, kind: str, text: str, lists: list[list[str]], language: str) -> list[Perturbed]:
        found = []
        prefix = "و?[بل]?" if language == "ar" else ""
        for words in lists:
            forms = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
            ends = ("", "") if words[0] == "$" else (rf"(?<!\w){prefix}", r"(?![\w\u064b-\u0652])")
            for match in re.finditer(f"{ends[0]}({forms}){ends[1]}", text):
                new = self._random.choice([word for word in words if word != match[1]])
                found.append(self._changed(kind, text, match.start(1), match.end(1), new))
        return found

    def _number(self, text: str, language: str) -> list[Perturbed]:
        found = [
            self._digit("number", text, match)
            for match in _COMPOUND.finditer(text)
            if not re.fullmatch(r"[12]\d{3}", match[0]) and not re.match(_PERCENT, text[match.end() :])
        ]
        words = [_EN_NUMBERS] if language == "en" else list(_AR_NUMBERS)
        return found + self._listed("number", text, words, language)

    def _percent(self, text: str, language: str) -> list[Perturbed]:
        return [self._digit("percent", text, match) for match in re.finditer(r"\d[\d.,٫]*" + _PERCENT, text)]

    def _date(self, text: str, language: str) -> list[Perturbed]:
        found = []
        for match in re.finditer(r"(?<![\d.,])(?:1\d{3}|20\d\d)(?![\d]|[.,]\d)", text):
            new = str(int(match[0]) + self._random.choice([-20, -7, -3, -1, 1, 2, 5, 10]))
            found.append(self._changed("date", text, *match.span(), new))
        return found + self._listed("date", text, [_MONTHS[language], _DAYS[language]], language)

    def _unit(self, text: str, language: str) -> list[Perturbed]:
        found = self._listed("unit", text, _UNITS[language], language)
        numbers = {"en": _EN_NUMBERS, "ar": [word for words in _AR_NUMBERS for word in words] + ["عشر", "ألف"]}[
            language
        ]
        kept = []
        for one in found:
            before = re.search(r"(\S+)[\s-]$", text[: one.start])
            dual = one.text[one.start : one.end].endswith("ين") and language == "ar"
            word = before[1].lstrip("وبل") if before and language == "ar" else before[1] if before else ""
            if dual or (before and (word[-1:].isdigit() or word.lower() in numbers)):
                kept.append(one)
        return kept

    def _country(self, text: str, language: str) -> list[Perturbed]:
        return self._listed("country", text, [self._countries[language], *_PEOPLES[language]], language)

    def _name(self, text: str, language: str) -> list[Perturbed]:
        found = []
        names = self._names[language]
        words = [
            (match[0], match.start())
            for match in re.finditer(r"\w(?:[\w'’.-]|[\u064b-\u0652\u0670])*(?<![.'’-])", text)
        ]
        for at, (_, start) in enumerate(words):
            for size in (4, 3, 2, 1):
                if at + size > len(words):
                    continue
                end = words[at + size - 1][1] + len(words[at + size - 1][0])
                name = text[start:end]
                if name in names:
                    new = self._random.choice(names[name])
                    found.append(self._changed("name", text, start, end, new))
                    break
        return found

    def _negated(self, text: str, language: str) -> list[Perturbed]:
        if language == "en":
            found = [
                self._changed("negation added", text, match.start(), match.end(), f"{match[0]} not")
                for match in _AUXILIARY.finditer(text)
            ]
            for verb, denied in _EN_VERBS.items():
                for match in re.finditer(rf"(?<!\w){verb}(?!\w)", text):
                    before = text[: match.start()].split()[-1:]
                    if before and before[0].lower() not in (
                        "was",
                        "were",
                        "is",
                        "are",
                        "be",
                        "been",
                        "has",
                        "have",
                        "had",
                        "not",
                    ):
                        found.append(self._changed("negation added", text, *match.span(), denied))
            return found
        verbs = "|".join(_AR_VERBS)
        return [
            self._changed(
                "negation added",
                text,
                match.start(1),
                match.end(1),
                f"{self._random.choice(['لم', 'لا', 'لن'])} {match[1]}",
            )
            for match in re.finditer(
                rf"(?:^|(?<= )|(?<= و))({verbs}|(?:سي|ست)\w{{3,}}|(?<=أن )[يت]\w{{3,}})(?!\w)", text
            )
            if not re.search(r"(?:لم|لا|لن|ليس|غير|ما) $", text[: match.start(1)])
        ]

    def _affirmed(self, text: str, language: str) -> list[Perturbed]:
        return [
            self._changed(
                "negation dropped", text, match.start(), match.end(), (match[1] if language == "ar" else "")
            )
            for match in re.finditer(_NEGATIONS[language], text)
            if not text[match.end() :].startswith("only")
        ]

    def _quoted(self, text: str, language: str) -> list[Perturbed]:
        found = []
        for match in re.finditer(r"[\"“«]([^\"”»]+)[\"”»]", text):
            words = [word for word in re.finditer(r"\w{3,}", match[1])]
            if len(words) > 1:
                word = self._random.choice(words)
                start = match.start(1) + word.start()
                new = "indeed" if language == "en" else "حقا"
                found.append(self._changed("quotation", text, start, start + len(word[0]), new))
        return found


def _name_list(data: Path, column: int) -> dict[str, list[str]]:
    """Return for each name of the bilingual list others of as many words."""
    with (data / "written" / "terms_names.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if len(row) >= 2]
    dates = {word for words in (*_MONTHS.values(), *_DAYS.values()) for word in words}
    rows = [row for row in rows if row[0][:1].isupper() and not re.search(r"\d|/", row[0]) and row[0] not in dates]
    sizes: dict[int, list[str]] = {}
    meanings: dict[str, set[str]] = {}
    for row in rows:
        sizes.setdefault(len(row[column].split()), []).append(row[column])
        meanings.setdefault(row[column], set()).add(row[1 - column])
    return {
        name: others
        for name in meanings
        if (others := [o for o in sizes[len(name.split())] if not meanings[o] & meanings[name] and len(o) > 2])
    }


def _country_list(data: Path, column: int) -> list[str]:
    with gzip.open(data / "lexicon" / "mledoze_countries.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    names = {row[column] for row in rows if len(row[column].split()) <= 2}
    return sorted(names - {"Georgia", "Jordan", "Chad", "قطر", "مالي", "عمان", "بنين", "عُمان", "بوسنة", "تشاد"})
