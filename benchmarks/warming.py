"""How late does the window answer while the libraries, torch above all, are imported behind it, and just after?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.common import BEAT_MS, Beats, Row, at_most, quantile

P99, WORST = 4.0, 33.0
ROUNDS = 5
AFTER_MS = 500
"""How long the pulse is felt afterwards: what has waited for the end of the imports is done then."""


def rows() -> Iterator[Row]:
    """Yield the median over some starts."""
    starts = [_measure() for _ in range(ROUNDS)]
    p99, worst = ([figure(start["late"]) for start in starts] for figure in (lambda late: quantile(late, 0.99), max))
    awake = [max(start["awake"]) for start in starts]
    yield at_most("warming", "heartbeat late while importing, p99 in ms", median(p99), P99)
    yield at_most("warming", "heartbeat late while importing, worst in ms", median(worst), WORST)
    yield Row("warming", "the same while on a processor, worst in ms", median(awake))
    after = median(max(start["after"]) for start in starts)
    yield at_most("warming", "heartbeat late in the half second after, worst in ms", after, WORST)
    yield Row("warming", "seconds until everything is loaded", median(start["seconds"][0] for start in starts))


def _measure() -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.warming"],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _child() -> dict[str, list[float]]:
    """Open the window as the program does, and feel its pulse until all is imported."""
    from PySide6.QtCore import Qt, QTimer

    from nnstudio.ui.app import make_application, open_window
    from nnstudio.ui.lazy import FILLED_MS, Warmup

    application = make_application()
    window, warmup = open_window(), Warmup(application)
    window.painted.connect(warmup.start_soon)
    window.show()
    beats, heart, marks = Beats(), QTimer(), list[float]()
    heart.setTimerType(Qt.TimerType.PreciseTimer)
    heart.timeout.connect(beats.beat)
    begun = time.perf_counter()

    def start() -> None:
        beats.begin()
        heart.start(BEAT_MS)

    def finish() -> None:
        marks.append(time.perf_counter() - begun)
        marks.append(len(beats.late))
        QTimer.singleShot(AFTER_MS, application.quit)

    window.painted.connect(lambda: QTimer.singleShot(FILLED_MS, start))
    warmup.finished.connect(finish)
    application.exec()
    seconds, count = marks[0], int(marks[1])
    late, awake = list(beats.late), list(beats.awake)
    return {"late": late[:count], "awake": awake[:count], "after": late[count:], "seconds": [seconds]}


if __name__ == "__main__":
    print(json.dumps(_child()), flush=True)
