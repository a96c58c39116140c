"""Receptive fields: how much of the input picture one number in a layer depends on."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.compiler.facts import Facts, Pair
from nnstudio.compiler.ports import BLOCK
from nnstudio.core.graph import Node
from nnstudio.layers.catalog import catalog


def receptive_field(node: Node, facts: Facts, sources: Sequence[Facts]) -> tuple[Pair | None, Pair]:
    """Receptive field r and step j between neighbours, in input pixels: r += (k - 1)·j, then j *= s."""
    if node.bypassed:
        return (sources[0].field, sources[0].jump) if sources and facts.outputs else (None, (1, 1))
    if node.kind == BLOCK or not facts.outputs or len(facts.outputs[0].shape) != 3:
        return None, (1, 1)
    spec = catalog()[node.kind]
    if not spec.inputs:
        return (1, 1), (1, 1)
    if not sources or facts.settings is None:
        return None, (1, 1)
    rows = columns = 1
    for source in sources:
        if source.field is None:
            return None, (1, 1)
        rows, columns = max(rows, source.field[0]), max(columns, source.field[1])
    jump = sources[0].jump
    if spec.window is None:
        arriving = facts.inputs[0]
        kept = arriving is not None and arriving.shape[1:] == facts.outputs[0].shape[1:]
        return ((rows, columns), jump) if kept else (None, (1, 1))  # global pooling sees all of any picture
    kernel, stride = spec.window(facts.settings)
    grown = (rows + (kernel[0] - 1) * jump[0], columns + (kernel[1] - 1) * jump[1])
    return grown, (jump[0] * stride[0], jump[1] * stride[1])
