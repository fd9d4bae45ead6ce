"""How fast a memory is read and taken over: `pytest tests/bench/exchange.py -s`."""

import io
import random
import resource
import time
from collections.abc import Iterator

import pytest

from mawsim.translation.exchange.tmx import export_memory, import_memory, pairs
from mawsim.translation.models import MemoryUnit
from mawsim.translation.scopes import PUBLIC

UNITS = 20_000
_WORDS = ["hospital", "network", "system", "clinic", "data", "model", "energy", "port", "partner", "pilot"]


class Units(io.RawIOBase):
    """A TMX file of any size that needs no disk."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._parts = self._written()

    def _written(self) -> Iterator[bytes]:
        draw = random.Random(1)
        yield b'<tmx version="1.4"><header srclang="en"/><body>'
        for start in range(0, self.count, 500):
            units = []
            for number in range(start, min(start + 500, self.count)):
                text = f"{' '.join(draw.choices(_WORDS, k=9))} {number}."
                variants = (f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>' for code in ("en", "id"))
                units.append(f"<tu>{''.join(variants)}</tu>")
            yield "".join(units).encode()
        yield b"</body></tmx>"

    def read(self, size: int = -1) -> bytes:
        return next(self._parts, b"")

    def seek(self, offset: int, whence: int = 0) -> int:
        self._parts = self._written()
        return 0


def _say(what: str, count: int, started: float) -> None:
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{what}: {count} units in {seconds:.1f} s, {count / seconds:.0f}/s, peak {peak:.0f} MiB")


def test_reading() -> None:
    started = time.perf_counter()
    count = sum(1 for _pair in pairs(Units(10 * UNITS)))  # type: ignore[arg-type]
    _say("read", count, started)
    assert count == 10 * UNITS


@pytest.mark.django_db
def test_taking_over_and_writing() -> None:
    started = time.perf_counter()
    report = import_memory(Units(UNITS), actor=None, scope=PUBLIC)  # type: ignore[arg-type]
    _say("taken over", report.taken, started)
    assert MemoryUnit.objects.count() == report.taken
    started = time.perf_counter()
    written = sum(part.startswith("<tu") for part in export_memory(PUBLIC))
    _say("written", written, started)
    assert written == report.taken
