"""Local response normalisation in ONNX, which torch's exporter writes out in nine operations."""

from __future__ import annotations

from nnstudio.compiler.importers.onnx.patterns import View
from nnstudio.compiler.importers.onnx.reader import Model, Operation

_CHAIN = ("Pow", "Add", "Mul", "Squeeze", "AveragePool", "Pad", "Reshape", "Mul")
"""From the divisor back to the squares."""


def response_norms(model: Model) -> Model:
    """Put ``x / (k + α · mean of x² over neighbouring channels) ** β`` together."""
    view = View(model)
    found = {id(op): norm for op in model.operations if op.kind == "Div" and (norm := _norm(view, op)) is not None}
    return model.with_operations([found.get(id(op), op) for op in model.operations]) if found else model


def _norm(view: View, division: Operation) -> Operation | None:
    x, name = division.inputs
    steps: list[Operation] = []
    for kind in _CHAIN:
        op = view.maker.get(name)
        if op is None or op.kind != kind:
            return None
        steps.append(op)
        name = op.inputs[0]
    power, added, scaled, _, pool, *_, squares = steps
    kernel = tuple(pool.settings.get("kernel_shape", ()))
    numbers = [view.constant(op.inputs[1]) for op in (power, added, scaled)]
    held = [float(number.reshape(())) for number in numbers if number is not None and number.size == 1]
    if tuple(squares.inputs) != (x, x) or len(kernel) != 3 or kernel[1:] != (1, 1) or len(held) < 3:
        return None
    beta, bias, alpha = held
    settings = {"size": int(kernel[0]), "alpha": round(alpha, 10), "beta": round(beta, 6), "bias": round(bias, 6)}
    return Operation("LRN", (x,), division.outputs, settings, division.name)
