"""Who is shown how often: counted on the lists, by group, with what fairness costs."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mawsim.accounts.models import Organisation
from mawsim.listings.models import Kind, Listing
from mawsim.matches import exposure, lists
from mawsim.matches.models import ExposureReport, SuggestionList
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def listed(listing: Listing, *entries: tuple[Listing, float]) -> None:
    """Write a list by hand."""
    SuggestionList.objects.create(
        listing=listing,
        model="m",
        pending=False,
        others=[other.pk for other, _ in entries],
        scores=[score for _, score in entries],
    )


@pytest.fixture
def offer(cast: Cast) -> Listing:
    return publish(cast.hanbit, "팜 농장")


def test_exposure_by_hand(cast: Cast, offer: Listing) -> None:
    Organisation.objects.filter(pk=cast.vietcare.pk).update(size="large")
    many = [publish(cast.vietcare, "sawit", kind=Kind.NEED) for _ in range(3)]
    one = publish(cast.zayed, "نخيل", kind=Kind.NEED)
    listed(offer, (many[0], 0.9), (many[1], 0.8), (many[2], 0.7), (one, 0.6))
    report = exposure.measure().report
    # By score: all four. As shown: two of one organisation, then the other; attention 1, 0.631, 0.5, 0.431.
    by_score, as_shown = {"VN": 2.1309, "AE": 0.4307}, {"VN": 1.6309, "AE": 0.5}
    rows = {row["code"]: row for row in report["groups"]["country"]}
    for code in ("VN", "AE"):
        assert rows[code]["by_score"] == pytest.approx(by_score[code] / 2.5616, abs=1e-3)
        assert rows[code]["as_shown"] == pytest.approx(as_shown[code] / 2.1309, abs=1e-3)
    assert rows["KR"] == {"code": "KR", "listings": 0.2, "by_score": 0.0, "as_shown": 0.0}
    assert (rows["VN"]["listings"], rows["AE"]["listings"]) == (0.6, 0.2)
    assert [row["code"] for row in report["groups"]["size"]] == ["large", ""]
    assert {row["code"] for row in report["groups"]["language"]} == {"vi", "ko", "ar"}
    assert (report["lists"], report["of"], report["organisations"], report["never_shown"]) == (1, 1, 3, 1)
    assert (report["mean_by_score"], report["mean_as_shown"]) == (0.75, 0.7667)
    assert report["cost"] == pytest.approx(0.7 / 4)
    # Three organisations with (0, 0.5, 1.6309): fairer than (0, 0.4307, 2.1309).
    assert report["gini_as_shown"] == pytest.approx(2 * 1.6309 / (3 * 2.1309), abs=1e-3)
    assert report["gini_as_shown"] < report["gini_by_score"]


def test_what_may_not_be_shown_is_not_counted(cast: Cast, offer: Listing) -> None:
    hidden = publish(cast.vietcare, "sawit", kind=Kind.NEED, open_for_interest=False)
    listed(offer, (hidden, 0.9))
    listed(hidden, (offer, 0.9))  # nor does a list count that nobody reads
    report = exposure.measure().report
    assert (report["lists"], report["mean_as_shown"], report["cost"]) == (1, 0.0, 0.0)


def test_an_even_sample_says_that_it_is_one(cast: Cast) -> None:
    for _ in range(7):
        listed(publish(cast.hanbit, "팜"))
    report = exposure.measure(sample=3).report
    assert (report["lists"], report["of"]) == (3, 7)
    assert exposure.measure(sample=7).report["lists"] == 7


def test_nothing_to_measure(db: None) -> None:
    report = exposure.measure().report
    assert (report["lists"], report["gini_as_shown"], report["groups"]["country"]) == (0, 0.0, [])


def test_reports_are_kept_for_a_while(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposure, "KEPT_REPORTS", 2)
    made = [exposure.measure().pk for _ in range(3)]
    assert list(ExposureReport.objects.values_list("pk", flat=True)) == [made[2], made[1]]


def test_newcomers_gain_by_it(cast: Cast) -> None:
    """The real way: lists that are computed, and a newcomer that nobody would see by score alone."""
    for number in range(12):
        old = Organisation.objects.create(kind="partner", name=f"P{number}", country="VN", language="vi")
        publish(old, "sawit kebun bay bệnh", kind=Kind.NEED, sectors=["plantation"])
    Organisation.objects.update(created_at=timezone.now() - timedelta(days=100))
    publish(cast.hanbit, "팜 농장 병든 드론", sectors=["plantation"])
    publish(cast.zayed, "نخيل مزرعة درون", kind=Kind.NEED)
    Organisation.objects.filter(pk=cast.zayed.pk).update(created_at=timezone.now())
    index()
    lists.update_pending()
    report = exposure.measure().report
    emirates = next(row for row in report["groups"]["country"] if row["code"] == "AE")
    assert emirates["by_score"] == 0.0
    assert emirates["as_shown"] > 0
    assert report["mean_as_shown"] <= report["mean_by_score"]
    assert 0 <= report["cost"] < 0.001
