"""Networks train in the whole window: does it stay quick, what do live views cost, how fast is a loop written by hand?

Three stretches take turns: everything is shown (curves, feature maps, prediction, tiles on the cards); the GUI thread
sleeps and nothing is looked at; the run is held, and the same network, written by hand, trains in a plain loop on
tensors in memory, with a look at the validation samples after each epoch like the run, and without. A heartbeat every
16 ms tells how late the window answers.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.common import BEAT_MS, Beats, Row, at_least, at_most, quantile, waited

if TYPE_CHECKING:
    from PySide6.QtCore import QTimer

    from nnstudio.training.runner import Runner
    from nnstudio.ui.bridge import RunBridge

P99, WORST = 4.0, 33.0
"""Milliseconds that 99 % of the heartbeats, and all of them, may be late."""
TINY, COSTLY, APART = 0.9, 0.95, 0.98
"""What live views leave of the training rate at least, for steps of less than 5 ms, of more, and in another process."""
GAINS = {"xor": 2.0, "moons": 2.0, "iris": 2.0}
"""How many times the rate of the loop by hand is promised; 1 where nothing is said."""
NETWORKS = ("xor", "moons", "iris", "lenet5-digits", "residual-digits", "lstm-memory", "transformer-memory")
ROUNDS = 12
STRETCH = 0.5
"""Seconds of one stretch."""
SETTLING = 0.15
"""Seconds of a stretch that are not measured."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the child process measured.

    Attributes:
        late: milliseconds by which each heartbeat came late.
        late_alone: the same while the run is held: what the computer does to any program just then.
        late_awake: ``late`` without the time for which the system had put the GUI thread off the processor.
        live: steps per second in each stretch with live views.
        idle: steps per second in the stretches before and after, their mean.
        by_hand: steps per second of the loop by hand in each round, on as many cores as the run has; like the run it
            tries the validation samples after each epoch.
        by_hand_bare: the same without validation.
        by_hand_alone: without validation on all cores, none left to the window.
        busy: share of the GUI thread's time in each live stretch.
    """

    late: list[float]
    late_alone: list[float]
    late_awake: list[float]
    live: list[float]
    idle: list[float]
    by_hand: list[float]
    by_hand_bare: list[float]
    by_hand_alone: list[float]
    busy: list[float]


def rows() -> Iterator[Row]:
    """Yield lateness and training rates for each network on the Train page, and for LeNet-5 on the Design page too."""
    pages = (*((network, "train") for network in NETWORKS), ("lenet5-digits", "design"))
    for network, page, place in (*((*both, "thread") for both in pages), ("lenet5-digits", "train", "process")):
        figures = _measure(network, page, place)
        name = f"{network}, {page.capitalize()} page" + (", own process" if place == "process" else "")
        least = APART if place == "process" else COSTLY if median(figures.idle) < 200 else TINY
        yield at_least("live_views", f"{name}: rate live / GUI asleep", _ratio(figures.live, figures.idle), least)
        gain = _ratio(figures.live, figures.by_hand)
        yield at_least("live_views", f"{name}: rate live / loop by hand", gain, GAINS.get(network, 1.0))
        yield Row("live_views", f"{name}: GUI asleep / loop by hand", _ratio(figures.idle, figures.by_hand))
        bare = _ratio(figures.live, figures.by_hand_bare)
        yield Row("live_views", f"{name}: live / loop by hand that never validates", bare)
        alone = _ratio(figures.live, figures.by_hand_alone)
        yield Row("live_views", f"{name}: live / the same on all cores", alone)
        yield Row("live_views", f"{name}: loop by hand, steps a second", median(figures.by_hand))
        yield at_most("live_views", f"{name}: heartbeat late, p99 in ms", quantile(figures.late, 0.99), P99)
        yield at_most("live_views", f"{name}: heartbeat late, worst in ms", max(figures.late), WORST)
        yield Row("live_views", f"{name}: p99 while the run is held", quantile(figures.late_alone, 0.99))
        yield Row("live_views", f"{name}: worst while the run is held", max(figures.late_alone))
        yield Row("live_views", f"{name}: p99 while on a processor", quantile(figures.late_awake, 0.99))
        yield Row("live_views", f"{name}: worst while on a processor", max(figures.late_awake))
        yield Row("live_views", f"{name}: share of a processor for the GUI", median(figures.busy))


def _ratio(above: list[float], below: list[float]) -> float:
    return median(a / b for a, b in zip(above, below, strict=True))


def _measure(network: str, page: str, place: str) -> Figures:
    with TemporaryDirectory() as folder:
        preferences = Path(folder) / "preferences.json"
        preferences.write_text(json.dumps({"apart": place == "process"}))
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.live_views", network, page],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "NNSTUDIO_STATE": folder},
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _child(network: str, page: str) -> Figures:
    """Train in a window of this process and measure."""
    import msgspec

    from benchmarks.twins import loop_by_hand
    from nnstudio.project.examples import ALL
    from nnstudio.ui.app import make_application
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import USUAL, MainWindow

    application = make_application()
    project = ALL[network]()
    endless = msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 100_000})
    window = MainWindow(Session(endless), remember=False)
    window.resize(*USUAL)
    window.show_page(page)
    window.show()
    load_libraries()
    bridge = window.session.bridge
    bridge.start()
    show_until(lambda: bridge.num_steps > 50)
    figures = _take_turns(bridge, loop_by_hand(project, validates=True), loop_by_hand(project))
    bridge.shutdown()
    window.close()
    application.processEvents()
    return figures


def _take_turns(bridge: RunBridge, by_hand: Callable[[float], float], bare: Callable[[float], float]) -> Figures:
    import torch

    figures = Figures([], [], [], [], [], [], [], [], [])
    before = _idle_rate(bridge)
    for _ in range(ROUNDS):
        figures.live.append(_live_rate(bridge, figures))
        bridge.pause()
        show_for(SETTLING)
        heart, beats = _heart()
        show_for(STRETCH)
        heart.stop()
        figures.late_alone.extend(beats.late)
        cores = torch.get_num_threads()
        torch.set_num_threads(max(1, cores - 1))
        figures.by_hand.append(by_hand(STRETCH))
        figures.by_hand_bare.append(bare(STRETCH))
        torch.set_num_threads(cores)
        figures.by_hand_alone.append(bare(STRETCH))
        # While a run is there the window collects once a second; what the loops have left is not the window's.
        gc.collect()
        bridge.resume()
        after = _idle_rate(bridge)
        figures.idle.append((before + after) / 2)
        before = after
    return figures


def _idle_rate(bridge: RunBridge) -> float:
    """Return steps per second while this thread sleeps and nobody looks inside."""
    runner = bridge._runner
    assert runner is not None
    runner.taps.watch((), -1)
    time.sleep(SETTLING)
    clock = _Clock(runner)
    time.sleep(STRETCH)
    return clock.steps_per_second


def _live_rate(bridge: RunBridge, figures: Figures) -> float:
    """Return steps per second while everything is shown, and note how late the heartbeats come."""
    runner, sample = bridge._runner, bridge.sample
    assert runner is not None
    assert sample is not None
    bridge.set_sample(sample)
    show_for(SETTLING)
    heart, beats = _heart()
    clock, begun, worked = _Clock(runner), time.perf_counter(), time.thread_time()
    show_for(STRETCH)
    heart.stop()
    figures.late.extend(beats.late)
    figures.late_awake.extend(beats.awake)
    figures.busy.append((time.thread_time() - worked) / (time.perf_counter() - begun))
    return clock.steps_per_second


def _heart() -> tuple[QTimer, Beats]:
    """Return a timer that beats, and what notes how late it is."""
    from PySide6.QtCore import Qt, QTimer

    beats, heart = Beats(), QTimer()
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(beats.beat)
    heart.start(BEAT_MS)
    return heart, beats


class _Clock:
    """Counts a run's steps, and the time in which its thread was not kept waiting for other programs.

    What it waits for in this program counts: the window with its views, above all.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        assert runner._thread.native_id is not None
        process = getattr(getattr(runner._make, "__self__", None), "_process", None)
        # Of another process the thread that has worked most is the one that trains.
        self._process = "self" if process is None else str(process.pid)
        self._thread = runner._thread.native_id if process is None else _busiest(self._process)
        self._steps, self._begun = runner.ring.count, self._now()

    @property
    def steps_per_second(self) -> float:
        """Since this was made."""
        return (self._runner.ring.count - self._steps) / (self._now() - self._begun)

    def _now(self) -> float:
        return time.perf_counter() - waited(self._thread, self._process)


def _busiest(process: str) -> int:
    tasks = [file for file in Path(f"/proc/{process}/task").iterdir() if (file / "schedstat").exists()]
    return int(max(tasks, key=lambda task: int((task / "schedstat").read_text().split()[0])).name)


def load_libraries() -> None:
    """Load what the program has loaded in the background by the time that a person presses Train."""
    from nnstudio.ui.lazy import Warmup

    warmup = Warmup()
    warmup.start()
    warmup.wait()


def show_for(seconds: float) -> None:
    """Run the event loop for so long; nothing but what the window does takes its time."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    loop, clock = QEventLoop(), QTimer()
    clock.setTimerType(Qt.TimerType.PreciseTimer)
    clock.setSingleShot(True)
    clock.timeout.connect(loop.quit)
    clock.start(round(1000 * seconds))
    loop.exec()


def show_until(over: Callable[[], bool]) -> None:
    """Run the event loop until ``over`` says so."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, clock = QEventLoop(), QTimer()
    clock.timeout.connect(lambda: loop.quit() if over() else None)
    clock.start(20)
    loop.exec()
    clock.stop()


if __name__ == "__main__":
    print(json.dumps(asdict(_child(*sys.argv[1:]))), flush=True)
