import pytest
from pytest_django import DjangoAssertNumQueries

from mawsim.translation.actions import Unit, remember
from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.queries import remembered, translate

pytestmark = pytest.mark.django_db


def _unit(target: str, state: State, organisation_id: int = 0, engine: str = "") -> Unit:
    return Unit("의료 AI", target, "ko", "en", state, engine=engine, organisation_id=organisation_id)


def _known(organisation_id: int = 0) -> Candidate | None:
    return Memory().translate([Segment("의료  AI ", "ko", "en", organisation_id)])[0]


def test_an_exact_text_is_found_whatever_its_white_space() -> None:
    remember([_unit("Medical AI", State.REVIEWED)])
    assert _known() == Candidate("Medical AI", 0.95, State.REVIEWED, "", 0)


def test_another_text_or_language_is_not() -> None:
    remember([_unit("Medical AI", State.REVIEWED)])
    segments = [
        Segment("의료 AI.", "ko", "en"),
        Segment("의료 AI", "ko", "vi"),
        Segment("의료 AI", "en", "ko"),
    ]
    assert Memory().translate(segments) == [None, None, None]


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


def test_confidential_units_stay_in_their_organisation() -> None:
    remember([_unit("Secret AI", State.OWNER_APPROVED, organisation_id=7)])
    assert _known() is None
    assert _known(organisation_id=8) is None
    known = _known(organisation_id=7)
    assert known is not None
    assert known.text == "Secret AI"


def test_an_organisation_own_words_beat_the_public_ones() -> None:
    remember([_unit("Public AI", State.OWNER_APPROVED), _unit("Our AI", State.REVIEWED, organisation_id=7)])
    assert [known.text for known in (_known(7), _known(8), _known()) if known] == [
        "Our AI",
        "Public AI",
        "Public AI",
    ]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_batch_is_one_query(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    segments = [Segment(f"text {number}", "en", "ko", number % 2) for number in range(count)]
    with django_assert_num_queries(1):
        assert Memory().translate(segments) == [None] * count


@pytest.mark.parametrize("count", [1, 3])
def test_remembering_a_batch_takes_a_fixed_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = [Unit(f"t{number}", f"T{number}", "en", "ko", State.REVIEWED) for number in range(count)]
    with django_assert_num_queries(4):  # savepoint, insert, select, release
        remember(units)


def test_the_first_engine_that_knows_answers() -> None:
    remember([_unit("Medical AI", State.REVIEWED)])
    answers = translate([Segment("unknown", "ko", "en"), Segment("의료 AI", "ko", "en")])
    assert [answer and answer.text for answer in answers] == [None, "Medical AI"]


def test_remembered_gives_the_texts_that_it_knows() -> None:
    remember([_unit("Medical AI", State.REVIEWED)])
    found = remembered(["의료 AI", "의료 AI", "other"], "ko", "en")
    assert {text: candidate.text for text, candidate in found.items()} == {"의료 AI": "Medical AI"}
