"""The runner: its switches, its states, and that no thread outlives it."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from torch import nn

from nnstudio.training.events import Event, RunEnded, RunFailed, RunStarted, StepDone
from nnstudio.training.loop import run
from nnstudio.training.runner import Runner
from nnstudio.training.taps import Taps
from tests.training.tasks import moons, network, recipe

Stop = Callable[[], bool]
PATIENCE = 30.0


class Script:
    """A run of ``steps`` steps that a test can follow: ``reached`` is released once per step."""

    def __init__(self, steps: int = 1_000_000, accuracy: float | None = 0.5) -> None:
        self.steps = steps
        self.accuracy = accuracy
        self.reached = threading.Semaphore(0)

    def __call__(self, stop: Stop, _taps: Taps) -> Iterator[Event]:
        """Take the steps."""
        yield RunStarted(
            device="cpu", num_parameters=1, steps_per_epoch=10, epochs=1, num_training=20, num_validation=1
        )
        for number in range(1, self.steps + 1):
            if stop():
                yield RunEnded(reason="stopped", steps=number - 1, epochs=0, seconds=0.0)
                return
            yield StepDone(number, 1, 1 / number, self.accuracy, 2 * number)
            self.reached.release()
        yield RunEnded(reason="finished", steps=self.steps, epochs=1, seconds=0.0)

    def wait(self, steps: int) -> None:
        """Wait until so many more steps were taken and the runner asked for the next event."""
        for _ in range(steps):
            assert self.reached.acquire(timeout=PATIENCE)


def finish(runner: Runner) -> None:
    """Wait for the end of a run that ends by itself."""
    runner._thread.join(PATIENCE)
    assert not runner.alive


def wait_until(condition: Callable[[], bool]) -> None:
    """Give way to other threads until the condition holds."""
    waiting = threading.Event()
    for _ in range(int(PATIENCE * 1000)):
        if condition():
            return
        waiting.wait(0.001)
    raise AssertionError("waited in vain")


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Fail where a run's thread outlives its test."""
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name == "nnstudio-run"] == []


def test_run_goes_through() -> None:
    runner = Runner(Script(steps=3))
    assert (runner.state, runner.alive) == ("ready", False)
    runner.start()
    finish(runner)
    assert runner.state == "ended"
    assert runner.ring.since(0)[:, :4].tolist() == [[1, 0.1, 1, 0.5], [2, 0.2, 1 / 2, 0.5], [3, 0.3, 1 / 3, 0.5]]
    assert [type(event) for event in runner.drain()] == [RunStarted, RunEnded]
    assert runner.drain() == []


def test_missing_accuracy_is_nan() -> None:
    runner = Runner(Script(steps=1, accuracy=None))
    runner.start()
    finish(runner)
    assert math.isnan(runner.ring.since(0)[0, 3])


def test_pause_before_the_start_loads_but_takes_no_step() -> None:
    runner = Runner(Script())
    runner.pause()
    assert runner.state == "ready"
    runner.start()
    events: list[Event] = []

    def came() -> bool:
        events.extend(runner.drain())
        return bool(events)

    wait_until(came)
    assert [type(event) for event in events] == [RunStarted]
    assert (runner.state, runner.ring.count) == ("paused", 0)
    assert runner.stop(PATIENCE)


def test_steps_are_counted_out() -> None:
    runner = Runner(Script())
    runner.pause()
    runner.step()
    runner.step()
    runner.start()
    wait_until(lambda: runner.ring.count == 2)
    runner.step()
    wait_until(lambda: runner.ring.count == 3)
    assert runner.state == "paused"
    assert runner.stop(PATIENCE)
    assert runner.ring.count == 3


def test_resume_goes_on() -> None:
    script = Script(steps=5)
    runner = Runner(script)
    runner.pause()
    runner.start()
    runner.resume()
    assert runner.state in {"running", "ended"}
    finish(runner)
    assert runner.ring.count == 5


def test_a_run_rests_while_somebody_is_in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.training.control._PATIENCE", PATIENCE)
    script = Script()
    runner = Runner(script)
    runner.start()
    script.wait(3)
    runner.give_way(yes=True)
    wait_until(lambda: bool(runner.control._turn._waiters))  # type: ignore[attr-defined]
    place = runner.place
    runner.pause()
    assert runner.place == place
    runner.give_way(yes=False)
    runner.resume()
    wait_until(lambda: runner.place > place)
    assert runner.stop(PATIENCE)


def test_nobody_is_in_a_hurry_for_long() -> None:
    script = Script()
    runner = Runner(script)
    runner.start()
    runner.give_way(yes=True)
    wait_until(lambda: not runner.control.gives_way)
    assert runner.stop(PATIENCE)


