import pytest
from pytest_django import DjangoAssertNumQueries

from mawsim.translation.actions import Unit, remember
from mawsim.translation.engines.base import Candidate, Segment
from mawsim.translation.engines.memory import Memory
from mawsim.translation.models import State
from mawsim.translation.queries import remembered
from mawsim.translation.scopes import PUBLIC, Scope, conversation, organisation

pytestmark = pytest.mark.django_db


def _unit(target: str, state: State, scope: Scope = PUBLIC) -> Unit:
    return Unit("의료 AI", target, "ko", "en", state, scope=scope)


def _known(*scopes: Scope) -> Candidate | None:
    return Memory().translate([Segment("의료  AI ", "ko", "en", scopes or (PUBLIC,))])[0]


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


@pytest.mark.parametrize("scope", [organisation(7), conversation(7)])
def test_confidential_units_stay_in_their_scope(scope: Scope) -> None:
    remember([_unit("Secret AI", State.OWNER_APPROVED, scope)])
    others = [
        PUBLIC,
        organisation(8),
        conversation(8),
        {organisation(7): conversation(7)}.get(scope, organisation(7)),
    ]
    assert [_known(other) for other in others] == [None] * 4
    known = _known(scope)
    assert known is not None
    assert known.text == "Secret AI"


def test_a_batch_with_several_scopes_keeps_them_apart() -> None:
    remember([_unit("Secret AI", State.OWNER_APPROVED, organisation(7))])
    segments = [
        Segment("의료 AI", "ko", "en", (scope,)) for scope in (organisation(7), organisation(8), PUBLIC)
    ]
    assert [known and known.text for known in Memory().translate(segments)] == ["Secret AI", None, None]


def test_an_organisation_own_words_beat_the_public_ones() -> None:
    remember([_unit("Public AI", State.OWNER_APPROVED), _unit("Our AI", State.REVIEWED, organisation(7))])
    known = [_known(organisation(7)), _known(organisation(8)), _known()]
    assert [candidate.text for candidate in known if candidate] == ["Our AI", "Public AI", "Public AI"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_batch_is_one_query(count: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    segments = [
        Segment(f"text {number}", "en", "ko", (organisation(1 + number % 2),)) for number in range(count)
    ]
    with django_assert_num_queries(1):
        assert Memory().translate(segments) == [None] * count


def test_remembered_gives_the_texts_that_it_knows() -> None:
    remember([_unit("Medical AI", State.REVIEWED)])
    found = remembered(["의료 AI", "의료 AI", "other"], "ko", "en")
    assert {text: candidate.text for text, candidate in found.items()} == {"의료 AI": "Medical AI"}


# --- The same words with other figures ---------------------------------------------------------------
def _same(text: str, target: str = "en") -> Candidate | None:
    return Memory().same_words([Segment(text, "ko", target)])[0]


def test_other_figures_in_the_same_words_are_put_in_their_place() -> None:
    remember(
        [Unit("병원 12곳에서 정확도 97.2%", "97.2% accuracy at 12 hospitals", "ko", "en", State.REVIEWED)]
    )
    assert _same("병원 40곳에서 정확도 98.5%") == Candidate(
        "98.5% accuracy at 40 hospitals", 0.9, State.MACHINE, "memory"
    )
    assert _same("병원 40곳에서 정밀도 98.5%") is None


def test_grammar_that_depends_on_the_figure_is_left_to_others() -> None:
    remember([Unit("병원 12곳", "12 hospitals", "ko", "en", State.REVIEWED)])
    assert _same("병원 1곳") is None
    assert _same("병원 13곳") is not None


def test_figures_that_stand_twice_are_not_guessed() -> None:
    remember([Unit("병원 12곳과 의원 12곳", "12 hospitals and 12 clinics", "ko", "en", State.REVIEWED)])
    assert _same("병원 13곳과 의원 14곳") is None


def test_private_words_are_not_lent_with_other_figures_either() -> None:
    remember([Unit("병원 12곳", "12 hospitals", "ko", "en", State.REVIEWED, scope=organisation(7))])
    assert _same("병원 13곳") is None
