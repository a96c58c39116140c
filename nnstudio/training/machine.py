"""The machine's ways of computing that a recipe may ask for: for a short time, and put back afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"


@contextmanager
def only_deterministic() -> Iterator[None]:
    """Allow only ways of computing that give the same bits each time.

    Within, a layer that has no such way raises RuntimeError. NVIDIA's library of matrices asks for a setting of the
    process that must be there before it is first used; it stays.
    """
    os.environ.setdefault(_WORKSPACE, ":4096:8")
    strict, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    cudnn = torch.backends.cudnn
    exact, tries = cudnn.deterministic, cudnn.benchmark
    torch.use_deterministic_algorithms(True)
    cudnn.deterministic, cudnn.benchmark = True, False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(strict, warn_only=warns)
        cudnn.deterministic, cudnn.benchmark = exact, tries
