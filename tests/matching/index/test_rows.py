"""Exact search over rows: ties at the cut, and the last of equal ids."""

from __future__ import annotations

import numpy as np

from matching.index.attributes import Attributes
from matching.index.rows import Rows
from matching.index.vectors import to_fixed


def test_ties_in_number_come_in_order_of_id() -> None:
    """Every third of six thousand rows is equal to the query, the others to each other."""
    vectors = np.where(np.arange(6_000)[:, None] % 3 == 0, [1.0, 0.0], [1.0, 1.0])
    rows = Rows.pack(range(6_000), vectors, [Attributes()] * 6_000, 2)
    ids = [hit.id for hit in rows.search(to_fixed([[1.0, 0.0]], 2), 2_500)[0]]
    assert ids[:2_000] == list(range(0, 6_000, 3))
    assert ids[2_000:] == [id_ for id_ in range(6_000) if id_ % 3][:500]


def test_of_an_id_given_twice_the_last_wins() -> None:
    rows = Rows.pack([5, 2, 5], [[1, 0], [0, 1], [0, -1]], [Attributes(kind=k) for k in (1, 2, 3)], 2)
    assert rows.ids.tolist() == [2, 5]
    assert rows.vectors.tolist() == [[0, 32767], [0, -32767]]
    assert rows.attributes.columns["kind"].tolist() == [2, 3]
