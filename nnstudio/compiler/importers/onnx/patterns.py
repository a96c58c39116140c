"""What exporters take apart is put together again: Linear, recurrent layers, attention.

A pattern is found by its shape, not proved; whether the drawing computes the same is checked at the end, and where it
does not, the network is read again without patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nnstudio.compiler.importers.onnx.reader import Model, Operation

if TYPE_CHECKING:
    from nnstudio.compiler.importers.onnx.reader import Array

LINEAR: Final = "nnstudio.Linear"
RECURRENT: Final = "nnstudio.Recurrent"
ATTENTION: Final = "nnstudio.Attention"

_MOVES = frozenset(
    {
        "Reshape", "Transpose", "Unsqueeze", "Squeeze", "Gather", "Slice", "Split", "Identity", "Cast", "Concat",
        "Expand", "Trilu", "Equal", "Where", "Mul", "Div", "Add", "Sqrt", "MatMul", "Not", "Flatten",
    }
)  # fmt: skip
"""What may stand between the projections of attention and its softmax."""


class View:
    """A model with its makers and users at hand."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.maker = {name: op for op in model.operations for name in op.outputs if name}
        self.users: dict[str, list[Operation]] = {}
        for op in model.operations:
            for name in dict.fromkeys(op.inputs):
                self.users.setdefault(name, []).append(op)

    def constant(self, name: str) -> Array | None:
        """Return a held tensor."""
        return self.model.tensors.get(name)

    def only_user(self, name: str, *kinds: str) -> Operation | None:
        """Return what alone uses a value, if it is of one of these kinds; to ask for its shape is no use."""
        users = [op for op in self.users.get(name, ()) if op.kind != "Shape"]
        if len(users) != 1 or name in self.model.outputs or users[0].kind not in kinds:
            return None
        return users[0]


def linears(model: Model) -> Model:
    """A product with a held matrix, and the held vector added to it, are a Linear layer; so is a plain Gemm."""
    view = View(model)
    gone: set[int] = set()
    found: dict[int, Operation] = {}
    for op in model.operations:
        if op.kind == "MatMul":
            matrix = view.constant(op.inputs[1])
            if matrix is None or matrix.ndim != 2:
                continue
            added = view.only_user(op.outputs[0], "Add")
            bias = next((n for n in added.inputs if n != op.outputs[0]), "") if added else ""
            vector = view.constant(bias)
            if added is not None and vector is not None and vector.shape == (matrix.shape[1],):
                gone.add(id(op))
                found[id(added)] = Operation(
                    LINEAR, (op.inputs[0], op.inputs[1], bias), added.outputs, {"transposed": 0}, added.name
                )
            else:
                found[id(op)] = Operation(LINEAR, op.inputs, op.outputs, {"transposed": 0}, op.name)
        elif op.kind == "Gemm":
            matrix = view.constant(op.inputs[1])
            vector = view.constant(op.inputs[2]) if len(op.inputs) > 2 and op.inputs[2] else None
            plain = op.settings.get("alpha", 1.0) == op.settings.get("beta", 1.0) == 1.0
            if matrix is not None and matrix.ndim == 2 and plain and not op.settings.get("transA", 0):
                width = matrix.shape[0] if op.settings.get("transB", 0) else matrix.shape[1]
                if len(op.inputs) < 3 or (vector is not None and vector.size == width):
                    settings = {"transposed": op.settings.get("transB", 0), "flat": 1}
                    found[id(op)] = Operation(LINEAR, op.inputs, op.outputs, settings, op.name)
    return model.with_operations([found.get(id(op), op) for op in model.operations if id(op) not in gone])


def recurrents(model: Model) -> Model:
    """LSTM, GRU and RNN, whose output (steps, ways, batch, units) is then brought into (steps, batch, ways · units)."""
    view = View(model)
    found: dict[int, Operation] = {}
    gone: set[int] = set()
    for op in model.operations:
        if op.kind not in ("LSTM", "GRU", "RNN") or not _usual(op, view):
            continue
        weights = [view.constant(name) for name in op.inputs[1:4]]
        ways = weights[0].shape[0] if weights[0] is not None else 0
        outputs = [*op.outputs, "", ""][:3]
        if view.users.get(outputs[0]) or outputs[0] in model.outputs:
            end = _flat_output(view, outputs[0], ways)
            if end is None:
                continue
            gone.add(id(end))
            outputs[0] = end.outputs[0]
        found[id(op)] = Operation(
            RECURRENT, op.inputs, tuple(outputs), {**op.settings, "kind": op.kind, "ways": ways}, op.name
        )
    return model.with_operations([found.get(id(op), op) for op in model.operations if id(op) not in gone])


