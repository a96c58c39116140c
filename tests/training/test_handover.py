"""Weights taken while a run goes on: all of one step, none of another."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from nnstudio.training.events import Event, RunEnded, StepDone
from nnstudio.training.handover import Handover

STEPS = 100


class Pair(torch.nn.Module):
    """Two numbers that are equal between steps, and differ within one."""

    def __init__(self) -> None:
        super().__init__()
        self.one = torch.nn.Parameter(torch.zeros(()))
        self.other = torch.nn.Parameter(torch.zeros(()))


def steps(pair: Pair, within: threading.Event) -> Iterator[Event]:
    for number in range(1, STEPS + 1):
        with torch.no_grad():
            pair.one.add_(1)
            within.set()
            threading.Event().wait(0.001)  # others run now, and would find the pair uneven
            pair.other.add_(1)
        yield StepDone(number, 1, 0.0, None, number)
    yield RunEnded(reason="finished", steps=STEPS, epochs=1, seconds=0.0)


def test_a_copy_is_never_taken_within_a_step() -> None:
    handover, pair, within = Handover(), Pair(), threading.Event()
    seen: list[Event] = []
    thread = threading.Thread(target=lambda: seen.extend(handover.follow(pair, steps(pair, within))))
    thread.start()
    taken = []
    while thread.is_alive():
        if within.wait(0.05):
            within.clear()
            taken.append(handover.take())
        if len(taken) > STEPS:
            break
    thread.join(5)
    assert taken
    assert all(state["one"] == state["other"] for state in taken)
    assert len(seen) == STEPS + 1


def test_nothing_is_there_before_the_network_and_all_of_it_afterwards() -> None:
    handover, pair = Handover(), Pair()
    assert handover.take() == {}
    assert len(list(handover.follow(pair, steps(pair, threading.Event())))) == STEPS + 1
    state = handover.take()
    assert state["one"] == STEPS
    pair.one.data.zero_()
    assert state["one"] == STEPS, "it is a copy"


def test_a_run_that_fails_lets_go() -> None:
    def failing() -> Iterator[Event]:
        yield StepDone(1, 1, 0.0, None, 1)
        raise RuntimeError("no memory")

    handover, pair = Handover(), Pair()
    events = handover.follow(pair, failing())
    next(events)
    with pytest.raises(RuntimeError, match="no memory"):
        next(events)
    assert set(handover.take()) == {"one", "other"}
