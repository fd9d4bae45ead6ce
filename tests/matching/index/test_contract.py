"""What every index must do, whichever rows are in the snapshot, in memory, or were in either before."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.errors import DimensionMismatch, InvalidAttribute, InvalidVector, UnknownAttribute
from matching.index.attributes import Attributes, Filter
from matching.index.base import Batch, VectorIndex
from matching.index.flat import FlatIndex
from matching.index.hybrid import HybridIndex
from matching.index.milvus import MilvusIndex

from .worlds import World

LAYOUTS = ["flat", "delta", "base", "mixed", "milvus"]
DIMENSION = 4

vectors = st.lists(st.integers(-3, 3).map(float), min_size=DIMENSION, max_size=DIMENSION).filter(any)
codes = st.sets(st.integers(0, 3), max_size=2)
attributes = st.builds(
    Attributes,
    kind=st.integers(0, 2),
    country=st.integers(0, 300),
    organisation=st.integers(1, 4),
    sectors=codes,
    technologies=st.sets(st.sampled_from([0, 63, 64, 130, 255]), max_size=3),
)
upserts = st.lists(st.tuples(st.integers(-2, 9), vectors, attributes), max_size=5).map(
    lambda rows: ("upsert", Batch(*map(list, zip(*rows, strict=True))) if rows else Batch([], [], []))
)
removals = st.lists(st.integers(-2, 9), max_size=3).map(lambda ids: ("remove", ids))
filters = st.none() | st.builds(
    Filter,
    st.dictionaries(st.sampled_from(["kind", "sectors"]), st.sets(st.integers(0, 3), min_size=2), max_size=2)
    | st.builds(lambda wanted: {"technologies": wanted}, st.sets(st.sampled_from([0, 64, 255, 900]))),
    st.sets(st.integers(1, 4), max_size=1),
)
queries = st.lists(st.tuples(vectors, st.integers(0, 15), filters), min_size=1, max_size=4)


@cache
def milvus(dimension: int) -> MilvusIndex:
    """An embedded Milvus, emptied by whoever uses it next: it takes seconds to start."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    path = str(Path(folder.name) / "milvus.db")
    return MilvusIndex(path, collection="contract", dimension=dimension, index_type="FLAT")


def _index(layout: str, world: World, directory: Path) -> VectorIndex:
    if layout == "flat":
        return FlatIndex(world.dimension)
    if layout == "milvus":
        index = milvus(world.dimension)
        index.remove(index.ids())
        return index
    return world.open(directory)


class Subject:
    """One index in the layout under test, and the dict that it must agree with."""

    def __init__(self, layout: str, directory: Path, dimension: int = DIMENSION) -> None:
        self.world = World(dimension)
        self.layout = layout
        self.directory = directory
        self.index = _index(layout, self.world, directory)

    def do(self, operation: str, argument: object = None) -> None:
        if operation == "rebuild":
            if self.layout == "mixed":
                self.rebuild()
        else:
            getattr(self.world, operation)(argument)
            getattr(self.index, operation)(*([*argument] if operation == "upsert" else [argument]))

    def rebuild(self) -> None:
        self.world.build(self.directory)
        assert self.index.refresh()

    def settle(self) -> None:
        if self.layout == "base":
            self.rebuild()


