"""The development set: what companies write, in all fifteen languages. Our own; never trained on."""

from collections import Counter
from pathlib import Path

from mawsim.core.language_check import Verdict, check
from mawsim.core.languages import CODES
from mawsim.translation.checks import problems
from mawsim.translation.evaluate import Item, read_items
from mawsim.translation.evaluate.facts import is_kept
from mawsim.translation.facts import differing_values, find

FILE = Path(__file__).parents[1] / "data" / "dev.jsonl"


def items() -> list[Item]:
    with FILE.open(encoding="utf-8") as file:
        return read_items(file)


def test_it_covers_all_languages() -> None:
    found = items()
    assert len(found) >= 150
    assert len({item.id for item in found}) == len(found)
    assert {item.source for item in found} == set(CODES)
    texts = Counter(code for item in found for code in item.text)
    assert min(texts.values()) >= 20
    assert all({"ko", "en"} < set(item.text) for item in found)


def test_every_text_is_in_its_language() -> None:
    wrong = [
        (item.id, code)
        for item in items()
        for code, text in item.text.items()
        if check(text, code, is_name=item.kind == "title").verdict != Verdict.FITS
    ]
    assert wrong == []


def test_its_facts_are_in_every_text() -> None:
    missing = [
        (item.id, code, fact)
        for item in items()
        for code, text in item.text.items()
        for fact in item.facts
        if not is_kept(fact, text)
    ]
    assert missing == []


def test_the_site_s_checks_have_nothing_against_good_translations() -> None:
    """What people write well must pass: 518 pairs in 121 directions."""
    found = {}
    for item in items():
        original, source = item.text[item.source], item.source
        facts = find(original, source)
        for code, text in item.text.items():
            if code != source:
                said = problems(original, text, source, code, facts, (), differing_values)
                found |= {(item.id, code): [one.code for one in said]} if said else {}
    assert found == {}
