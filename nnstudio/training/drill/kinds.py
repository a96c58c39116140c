"""All operations whose arithmetic is written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nnstudio.training.drill.attention import ATTENTION
from nnstudio.training.drill.classics import CLASSICS
from nnstudio.training.drill.encoder import ENCODER
from nnstudio.training.drill.norms import NORMS
from nnstudio.training.drill.pointwise import POINTWISE
from nnstudio.training.drill.recurrent import RECURRENT
from nnstudio.training.drill.sums import SUMS
from nnstudio.training.drill.work import Worker

KINDS: Final[Mapping[str, Worker]] = {**SUMS, **POINTWISE, **NORMS, **ATTENTION, **RECURRENT, **CLASSICS, **ENCODER}
"""By class of module, name of function or name of method."""
