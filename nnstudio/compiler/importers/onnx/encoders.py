"""Transformer encoder layers in ONNX: attention, a Linear pair, two normalisations and two sums, put together again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nnstudio.compiler.importers.onnx.patterns import ATTENTION, LINEAR, View
from nnstudio.compiler.importers.onnx.reader import Model, Operation

ENCODER: Final = "nnstudio.EncoderLayer"
_NORM = "LayerNormalization"
_ACTIVATIONS = {"Relu": "relu", "Gelu": "gelu"}


@dataclass(frozen=True, slots=True)
class _Found:
    """One encoder layer: what it begins with, where it ends, and the operations that hold its weights."""

    start: str
    end: Operation
    attention: Operation
    norms: tuple[Operation, Operation]
    linears: tuple[Operation, Operation]
    activation: str
    norm_first: bool
    batch_first: bool


def encoders(model: Model) -> Model:
    """Put encoder layers together; `attentions` comes first."""
    view = View(model)
    found: dict[int, Operation] = {}
    for op in model.operations:
        layer = _encoder(view, op) if op.kind == ATTENTION else None
        if layer is None:
            continue
        first, second = layer.norms
        names = [layer.start, *op.inputs[3:]]
        for linear in layer.linears:
            names += [*linear.inputs[1:], "", ""][:2]
        names += [*first.inputs[1:3], *second.inputs[1:3]]
        settings = {
            "heads": op.settings["heads"],
            "causal": op.settings["causal"],
            "transposed": op.settings["transposed"] + tuple(linear.settings["transposed"] for linear in layer.linears),
            "activation": layer.activation,
            "norm_first": layer.norm_first,
            "batch_first": layer.batch_first,
            "epsilon": first.settings.get("epsilon", 1e-5),
        }
        found[id(layer.end)] = Operation(ENCODER, tuple(names), layer.end.outputs, settings, op.name)
    return model.with_operations([found.get(id(op), op) for op in model.operations]) if found else model


def _encoder(view: View, attention: Operation) -> _Found | None:
    if len(set(attention.inputs[:3])) != 1 or len(attention.settings["transposed"]) != 2:
        return None
    entry, leaving = attention.inputs[0], attention.outputs[0]
    batch_first = bool(attention.settings["batch_first"])
    before, after = view.maker.get(entry), view.only_user(leaving, "Transpose")
    if not batch_first and before is not None and before.kind == "Transpose" and after is not None:
        if not before.settings.get("perm") == after.settings.get("perm") == (1, 0, 2):
            return None
        entry, leaving, batch_first = before.inputs[0], after.outputs[0], True
    added = view.only_user(leaving, "Add")
    if added is None:
        return None
    start = next((name for name in added.inputs if name != leaving), "")
    norm = view.maker.get(entry)
    if start == entry:
        return _after(view, attention, start, added, batch_first)
    if norm is not None and norm.kind == _NORM and norm.inputs[0] == start and _is_plain(view, norm):
        return _before(view, attention, start, norm, added, batch_first)
    return None


def _after(view: View, attention: Operation, start: str, added: Operation, batch_first: bool) -> _Found | None:
    """Normalisations behind the sums, as in 2017."""
    first = view.only_user(added.outputs[0], _NORM)
    if first is None or not _is_plain(view, first):
        return None
    pair = _linears(view, first.outputs[0])
    if pair is None:
        return None
    linears, activation = pair
    total = view.only_user(linears[1].outputs[0], "Add")
    if total is None or set(total.inputs) != {first.outputs[0], linears[1].outputs[0]}:
        return None
    second = view.only_user(total.outputs[0], _NORM)
    if second is None or not _is_plain(view, second) or _epsilon(first) != _epsilon(second):
        return None
    return _Found(start, second, attention, (first, second), linears, activation, False, batch_first)


def _before(
    view: View, attention: Operation, start: str, first: Operation, added: Operation, batch_first: bool
) -> _Found | None:
    """Normalisations before attention and before the Linear pair."""
    second = next((op for op in view.users.get(added.outputs[0], ()) if op.kind == _NORM), None)
    if second is None or not _is_plain(view, second) or _epsilon(first) != _epsilon(second):
        return None
    pair = _linears(view, second.outputs[0])
    if pair is None:
        return None
    linears, activation = pair
    total = view.only_user(linears[1].outputs[0], "Add")
    if total is None or set(total.inputs) != {added.outputs[0], linears[1].outputs[0]}:
        return None
    return _Found(start, total, attention, (first, second), linears, activation, True, batch_first)


def _linears(view: View, name: str) -> tuple[tuple[Operation, Operation], str] | None:
    first = next((op for op in view.users.get(name, ()) if op.kind == LINEAR), None)
    active = view.only_user(first.outputs[0], *_ACTIVATIONS) if first is not None else None
    second = view.only_user(active.outputs[0], LINEAR) if active is not None else None
    if first is None or active is None or second is None:
        return None
    if active.settings.get("approximate", "none") != "none":
        return None
    return (first, second), _ACTIVATIONS[active.kind]


def _is_plain(view: View, norm: Operation) -> bool:
    """Say whether a normalisation works over the features, with scale and shift."""
    held = [view.constant(name) for name in norm.inputs[1:3]]
    return len(held) == 2 and all(tensor is not None and tensor.ndim == 1 for tensor in held)


def _epsilon(norm: Operation) -> float:
    return float(norm.settings.get("epsilon", 1e-5))
