"""An ONNX model as a traced torch network, and that as a drawing."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, fx, nn

from nnstudio.compiler.importers.draft import clean_name
from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.module import draw
from nnstudio.compiler.importers.onnx.emit import Emit
from nnstudio.compiler.importers.onnx.encoders import ENCODER, encoders
from nnstudio.compiler.importers.onnx.folding import fold
from nnstudio.compiler.importers.onnx.norms import response_norms
from nnstudio.compiler.importers.onnx.operators import OPERATORS
from nnstudio.compiler.importers.onnx.patterns import ATTENTION, LINEAR, RECURRENT, attentions, linears, recurrents
from nnstudio.compiler.importers.onnx.reader import Entrance, Model, Operation, read_model
from nnstudio.compiler.importers.report import BadImportError, Imported
from nnstudio.compiler.importers.trace import first_line
from nnstudio.compiler.importers.values import Sample
from nnstudio.core.names import unique_name
from nnstudio.core.words import tr

MOST_INPUT = 2**24
"""Numbers of one input, with a batch of three."""


def import_onnx(path: Path, shapes: Sequence[tuple[int | str, ...]] = ()) -> Imported:
    """Draw the network in an ONNX file.

    Args:
        path: the file.
        shapes: of one sample of each input, without the batch; what the file says if empty.

    Raises:
        BadImportError: the file cannot be read, or asks for what is not given to it.
    """
    return draw_model(read_model(path), path, shapes)


def draw_model(model: Model, path: Path, shapes: Sequence[tuple[int | str, ...]] = ()) -> Imported:
    """Draw a model that was read from ``path``; see `import_onnx`."""
    samples = samples_of(model, shapes)
    title = path.stem if model.name in ("main_graph", "torch_jit", "") else model.name
    plain = recurrents(linears(fold(model)))
    original = Network(plain).module

    def drawn(network: fx.GraphModule) -> Imported:
        try:
            return draw(network, original, samples, name=title, origin=path.name, careful=True)
        except RuntimeError as error:  # torch's, where sizes do not fit
            detail = first_line(error)
            raise BadImportError(
                tr("The network in {file} does not run: {detail}.", file=path.name, detail=detail)
            ) from error

    whole = response_norms(encoders(attentions(plain)))
    found = drawn(Network(whole).module) if whole is not plain else drawn(original)
    if found.report.check == "differs" and whole != plain:  # something that looked like attention was none
        return drawn(original)
    return found


def samples_of(model: Model, shapes: Sequence[tuple[int | str, ...]]) -> tuple[Sample, ...]:
    """Say what the inputs of a model are.

    Raises:
        BadImportError: they are too many, too few or too large.
    """
    if shapes and len(shapes) != len(model.inputs):
        names = ", ".join(entrance.name for entrance in model.inputs)
        raise BadImportError(
            tr("It takes {count} inputs ({names}); say the shape of each.", count=len(model.inputs), names=names)
        )
    found = []
    for number, entrance in enumerate(model.inputs):
        shape = shapes[number] if shapes else tuple("T" if isinstance(n, str) else n for n in entrance.shape[1:])
        count = 3
        for length in shape:
            count *= length if isinstance(length, int) else 16
        if count > MOST_INPUT:
            raise BadImportError(tr("The input {name} is too large.", name=entrance.name))
        found.append(Sample(shape, entrance.index, _rows(model, entrance)))
    return tuple(found)


def _rows(model: Model, entrance: Entrance) -> int:
    """Return how many rows the smallest table has that an input looks up."""
    tables = [
        len(model.tensors[op.inputs[0]])
        for op in model.operations
        if op.kind == "Gather" and op.inputs[1] == entrance.name and op.inputs[0] in model.tensors
    ]
    return min(tables, default=2)


class Network:
    """Writes a model as an fx graph of calls that the rules know.

    Attributes:
        module: the result; it runs.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._root = nn.Module()
        self._graph = fx.Graph()
        self._values: dict[str, fx.Node] = {}
        self._flowing: set[str] = set()
        self._names: set[str] = set()
        lengths = {entrance.shape[0] for entrance in model.inputs}
        self._batch = next(iter(lengths)) if len(lengths) == 1 else None
        for entrance in model.inputs:
            self._values[entrance.name] = self._graph.placeholder(self._fresh(entrance.name or "input"))
            self._flowing.add(entrance.name)
        for operation in model.operations:
            self._add(operation)
        self._graph.output(tuple(self._value(name) for name in model.outputs))
        self.module = fx.GraphModule(self._root, self._graph).eval()

    def _fresh(self, stem: str) -> str:
        name = unique_name(clean_name(stem), self._names)
        self._names.add(name)
        return name

    def _value(self, name: str) -> fx.Node:
        """Return the node of a value; a held tensor becomes a buffer when it is first used."""
        known = self._values.get(name)
        if known is None:
            key = self._fresh(f"held_{name}")
            self._root.register_buffer(key, self._tensor(name))
            known = self._values[name] = self._graph.get_attr(key)
        return known

    def _tensor(self, name: str) -> Tensor:
        return torch.from_numpy(self._model.tensors[name].copy())

    def _held(self, name: str) -> Tensor | None:
        return self._tensor(name) if name in self._model.tensors else None

    def _add(self, op: Operation) -> None:
        before = len(self._graph.nodes)
        flows = any(name in self._flowing for name in op.inputs) and op.kind != "Shape"
        try:
            made = self._emit(op)
        except (UnmappedError, KeyError, IndexError, ValueError, TypeError) as error:
            reason = str(error) if isinstance(error, UnmappedError) else ""
            made = self._unknown(op, reason)
        outputs = made if isinstance(made, list) else [made]
        for name, node in zip(op.outputs, outputs, strict=False):
            if name and node is not None:
                self._values[name] = node
        if flows:
            self._flowing.update(op.outputs)
        for node in list(self._graph.nodes)[before:]:
            node.meta["source"] = op.name or op.kind
            node.meta["title"] = _title(op)

    def _emit(self, op: Operation) -> Any:
        if op.kind == RECURRENT:
            return self._recurrent(op)
        if op.kind == ATTENTION:
            return self._attention(op)
        if op.kind == ENCODER:
            return self._encoder(op)
        rule = OPERATORS.get(op.kind)
        if rule is None:
            return self._unknown(op, "")
        held = [self._held(name) if name else None for name in op.inputs]
        settings = dict(op.settings)
        if op.kind == LINEAR and not settings["transposed"]:
            settings["transposed"] = 1
            key = f"{op.inputs[1]}.turned"
            if key not in self._values:
                name = self._fresh(f"held_{key}")
                matrix = held[1]
                assert matrix is not None
                self._root.register_buffer(name, matrix.T.contiguous())
                self._values[key] = self._graph.get_attr(name)
            turned: list[fx.Node | None] = [self._value(op.inputs[0]), self._values[key]]
            nodes = [*turned, *map(self._value, filter(None, op.inputs[2:]))]
            return rule(Emit(self._graph, nodes, held, settings, len(op.outputs)))
        settings["batch"] = self._batch
        settings["flows"] = len(op.inputs) > 1 and op.inputs[1] in self._flowing
        nodes = [self._value(name) if name else None for name in op.inputs]
        return rule(Emit(self._graph, nodes, held, settings, len(op.outputs)))

    def _unknown(self, op: Operation, reason: str) -> list[fx.Node]:
        """Put a call there that only knows the shapes of what comes out, where the file says them."""
        nodes = [self._value(name) for name in op.inputs if name]
        shapes = [self._model.shapes.get(name) for name in op.outputs]
        stub = Stub(op.kind, shapes)
        if reason:
            stub.reason = reason
        key = self._fresh(f"unknown_{op.kind}")
        self._root.add_module(key, stub)
        whole = self._graph.call_module(key, tuple(nodes))
        if len(op.outputs) == 1:
            return [whole]
        return [self._graph.call_function(operator.getitem, (whole, number)) for number in range(len(op.outputs))]

    def _recurrent(self, op: Operation) -> list[fx.Node | None]:
        kind, ways = op.settings["kind"], int(op.settings["ways"])
        matrices = [self._held(name) for name in op.inputs[1:3]]
        inputs, states = (matrix for matrix in matrices if matrix is not None)
        units, features = states.shape[-1], inputs.shape[-1]
        biases = self._held(op.inputs[3]) if len(op.inputs) > 3 and op.inputs[3] else None
        given: dict[str, Any] = {"bidirectional": ways == 2}
        if kind == "RNN":
            given["nonlinearity"] = "relu" if "Relu" in op.settings.get("activations", ()) else "tanh"
        module: nn.RNNBase = getattr(nn, kind)(features, units, bias=biases is not None, **given)
        order = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}[kind]
        weights: dict[str, Tensor] = {}
        for way in range(ways):
            end = "l0_reverse" if way else "l0"
            weights[f"weight_ih_{end}"] = _gates(inputs[way], order)
            weights[f"weight_hh_{end}"] = _gates(states[way], order)
            if biases is not None:
                first, second = biases[way].chunk(2)
                weights[f"bias_ih_{end}"], weights[f"bias_hh_{end}"] = _gates(first, order), _gates(second, order)
        module.load_state_dict(weights)
        key = self._fresh(f"{kind.lower()}_{_title(op)}" if _title(op) else f"{kind.lower()}_1")
        self._root.add_module(key, module)
        begins = [self._value(name) for name in op.inputs[5:7] if name]
        state: Any = tuple(begins) if kind == "LSTM" else begins[0] if begins else None
        args = (self._value(op.inputs[0]), *([state] if begins else []))
        whole = self._graph.call_module(key, args)
        item = self._graph.call_function
        last = item(operator.getitem, (whole, 1))
        both = (
            [item(operator.getitem, (last, 0)), item(operator.getitem, (last, 1))] if kind == "LSTM" else [last, None]
        )
        return [item(operator.getitem, (whole, 0)), *both]

    def _attention(self, op: Operation) -> fx.Node:
        matrices, vectors, has_bias = self._linears(op.inputs[3:], op.settings["transposed"])
        width = matrices[-1].shape[0]
        module = nn.MultiheadAttention(
            width,
            op.settings["heads"],
            bias=has_bias,
            batch_first=bool(op.settings["batch_first"]),
        )
        weights = {"in_proj_weight": torch.cat(matrices[:-1]), "out_proj.weight": matrices[-1]}
        if module.in_proj_bias is not None:
            weights |= {"in_proj_bias": torch.cat(vectors[:-1]), "out_proj.bias": vectors[-1]}
        module.load_state_dict(weights)
        key = self._fresh(_title(op) or "attention_1")
        self._root.add_module(key, module)
        query, key_value, value = (self._value(name) for name in op.inputs[:3])
        given: dict[str, Any] = {"need_weights": False}
        if op.settings["causal"]:
            axis = 1 if op.settings["batch_first"] else 0
            given["attn_mask"] = self._graph.call_function(onnx_later, (query, axis))
        whole = self._graph.call_module(key, (query, key_value, value), given)
        return self._graph.call_function(operator.getitem, (whole, 0))

    def _linears(self, names: Sequence[str], turned: Sequence[int]) -> tuple[list[Tensor], list[Tensor], bool]:
        """Return matrices and vectors of Linear layers as torch has them, and whether there are any vectors."""
        pairs = [(self._held(names[2 * i]), self._held(names[2 * i + 1])) for i in range(len(turned))]
        matrices, vectors = [], []
        for (matrix, vector), is_turned in zip(pairs, turned, strict=True):
            assert matrix is not None
            matrices.append(matrix if is_turned else matrix.T.contiguous())
            vectors.append(torch.zeros(len(matrices[-1])) if vector is None else vector.reshape(-1))
        return matrices, vectors, any(vector is not None for _, vector in pairs)

    def _encoder(self, op: Operation) -> fx.Node:
        settings = op.settings
        names = op.inputs[1:]
        matrices, vectors, _ = self._linears(names[:8], settings["transposed"])
        norms = [self._tensor(name) for name in names[8:12]]
        module = nn.TransformerEncoderLayer(
            matrices[1].shape[0],
            settings["heads"],
            matrices[2].shape[0],
            activation=settings["activation"],
            layer_norm_eps=round(settings["epsilon"], 12),
            batch_first=settings["batch_first"],
            norm_first=settings["norm_first"],
        )
        weights = {
            f"{layer}{kind}": tensor
            for layer, matrix, vector in zip(_PARTS, matrices, vectors, strict=True)
            for kind, tensor in (("weight", matrix), ("bias", vector))
        }
        names = ("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias")
        module.load_state_dict({**weights, **dict(zip(names, norms, strict=True))})
        key = self._fresh(_title(op).removesuffix("_self_attn") or "encoder_1")
        self._root.add_module(key, module)
        x = self._value(op.inputs[0])
        given: dict[str, Any] = {}
        if settings["causal"]:
            given["src_mask"] = self._graph.call_function(onnx_later, (x, 1 if settings["batch_first"] else 0))
        return self._graph.call_module(key, (x,), given)


