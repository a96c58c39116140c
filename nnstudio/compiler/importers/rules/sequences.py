"""Sequences: recurrent layers with their final states, attention, and torch's Transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from nnstudio.compiler.importers.leaves import Layer, UnmappedError, read_leaf
from nnstudio.compiler.importers.values import Flow, Held
from nnstudio.compiler.importers.walk import Rule, Walk
from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog


@dataclass(frozen=True, slots=True)
class States:
    """Final states as torch gives them, (layers · directions, batch, units), of which a drawing has the last layer's.

    Attributes:
        final: the last layer's, both directions joined.
        layers, ways: how many there are.
    """

    final: Flow
    layers: int
    ways: int

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The tensors in it."""
        return (self.final,)

    def __getitem__(self, index: Any) -> Any:
        count = self.layers * self.ways
        if isinstance(index, int):
            number = index % count
            if self.ways == 1 and number == count - 1:
                return self.final
            if self.ways == 2 and number >= count - 2:
                return Half(self.final, number - (count - 2))
        if isinstance(index, slice) and index.indices(count) == (0, count, 1):
            return self
        raise UnmappedError(tr("only the last layer's final state is an output of the layer"))

    @staticmethod
    def joined_by_cat(parts: Sequence[Any]) -> States:
        """Put the states of layers one upon the other; those of the last are what can be had."""
        if not all(isinstance(part, States) and part.ways == parts[-1].ways for part in parts):
            raise UnmappedError(tr("only the last layer's final state is an output of the layer"))
        return States(parts[-1].final, sum(part.layers for part in parts), parts[-1].ways)


@dataclass(frozen=True, slots=True)
class Half:
    """The final state of one direction; a drawing has both joined."""

    both: Flow
    number: int

    @property
    def flows(self) -> tuple[Flow, ...]:
        """The tensors in it."""
        return (self.both,)

    @staticmethod
    def joined_by_cat(parts: Sequence[Any]) -> Flow:
        """Join both directions again."""
        if [getattr(part, "number", None) for part in parts] == [0, 1] and parts[0].both == parts[1].both:
            both: Flow = parts[0].both
            return both
        raise UnmappedError(tr("only the last layer's final state is an output of the layer"))


def recurrent(walk: Walk, module: nn.RNNBase, x: Flow, states: Any = None) -> Any:
    """nn.RNN, nn.LSTM and nn.GRU: all states, and the last layer's final ones."""
    check_order(x, bool(module.batch_first))
    begins = [] if _is_zero(states) else _beginnings(x, states, int(module.num_layers))
    if getattr(module, "proj_size", 0):
        raise UnmappedError(
            tr("the layer has no setting {name} (here {value})", name="proj_size", value=module.proj_size)
        )
    wires = walk.module_layer(module, [x, *begins], anywhere=True)
    return recurrent_result(walk, wires, int(module.num_layers), 2 if module.bidirectional else 1)


def recurrent_result(walk: Walk, wires: Sequence[Any], layers: int, ways: int) -> Any:
    """Give what torch's recurrent modules give: ``output, h_n`` or ``output, (h_n, c_n)``."""
    output = walk.flow(wires[0], 0)
    width = output.known[-1]
    finals = tuple(States(Flow(wire, (width,)), layers, ways) for wire in wires[1:])
    return output, (finals[0] if len(finals) == 1 else finals)


def _beginnings(x: Flow, states: Any, layers: int) -> list[Flow]:
    """Return what flows into a recurrent layer's ports for first states.

    Raises:
        UnmappedError: they are not of a shape that the ports take.
    """
    found = []
    for state in states if isinstance(states, tuple) else (states,):
        flow = state.final if isinstance(state, States) and state.layers == layers == 1 else state
        if not isinstance(flow, Flow) or (flow is state and flow.batch != 1):
            raise UnmappedError(tr("it begins with states that are computed"))
        found.append(Flow(flow.wire, flow.known, x.batch))
    return found


def _is_zero(states: Any) -> bool:
    if isinstance(states, (tuple, list)):
        return all(map(_is_zero, states))
    return states is None or (isinstance(states, Held) and not bool(states.tensor.any()))


def check_order(x: Flow, batch_first: bool) -> None:
    """Make sure that a module takes the batch for the batch.

    Raises:
        UnmappedError: it takes the steps for samples.
    """
    _ = x.known
    if x.batch != (0 if batch_first else 1):
        if batch_first:
            raise UnmappedError(tr("it reads the first axis as samples, but those lie along another"))
        raise UnmappedError(tr("it reads the first axis as steps (batch_first=False), but there lie the samples"))