@pytest.fixture(params=LAYOUTS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    return Subject(request.param, tmp_path)


operations = st.lists(upserts | upserts | removals, max_size=4)


@pytest.mark.parametrize("layout", LAYOUTS[:-1])
@settings(max_examples=120, deadline=None)
@given(operations, operations, queries)
def test_agrees_with_a_dict(layout: str, before: list, after: list, questions: list) -> None:
    _check_against_a_dict(layout, before, after, questions)


@settings(max_examples=25, deadline=None)
@given(operations, operations, queries)
def test_milvus_agrees_with_a_dict(before: list, after: list, questions: list) -> None:
    _check_against_a_dict("milvus", before, after, questions)


def _check_against_a_dict(layout: str, before: list, after: list, questions: list) -> None:
    with tempfile.TemporaryDirectory() as folder:
        subject = Subject(layout, Path(folder))
        for operation in [*before, ("rebuild", None), *after]:
            subject.do(*operation)
        subject.settle()
        assert len(subject.index) == len(subject.world.listings)
        for query, k, where in questions:
            assert subject.index.search(query, k, where) == subject.world.search(query, k, where)
            if isinstance(subject.index, HybridIndex):
                for name in ("kind", "organisation", "technologies"):
                    assert subject.index.counts(name, where) == subject.world.counts(name, where)


def _fill(subject: Subject) -> None:
    """Six listings; 1 and 2 and 4 point the same way, with different lengths."""
    subject.do(
        "upsert",
        Batch(
            [4, 1, 3],
            [[0.0, 2.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]],
            [Attributes(kind=1, organisation=7), Attributes(kind=2), Attributes(kind=1, sectors={5, 63})],
        ),
    )
    subject.do("rebuild")
    subject.do(
        "upsert",
        Batch(
            [2, 5, 6],
            [[0.0, 9.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
            [Attributes(kind=1), Attributes(kind=1), Attributes(kind=1, target_countries={249})],
        ),
    )
    subject.settle()


def test_equal_scores_come_in_order_of_id(subject: Subject) -> None:
    _fill(subject)
    hits = subject.index.search([0, 3, 0, 0], 10)
    assert [hit.id for hit in hits] == [1, 2, 4, 3, 6, 5]
    assert [round(hit.score, 4) for hit in hits] == [1.0, 1.0, 1.0, 0.7071, 0.0, -1.0]


def test_filters_combine(subject: Subject) -> None:
    _fill(subject)

    def found(**kwargs: object) -> list[int]:
        return [hit.id for hit in subject.index.search([0, 1, 0, 0], 10, Filter(**kwargs))]

    assert found(allowed={"kind": {1}}) == [2, 4, 3, 6, 5]
    assert found(allowed={"kind": {1}}, excluded_organisations={7}) == [2, 3, 6, 5]
    assert found(allowed={"sectors": {63, 1}}) == [3]
    assert found(allowed={"target_countries": {249}, "kind": {1, 2}}) == [6]
    assert found(allowed={"kind": {77, 5_000, -1}}) == []
    assert found(allowed={"kind": ()}) == []
    assert found(allowed={"sectors": ()}) == []


def test_a_filter_finds_no_earlier_version(subject: Subject) -> None:
    """1 and 3 may be in a snapshot when they are removed or changed."""
    _fill(subject)
    subject.do("remove", [3])
    subject.do("upsert", Batch([1], [[0.0, 0.0, 0.0, 1.0]], [Attributes(kind=1)]))
    subject.settle()
    for kind, expected in ((1, [2, 4, 1, 6, 5]), (2, [])):
        hits = subject.index.search([0, 1, 0, 0], 10, Filter({"kind": {kind}}))
        assert [hit.id for hit in hits] == expected


def test_many_queries_equal_one_by_one(subject: Subject) -> None:
    _fill(subject)
    asked = np.eye(DIMENSION)
    where = Filter({"kind": {1}})
    assert subject.index.search_many(asked, 3, where) == [subject.index.search(q, 3, where) for q in asked]


def test_vectors_are_unit_and_unknown_ids_left_out(subject: Subject) -> None:
    _fill(subject)
    subject.do("remove", [6])
    found = subject.index.vectors([3, 2, 6, 99])
    assert sorted(found) == [2, 3]
    np.testing.assert_allclose(found[3], [0.5**0.5, 0.5**0.5, 0, 0], atol=1e-4)
    np.testing.assert_allclose(found[2], [0, 1, 0, 0], atol=1e-4)


@pytest.mark.parametrize(
    ("vector", "error"),
    [
        ([[1.0, 0.0]], DimensionMismatch),
        ([[1.0, 0.0, float("nan"), 0.0]], InvalidVector),
        ([[1.0, 0.0, float("inf"), 0.0]], InvalidVector),
        ([[0.0, 0.0, 0.0, 0.0]], InvalidVector),
    ],
)
def test_bad_vectors_are_refused_and_nothing_changes(
    subject: Subject, vector: list, error: type[Exception]
) -> None:
    _fill(subject)
    before = subject.index.search([0, 1, 0, 0], 10)
    with pytest.raises(error):
        subject.index.upsert([1], vector, [Attributes()])
    with pytest.raises(error):
        subject.index.search(vector[0], 3)
    assert subject.index.search([0, 1, 0, 0], 10) == before


def test_bad_attributes_are_refused(subject: Subject) -> None:
    with pytest.raises(UnknownAttribute):
        Filter({"colour": {1}})
    with pytest.raises(InvalidAttribute):
        Filter({"kind": {"offer"}})
    for wrong in (Attributes(kind=256), Attributes(sectors={64}), Attributes(country=-1)):
        with pytest.raises(InvalidAttribute):
            subject.index.upsert([1], [[1.0, 0.0, 0.0, 0.0]], [wrong])
    with pytest.raises(DimensionMismatch):
        subject.index.upsert([1, 2], [[1.0, 0.0, 0.0, 0.0]], [Attributes()])
    with pytest.raises(ValueError, match="negative"):
        subject.index.search([1, 0, 0, 0], -1)
    assert len(subject.index) == 0
    assert subject.index.search([1, 0, 0, 0], 3) == []


def test_huge_and_tiny_vectors_keep_their_direction(subject: Subject) -> None:
    subject.do("upsert", Batch([1, 2], [[1e-300, 0, 0, 0], [3e300, 4e300, 0, 0]], [Attributes()] * 2))
    subject.settle()
    assert [(hit.id, round(hit.score, 4)) for hit in subject.index.search([1, 0, 0, 0], 2)] == [
        (1, 1.0),
        (2, 0.6),
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_scores_equal_the_cosine_at_a_real_dimension(layout: str, tmp_path: Path) -> None:
    """Thousands of rows, so several blocks; duplicates, so ties at the cut."""
    random = np.random.default_rng(3)
    rows = random.standard_normal((3_000, 384)).astype(np.float32)
    rows[1_500:1_600] = rows[7]
    subject = Subject(layout, tmp_path, dimension=384)
    subject.index.upsert(range(3_000), rows, [Attributes()] * 3_000)
    subject.world.upsert(Batch(range(3_000), rows, [Attributes()] * 3_000))
    subject.settle()
    query = rows[7] + 0.3 * random.standard_normal(384)
    hits = subject.index.search(query, 50)
    assert [hit.id for hit in hits] == [7, *range(1_500, 1_549)]
    cosine = rows[7] @ query / np.linalg.norm(rows[7]) / np.linalg.norm(query)
    assert {hit.score for hit in hits} == {hits[0].score}
    assert hits[0].score == pytest.approx(cosine, abs=1e-4)
    others = subject.index.search(query, 3_000)[101:]
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    exact = units @ (query / np.linalg.norm(query))
    assert [hit.score for hit in others] == pytest.approx(exact[[hit.id for hit in others]], abs=1e-4)
