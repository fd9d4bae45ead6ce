"""One call of an engine, with everything around it that no engine should have to do itself."""

import random
import time
from collections.abc import Sequence

import structlog

from mawsim.translation.asking import breaker, caps
from mawsim.translation.engines.base import BadBatch, Candidate, Engine, EngineError, Refused, Segment

log = structlog.get_logger(__name__)
TRIES = 3
PAUSE = 0.5  # seconds before the second try, twice that before the third
LONGEST_PAUSE = 5.0  # an engine that asks for more is left alone instead


def ask(name: str, engine: Engine, segments: Sequence[Segment]) -> list[Candidate | None]:
    """The engine's answers, one per segment. Raises EngineError when there are none: Refused without
    asking, transient after the last try, or permanent."""
    for number in range(1, TRIES + 1):
        try:
            return _once(name, engine, segments)
        except Refused:
            raise
        except BadBatch:
            if len(segments) > 1 or number == TRIES:
                raise
            time.sleep(PAUSE * number)
        except EngineError as error:
            pause = _pause(number, error)
            if error.permanent or number == TRIES or pause > LONGEST_PAUSE:
                raise
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _pause(number: int, error: EngineError) -> float:
    planned = PAUSE * 2 ** (number - 1) * random.uniform(0.75, 1.25)  # noqa: S311
    return max(planned, error.retry_after or 0.0)


def _once(name: str, engine: Engine, segments: Sequence[Segment]) -> list[Candidate | None]:
    if rest := breaker.seconds_to_rest(name):
        raise Refused(f"{name} is resting after failures", retry_after=rest)
    caps.reserve(name, sum(len(segment.text) for segment in segments), len(segments))
    started = time.monotonic()
    try:
        answers = _counted(engine, segments)
    except EngineError as error:
        caps.record(name, failures=1, milliseconds=_since(started))
        # A batch that fails is tried in halves: only what fails alone speaks against the engine.
        if not error.permanent and not (isinstance(error, BadBatch) and len(segments) > 1):
            breaker.failed(name)
        log.warning("translation.engine_failed", engine=name, reason=str(error), permanent=error.permanent)
        raise
    breaker.succeeded(name)
    caps.record(name, milliseconds=_since(started))
    return answers


def _counted(engine: Engine, segments: Sequence[Segment]) -> list[Candidate | None]:
    try:
        answers = list(engine.translate(segments))
    except EngineError:
        raise
    except Exception as error:
        log.exception("translation.engine_broke", engine=engine.version)
        raise BadBatch(f"{type(error).__name__}: {error}") from error
    if len(answers) != len(segments):
        raise BadBatch(f"asked for {len(segments)} segments, got {len(answers)}")
    return answers


def _since(started: float) -> int:
    return int(1000 * (time.monotonic() - started))
