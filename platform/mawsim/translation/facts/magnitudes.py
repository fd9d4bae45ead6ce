"""Words that multiply a number: the digits stay as written, so the word has to say the same power of ten.

"50억" is five billion. With its digits kept it is "50 hundred million" in English and "50 trăm triệu" in
Vietnamese; "50 billion" would be ten times as much.
"""

import re
from functools import cache

# {language: {power of ten: the phrase to write, then others that may be read}}
_WORDS: dict[str, dict[int, str]] = {
    "ko": {3: "천", 4: "만", 5: "십만", 6: "백만", 7: "천만", 8: "억", 9: "십억", 12: "조"},
    "zh-Hans": {3: "千", 4: "万", 5: "十万", 6: "百万", 7: "千万", 8: "亿", 9: "十亿", 12: "万亿|兆"},
    "en": {
        3: "thousand",
        4: "ten thousand",
        5: "hundred thousand",
        6: "million|mn|mln",
        7: "ten million",
        8: "hundred million",
        9: "billion|bn",
        12: "trillion|tn",
    },
    "id": {
        3: "ribu",
        4: "puluh ribu",
        5: "ratus ribu",
        6: "juta|jt",
        7: "puluh juta",
        8: "ratus juta",
        9: "miliar|milyar",
        12: "triliun",
    },
    "ms": {
        3: "ribu",
        4: "puluh ribu",
        5: "ratus ribu",
        6: "juta",
        7: "puluh juta",
        8: "ratus juta",
        9: "bilion",
        12: "trilion",
    },
    "vi": {
        3: "nghìn|ngàn",
        4: "chục nghìn",
        5: "trăm nghìn",
        6: "triệu",
        7: "chục triệu",
        8: "trăm triệu",
        9: "tỷ|tỉ",
        12: "nghìn tỷ|nghìn tỉ|ngàn tỷ|ngàn tỉ",
    },
    "th": {3: "พัน", 4: "หมื่น", 5: "แสน", 6: "ล้าน", 7: "สิบล้าน", 8: "ร้อยล้าน", 9: "พันล้าน", 12: "ล้านล้าน"},
    "lo": {3: "ພັນ", 4: "ໝື່ນ", 5: "ແສນ", 6: "ລ້ານ", 7: "ສິບລ້ານ", 8: "ຮ້ອຍລ້ານ", 9: "ຕື້|ພັນລ້ານ", 12: "ລ້ານລ້ານ"},
    "km": {3: "ពាន់", 4: "ម៉ឺន", 5: "សែន", 6: "លាន", 7: "ដប់លាន", 8: "រយលាន", 9: "ពាន់លាន|ប៊ីលាន", 12: "ទ្រីលាន"},
    "my": {3: "ထောင်", 4: "သောင်း", 5: "သိန်း", 6: "သန်း", 7: "ကုဋေ", 8: "ဆယ်ကုဋေ", 9: "ဘီလီယံ", 12: "ထရီလီယံ"},
    "tl": {
        3: "libo|libong",
        4: "sampung libo",
        5: "daang libo",
        6: "milyon|milyong",
        7: "sampung milyon",
        8: "daang milyon",
        9: "bilyon|bilyong",
        12: "trilyon|trilyong",
    },
    "ar": {
        3: "ألف|آلاف|ألفًا|الف",
        4: "عشرة آلاف",
        5: "مئة ألف",
        6: "مليون|ملايين|مليونًا|مليونا",
        7: "عشرة ملايين",
        8: "مئة مليون",
        9: "مليار|مليارات|مليارًا|بليون",
        12: "تريليون|تريليونات",
    },
    "he": {
        3: "אלף|אלפי|אלפים",
        4: "עשרת אלפים",
        5: "מאה אלף",
        6: "מיליון|מיליוני",
        7: "עשרה מיליון",
        8: "מאה מיליון",
        9: "מיליארד|מיליארדי",
        12: "טריליון",
    },
    "fa": {
        3: "هزار",
        4: "ده هزار",
        5: "صد هزار",
        6: "میلیون",
        7: "ده میلیون",
        8: "صد میلیون",
        9: "میلیارد",
        12: "تریلیون|هزار میلیارد",
    },
    "tr": {
        3: "bin",
        4: "on bin",
        5: "yüz bin",
        6: "milyon",
        7: "on milyon",
        8: "yüz milyon",
        9: "milyar",
        12: "trilyon",
    },
}
_JOINED = {"ko", "zh-Hans"}  # written without a space after the number
_NO_WORD_END = {"ko", "zh-Hans", "th", "lo", "km", "my"}  # the next word may follow at once


def phrase(power: int, language: str) -> str:
    """The power of ten in words, with the space that stands before it."""
    words = _WORDS[language][power].partition("|")[0]
    return words if language in _JOINED else f" {words}"


@cache
def powers(language: str) -> dict[str, int]:
    """{word as it may be read: its power of ten}, the longest first."""
    # English ones are read in every text: "USD 5 million" stands in Korean ones as well.
    both = [*_WORDS["en"].items(), *_WORDS[language].items()]
    found = {word: power for power, words in both for word in words.split("|")}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


@cache
def pattern(language: str) -> str:
    """A regular expression for a magnitude after a number, without groups."""
    own = "|".join(re.escape(word) for word in powers(language) if not word.isascii())
    latin = "|".join(re.escape(word) for word in powers(language) if word.isascii())
    space = r"[ \u00a0\u202f]?"
    end = "" if language in _NO_WORD_END else r"(?!\w)"
    other = f"|{'' if language in _JOINED else space}(?:{own}){end}" if own else ""
    return rf"(?:{space}(?:{latin})(?![A-Za-z]){other})"
