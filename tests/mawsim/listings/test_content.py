import json
from typing import Any

import pytest

from mawsim.core.errors import InvalidInput
from mawsim.listings.content import clean
from tests.mawsim.listings.samples import KOREAN, VIETNAMESE


def _errors(**changed: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        clean({**KOREAN, **changed})
    return {field: str(message) for field, message in caught.value.errors.items()}


def test_good_content_comes_through_as_it_is() -> None:
    assert clean(KOREAN) == KOREAN
    assert clean(VIETNAMESE) == VIETNAMESE


def test_text_is_tidied() -> None:
    cleaned = clean({**KOREAN, "title": "  흉부\t엑스레이\r\n판독 ", "body": " 첫째 줄\r\n둘째 줄 "})
    assert (cleaned["title"], cleaned["body"]) == ("흉부 엑스레이 판독", "첫째 줄\n둘째 줄")


def test_markup_is_text() -> None:
    title = "<script>alert('판독')</script> 흉부 엑스레이"
    assert clean({**KOREAN, "title": title})["title"] == title


@pytest.mark.parametrize("empty", ["", "   ", "\u200c\u200c", "\u200b", "...", None, 7, ["x"]])
@pytest.mark.parametrize("field", ["title", "summary"])
def test_title_and_summary_must_say_something(field: str, empty: Any) -> None:
    assert _errors(**{field: empty}) == {field: "This field must not be empty."}


def test_the_body_may_be_empty() -> None:
    assert clean({**KOREAN, "body": "  "})["body"] == ""


@pytest.mark.parametrize(("field", "limit"), [("title", 120), ("summary", 500), ("body", 4000)])
def test_length_is_counted_in_characters(field: str, limit: int) -> None:
    assert clean({**KOREAN, field: "가" * limit})[field] == "가" * limit
    error = f"This text is too long: {limit + 1} characters; {limit} are allowed."
    assert _errors(**{field: "가" * (limit + 1)}) == {field: error}


def test_length_is_that_of_the_composed_text() -> None:
    assert clean({**KOREAN, "title": "\u1100\u1161" * 120})["title"] == "가" * 120


@pytest.mark.parametrize(
    "bad",
    [
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x85",
        "\u202e",
        "\u202a",
        "\u2066",
        "\u2069",
        "\ufeff",
        "\ue000",
        "\U000e0041",
        "\ufffe",
        "\u2028",
    ],
)
@pytest.mark.parametrize("field", ["title", "summary", "body"])
def test_characters_that_cannot_be_seen_are_refused(field: str, bad: str) -> None:
    message = "This contains characters that cannot be seen. Please type it again without them."
    text = KOREAN[field][:5] + bad + KOREAN[field][5:]
    # Title and summary are one line: what Python takes for white space has become a plain space.
    if bad.isspace() and field != "body":
        assert clean({**KOREAN, field: text})[field] == " ".join(text.split())
    else:
        assert _errors(**{field: text}) == {field: message}


def test_broken_utf8_is_refused() -> None:
    broken = KOREAN["title"][:4].encode()[:-1].decode("utf-8", errors="replace")
    assert _errors(title=broken) == {
        "title": "Some characters could not be read. Please type or paste the text again."
    }


def test_piled_up_marks_are_refused() -> None:
    assert list(_errors(title="흉부 엑스레이" + "\u0301" * 40)) == ["title"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fa", "ما به دنبال نرم\u200cافزار هوش مصنوعی برای بیمارستان\u200cها هستیم"),
        ("km", "យើង\u200bត្រូវការ\u200bប្រព័ន្ធ\u200bបញ្ញាសិប្បនិម្មិត\u200bសម្រាប់\u200bមន្ទីរពេទ្យ"),
        ("lo", "ພວກເຮົາ\u200bຕ້ອງການ\u200bລະບົບ\u200bປັນຍາປະດິດ\u200bສໍາລັບ\u200bໂຮງໝໍ"),
        ("my", "ကျွန်ုပ်တို့\u200cသည် ဆေးရုံများအတွက် ဉာဏ်ရည်တု စနစ် လိုအပ်ပါသည်"),
        ("ko", "가족 👨\u200d👩\u200d👧 건강 관리 서비스를 함께 만들 병원을 찾습니다"),
    ],
)
def test_joiners_of_real_writing_pass(language: str, text: str) -> None:
    cleaned = clean({**KOREAN, "source_language": language, "title": text, "summary": text, "body": ""})
    assert cleaned["summary"] == text


