"""The ring: what a reader gets, also while the writer is at work."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from nnstudio.training.ring import Ring


def numbers(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[float]:
    """Return the first column."""
    return [float(row[0]) for row in rows]


@pytest.mark.parametrize(
    ("written", "since", "expected"),
    [(0, 0, []), (3, 0, [0, 1, 2]), (3, 2, [2]), (3, 3, []), (3, 9, []), (7, 0, [3, 4, 5, 6]), (7, 5, [5, 6])],
)
def test_since_gives_what_is_still_there(written: int, since: int, expected: list[int]) -> None:
    ring = Ring(capacity=4)
    for number in range(written):
        ring.append((number, 0, 0, 0, 0))
    assert numbers(ring.since(since)) == expected
    assert ring.count == written


def test_rows_are_copies() -> None:
    ring = Ring(capacity=4)
    ring.append((1, 0.5, 2.0, 0.25, 0.1))
    rows = ring.since(0)
    ring.append((2, 1.0, 1.0, 0.5, 0.1))
    assert rows.tolist() == [[1, 0.5, 2.0, 0.25, 0.1]]


def test_reader_never_sees_half_a_row() -> None:
    ring, done = Ring(capacity=8), threading.Event()
    torn: list[list[float]] = []

    def read() -> None:
        seen = 0
        while not done.is_set():
            rows = ring.since(seen)
            if len(rows):
                first = numbers(rows)
                torn.extend(row.tolist() for row in rows if len(set(row)) > 1)
                torn.extend([] if first == list(range(int(first[0]), int(first[0]) + len(rows))) else [first])
                seen = int(first[-1]) + 1

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30_000):
        ring.append((number,) * 5)
    done.set()
    reader.join()
    assert torn == []