def _usual(op: Operation, view: View) -> bool:
    """Say whether a recurrent operation is one that torch has."""
    inputs = [*op.inputs, "", "", "", "", "", "", "", ""][:8]
    matrices = view.constant(inputs[1]), view.constant(inputs[2])
    if any(matrix is None or matrix.ndim != 3 for matrix in matrices) or (
        inputs[3] and view.constant(inputs[3]) is None
    ):
        return False
    settings = op.settings
    usual = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}[op.kind]
    ways = 2 if settings.get("direction") == "bidirectional" else 1
    functions = tuple(settings.get("activations", usual * ways))
    if op.kind == "RNN" and functions == ("Relu",) * ways:
        functions = usual * ways
    return (
        not inputs[4]
        and not inputs[7]
        and functions == usual * ways
        and settings.get("direction", "forward") in ("forward", "bidirectional")
        and not settings.get("layout", 0)
        and not settings.get("input_forget", 0)
        and "clip" not in settings
        and (op.kind != "GRU" or bool(settings.get("linear_before_reset", 0)))
    )


def _flat_output(view: View, name: str, ways: int) -> Operation | None:
    """Return the operation that gives (steps, batch, ways · units)."""
    squeezed = view.only_user(name, "Squeeze")
    if squeezed is not None and ways == 1:
        axes = view.constant(squeezed.inputs[1]) if len(squeezed.inputs) > 1 else squeezed.settings.get("axes")
        return squeezed if axes is not None and list(map(int, axes)) == [1] else None
    turned = view.only_user(name, "Transpose")
    if turned is None or tuple(turned.settings.get("perm", ())) != (0, 2, 1, 3):
        return None
    return view.only_user(turned.outputs[0], "Reshape")


@dataclass(frozen=True, slots=True)
class _Attention:
    """What was found of one attention; linear operations in the order query, key, value."""

    sources: tuple[Operation, ...]
    out: Operation
    end: Operation
    heads: int
    causal: bool


def attentions(model: Model) -> Model:
    """Attention, from the projections of queries, keys and values to that of what comes out."""
    view = View(model)
    found: dict[int, Operation] = {}
    for op in model.operations:
        attention = _attention(view, op) if op.kind == "Softmax" else None
        if attention is None:
            continue
        sources = attention.sources
        starts = tuple(source.inputs[0] for source in sources)
        before = view.maker.get(starts[0])
        steps_first = before is not None and before.kind == "Transpose" and before.settings.get("perm") == (1, 0, 2)
        names = [name for source in (*sources, attention.out) for name in (*source.inputs[1:], "", "")[:2]]
        settings = {
            "heads": attention.heads,
            "causal": int(attention.causal),
            "batch_first": int(not steps_first),
            "transposed": tuple(source.settings["transposed"] for source in (*sources, attention.out)),
        }
        inputs = (*(starts if len(starts) == 3 else starts * 3), *names)
        found[id(attention.end)] = Operation(ATTENTION, inputs, attention.end.outputs, settings, attention.out.name)
    if not found:
        return model
    return model.with_operations([found.get(id(op), op) for op in model.operations])