_PARTS = ("self_attn.in_proj_", "self_attn.out_proj.", "linear1.", "linear2.")


def onnx_later(x: Tensor, axis: int) -> Tensor:
    """The mask that hides later steps."""
    return torch.ones(x.shape[axis], x.shape[axis], dtype=torch.bool).triu(1)


def _gates(stacked: Tensor, order: Sequence[int]) -> Tensor:
    """Bring ONNX's order of gates into torch's."""
    parts = stacked.chunk(len(order))
    return torch.cat([parts[number] for number in order])


def _title(op: Operation) -> str:
    """Return what the layer was called that an operation's weights belong to, as far as their names tell."""
    for name in op.inputs[1:]:
        stem, dot, last = name.rpartition(".")
        if dot and last in ("weight", "bias", "running_mean", "in_proj_weight", "in_proj_bias"):
            return clean_name(stem.removesuffix(".out_proj"))
    return ""


class Stub(nn.Module):
    """An operator that is not known here: it gives zeros of the shapes that the file names.

    Attributes:
        kind: the operator.
        reason: why it could not be mapped, where more is known.
    """

    reason: str = ""

    def __init__(self, kind: str, shapes: Sequence[tuple[int | str, ...] | None]) -> None:
        super().__init__()
        self.kind = kind
        self._shapes = shapes

    def forward(self, *inputs: Tensor) -> Any:
        """Return zeros whose first axis is that of the first input."""
        found = tuple(self._zeros(shape, inputs) for shape in self._shapes)
        return found[0] if len(found) == 1 else found

    def _zeros(self, shape: tuple[int | str, ...] | None, inputs: Sequence[Tensor]) -> Tensor:
        first = next((x for x in inputs if x.dim()), torch.zeros(1))
        if shape is None:
            return torch.zeros_like(first, dtype=torch.float32)
        free = next((n for n in first.shape[1:] if n > 1), 1)
        lengths = [first.shape[0] if axis == 0 else free if isinstance(n, str) else n for axis, n in enumerate(shape)]
        return first.new_zeros(lengths, dtype=torch.float32)