@pytest.mark.parametrize("field", ["kind", "pillar", "source_language"])
@pytest.mark.parametrize(
    ("value", "error"),
    [
        ("", "Please choose one."),
        (None, "Please choose one."),
        ("nonsense", "This choice is not in the list."),
        (["offer"], "This choice is not in the list."),
        (7, "This choice is not in the list."),
    ],
)
def test_one_of_a_list(field: str, value: Any, error: str) -> None:
    assert _errors(**{field: value})[field] == error


@pytest.mark.parametrize("field", ["sectors", "technologies", "partnership_types", "target_countries"])
@pytest.mark.parametrize("value", [["nonsense"], "healthcare", [None], [["healthcare"]], [{}], {"a": 1}, 7])
def test_unknown_codes_are_refused(field: str, value: Any) -> None:
    assert _errors(**{field: value}) == {field: "This choice is not in the list."}


def test_codes_are_taken_once_and_not_too_many() -> None:
    assert clean({**KOREAN, "sectors": ["finance", "healthcare", "finance"]})["sectors"] == [
        "finance",
        "healthcare",
    ]
    seven = ["agriculture", "food", "halal", "healthcare", "pharma", "education", "finance"]
    assert _errors(sectors=seven) == {"sectors": "Choose at most 6."}


@pytest.mark.parametrize(("value", "stage"), [("", None), (None, None), ("1", 1), (9, 9)])
def test_stage(value: Any, stage: int | None) -> None:
    assert clean({**KOREAN, "stage": value})["stage"] == stage


@pytest.mark.parametrize("value", ["0", "10", "-1", "five", "٣", "9" * 5000, "1.0", [1]])
def test_a_stage_that_is_none_is_refused(value: Any) -> None:
    assert _errors(stage=value) == {"stage": "This choice is not in the list."}


def test_every_error_is_told_at_once() -> None:
    found = _errors(title="", pillar="", sectors=["x"], stage="99", source_language="")
    assert sorted(found) == ["pillar", "sectors", "source_language", "stage", "title"]


def test_details_belong_to_the_pillar() -> None:
    assert _errors(details={"gpu_type": "nvidia-h100"}) == {
        "details.gpu_type": "This field does not belong to the chosen pillar."
    }


def test_the_wrong_script_is_an_error_at_its_field() -> None:
    errors = _errors(source_language="km")
    message = "This text does not look like Khmer; choose its language or rewrite it."
    assert errors == {"title": message, "summary": message, "body": message}


def test_a_doubt_is_a_question_that_the_author_may_answer() -> None:
    english = {
        "title": "Reading chest films",
        "summary": "We mark signs of tuberculosis in chest films within three seconds.",
        "body": "",
        "source_language": "vi",
    }
    assert _errors(**english) == {
        "language_confirmed": "The declared language is Vietnamese, but the text looks like English. "
        "If it is right as it stands, confirm and send it again."
    }
    assert clean({**KOREAN, **english}, language_confirmed=True)["source_language"] == "vi"


def test_confirming_does_not_help_the_wrong_script() -> None:
    with pytest.raises(InvalidInput):
        clean({**KOREAN, "source_language": "th"}, language_confirmed=True)


def test_cleaned_content_is_plain_json() -> None:
    assert json.loads(json.dumps(clean(KOREAN))) == KOREAN


def test_a_need_may_ask_for_more_than_one_thing() -> None:
    several = {**VIETNAMESE, "further_pillars": ["data", "technology", "capital", "data"]}
    # What it asks for first is not said twice.
    assert clean(several)["further_pillars"] == ["data", "capital"]


def test_an_offer_is_about_one_thing() -> None:
    assert _errors(further_pillars=["data"]) == {
        "further_pillars": "Only a need can ask for more than one thing. Post several offers."
    }


@pytest.mark.parametrize("bad", [["gone"], "data", [["data"]]])
def test_unknown_further_pillars_are_refused(bad: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean({**VIETNAMESE, "further_pillars": bad})
    assert list(caught.value.errors) == ["further_pillars"]
