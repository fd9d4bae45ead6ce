import pytest
from django.utils.translation import override

from mawsim.accounts.models import Organisation
from mawsim.core import cldr
from mawsim.core.languages import CODES
from mawsim.listings.models import Listing
from mawsim.listings.summary import sentence
from mawsim.taxonomy.vocabulary import Vocabulary, label
from tests.mawsim.listings.samples import KOREAN


def _listing(**changed: object) -> Listing:
    return Listing(organisation=Organisation(name="한빛", country="KR"), **{**KOREAN, **changed})


def test_an_offer_in_english() -> None:
    assert sentence(_listing(technologies=["medical-imaging", "ocr"]), "en") == (
        "Offer from South Korea (Technology): Medical image diagnosis and Optical character recognition. "
        "Sectors: Healthcare. Partnership sought: Distribution or resale and Pilot project (PoC). "
        "Countries: Vietnam and Indonesia."
    )


def test_a_need_of_several_things_names_them() -> None:
    listing = _listing(kind="need", further_pillars=["capital", "data"])
    assert sentence(listing, "en").startswith("Need from South Korea (Technology, Capital, and Data): ")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"technologies": [], "partnership_types": []},
            "Offer from South Korea (Technology). Sectors: Healthcare. "
            "Target countries: Vietnam and Indonesia.",
        ),
        (
            {"kind": "need", "sectors": [], "target_countries": []},
            "Need from South Korea (Technology): Medical image diagnosis. "
            "Partnership sought: Distribution or resale and Pilot project (PoC).",
        ),
        (
            {
                "kind": "need",
                "sectors": [],
                "technologies": [],
                "partnership_types": [],
                "target_countries": [],
            },
            "Need from South Korea: Technology.",
        ),
        (
            {
                "technologies": ["gone", "ocr"],
                "sectors": ["gone"],
                "partnership_types": [],
                "target_countries": [],
            },
            "Offer from South Korea (Technology): Optical character recognition.",
        ),
    ],
)
def test_what_is_missing_is_not_mentioned(changed: dict[str, object], text: str) -> None:
    assert sentence(_listing(**changed), "en") == text


def test_a_long_list_is_cut() -> None:
    codes = ["ocr", "llm", "rag", "chatbot", "drone-inspection"]
    names = [label(Vocabulary.TECHNOLOGY, code, "en") for code in codes]
    text = sentence(_listing(technologies=codes), "en")
    assert [name in text for name in names] == [True, True, True, True, False]


@pytest.mark.parametrize("language", CODES)
def test_it_is_there_in_every_language_whatever_is_active(language: str) -> None:
    with override("en"):
        text = sentence(_listing(), language)
    for name in (
        label(Vocabulary.TECHNOLOGY, "medical-imaging", language),
        label(Vocabulary.SECTOR, "healthcare", language),
        label(Vocabulary.PARTNERSHIP, "pilot", language),
        cldr.country_name("KR", language),
        cldr.country_name("VN", language),
    ):
        assert name in text
    assert "%(" not in text