def test_stop_reaches_a_paused_run() -> None:
    script = Script()
    runner = Runner(script)
    runner.start()
    script.wait(3)
    runner.pause()
    assert runner.stop(PATIENCE)
    end = runner.drain()[-1]
    assert isinstance(end, RunEnded)
    assert (end.reason, end.steps) == ("stopped", runner.ring.count)


def test_run_that_ends_while_paused_is_over() -> None:
    runner = Runner(Script(steps=1))
    runner.pause()
    runner.step()
    runner.start()
    wait_until(lambda: runner.ring.count == 1)
    runner.step()
    finish(runner)
    assert runner.state == "ended"


def test_stop_before_the_start_is_the_end() -> None:
    runner = Runner(Script())
    assert runner.stop()
    runner.start()
    assert (runner.state, runner.alive) == ("ended", False)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("batch_size: expected 1, got 0"), "batch_size: expected 1, got 0"),
        (RuntimeError("it broke\nat length"), "Training came upon an error: RuntimeError: it broke"),
        (KeyError(), "Training came upon an error: KeyError"),
        (
            RuntimeError("InvalidCxxCompiler: No working C++ compiler found in torch._inductor.config.cpp.cxx"),
            "Compiling needs a C++ compiler such as g++, and none was found. Without it, leave “Compile” off.",
        ),
        (MemoryError(), "There is not enough memory for this run. A smaller batch or a smaller network needs less."),
        (
            RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
            "There is not enough memory for this run. A smaller batch or a smaller network needs less.",
        ),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_error_becomes_an_event(error: Exception, message: str, late: bool) -> None:
    def make(_stop: Stop, _taps: Taps) -> Iterator[Event]:
        if not late:
            raise error
        return fail()

    def fail() -> Iterator[Event]:
        yield StepDone(1, 1, 1.0, None, 1)
        raise error

    runner = Runner(make)
    runner.start()
    finish(runner)
    (failed,) = runner.drain()
    assert isinstance(failed, RunFailed)
    assert failed.message == message
    assert failed.detail.startswith("Traceback")
    assert runner.state == "ended"


def test_paused_run_answers_a_new_wish() -> None:
    data = moons()

    def make(stop: Stop, taps: Taps) -> Iterator[Event]:
        return run(network(), data, recipe(), taps, stop)

    def shows(step: int, sample: int) -> bool:
        snapshot = runner.taps.latest()
        return snapshot is not None and (snapshot.step, snapshot.sample) == (step, sample)

    runner = Runner(make)
    runner.taps.watch(["0"], 1)
    runner.pause()
    runner.start()
    wait_until(lambda: shows(0, 1))
    runner.step()
    wait_until(lambda: shows(1, 1))
    runner.taps.watch(["0"], 2)
    wait_until(lambda: shows(1, 2))
    assert runner.stop(PATIENCE)


def test_run_in_the_thread_is_the_run_outside() -> None:
    runner = Runner(lambda stop, taps: run(network(), moons(), recipe(), taps, stop))
    runner.taps.watch(["0", "1"], 4)
    runner.start()
    finish(runner)
    expected = [event.loss for event in run(network(), moons(), recipe()) if isinstance(event, StepDone)]
    assert runner.ring.since(0)[:, 2].tolist() == expected


@pytest.mark.parametrize("moment", range(8))
def test_stop_takes_at_most_one_batch(moment: int) -> None:
    """Count batches, not seconds: those begun after `stop` was called."""
    module, begun, asked = network(), 0, threading.Event()
    late = 0

    def count(_module: nn.Module, _inputs: object) -> None:
        nonlocal begun, late
        begun += 1
        late += asked.is_set()
        reached.release()

    reached = threading.Semaphore(0)
    module.register_forward_pre_hook(count)
    runner = Runner(lambda stop, taps: run(module, moons(), recipe(epochs=10_000, batch_size=2), taps, stop))
    runner.start()
    for _ in range(7 * moment + 1):
        assert reached.acquire(timeout=PATIENCE)
    runner.control.stop()
    asked.set()
    assert runner.stop(PATIENCE)
    assert late <= 1
    assert begun >= 7 * moment + 1


def test_any_sequence_of_switches_ends_well() -> None:
    chance = random.Random(0)  # noqa: S311 nothing secret
    for _ in range(200):
        runner = Runner(Script(steps=chance.choice((0, 1, 20, 1_000_000))))
        watch = partial(runner.taps.watch, ["x"], 0)
        switches: list[Callable[[], object]] = [
            runner.start, runner.pause, runner.resume, runner.step, runner.drain, watch
        ]  # fmt: skip
        for _ in range(chance.randrange(12)):
            chance.choice(switches)()
        assert runner.stop(PATIENCE)
        assert runner.state == "ended"
        rows = runner.ring.since(0)
        assert rows[:, 0].tolist() == list(range(runner.ring.count - len(rows) + 1, runner.ring.count + 1))
