"""Whether a run that is killed again and again comes to the same weights: a real process, killed without a word.

``python -m benchmarks killed`` kills 20 times, at random moments between the start of the program and the end of the
run; every time the run is taken up from its folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import Row, at_least

ROOT = Path(__file__).resolve().parents[1]
KILLS = 20
EXAMPLE = ROOT / "resources" / "examples" / "moons.nns"
LONGEST = 600


def rows() -> Iterator[Row]:
    """Yield how often the run was killed and how far the first weights that differ are: none may."""
    with tempfile.TemporaryDirectory() as folder:
        kills, same, resumed = survive(Path(folder), KILLS, epochs=2000, seed=0)
    yield at_least("killed", "times killed without a word", kills, KILLS)
    yield Row("killed", "of these, started again in the midst of the run", resumed)
    yield at_least("killed", "final weights bit-equal to those of an undisturbed run", float(same), 1)


def survive(folder: Path, kills: int, *, epochs: int, seed: int) -> tuple[int, bool, int]:
    """Train once undisturbed and once with kills.

    Args:
        folder: an empty folder to work in.
        kills: how often.
        epochs: how long the run is.
        seed: of the moments.

    Returns:
        How often the run was killed, whether both came to the same bytes, and how many starts went on from a step.
    """
    chance = random.Random(seed)  # noqa: S311 nothing secret
    whole, killed = folder / "whole", folder / "killed"
    with _started(whole, epochs) as process:
        process.wait(LONGEST)
        assert process.returncode == 0, "the undisturbed run failed"
    done = resumed = 0
    # By how far the run is, not by the clock, so that no machine is too fast; then some milliseconds more.
    for epoch in sorted(chance.randrange(int(0.9 * epochs)) for _ in range(kills)):
        with _started(killed, epochs) as process:
            resumed += _wait_for_start(process, killed) > 0
            while _last_epoch(killed) < epoch and process.poll() is None:
                _wait(process, 0.002)
            _wait(process, chance.uniform(0.0, 0.03))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                done += 1
    with _started(killed, epochs) as process:
        resumed += _wait_for_start(process, killed) > 0
        process.wait(LONGEST)
    files = [run / "weights.safetensors" for run in (whole, killed)]
    same = all(file.is_file() for file in files) and files[0].read_bytes() == files[1].read_bytes()
    return done, same, resumed


@contextlib.contextmanager
def _started(folder: Path, epochs: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "nnstudio.cli", "train", str(EXAMPLE), "--json", "--resume"]
    command += ["--epochs", str(epochs), "--out", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    # Into a file: a pipe that nobody empties would hold the run up.
    with _told(folder).open("wb") as told:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _told(folder: Path) -> Path:
    return folder.with_suffix(".jsonl")


def _wait_for_start(process: subprocess.Popen[bytes], folder: Path) -> int:
    """Wait for the line that tells of the start; return the step it is at."""
    while True:
        for line in _told(folder).read_text("utf-8").splitlines(keepends=True):
            if line.endswith("\n") and json.loads(line)["event"] == "start":
                return int(json.loads(line)["step"])
        assert process.poll() is None, "the run did not start"
        _wait(process, 0.02)


def _last_epoch(folder: Path) -> int:
    """Return the last epoch that the run has told of; 0 before the first."""
    with _told(folder).open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 4096))
        found = re.findall(rb'"epoch": (\d+)', file.read())
    return int(found[-1]) if found else 0


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
