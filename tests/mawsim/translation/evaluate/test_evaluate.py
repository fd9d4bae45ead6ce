import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mawsim.translation.engines.base import Candidate, Form, Segment
from mawsim.translation.evaluate import BadItem, Item, evaluate, read_items
from mawsim.translation.evaluate.facts import is_kept

KOREAN = "병원 40곳에서 씁니다. 민감도는 97.2%입니다."
ENGLISH = "Used in 40 hospitals. The sensitivity is 97.2%."
ITEM = Item("a", "ko", "summary", {"ko": KOREAN, "en": ENGLISH}, ("40", "97.2%"))


class Table:
    """Knows some sentences, as an engine that wants facts as they stand."""

    version = "table:1"
    forms = (Form.PLAIN,)

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def speaks(self, source: str, target: str) -> bool:
        return target == "en"

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        found = (self.known.get(segment.text) for segment in segments)
        return [Candidate(text, 1.0) if text else None for text in found]


GOOD = {
    "병원 40곳에서 씁니다.": "Used in 40 hospitals.",
    "민감도는 97.2%입니다.": "The sensitivity is 97.2%.",
}


def test_a_perfect_engine() -> None:
    found = evaluate(Table(GOOD), [ITEM])
    assert found["directions"] == {
        "ko-en": {"texts": 1, "chrf": 100.0, "facts": 1.0, "facts_accepted": 1.0, "accepted": 1.0}
    }
    assert (found["all"], found["segments"], found["engine"]) == (found["directions"]["ko-en"], 2, "table:1")
    assert found["segments_per_second"] > 0


def test_what_the_checks_refuse_counts_as_the_original() -> None:
    found = evaluate(Table(GOOD | {"병원 40곳에서 씁니다.": "Used in 50 hospitals."}), [ITEM])["all"]
    assert (found["accepted"], found["facts"], found["facts_accepted"]) == (0.5, 1.0, None)
    assert 30 < found["chrf"] < 80


def test_directions() -> None:
    item = Item("a", "ko", "", {"ko": KOREAN, "en": ENGLISH, "vi": "x"}, ())
    found = evaluate(Table(GOOD), [item])
    assert (list(found["directions"]), found["not_spoken"]) == (["ko-en"], ["ko-vi"])
    found = evaluate(Table({}), [item], [("vi", "en")])
    assert (list(found["directions"]), found["not_spoken"]) == (["vi-en"], [])
    assert evaluate(Table({}), [item], [("tr", "en")])["all"]["texts"] == 0


@pytest.mark.parametrize(
    ("fact", "text", "kept"),
    [
        ("97.2%", "민감도 97.2%", True),
        ("97.2%", "dugaan 97,2 %", True),
        ("97.2%", "97.3%", False),
        ("300,000 USD", "30만 달러", True),
        ("March 2027", "2027년 3월", True),
        ("40", "٤٠ مستشفى", True),
        ("40", "the 4th", False),
        ("41", "410 and 4.1", False),
        ("1.5", "1.500", True),
        ("12,500", "12.500", True),
        ("40", "140", False),
        ("3 and 3", "3", False),
        ("12", "1 and 2", False),
        ("ISO 13485", "iso 13485", True),
        ("Hanbit", "한빛", False),
        ("a@b.example", "a@b.example", True),
    ],
)
def test_facts(fact: str, text: str, kept: bool) -> None:
    assert is_kept(fact, text) is kept


GOOD_LINE = {"id": 1, "src_lang": "ko", "kind": "x", "text": {"ko": "가"}, "facts": []}


@pytest.mark.parametrize(
    "change",
    [
        {"src_lang": "xx"},
        {"src_lang": "en"},
        {"text": {"ko": ""}},
        {"text": {"ko": 1}},
        {"text": ["ko"]},
        {"facts": "40"},
        {"text": {"ko": "가", "de": "b"}},
    ],
)
def test_a_bad_line_is_named(change: dict[str, object]) -> None:
    lines = [json.dumps(GOOD_LINE), "", json.dumps(GOOD_LINE | change)]
    with pytest.raises(BadItem, match=r"^line 3: "):
        read_items(lines)
    assert [item.id for item in read_items(lines[:2])] == ["1"]


def test_command(tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    row = {"id": "a", "src_lang": "ko", "kind": "summary", "text": ITEM.text | {"zh-Hans": "40"}, "facts": []}
    file.write_text(json.dumps(row), encoding="utf-8")
    out = io.StringIO()
    call_command("translate_eval", file=file, engine="fake", pairs="ko-en, zh-Hans-ko", stdout=out)
    found = json.loads(out.getvalue())
    assert list(found["directions"]) == ["ko-en", "zh-Hans-ko"]
    assert found["directions"]["ko-en"]["accepted"] == 1.0
    for wrong in ({"pairs": "ko-de"}, {"engine": "nonsense"}, {"file": tmp_path / "none"}):
        with pytest.raises(CommandError):
            call_command("translate_eval", **({"file": file, "engine": "fake"} | wrong))
