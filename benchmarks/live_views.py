"""LeNet-5 trains in the whole window: does the window stay quick, and what do the live views cost the training?

Stretches in which everything is shown (curves, feature maps, prediction, tiles on the cards) take turns with stretches
in which the GUI thread sleeps and nothing is looked at. A heartbeat every 16 ms tells how late the window answers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.common import Row, at_least, at_most, quantile

if TYPE_CHECKING:
    from nnstudio.ui.bridge import RunBridge

LATEST = 8.0
"""Milliseconds that 99 % of the heartbeats may be late."""
LEAST = 0.9
ROUNDS = 30
STRETCH = 0.5
"""Seconds of one stretch."""
SETTLING = 0.15
"""Seconds of a stretch that are not measured."""
BEAT_MS = 16


@dataclass(frozen=True, slots=True)
class Figures:
    """What the child process measured.

    Attributes:
        late: milliseconds by which each heartbeat came late.
        late_awake: the same without the time for which the system had put the GUI thread off the processor.
        live: steps per second in each stretch with live views.
        idle: steps per second in the stretches before and after, their mean.
        busy: share of the GUI thread's time in each live stretch.
    """

    late: list[float]
    late_awake: list[float]
    live: list[float]
    idle: list[float]
    busy: list[float]


def rows() -> Iterator[Row]:
    """Yield lateness and training rate for both pages."""
    for page in ("design", "train"):
        figures = _measure(page)
        ratio = median(live / idle for live, idle in zip(figures.live, figures.idle, strict=True))
        name = f"{page.capitalize()} page"
        yield at_most("live_views", f"{name}: heartbeat late, p99 in ms", quantile(figures.late, 0.99), LATEST)
        yield Row("live_views", f"{name}: the same while on a processor", quantile(figures.late_awake, 0.99))
        yield at_least("live_views", f"{name}: training rate live / GUI asleep", ratio, LEAST)
        yield Row("live_views", f"{name}: share of a processor for the GUI", median(figures.busy))


def _measure(page: str) -> Figures:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.live_views", page],
        env=environment,
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Figures(**json.loads(done.stdout.splitlines()[-1]))


def _child(page: str) -> Figures:
    """Train in a window of this process and measure."""
    import msgspec

    from nnstudio.project.examples import EXAMPLES
    from nnstudio.ui import lazy
    from nnstudio.ui.app import make_application
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import USUAL, MainWindow

    application = make_application()
    project = EXAMPLES["lenet5-digits"]()
    endless = msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 100_000})
    window = MainWindow(Session(endless), remember=False)
    window.resize(*USUAL)
    window.show_page(page)
    window.show()
    lazy.pyqtgraph()
    bridge = window.session.bridge
    bridge.start()
    _show_until(lambda: bridge.num_steps > 50)
    figures = _take_turns(bridge)
    bridge.shutdown()
    window.close()
    application.processEvents()
    return figures


def _take_turns(bridge: RunBridge) -> Figures:
    figures = Figures([], [], [], [], [])
    before = _idle_rate(bridge)
    for _ in range(ROUNDS):
        figures.live.append(_live_rate(bridge, figures))
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
    steps, begun = runner.ring.count, time.perf_counter()
    time.sleep(STRETCH)
    return (runner.ring.count - steps) / (time.perf_counter() - begun)


def _live_rate(bridge: RunBridge, figures: Figures) -> float:
    """Return steps per second while everything is shown, and note how late the heartbeats come."""
    from PySide6.QtCore import Qt as QtNames
    from PySide6.QtCore import QTimer

    runner, sample = bridge._runner, bridge.sample
    assert runner is not None
    assert sample is not None
    bridge.set_sample(sample)
    _show_until(_after(SETTLING))
    last = [time.perf_counter(), _waited()]

    def beat() -> None:
        now, waited = time.perf_counter(), _waited()
        late = 1000.0 * (now - last[0]) - BEAT_MS
        figures.late.append(max(0.0, late))
        figures.late_awake.append(max(0.0, late - 1000.0 * (waited - last[1])))
        last[:] = now, waited

    heart = QTimer()
    heart.setTimerType(QtNames.TimerType.PreciseTimer)
    heart.timeout.connect(beat)
    heart.start(BEAT_MS)
    steps, begun, worked = runner.ring.count, time.perf_counter(), time.thread_time()
    _show_until(_after(STRETCH))
    seconds = time.perf_counter() - begun
    heart.stop()
    figures.busy.append((time.thread_time() - worked) / seconds)
    return (runner.ring.count - steps) / seconds


def _after(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


def _show_until(over: Callable[[], bool]) -> None:
    """Run the event loop until ``over`` says so."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, clock = QEventLoop(), QTimer()
    clock.timeout.connect(lambda: loop.quit() if over() else None)
    clock.start(20)
    loop.exec()
    clock.stop()


def _waited() -> float:
    """Return the seconds for which this thread was ready but the system ran something else; 0 where nobody says."""
    file = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return int(file.read_text().split()[1]) / 1e9 if file.exists() else 0.0


if __name__ == "__main__":
    print(json.dumps(asdict(_child(sys.argv[1]))), flush=True)
