"""Positions: a tensor that a network adds to a sequence, the same for every sample."""

from __future__ import annotations

import torch

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.values import Flow
from nnstudio.compiler.importers.walk import Walk
from nnstudio.core.words import tr


def learned(walk: Walk, x: Flow, table: torch.Tensor) -> Flow:
    """``x + positions``: steps × features of the network's own."""
    raise UnmappedError(tr("there is no layer for {kind}", kind="positions"))
