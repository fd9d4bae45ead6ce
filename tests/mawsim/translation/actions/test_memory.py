import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from mawsim.translation.actions import Unit, forget, remember
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.scopes import PUBLIC, Scope, organisation

pytestmark = pytest.mark.django_db


def _unit(target: str, state: State, scope: Scope = PUBLIC) -> Unit:
    return Unit("의료 AI", target, "ko", "en", state, scope=scope)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (State.MACHINE, State.REVIEWED, "new"),
        (State.REVIEWED, State.MACHINE, "old"),
        (State.OWNER_APPROVED, State.REVIEWED, "old"),
        (State.REVIEWED, State.OWNER_APPROVED, "new"),
        (State.OWNER_APPROVED, State.OWNER_APPROVED, "new"),
        (State.MACHINE, State.MACHINE, "new"),
    ],
)
def test_a_unit_never_replaces_one_of_a_higher_state(before: State, after: State, kept: str) -> None:
    remember([_unit("old", before)])
    remember([_unit("new", after)])
    assert [unit.target_text for unit in MemoryUnit.objects.all()] == [kept]


def _stored() -> dict[str, str]:
    return dict(MemoryUnit.objects.values_list("source_text", "target_text"))


def test_fields_are_kept_whole_and_sentence_by_sentence() -> None:
    remember(
        [Unit("병원 12곳. 민감도 97.2%!", "12 hospitals. 97.2% sensitivity!", "ko", "en", State.REVIEWED)]
    )
    assert _stored() == {
        "병원 12곳. 민감도 97.2%!": "12 hospitals. 97.2% sensitivity!",
        "병원 12곳.": "12 hospitals.",
        "민감도 97.2%!": "97.2% sensitivity!",
    }


@pytest.mark.parametrize(
    "target",
    ["12 hospitals, 97.2% sensitivity!", "97.2% sensitivity. 12 hospitals!"],
)
def test_sentences_that_do_not_correspond_are_not_kept_apart(target: str) -> None:
    remember([Unit("병원 12곳. 민감도 97.2%!", target, "ko", "en", State.REVIEWED)])
    assert _stored() == {"병원 12곳. 민감도 97.2%!": target}


@pytest.mark.parametrize("count", [1, 3])
def test_remembering_a_batch_takes_a_fixed_number_of_queries(
    settings: Settings, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.EVENT_HANDLERS = {"translations_changed": []}  # theirs are counted where they are
    units = [Unit(f"t{number}", f"T{number}", "en", "ko", State.REVIEWED) for number in range(count)]
    with django_assert_num_queries(4):  # savepoint, insert, select, release
        remember(units)


def test_units_can_be_taken_out() -> None:
    remember([_unit("Medical AI", State.REVIEWED), _unit("Ours", State.REVIEWED, organisation(7))])
    assert forget(MemoryUnit.objects.filter(scope_id=7).values_list("pk", flat=True)) == 1
    assert _stored() == {"의료 AI": "Medical AI"}
