from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from mawsim.translation.asking import ask, breaker, guarded
from mawsim.translation.engines.base import BadBatch, Candidate, EngineError, Refused, Segment
from mawsim.translation.engines.fake import Fake
from mawsim.translation.models import EngineUsage
from mawsim.translation.queries import usage

pytestmark = pytest.mark.django_db
SEGMENT = Segment("우리 병원", "ko", "en")  # five characters


class Failing(Fake):
    """Raises what it is given, one at each call, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    def translate(self, segments: Sequence[Segment]) -> list[Candidate | None]:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return super().translate(segments)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "PAUSE", 0.001)


def _down() -> EngineError:
    return EngineError("down")


def test_passing_failures_are_tried_three_times() -> None:
    engine = Failing(_down(), _down())
    assert ask("fake", engine, [SEGMENT])[0] is not None
    assert engine.calls == 3
    with pytest.raises(EngineError, match="down"):
        ask("fake", Failing(*[_down()] * 3), [SEGMENT])


def test_permanent_ones_and_long_pauses_are_not_tried_again() -> None:
    for error in (EngineError("no", permanent=True), EngineError("later", retry_after=600)):
        engine = Failing(error)
        with pytest.raises(EngineError):
            ask("fake", engine, [SEGMENT])
        assert engine.calls == 1


def test_what_breaks_inside_an_engine_is_a_bad_batch() -> None:
    with pytest.raises(BadBatch, match="ValueError: cannot tokenise"):
        ask("fake", Failing(ValueError("cannot tokenise")), [SEGMENT, SEGMENT])


def test_an_engine_that_keeps_failing_rests_and_is_then_tried_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        with pytest.raises(EngineError):
            ask("fake", Failing(*[_down()] * 3), [SEGMENT])
    well = Failing()
    with pytest.raises(Refused, match="resting") as caught:
        ask("fake", well, [SEGMENT])
    assert (well.calls, breaker.is_open("fake")) == (0, True)
    assert 0 < (caught.value.retry_after or 0) <= breaker.REST
    later = breaker.time.time() + breaker.REST + 1
    monkeypatch.setattr(breaker.time, "time", lambda: later)
    assert breaker.seconds_to_rest("fake") == 0.0  # the first is let through
    assert breaker.seconds_to_rest("fake") > 0  # the others are not
    breaker.succeeded("fake")
    assert ask("fake", well, [SEGMENT])[0] is not None
    assert breaker.is_open("fake") is False


def test_other_engines_do_not_rest_with_it() -> None:
    for _ in range(breaker.FAILURES):
        breaker.failed("fake")
    assert (breaker.is_open("fake"), breaker.is_open("deepl")) == (True, False)


def test_halves_of_a_bad_batch_do_not_tire_the_engine() -> None:
    for _ in range(2 * breaker.FAILURES):
        with pytest.raises(BadBatch):
            ask("fake", Failing(BadBatch("too few")), [SEGMENT, SEGMENT])
    assert breaker.is_open("fake") is False


@pytest.mark.parametrize("name", ["TRANSLATION_CHARS_PER_DAY", "TRANSLATION_CHARS_PER_MONTH"])
def test_caps_stop_before_the_call(settings: Settings, name: str) -> None:
    setattr(settings, name, {"fake": 12})
    engine = Failing()
    ask("fake", engine, [SEGMENT, SEGMENT])
    with pytest.raises(Refused, match="the cap of 12 characters is reached"):
        ask("fake", engine, [SEGMENT])
    row = EngineUsage.objects.get()
    assert (row.characters, row.segments, row.calls, engine.calls) == (10, 2, 1, 1)
    ask("deepl", engine, [SEGMENT])  # each engine has a cap of its own


def test_the_month_counts_all_its_days(settings: Settings) -> None:
    settings.TRANSLATION_CHARS_PER_MONTH = {"fake": 100}
    today = datetime.now(UTC).date()
    last_month = today.replace(day=1) - timedelta(days=1)
    EngineUsage.objects.create(engine="fake", day=last_month, characters=99)
    ask("fake", Failing(), [SEGMENT])
    EngineUsage.objects.filter(day=today).update(characters=98)
    with pytest.raises(Refused):
        ask("fake", Failing(), [SEGMENT])


def test_calls_per_minute(settings: Settings) -> None:
    settings.TRANSLATION_CALLS_PER_MINUTE = {"fake": 2}
    engine = Failing()
    for _ in range(2):
        ask("fake", engine, [SEGMENT])
    with pytest.raises(Refused, match="2 calls a minute") as caught:
        ask("fake", engine, [SEGMENT])
    assert 0 < (caught.value.retry_after or 0) <= 60


def test_the_page_of_costs_has_what_was_counted(settings: Settings) -> None:
    settings.TRANSLATION_PRICES = {"fake": 20}
    ask("fake", Failing(), [SEGMENT])
    with pytest.raises(EngineError):
        ask("deepl", Failing(EngineError("no", permanent=True)), [SEGMENT])
    rows = {row["engine"]: row for row in usage()}
    assert (rows["fake"]["characters"], rows["fake"]["cost"]) == (5, 0.0001)
    assert (rows["deepl"]["failures"], rows["deepl"]["cost"]) == (1, None)
    EngineUsage.objects.update(day=datetime.now(UTC).date() - timedelta(days=40))
    assert usage() == []