def _attention(view: View, softmax: Operation) -> _Attention | None:
    if softmax.settings.get("axis", -1) not in (-1, 3):
        return None
    mixed = view.only_user(softmax.outputs[0], "MatMul")
    if mixed is None or mixed.inputs[0] != softmax.outputs[0]:
        return None
    step: Operation | None = mixed
    while step is not None and step.kind != LINEAR:
        step = view.only_user(step.outputs[0], "Transpose", "Reshape", LINEAR)
    if step is None:
        return None
    end: Operation | None = step
    if step.settings.get("flat"):
        end = view.only_user(step.outputs[0], "Reshape")
    scores = _scores(view, softmax.inputs[0])
    if end is None or scores is None:
        return None
    product, scale, causal = scores
    sources = [_projection(view, name) for name in (*product.inputs, mixed.inputs[1])]
    if any(source is None for source in sources):
        return None
    linear = tuple({id(source): source for source in sources if source is not None}.values())
    matrix = view.constant(step.inputs[1])
    assert matrix is not None
    width = matrix.shape[1] if step.settings["transposed"] else matrix.shape[0]
    for value in (*product.inputs, product.outputs[0]):
        scale *= _scale_of(view, value)
    size = round(1 / scale**2) if scale > 0 else 0
    if len(linear) not in (1, 3) or not size or width % size:
        return None
    outs = [_width(view, source) for source in linear]
    if outs != ([3 * width] if len(linear) == 1 else [width] * 3):
        return None
    return _Attention(linear, step, end, width // size, causal)


def _width(view: View, linear: Operation) -> int:
    matrix = view.constant(linear.inputs[1])
    assert matrix is not None
    return int(matrix.shape[0] if linear.settings["transposed"] else matrix.shape[1])


def _scores(view: View, name: str) -> tuple[Operation, float, bool] | None:
    """Follow what a softmax gets back to the product of queries and keys: that, a scale, and whether it is causal."""
    scale, causal = 1.0, False
    for _ in range(8):
        op = view.maker.get(name)
        if op is None:
            return None
        if op.kind == "MatMul":
            return op, scale, causal
        if op.kind in ("Mul", "Div"):
            number = _number(view, op)
            if number is None:
                return None
            scale *= number
            name = next(n for n in op.inputs if view.constant(n) is None)
        elif op.kind == "Add":
            masks = [n for n in op.inputs if _is_causal_mask(view, n)]
            if len(masks) != 1:
                return None
            causal, name = True, next(n for n in op.inputs if n != masks[0])
        elif op.kind in ("Identity", "Cast"):
            name = op.inputs[0]
        else:
            return None
    return None


def _number(view: View, op: Operation) -> float | None:
    """Return the one held number that an operation multiplies with."""
    for position, name in enumerate(op.inputs):
        held = view.constant(name)
        if held is not None and held.size == 1 and (op.kind == "Mul" or position == 1):
            number = float(held.reshape(()))
            return number if op.kind == "Mul" else 1 / number if number else None
    return None


def _is_causal_mask(view: View, name: str) -> bool:
    held = view.constant(name)
    if held is not None:
        import numpy as np

        if held.ndim < 2 or held.size != held.shape[-1] ** 2 or held.dtype != np.float32:
            return False
        hidden = np.less(held.astype(np.float32).reshape(held.shape[-2:]), -1e4)
        return bool(np.array_equal(hidden, np.triu(np.ones(hidden.shape, bool), 1)))
    return any(op.kind == "Trilu" for op in _back(view, name))


def _scale_of(view: View, name: str) -> float:
    """Multiply the numbers on the way from a projection to the product of queries and keys."""
    scale = 1.0
    for op in _line(view, name):
        if op.kind in ("Mul", "Div"):
            number = _number(view, op)
            scale *= number if number is not None else 1.0
    return scale


def _line(view: View, name: str) -> Iterator[Operation]:
    """Go back along first inputs, from a value to the Linear that it comes from."""
    for _ in range(32):
        op = view.maker.get(name)
        if op is None or op.kind == LINEAR or op.kind not in _MOVES or op.kind == "MatMul":
            return
        yield op
        names = [n for n in op.inputs if n and view.constant(n) is None]
        if not names:
            return
        name = names[0]


def _projection(view: View, name: str) -> Operation | None:
    """Return the Linear that a value comes from, through what only moves and scales numbers."""
    last = name
    for op in _line(view, name):
        last = next((n for n in op.inputs if n and view.constant(n) is None), "")
    source = view.maker.get(last)
    return source if source is not None and source.kind == LINEAR else None


def _back(view: View, name: str) -> Iterator[Operation]:
    """Give everything that a value is made of, up to shapes and projections."""
    waiting, seen = [name], set[str]()
    while waiting and len(seen) < 200:
        value = waiting.pop()
        op = view.maker.get(value)
        if value in seen or op is None or op.kind in (LINEAR, "Shape"):
            continue
        seen.add(value)
        yield op
        waiting += op.inputs
