"""Plan and module to a .pt2 file, which ``torch.export.load`` of any Python with torch opens without the classes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from nnstudio.compiler.plan import Plan
from nnstudio.compiler.tracing import Report, quiet, trace
from nnstudio.core.words import tr

if TYPE_CHECKING:
    from torch import nn


def write_pt2(plan: Plan, module: nn.Module, notes: dict[str, str], report: Report = lambda _text: None) -> bytes:
    """Return the bytes of a .pt2 file: the network in evaluation mode with its weights; the batch is free.

    Args:
        plan: what the module was built from.
        module: holds the weights; it is left in evaluation mode.
        notes: go into the file as ``notes/NAME``.
        report: hears the stages.

    Raises:
        ExportError: the network works for one batch size or one length only.
    """
    import torch

    report(tr("tracing the network"))
    program = trace(plan, module)
    report(tr("packing the file"))
    buffer = io.BytesIO()
    with quiet():
        torch.export.save(program, buffer, extra_files={f"notes/{key}": value for key, value in notes.items()})
    return buffer.getvalue()
