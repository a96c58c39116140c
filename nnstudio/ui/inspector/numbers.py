"""The numbers of a node worked out, as rows of label and value."""

from __future__ import annotations

from collections.abc import Sequence

from nnstudio.compiler.analysis import Facts
from nnstudio.compiler.memory import BYTES, bytes_text
from nnstudio.core.words import tr
from nnstudio.layers.spec import Signal, shape_text
from nnstudio.ui.figures import grouped

Row = tuple[str, str]


def worked_out(facts: Facts) -> list[Row]:
    """Return what is known of a node: shapes in and out, parameters with their arithmetic, cost, receptive field."""
    rows: list[Row] = []
    if facts.inputs:
        rows.append((tr("Input") if len(facts.inputs) == 1 else tr("Inputs"), signals_text(facts.inputs)))
    rows.append((tr("Output"), signals_text(facts.outputs) if facts.outputs else "—"))
    if not facts.outputs:
        return rows
    cost = facts.cost
    total = grouped(cost.parameters)
    rows.append((tr("Parameters"), f"{cost.arithmetic} = {total}" if cost.arithmetic else total))
    if cost.buffers:
        rows.append((tr("Buffers"), grouped(cost.buffers)))
    rows.append((tr("Multiply–adds"), tr("depends on the free length") if cost.macs is None else grouped(cost.macs)))
    if facts.activations is None:
        rows.append((tr("Activations"), tr("depends on the free length")))
    elif facts.activations:
        size = bytes_text(BYTES * facts.activations)
        rows.append((tr("Activations"), tr("{size} a sample", size=size)))
    if facts.field is not None and facts.inputs:
        rows.append((tr("Receptive field"), f"{facts.field[0]} × {facts.field[1]}"))
    return rows


def signals_text(signals: Sequence[Signal | None]) -> str:
    """Write shapes, one line each; equal ones are counted, unknown ones are dashes."""
    lines: list[str] = []
    for signal in dict.fromkeys(signals):
        text = "—" if signal is None else shape_text(signal.shape)
        times = sum(other == signal for other in signals)
        lines.append(text if times == 1 else tr("{times} of {shape}", times=times, shape=text))
    return "\n".join(lines)
