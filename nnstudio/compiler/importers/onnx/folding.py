"""Operations on held tensors alone are worked out at once: exporters leave some, such as gates in another order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from nnstudio.compiler.importers.onnx.reader import Model, Operation

if TYPE_CHECKING:
    from nnstudio.compiler.importers.onnx.reader import Array

MOST_NUMBERS: Final = 2**27
"""Numbers of one tensor that is worked out."""


def fold(model: Model) -> Model:
    """Work out what depends on no input and only moves numbers; nothing becomes larger than what it is made of."""
    tensors = dict(model.tensors)
    kept: list[Operation] = []
    for op in model.operations:
        rule = _RULES.get(op.kind)
        held = [tensors.get(name) for name in op.inputs if name]
        found = None
        if rule is not None and held and all(tensor is not None for tensor in held) and len(op.outputs) == 1:
            found = _worked_out(rule, op, [tensor for tensor in held if tensor is not None])
        if found is None or op.outputs[0] in model.outputs:
            kept.append(op)
        else:
            tensors[op.outputs[0]] = found
    return replace(model, tensors=tensors).with_operations(kept)


def _worked_out(rule: Callable[..., Any], op: Operation, held: list[Array]) -> Array | None:
    import numpy as np

    if sum(tensor.size for tensor in held) > MOST_NUMBERS:
        return None
    try:
        found: Array = np.ascontiguousarray(rule(np, op, *held))
    except (ValueError, IndexError, TypeError, KeyError):  # a later step says what is wrong with it
        return None
    return found


def _slice(_np: Any, op: Operation, x: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    index = [slice(None)] * x.ndim
    numbers = range(len(starts)) if axes is None else axes.tolist()
    strides = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), numbers, strides, strict=True):
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


def _concat(np: Any, op: Operation, *parts: Any) -> Any:
    return np.concatenate(parts, axis=op.settings["axis"])


def _unsqueeze(np: Any, op: Operation, x: Any, axes: Any = None) -> Any:
    return np.expand_dims(x, tuple(_axes(op, axes)))


def _squeeze(np: Any, op: Operation, x: Any, axes: Any = None) -> Any:
    return np.squeeze(x, tuple(_axes(op, axes)) or None)


def _axes(op: Operation, axes: Any) -> list[int]:
    return list(op.settings.get("axes", ())) if axes is None else [int(axis) for axis in axes.reshape(-1)]


def _transpose(np: Any, op: Operation, x: Any) -> Any:
    return np.transpose(x, op.settings.get("perm"))


def _reshape(_np: Any, op: Operation, x: Any, shape: Any) -> Any:
    keep = bool(op.settings.get("allowzero", 0))
    return x.reshape([x.shape[axis] if n == 0 and not keep else n for axis, n in enumerate(shape.tolist())])


def _identity(_np: Any, _op: Operation, x: Any) -> Any:
    return x


_RULES: Final[Mapping[str, Callable[..., Any]]] = {
    "Slice": _slice,
    "Concat": _concat,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Reshape": _reshape,
    "Identity": _identity,
}
