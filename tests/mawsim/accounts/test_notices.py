import pytest

from mawsim.accounts.models import NotificationKind
from mawsim.accounts.notices import PARAMS, Notice, check_params, notice
from mawsim.core import languages

SAMPLE = {
    "title": "의료 영상 AI",
    "note": "Say more",
    "date": "2026-12-05",
    "organisation": "VietCare",
    "name": "hospitals",
    "count": 3,
    "inviter": "Minji",
}


def sample(kind: NotificationKind) -> dict[str, object]:
    return {name: SAMPLE[name] for name in PARAMS[kind]}


@pytest.mark.parametrize("language", languages.CODES)
@pytest.mark.parametrize("kind", NotificationKind)
def test_every_kind_can_be_said_in_every_language(kind: NotificationKind, language: str) -> None:
    said = notice(kind, sample(kind), language)
    assert said.title
    assert "%" not in said.title + said.body
    for name in PARAMS[kind] - {"date", "count"}:
        assert f"\u2068{SAMPLE[name]}\u2069" in said.body


def test_words_in_english() -> None:
    assert notice("interest_received", sample(NotificationKind.INTEREST_RECEIVED), "en") == Notice(
        "New expression of interest",
        "\u2068VietCare\u2069 is interested in “\u2068의료 영상 AI\u2069”. Accept or decline.",
    )
    assert notice("listing_expiring", sample(NotificationKind.LISTING_EXPIRING), "en").body == (
        "“\u2068의료 영상 AI\u2069” expires on Dec 5, 2026. You can renew it with one click."
    )


def test_numbers_take_their_plural() -> None:
    one = notice("saved_search_hits", {"name": "x", "count": 1}, "en").body
    many = notice("saved_search_hits", {"name": "x", "count": 1200}, "en").body
    assert one == "1 new listing fits “\u2068x\u2069”."
    assert many == "1,200 new listings fit “\u2068x\u2069”."


def test_a_rejection_without_a_note_says_nothing_of_one() -> None:
    assert notice("listing_rejected", {"title": "x", "note": ""}, "en").body == (
        "“\u2068x\u2069” was reviewed and needs changes."
    )


def test_what_users_wrote_is_no_format() -> None:
    body = notice("listing_expired", {"title": "100 %(organisation)s %d"}, "en").body
    assert (
        body == "“\u2068100 %(organisation)s %d\u2069” has expired and is no longer shown. You can renew it."
    )


def test_a_missing_name_is_found_before_anything_is_stored() -> None:
    with pytest.raises(ValueError, match="interest_received: missing organisation, title"):
        check_params(NotificationKind.INTEREST_RECEIVED, {})
