"""Warming up, in a process of its own as it can be done only once."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from nnstudio.training import warm
from nnstudio.training.runner import Runner
Runner(lambda stop, taps: iter(()))
assert "torch" not in sys.modules
warm.map_libraries()
assert "torch" not in sys.modules
import torch
torch.manual_seed(3)
before = torch.get_rng_state()
warm.warm_up()
assert torch.equal(before, torch.get_rng_state()), "the random numbers of a run were touched"
assert warm.map_libraries()
assert "torch._dynamo" in sys.modules, "the first optimizer still has to import it"
"""


def test_warming_up_leaves_random_numbers_alone() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
