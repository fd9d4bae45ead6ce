from datetime import timedelta

from django.utils import timezone

from mawsim.accounts.models import Claim, ClaimState, Role
from tests.conftest import Cast


def test_name_falls_back_to_english_and_then_to_its_own_writing(cast: Cast) -> None:
    cast.hanbit.names = {"en": "Hanbit Medical AI", "ar": "هانبيت"}
    assert [cast.hanbit.name_in(language) for language in ("ar", "vi", "ko")] == [
        "هانبيت",
        "Hanbit Medical AI",
        "한빛의료AI",
    ]
    assert cast.vietcare.name_in("ko") == "Tập đoàn Y tế VietCare"


def test_the_cast_has_every_role(cast: Cast) -> None:
    assert [cast.of(cast.hanbit, role).email for role in Role] == [
        "owner@hanbit.example",
        "editor@hanbit.example",
        "viewer@hanbit.example",
    ]
    assert cast.operator.is_operator


def test_a_claim_expires_with_its_date_unless_it_is_revoked() -> None:
    today = timezone.now().date()
    checked = Claim(state=ClaimState.REGISTRY_CHECKED, expires_on=today)
    assert checked.current_state == ClaimState.REGISTRY_CHECKED
    checked.expires_on = today - timedelta(days=1)
    assert checked.current_state == ClaimState.EXPIRED
    checked.state = ClaimState.REVOKED
    assert checked.current_state == ClaimState.REVOKED
    assert Claim().current_state == ClaimState.SELF_DECLARED
