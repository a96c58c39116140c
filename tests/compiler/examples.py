"""The example projects that tests try whole: those that are small enough to be traced and trained in seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nnstudio
from nnstudio.api import Compiled
from nnstudio.core.resources import resource

MOST_PARAMETERS = 2_000_000
MOST_MACS = 300_000_000


@cache
def compiled(name: str) -> Compiled:
    """Return an example, compiled; its module is built once for all tests."""
    return nnstudio.compile(nnstudio.load(place(name)))


def place(name: str) -> Path:
    """Return the file of an example."""
    return resource("examples", f"{name}.nns")


def small_examples() -> list[str]:
    """Return the names of all examples that are small; `scripts/prove_exports.py` tries the others too."""
    names = sorted(path.stem for path in resource("examples").glob("*.nns"))
    return [name for name in names if _is_small(compiled(name))]


def _is_small(example: Compiled) -> bool:
    return example.num_parameters <= MOST_PARAMETERS and (example.macs or 0) <= MOST_MACS