def attention(
    walk: Walk,
    module: nn.MultiheadAttention,
    query: Flow,
    key: Flow,
    value: Flow,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> Any:
    """nn.MultiheadAttention; its weights of attention are no output of the layer unless that has a port for them."""
    check_order(query, bool(module.batch_first))
    if key_padding_mask is not None:
        raise UnmappedError(tr("it is called with a mask"))
    causal = _is_causal(attn_mask) or type(module).__name__ == "CausalAttention"
    wires = _attend(walk, module, [query, key, value], causal)
    return walk.flow(wires[0], 0), (walk.flow(wires[1], 1) if len(wires) > 1 else None)


def _attend(walk: Walk, module: nn.Module, flows: list[Flow], causal: bool) -> Sequence[Any]:
    if len({flow.batch for flow in flows}) > 1:
        raise UnmappedError(tr("the batch is not the first axis here"))
    layer = read_leaf(module)
    params = _with_causal(layer, causal)
    same = flows[0] == flows[1] == flows[2]
    inputs = flows
    ports = catalog()[layer.kind].inputs
    if len(ports) < len(flows):
        if not same:
            raise UnmappedError(tr("it is called in a way that no rule knows ({detail})", detail="key, value"))
        inputs = flows[: len(ports)]
    elif same and all(getattr(port, "optional", False) for port in ports[1:]):
        inputs = flows[:1]
    return walk.module_call(module, layer.kind, params, layer.weights, inputs)


def _with_causal(layer: Layer, causal: bool) -> dict[str, Value]:
    known = catalog()[layer.kind].parameters_by_name
    params = dict(layer.params)
    if causal != bool(known["is_causal"].default):
        params["is_causal"] = causal
    return params


def _is_causal(mask: Any) -> bool:
    """Say whether a mask hides the steps that come later.

    Raises:
        UnmappedError: it hides something else.
    """
    if mask is None:
        return False
    if isinstance(mask, Held) and mask.tensor.dim() == 2:
        hidden = mask.tensor if mask.tensor.dtype == torch.bool else mask.tensor < -1e4
        later = torch.ones_like(hidden, dtype=torch.bool).triu(1)
        if torch.equal(hidden, later):
            return True
        if not bool(hidden.any()) and (mask.tensor.dtype == torch.bool or not bool(mask.tensor.any())):
            return False
    raise UnmappedError(tr("it is called with a mask"))


def encoder_layer(
    walk: Walk,
    module: nn.Module,
    src: Flow,
    src_mask: Any = None,
    src_key_padding_mask: Any = None,
    is_causal: bool = False,
) -> Flow:
    """nn.TransformerEncoderLayer."""
    if src_key_padding_mask is not None:
        raise UnmappedError(tr("it is called with a mask"))
    return _encoded(walk, module, src, _is_causal(src_mask))


def _encoded(walk: Walk, module: nn.Module, x: Flow, causal: bool, *more: Flow, name: str = "") -> Flow:
    attended: Any = module.self_attn
    check_order(x, bool(attended.batch_first))
    layer = read_leaf(module)
    params = _with_causal(layer, causal or type(module).__name__.startswith("Causal"))
    wires = walk.module_call(module, layer.kind, params, layer.weights, [x, *more], name=name)
    return Flow(wires[0], x.known, x.batch)


def encoder(
    walk: Walk,
    module: nn.TransformerEncoder,
    src: Flow,
    mask: Any = None,
    src_key_padding_mask: Any = None,
    is_causal: Any = None,
) -> Flow:
    """nn.TransformerEncoder: its layers one after the other, and the norm at the end."""
    if src_key_padding_mask is not None:
        raise UnmappedError(tr("it is called with a mask"))
    check_all(list(module.layers))
    causal = _is_causal(mask)
    for number, layer in enumerate(module.layers):
        src = _encoded(walk, layer, src, causal, name=f"layers.{number}")
    return _normed(walk, module, src)


def decoder_layer(
    walk: Walk, module: nn.Module, tgt: Flow, memory: Flow, tgt_mask: Any = None, memory_mask: Any = None, **more: Any
) -> Flow:
    """nn.TransformerDecoderLayer."""
    if memory_mask is not None or any(key.endswith("padding_mask") and mask is not None for key, mask in more.items()):
        raise UnmappedError(tr("it is called with a mask"))
    return _encoded(walk, module, tgt, _is_causal(tgt_mask), memory)


def decoder(
    walk: Walk,
    module: nn.TransformerDecoder,
    tgt: Flow,
    memory: Flow,
    tgt_mask: Any = None,
    memory_mask: Any = None,
    **more: Any,
) -> Flow:
    """nn.TransformerDecoder: its layers one after the other, and the norm at the end."""
    if memory_mask is not None or any(key.endswith("padding_mask") and mask is not None for key, mask in more.items()):
        raise UnmappedError(tr("it is called with a mask"))
    check_all(list(module.layers))
    causal = _is_causal(tgt_mask)
    for number, layer in enumerate(module.layers):
        tgt = _encoded(walk, layer, tgt, causal, memory, name=f"layers.{number}")
    return _normed(walk, module, tgt)


def check_all(layers: Sequence[nn.Module]) -> None:
    """Make sure that every layer of a stack can be mapped before the first one is drawn.

    Raises:
        UnmappedError: one cannot.
    """
    for layer in layers:
        read_leaf(layer)


def _normed(walk: Walk, module: nn.TransformerEncoder | nn.TransformerDecoder, x: Flow) -> Flow:
    norm: Any = module.norm  # torch says Module, but it may be None
    if norm is None:
        return x
    wires = walk.module_layer(norm, [x], anywhere=True, name="norm")
    return Flow(wires[0], x.known, x.batch)


def dot_attention(
    walk: Walk,
    query: Flow,
    key: Flow,
    value: Flow,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Flow:
    """F.scaled_dot_product_attention, with its usual scale; a mask of its own says what may be seen."""
    width = query.known[-1]
    usual = scale is None or (isinstance(width, int) and abs(scale * width**0.5 - 1) < 1e-6)
    if not usual or enable_gqa or dropout_p:
        raise UnmappedError(tr("it is called in a way that no rule knows ({detail})", detail="scale, dropout_p"))
    if isinstance(attn_mask, Held) and attn_mask.tensor.dtype == torch.bool:
        attn_mask = Held(~attn_mask.tensor.reshape(attn_mask.tensor.shape[-2:]))
    causal = is_causal or _is_causal(attn_mask)
    return walk.one("ScaledDotProductAttention", [query, key, value], {"is_causal": True} if causal else {})


def _exported(kind: str) -> Rule:
    """Rule for a recurrent layer as torch.export writes it: one call with all of its weights."""

    def rule(
        walk: Walk,
        x: Flow,
        states: Any,
        weights: Any,
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool,
    ) -> Any:
        check_order(x, batch_first)
        if not _is_zero(states):
            raise UnmappedError(tr("it begins with states that are computed"))
        if not all(isinstance(weight, Held) for weight in weights):
            raise UnmappedError(tr("its weights are computed by the network"))
        tensors = [weight.tensor for weight in weights]
        given: dict[str, Any] = {"nonlinearity": walk.function.removeprefix("rnn_")} if kind == "RNN" else {}
        module: nn.RNNBase = getattr(nn, kind)(
            tensors[0].shape[1],
            tensors[1].shape[1],
            num_layers,
            bias=has_biases,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
            device="meta",
            **given,
        )
        layer = read_leaf(module)
        named = dict(zip((name for name, _ in module.named_parameters()), tensors, strict=True))
        wires = walk.layer(kind, [x], layer.params, weights=named, anywhere=True)
        output = walk.flow(wires[0], 0)
        width = output.known[-1]
        ways = 2 if bidirectional else 1
        return output, *(States(Flow(wire, (width,)), num_layers, ways) for wire in wires[1:])

    return rule


MODULES: Mapping[str, Rule] = {
    "LSTM": recurrent,
    "GRU": recurrent,
    "RNN": recurrent,
    "MultiheadAttention": attention,
    "TransformerEncoderLayer": encoder_layer,
    "TransformerEncoder": encoder,
    "TransformerDecoderLayer": decoder_layer,
    "TransformerDecoder": decoder,
}

FUNCTIONS: Mapping[str, Rule] = {
    "scaled_dot_product_attention": dot_attention,
    "lstm": _exported("LSTM"),
    "gru": _exported("GRU"),
    "rnn_tanh": _exported("RNN"),
    "rnn_relu": _exported("RNN"),
}
