"""Whether a run that is killed again and again comes to the same weights: a real process, killed without a word.

``python -m benchmarks killed`` kills 20 times, at random moments between the start of the program and the end of the
run; every time the run is taken up from its folder.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
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
    began = time.monotonic()
    whole, killed = folder / "whole", folder / "killed"
    with _started(whole, epochs) as process:
        first = _wait_for_start(process, whole)
        ready = time.monotonic() - began
        process.wait(LONGEST)
        assert process.returncode == 0, "the undisturbed run failed"
    assert first == 0
    seconds = time.monotonic() - began - ready
    done = resumed = 0
    while done < kills:
        with _started(killed, epochs) as process:
            step = _wait_for_start(process, killed)
            resumed += step > 0
            # Short enough that the run cannot be over before the last kill.
            moment = chance.uniform(0.0, 1.6 * seconds / (kills + 1))
            try:
                process.wait(timeout=moment)
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                done += 1
            else:
                break
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
        lines = _told(folder).read_text("utf-8").splitlines(keepends=True)
        if lines and lines[0].endswith("\n"):
            return int(json.loads(lines[0])["step"])
        assert process.poll() is None, "the run did not start"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
