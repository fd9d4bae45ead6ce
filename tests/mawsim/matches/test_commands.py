"""The commands of matching: what they compute and print."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mawsim.listings.models import Kind
from mawsim.matches.models import ExposureReport, SuggestionList, SuggestionPass
from mawsim.matches.tasks import refresh_suggestions, update_suggestions
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


@pytest.fixture
def pair(cast: Cast) -> None:
    publish(cast.hanbit, "팜 농장 드론")
    publish(cast.vietcare, "sawit kebun bay", kind=Kind.NEED)
    index()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_all_lists_at_once(pair: None) -> None:
    assert run("refresh_suggestions") == "2 lists computed.\n"
    assert [len(row.others) for row in SuggestionList.objects.all()] == [1, 1]
    assert not SuggestionList.objects.filter(pending=True).exists()
    assert ExposureReport.objects.count() == 1
    assert run("refresh_suggestions") == "2 lists computed.\n"  # whatever was done today


def test_without_an_index_it_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="Nothing is indexed yet"):
        run("refresh_suggestions")


def test_exposure_is_printed_and_kept(pair: None) -> None:
    run("refresh_suggestions")
    printed = json.loads(run("report_exposure", "--sample", "1"))
    assert (printed["lists"], printed["of"]) == (1, 2)
    assert printed == ExposureReport.objects.first().report  # type: ignore[union-attr]


def test_the_tasks_do_it_by_themselves(pair: None) -> None:
    update_suggestions()
    assert not SuggestionList.objects.filter(pending=True).exists()
    refresh_suggestions()
    assert SuggestionPass.objects.get().done == 2
    assert ExposureReport.objects.count() == 1
    refresh_suggestions()  # one a night
    assert (SuggestionPass.objects.count(), ExposureReport.objects.count()) == (1, 1)
