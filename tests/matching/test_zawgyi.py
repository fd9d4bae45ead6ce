"""Zawgyi is found and rewritten; Unicode Burmese and its neighbours' languages are left alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.text import normalise
from matching.zawgyi import convert, is_zawgyi, to_unicode
from tests.matching.zawgyi_writer import to_zawgyi

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"

# Typed in Zawgyi and checked by hand.
WORDS = [
    ("ျမန္မာ", "မြန်မာ"),
    ("မဂၤလာပါ", "မင်္ဂလာပါ"),
    ("ေက်းဇူးတင္ပါတယ္", "ကျေးဇူးတင်ပါတယ်"),
    ("ကၽြန္ေတာ္", "ကျွန်တော်"),
    ("သူေဌး", "သူဌေး"),
    ("ႏိုင္ငံ", "နိုင်ငံ"),
    ("ရန္ကုန္ၿမိဳ႕", "ရန်ကုန်မြို့"),
    ("စီးပြားေရး", "စီးပွားရေး"),
    ("ကုမၸဏီ", "ကုမ္ပဏီ"),
    ("လုပ္ငန္း", "လုပ်ငန်း"),
    ("အဂၤလိပ္", "အင်္ဂလိပ်"),
    ("သေဘၤာ", "သင်္ဘော"),
    ("ေဆး႐ုံ", "ဆေးရုံ"),
    ("ဆရာ၀န္", "ဆရာဝန်"),
    ("တကၠသိုလ္", "တက္ကသိုလ်"),
    ("ပညာေရး", "ပညာရေး"),
    ("ႀကီးမားေသာ", "ကြီးမားသော"),
    ("ၾကီးမားေသာ", "ကြီးမားသော"),
    ("ဝန္ေဆာင္မႈ", "ဝန်ဆောင်မှု"),
    ("အဖြဲ႕၀င္မ်ား", "အဖွဲ့ဝင်များ"),
    ("ပစၥည္း", "ပစ္စည်း"),
    ("ကမၻာ", "ကမ္ဘာ"),
    ("ေယာက္်ား", "ယောက်ျား"),
    ("ကၽြႏု္ပ္", "ကျွန်ုပ်"),
    ("၎င္း", "၎င်း"),
    ("ၾသဂုတ္", "ဩဂုတ်"),
    ("ဥာဏ္ရည္တု", "ဉာဏ်ရည်တု"),
    ("ေစ်းကြက္", "ဈေးကွက်"),
    ("ေလ့လာျခင္း", "လေ့လာခြင်း"),
    ("သို႔မဟုတ္", "သို့မဟုတ်"),
    ("ႏွင့္", "နှင့်"),
    ("လႊတ္ေတာ္", "လွှတ်တော်"),
    ("အိႏၵိယ", "အိန္ဒိယ"),
    ("ဆႏၵ", "ဆန္ဒ"),
    ("ေမတၱာ", "မေတ္တာ"),
    ("ၫႊန္ၾကားခ်က္", "ညွှန်ကြားချက်"),
    ("စကၠန္႔", "စက္ကန့်"),
    ("အျခား", "အခြား"),
    ("ပဥၥမ", "ပဉ္စမ"),
    ("လွ်ပ္စစ္", "လျှပ်စစ်"),
    ("ဒက္ရွ္ဘုတ္", "ဒက်ရှ်ဘုတ်"),
    ("ဘဏ္ဍာေရး", "ဘဏ်ဍာရေး"),
    ("စင္ကာပူ", "စင်ကာပူ"),
    ("၂၀၁၉ ခုႏွစ္", "၂၀၁၉ ခုနှစ်"),
]

# Languages that use the same block: what is Shan, Mon, Karen, Pa'O or Pali in Unicode must not be touched.
NEIGHBOURS = [
    "လိၵ်ႈတႆး",
    "မႂ်ႇသုင်ၶႃႈ ၼႂ်းမိူင်းတႆး",
    "ၵူၼ်းတႆး ႁဝ်းၶႃႈ ၽႃႇသႃႇ",
    "ၶူးႁိုၼ် တူၺ်းထိုင် ၸၢင်ႈ ၾႆးၾႃႉ",
    "ဘာသာမန် ဍုၚ်မန် အရေဝ်ဘာသာ",
    "ညးဂမၠိုၚ် ပ္ဍဲ ပ္တိတ် မၞိဟ် သ္ပကမၠောန်",
    "တၠပညာ ၜိုတ်ဂၠိုၚ်",
    "ကညီကျိာ် တၢ်မၤစၢၤ ပှၤကညီ",
    "ကရၢကရိ ဟီၣ်ခိၣ် ဂီၢ်မုၢ် တၢ်ဂံၢ်တၢ်ဘါ",
    "ပအိုဝ်ႏ ဖေႏ အနေႏ ကျံႏ ခါꩻဒါႏ",
    "ဝိနယပိဋကေ ပါရာဇိကပါဠိ ဗုဒ္ဓဿ",
]


def read_unicode_burmese() -> dict[str, list[str]]:
    """Return every Burmese text of the project by where it stands."""
    concepts = []
    for path in sorted((ROOT / "matching/training/domain/concepts").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as stream:
            concepts += [row["my"] for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    labels = (ROOT / "platform/mawsim/taxonomy/data/labels/my.tsv").read_text("utf-8").splitlines()
    catalogue = [
        text
        for entry in polib.pofile(str(ROOT / "locale/my/LC_MESSAGES/django.po"))
        for text in (entry.msgstr, *entry.msgstr_plural.values())
    ]
    company = [json.loads(line) for line in (DATA / "company/docs.jsonl").read_text("utf-8").splitlines()]
    offers = [text for row in company if row["lang"] == "my" for text in (row["title"], row["body"])]
    return {"concepts": concepts, "labels": labels, "catalogue": catalogue, "offers": offers}


@pytest.mark.parametrize(("zawgyi", "expected"), WORDS)
def test_words(zawgyi: str, expected: str) -> None:
    assert convert(zawgyi) == expected
    assert to_unicode(zawgyi) == expected
    assert normalise(zawgyi) == normalise(expected)


@pytest.mark.parametrize("text", [unicode for _, unicode in WORDS] + NEIGHBOURS)
def test_unicode_is_left_alone(text: str) -> None:
    assert not is_zawgyi(text)
    assert to_unicode(text) == text


def test_no_burmese_text_of_the_project_is_taken_for_zawgyi() -> None:
    for source, texts in read_unicode_burmese().items():
        assert len(texts) >= 12, source
        assert [text for text in texts if to_unicode(text) != text] == [], source


def test_there_and_back() -> None:
    """Whatever the project says in Burmese reads the same when it is typed in Zawgyi."""
    texts = [normalise(text) for texts in read_unicode_burmese().values() for text in texts]
    assert len(texts) > 4_000
    # Where Unicode leaves a choice, as in ဈေး and စျေး, conversion makes one.
    choices = str.maketrans({"ဩ": "သြ", "ဈ": "စျ", "ဉ": "ဥ"})
    same = [convert(to_zawgyi(text)).translate(choices) == text.translate(choices) for text in texts]
    found = [normalise(to_zawgyi(text)).translate(choices) == text.translate(choices) for text in texts]
    assert sum(same) / len(texts) > 0.999
    # The rest are single words that spell something in either encoding.
    assert sum(found) / len(texts) > 0.97


def test_long_texts_are_always_found() -> None:
    offers = [normalise(text) for text in read_unicode_burmese()["offers"] if len(text) > 60]
    assert len(offers) >= 6
    assert [normalise(to_zawgyi(text)) for text in offers] == offers


def test_a_zawgyi_part_of_a_unicode_text_is_rewritten_and_a_slip_is_not() -> None:
    assert to_unicode("မြန်မာနိုင်ငံ ျဖစ္ပါသည္") == "မြန်မာနိုင်ငံ ဖြစ်ပါသည်"
    # A vowel typed first, as some do in Unicode, makes no Zawgyi of what is around it.
    assert to_unicode("ဇယားပြသမှု ေရွးချယ်စရာများ") == "ဇယားပြသမှု ေရွးချယ်စရာများ"


def test_shan_digits_are_letters_in_zawgyi_and_digits_elsewhere() -> None:
    assert normalise("ေဆး႐ုံ") == "ဆေးရုံ"
    assert normalise("ၵူၼ်း ႑႒႓") == "ၵူၼ်း 123"


@settings(max_examples=400)
@given(
    st.text(alphabet=st.characters(min_codepoint=0x1000, max_codepoint=0x109F) | st.just(" "), max_size=60)
)
def test_any_sequence_of_the_block_is_normalised_once_for_all(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert to_unicode(to_unicode(text)) == to_unicode(text)


@given(st.lists(st.sampled_from([word for pair in WORDS for word in pair] + NEIGHBOURS), max_size=6))
def test_mixtures_are_normalised_once_for_all(words: list[str]) -> None:
    once = normalise("".join(words))
    assert normalise(once) == once
    once = normalise(" ".join(words))
    assert normalise(once) == once
