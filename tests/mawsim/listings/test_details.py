from typing import Any

import pytest
from django.utils.translation import override

from mawsim.core.errors import InvalidInput
from mawsim.core.languages import CODES
from mawsim.listings.details import PILLARS, Fact, clean, facts
from mawsim.taxonomy.vocabulary import Vocabulary, codes

FULL: dict[str, dict[str, Any]] = {
    "talent": {"roles": ["ml_engineer", "trainer"], "headcount": 12, "duration_months": 6},
    "infrastructure": {"gpu_type": "nvidia-h200", "gpu_count": 256, "location": "MY", "availability": "now"},
    "data": {"modality": ["speech"], "volume": 12000, "volume_unit": "hours", "rights": "consented"},
    "capital": {
        "ticket_min": 1_000_000,
        "ticket_max": 5_000_000,
        "currency": "USD",
        "instrument": ["equity"],
    },
    "market": {"channels": ["hospitals"], "regions": ["AE", "SA"], "languages": ["en", "ar"]},
    "technology": {"ipr_status": "patent_granted", "deployment": ["saas", "on_premises"]},
}


def _error(pillar: str, **raw: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        clean(pillar, raw)
    return {name.removeprefix("details."): str(message) for name, message in caught.value.errors.items()}


def test_every_pillar_has_fields() -> None:
    assert set(PILLARS) == set(codes(Vocabulary.PILLAR))


@pytest.mark.parametrize("pillar", PILLARS)
def test_full_details_come_through(pillar: str) -> None:
    assert clean(pillar, FULL[pillar]) == FULL[pillar]
    assert set(FULL[pillar]) == {spec.name for spec in PILLARS[pillar]}


@pytest.mark.parametrize("empty", ["", "  ", None, [], ()])
def test_empty_fields_are_left_out(empty: Any) -> None:
    assert clean("talent", {"headcount": empty, "roles": empty}) == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 1,000 ", 1000),
        ("1.000", 1000),
        ("1 000", 1000),
        ("12,000", 12000),
        ("١٢", 12),
        ("۱۲", 12),
        ("๑๒", 12),
        ("១២", 12),
        (7, 7),
    ],
)
def test_numbers_in_every_script(text: Any, number: int) -> None:
    assert clean("talent", {"headcount": text}) == {"headcount": number}


@pytest.mark.parametrize(
    "text",
    [
        "1.5",
        "1,5",
        "-3",
        "1e3",
        "twelve",
        "12 people",
        "1,00",
        "1,000.000",
        "½",
        "²",
        True,
        "NaN",
        [5],
        "9" * 400,
    ],
)
def test_no_number_is_guessed(text: Any) -> None:
    assert _error("talent", headcount=text) == {"headcount": "Enter a whole number, in digits only."}


@pytest.mark.parametrize("number", ["0", "100001"])
def test_numbers_stay_sane(number: str) -> None:
    assert _error("talent", headcount=number) == {"headcount": "Enter a number from 1 to 100,000."}


def test_choices() -> None:
    unknown = "This choice is not in the list."
    assert _error("infrastructure", gpu_type="quantum", location="XX") == {
        "gpu_type": unknown,
        "location": unknown,
    }
    assert _error("talent", roles="ml_engineer") == {"roles": unknown}
    assert _error("talent", roles=["ml_engineer", {}]) == {"roles": unknown}
    assert _error("market", languages=["de"], regions=["vn"]) == {"languages": unknown, "regions": unknown}


def test_several_choices_keep_the_order_of_the_list() -> None:
    assert clean("talent", {"roles": ["trainer", "ml_engineer", "trainer"]}) == {
        "roles": ["ml_engineer", "trainer"]
    }


def test_amounts_need_a_currency_and_an_order() -> None:
    assert clean("capital", {"ticket_min": "5", "currency": " usd "}) == {"ticket_min": 5, "currency": "USD"}
    assert _error("capital", ticket_min="5") == {"currency": "Say in which currency the amounts are."}
    assert _error("capital", ticket_min="5", ticket_max="4", currency="KRW") == {
        "ticket_max": "The largest amount is smaller than the smallest."
    }
    assert _error("capital", currency="BTC") == {
        "currency": "Enter the three letters of a currency, for example USD."
    }


def test_a_volume_needs_a_unit() -> None:
    assert _error("data", volume="5") == {"volume_unit": "Say in which unit the volume is."}


def test_an_unknown_pillar_takes_nothing() -> None:
    assert clean("nonsense", {}) == {}
    assert list(_error("nonsense", roles=["trainer"])) == ["roles"]


def test_facts_in_english() -> None:
    assert facts("capital", FULL["capital"], "en") == [
        Fact("Smallest amount", "$1,000,000"),
        Fact("Largest amount", "$5,000,000"),
        Fact("Form of the funding", "Equity"),
    ]
    assert facts("data", FULL["data"], "en") == [
        Fact("Kind of data", "Speech and sound"),
        Fact("Volume", "12,000 hours"),
        Fact("Rights to the data", "Collected with consent"),
    ]
    assert facts("market", FULL["market"], "en")[1:] == [
        Fact("Countries that the channels reach", "United Arab Emirates and Saudi Arabia"),
        Fact("Languages of sales and support", "English and Arabic"),
    ]


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("pillar", PILLARS)
def test_facts_in_every_language(pillar: str, language: str) -> None:
    with override("en"):  # the language asked for counts, not the active one
        shown = facts(pillar, clean(pillar, FULL[pillar]), language)
    assert len(shown) >= len(FULL[pillar]) - 1
    assert all(fact.label and fact.value for fact in shown)


def test_countries_and_money_are_written_as_the_reader_does() -> None:
    assert facts("infrastructure", {"location": "MY"}, "ko")[0].value == "말레이시아"
    assert facts("capital", {"ticket_min": 5, "currency": "USD"}, "vi")[0].value == "5\xa0US$"


def test_codes_of_the_past_are_left_out() -> None:
    assert facts("talent", {"roles": ["alchemist"], "headcount": 3, "gone": 1}, "en") == [
        Fact("Number of people", "3")
    ]
