"""``python -m benchmarks.soak [MINUTES] [EXAMPLE]``: train with every view open; does memory grow, does it tire?

It is no part of ``python -m benchmarks``, as it takes half an hour. A line is printed every ten seconds; the last ones
say how memory grew after the first sixth of the time, and how late the heartbeats came in the first and the last part.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.common import BEAT_MS, Beats, Row, at_most, quantile

GROWTH = 20.0
"""Megabytes an hour that memory may grow."""
PERIOD = 10.0
"""Seconds from one line to the next."""


def soak(minutes: float, example: str) -> list[Row]:
    """Train in a window of this process with all views that there are, each in a window of its own."""
    import msgspec
    from PySide6.QtCore import Qt as QtNames
    from PySide6.QtCore import QTimer

    from benchmarks.live_views import load_libraries, show_for, show_until
    from nnstudio.project.examples import ALL
    from nnstudio.ui.app import make_application
    from nnstudio.ui.insight.frame import ViewFrame
    from nnstudio.ui.insight.registry import VIEWS
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import USUAL, MainWindow

    make_application()
    project = ALL[example]()
    endless = msgspec.structs.replace(project, recipe={**project.recipe, "epochs": 100_000})
    window = MainWindow(Session(endless), remember=False)
    window.resize(*USUAL)
    window.show_page("train")
    window.show()
    load_libraries()
    session = window.session
    trained = next(node for node in session.graph.nodes if node.kind in ("Conv2d", "Linear"))
    session.select((trained.id,))
    frames = [ViewFrame(session, spec, own_window=True) for spec in VIEWS]
    for frame in frames:
        frame.resize(480, 360)
        frame.show()
    bridge = session.bridge
    bridge.start()
    show_until(lambda: bridge.num_steps > 20)
    beats, heart = Beats(), QTimer()
    heart.setTimerType(QtNames.TimerType.PreciseTimer)
    heart.timeout.connect(beats.beat)
    heart.start(BEAT_MS)
    begun, memory, marks = time.perf_counter(), list[tuple[float, float]](), [0]
    while time.perf_counter() - begun < 60 * minutes:
        steps = bridge.num_steps
        show_for(PERIOD)
        newest = beats.late[marks[-1] :]
        marks.append(len(beats.late))
        memory.append(((time.perf_counter() - begun) / 3600, private_megabytes()))
        answers = sum(found is not None and found.value is not None for found in map(bridge.found, bridge._studies))
        print(
            f"{60 * memory[-1][0]:5.1f} min {memory[-1][1]:7.1f} MB, late p99 {quantile(newest, 0.99):5.1f} ms, "
            f"worst {max(newest):5.1f} ms, {(bridge.num_steps - steps) / PERIOD:7.1f} steps/s, {answers} answers",
            flush=True,
        )
    heart.stop()
    bridge.shutdown()
    for frame in frames:
        frame.close()
    window.close()
    settled = memory[len(memory) // 6 :]
    third = len(beats.late) // 3
    return [
        at_most("soak", "memory growth after the first sixth, MB an hour", slope(settled), GROWTH),
        Row("soak", "heartbeat late, p99 in ms, first third", quantile(beats.late[:third], 0.99)),
        Row("soak", "heartbeat late, p99 in ms, last third", quantile(beats.late[-third:], 0.99)),
        Row("soak", "while on a processor, p99 in ms, first third", quantile(beats.awake[:third], 0.99)),
        Row("soak", "while on a processor, p99 in ms, last third", quantile(beats.awake[-third:], 0.99)),
        Row("soak", "views open", len(frames)),
    ]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the median slope between all pairs of points (Theil and Sen): one jump does not tilt it."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for number, a in enumerate(points) for b in points[number + 1 :]]
    return median(slopes) if slopes else 0.0


def private_megabytes() -> float:
    """Return what this process has written into memory; 0 where the system does not tell.

    Pages of libraries do not count: they are private or shared by whether another program maps them just then.
    """
    file = Path("/proc/self/smaps_rollup")
    if not file.exists():
        return 0.0
    lines = (line.split() for line in file.read_text().splitlines())
    return sum(int(line[1]) for line in lines if line[0] == "Private_Dirty:") / 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, and print what came out; 1 where a goal is missed."""
    from benchmarks.__main__ import line

    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("minutes", nargs="?", type=float, default=30.0)
    parser.add_argument("example", nargs="?", default="lenet5-digits")
    asked = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found = soak(asked.minutes, asked.example)
    for row in found:
        print(line(row), flush=True)
    return 0 if all(row.holds for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
