"""What a listing can be filtered by, as columns of small integers aligned with its vector.

The caller maps its codes ("medical imaging", "VN") to integers; 0 stands for "not stated" wherever a
single value is held. An attribute of several values is a bit set spread over 64-bit columns.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import InvalidAttribute, UnknownAttribute

WORD_BITS = 64
Column = NDArray[Any]


def _code(dtype: type[np.integer[Any]]) -> Any:
    return field(default=0, metadata={"dtype": np.dtype(dtype)})


def _codes(words: int) -> Any:
    return field(default=(), metadata={"words": words})


@dataclass(frozen=True, slots=True)
class Attributes:
    """One listing's attributes: the schema of the index. Sets hold codes from 0 to 64 x words - 1."""

    kind: int = _code(np.uint8)
    pillar: int = _code(np.uint8)
    stage: int = _code(np.uint8)
    claim: int = _code(np.uint8)
    language: int = _code(np.uint8)
    country: int = _code(np.uint16)
    organisation: int = _code(np.int64)
    sectors: Collection[int] = _codes(words=1)
    partnership_types: Collection[int] = _codes(words=1)
    technologies: Collection[int] = _codes(words=4)
    target_countries: Collection[int] = _codes(words=4)


SCALARS: dict[str, np.dtype[Any]] = {
    f.name: f.metadata["dtype"] for f in fields(Attributes) if "dtype" in f.metadata
}
SETS: dict[str, int] = {f.name: f.metadata["words"] for f in fields(Attributes) if "words" in f.metadata}


def _word_names(name: str) -> list[str]:
    return [f"{name}-{word}" for word in range(SETS[name])]


COLUMNS: dict[str, np.dtype[Any]] = SCALARS | {
    word: np.dtype(np.uint64) for name in SETS for word in _word_names(name)
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which listings a search may return: all conditions must hold.

    `allowed` maps an attribute to the codes that pass; of a set attribute one shared code is enough. An
    empty collection, or codes that no listing has, let nothing through. Raises `UnknownAttribute` for a
    name outside the schema and `InvalidAttribute` for a code that is not an integer.
    """

    allowed: Mapping[str, Collection[int]] = field(default_factory=dict)
    excluded_organisations: Collection[int] = ()

    def __post_init__(self) -> None:
        unknown = self.allowed.keys() - SCALARS.keys() - SETS.keys()
        if unknown:
            raise UnknownAttribute(", ".join(sorted(unknown)))
        for codes in (*self.allowed.values(), self.excluded_organisations):
            _integers(codes)


class AttributeTable:
    """The attributes of n listings, one array of shape (n,) per column of `COLUMNS`. Never modified."""

    __slots__ = ("columns",)

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = dict(columns)

    @classmethod
    def from_rows(cls, rows: Sequence[Attributes]) -> AttributeTable:
        """Pack rows into columns. Raises `InvalidAttribute` for a code that does not fit."""
        columns: dict[str, Column] = {}
        for name, dtype in SCALARS.items():
            columns[name] = _pack_scalar(name, [getattr(row, name) for row in rows], dtype)
        for name, words in SETS.items():
            packed = _pack_sets(name, [getattr(row, name) for row in rows], words)
            columns |= zip(_word_names(name), packed.T, strict=True)
        return cls(columns)

    def __len__(self) -> int:
        return len(self.columns["kind"])

    def take(self, rows: NDArray[Any]) -> AttributeTable:
        """Return the table of the given row numbers, or of the rows where a bool array is true."""
        return AttributeTable({name: column[rows] for name, column in self.columns.items()})

    def append(self, other: AttributeTable) -> AttributeTable:
        """Return this table's rows followed by the other's."""
        return AttributeTable({n: np.concatenate([c, other.columns[n]]) for n, c in self.columns.items()})

    def allowed(self, where: Filter, rows: NDArray[Any] | None = None) -> NDArray[np.bool_]:
        """Return for every listing, or for those with the given row numbers, whether it passes the filter."""
        at: Any = slice(None) if rows is None else rows
        passed = np.ones(len(self) if rows is None else len(rows), dtype=bool)
        for name, codes in where.allowed.items():
            passed &= self._in_set(name, codes, at) if name in SETS else self._equals(name, codes, at)
        if where.excluded_organisations:
            passed &= ~self._equals("organisation", where.excluded_organisations, at)
        return passed

    def counts(self, name: str, rows: NDArray[Any] | None = None) -> dict[int, int]:
        """Return how many listings, or of those with the given row numbers, have each code in use."""
        at: Any = slice(None) if rows is None else rows
        if name in SCALARS:
            column = self.columns[name][at]
            if column.itemsize > 2:
                codes, numbers = np.unique(column, return_counts=True)
            else:
                numbers = np.bincount(column)
                codes = np.flatnonzero(numbers)
                numbers = numbers[codes]
            return dict(zip(codes.tolist(), numbers.tolist(), strict=True))
        found: dict[int, int] = {}
        for word, column in enumerate(_word_names(name)):
            bits = np.unpackbits(
                np.ascontiguousarray(self.columns[column][at], "<u8").view(np.uint8), bitorder="little"
            )
            numbers = bits.reshape(-1, WORD_BITS).sum(axis=0, dtype=np.int64)
            found |= {word * WORD_BITS + int(bit): int(numbers[bit]) for bit in np.flatnonzero(numbers)}
        return found

    def _equals(self, name: str, codes: Collection[int], at: Any) -> NDArray[np.bool_]:
        limits = np.iinfo(SCALARS[name])
        fitting = [code for code in _integers(codes) if limits.min <= code <= limits.max]
        column = self.columns[name][at]
        if len(fitting) == 1:  # by far the most frequent, and many times as fast
            return np.asarray(column == column.dtype.type(fitting[0]))
        return np.isin(column, np.array(fitting, dtype=SCALARS[name]))

    def _in_set(self, name: str, codes: Collection[int], at: Any) -> NDArray[np.bool_]:
        wanted = [code for code in _integers(codes) if 0 <= code < SETS[name] * WORD_BITS]
        shared = np.zeros(len(self.columns[_word_names(name)[0]][at]), dtype=bool)
        for column, mask in zip(_word_names(name), _pack_sets(name, [wanted], SETS[name])[0], strict=True):
            if mask:
                shared |= (self.columns[column][at] & mask) != 0
        return shared


def _integers(codes: Iterable[int]) -> list[int]:
    try:
        return [operator.index(code) for code in codes]
    except TypeError as error:
        raise InvalidAttribute(str(error)) from error


def _pack_scalar(name: str, values: Sequence[int], dtype: np.dtype[Any]) -> Column:
    limits = np.iinfo(dtype)
    codes = _integers(values)
    if codes and not limits.min <= min(codes) <= max(codes) <= limits.max:
        raise InvalidAttribute(f"{name}: codes run from {limits.min} to {limits.max}")
    return np.array(codes, dtype=dtype)


def _pack_sets(name: str, sets: Sequence[Collection[int]], words: int) -> NDArray[np.uint64]:
    """Return shape (n, words): bit c % 64 of word c // 64 is set for each code c."""
    packed = bytearray()
    for codes in sets:
        bits = 0
        for code in _integers(codes):
            if not 0 <= code < words * WORD_BITS:
                raise InvalidAttribute(f"{name}: codes run from 0 to {words * WORD_BITS - 1}, got {code}")
            bits |= 1 << code
        packed += bits.to_bytes(words * WORD_BITS // 8, "little")
    return np.frombuffer(bytes(packed), dtype="<u8").reshape(len(sets), words).astype(np.uint64)
