"""Tests of giving memory back."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nnstudio.core import heap
from nnstudio.core.heap import Heap

GAPS = """
from benchmarks.soak import private_megabytes
from nnstudio.core.heap import give_back

before = private_megabytes()
blocks = [b"x" * 100_000 for _ in range(400)]
stays = blocks[1::2]
del blocks
full = private_megabytes()
give_back()
print(full - before, private_megabytes() - before, sum(map(len, stays)) / 2**20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has a word for it")
def test_pages_between_what_stays_are_given_back() -> None:
    said = subprocess.run([sys.executable, "-c", GAPS], capture_output=True, text=True, check=True).stdout
    full, tidied, stays = map(float, said.split())
    assert full > 1.8 * stays  # nothing was given back by itself
    assert stays <= tidied < 1.2 * stays


def test_six_times_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    now, calls = [1000.0], list[float]()
    monkeypatch.setattr("nnstudio.core.heap.time.monotonic", lambda: now[0])
    monkeypatch.setattr(heap, "give_back", lambda: calls.append(now[0]))
    tidied = Heap()
    for now[0] in range(1000, 1070):
        tidied.tidy()
    assert calls == [1010, 1020, 1030, 1040, 1050, 1060]


def test_where_the_system_has_no_word_for_it_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.core.heap.sys.platform", "win32")
    heap._find_trim.cache_clear()
    try:
        assert heap._find_trim() is None
        heap.give_back()
    finally:
        heap._find_trim.cache_clear()
