"""The way through a traced network, node by node: each becomes a layer, an alias, or a placeholder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import fx, nn

from nnstudio.compiler.importers.calls import changes_argument, function_name, is_check
from nnstudio.compiler.importers.draft import Draft, Wire
from nnstudio.compiler.importers.leaves import KINDS, Layer, UnmappedError, is_own, read_leaf
from nnstudio.compiler.importers.values import Flow, Held, Trial, asks_for_size, flow_of
from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog

Rule = Callable[..., Any]


class Walk:
    """Turns the nodes of an fx graph into layers of a draft.

    Args:
        module: the traced network.
        draft: where the layers go.
        trials: two runs of it, with unequal batch sizes.
        functions: rules for functions and methods, by their names.
        modules: rules for modules of torch.nn that are no single layer, by their class.
    """

    def __init__(
        self,
        module: fx.GraphModule,
        draft: Draft,
        trials: tuple[Trial, Trial],
        functions: Mapping[str, Rule],
        modules: Mapping[str, Rule],
    ) -> None:
        self.draft = draft
        self._module = module
        self._trials = trials
        self._functions = functions
        self._modules = modules
        self._env: dict[fx.Node, Any] = {}
        self._users: dict[nn.Module, Wire] = {}
        self._holders: dict[tuple[Any, ...], Wire] = {}
        self._now: fx.Node | None = None

    def run(self, inputs: Mapping[str, Wire]) -> list[tuple[str, Any]]:
        """Walk through the network; return its outputs, each with a name or an empty text.

        Args:
            inputs: what feeds the placeholders, by their names.
        """
        results: list[tuple[str, Any]] = []
        for node in self._module.graph.nodes:
            self._now = node
            if node.op == "placeholder":
                wire = inputs.get(str(node.target))
                self._env[node] = self.flow(wire) if wire is not None else self._record(0)
            elif node.op == "output":
                results = list(_named(self._resolve(node.args[0])))
            else:
                self._env[node] = self._value(node)
                if changes_argument(node) and node.args and isinstance(node.args[0], fx.Node):
                    self._env[node.args[0]] = self._env[node]
        return results

    # What rules use.

    def layer(
        self,
        kind: str,
        inputs: Sequence[Flow],
        params: Mapping[str, Value] | None = None,
        *,
        weights: Mapping[str, torch.Tensor] | None = None,
        anywhere: bool = False,
        name: str = "",
        note: str = "",
        shares: Wire | None = None,
    ) -> tuple[Wire, ...]:
        """Add a layer for the present node; return its outputs.

        Args:
            kind: of the layer.
            inputs: what flows into it.
            params: its settings.
            weights: its weights, by the keys of its module.
            anywhere: whether it does the same wherever the batch axis is.
            name: what it is called, as far as possible.
            note: something that should be known.
            shares: an output of the layer whose weights it uses.

        Raises:
            UnmappedError: there is no such layer, or the batch is not the first axis.
        """
        if kind not in catalog():
            raise UnmappedError(tr("there is no layer for {kind}", kind=kind))
        for flow in inputs:
            _ = flow.known
            if flow.batch != 0 and not anywhere:
                raise UnmappedError(tr("the batch is not the first axis here"))
        if len({flow.batch for flow in inputs}) > 1:
            raise UnmappedError(tr("the batch is not the first axis here"))
        wires = [flow.wire for flow in inputs]
        return self.draft.add(
            kind,
            wires,
            params,
            source=self.source,
            name=name or self._title,
            weights=weights,
            note=note,
            shares=shares,
        )

    def one(self, kind: str, inputs: Sequence[Flow], params: Mapping[str, Value] | None = None, **more: Any) -> Flow:
        """Add a layer whose first output is the present node's result."""
        return self.flow(self.layer(kind, inputs, params, **more)[0])

    def read(self, module: nn.Module, inputs: Sequence[Flow], weights: Mapping[str, Any] | None = None) -> Flow:
        """Add the layer that a module of torch.nn is; ``weights`` take the place of its own."""
        layer = read_leaf(module)
        given = layer.weights if weights is None else weights
        anywhere = is_everywhere(layer, inputs)
        if not any(tensor.dim() > 1 for tensor in given.values()):  # equal vectors are often stored once
            return self.one(layer.kind, inputs, layer.params, weights=given, anywhere=anywhere)
        key = (layer.kind, *sorted((name, id(tensor)) for name, tensor in given.items()))
        known = self._holders.get(key)
        held = None if known is not None else given
        flow = self.one(layer.kind, inputs, layer.params, weights=held, anywhere=anywhere, shares=known)
        self._holders.setdefault(key, flow.wire)
        return flow

    def flow(self, wire: Wire, *place: int) -> Flow:
        """Say what flows along a wire that carries the present node's result, or the item of it at ``place``."""
        return flow_of(wire, self._record(0, *place), self._record(1, *place), *self._trials)

    def result(self) -> Flow:
        """Say what the present node gives, but for the wire."""
        return self.flow(Wire("", ""))

    @property
    def source(self) -> str:
        """What the report calls the present node."""
        assert self._now is not None
        if "source" in self._now.meta:
            return str(self._now.meta["source"])
        if self._now.op == "call_module":
            return str(self._now.target)
        path = next((str(key) for key in reversed(self._now.meta.get("nn_module_stack", {}))), "")
        return ": ".join(filter(None, (path, function_name(self._now.target))))

    @property
    def function(self) -> str:
        """The name of the function that is called now."""
        assert self._now is not None
        return function_name(self._now.target)

    @property
    def _title(self) -> str:
        assert self._now is not None
        return str(self._now.meta.get("title", ""))

    # One node.

    def _value(self, node: fx.Node) -> Any:
        if node.op == "get_attr":
            return self._attribute(node)
        if is_check(node):
            return None
        args, kwargs = self._resolve(node.args), self._resolve(node.kwargs)
        flows = list(_flows((args, kwargs)))
        if not flows or asks_for_size(node):
            return self._fixed(node, args)
        try:
            if node.op == "call_module":
                return self._call_module(node, args, kwargs)
            name = function_name(node.target)
            rule = self._functions.get(name)
            if rule is None:
                raise UnmappedError(tr("there is no layer for {kind}", kind=name))
            return rule(self, *args, **kwargs)
        except UnmappedError as error:
            return self._hold_place(node, flows, str(error))
        except TypeError as error:  # an argument that the rule does not know
            return self._hold_place(
                node, flows, tr("it is called in a way that no rule knows ({detail})", detail=error)
            )

    def _fixed(self, node: fx.Node, args: tuple[Any, ...]) -> Any:
        """Return what depends on no input but for its size; of a table whose first rows are taken, the table too."""
        record = self._record(0)
        if not isinstance(record, torch.Tensor):
            return record
        first = args[0] if args else None
        if node.op == "call_module" and isinstance(first, Held):
            module = self._module.get_submodule(str(node.target))
            counted = torch.arange(first.tensor.numel())
            if isinstance(module, nn.Embedding) and torch.equal(first.tensor.flatten(), counted):
                return Held(record, f"{node.target}.weight", module.weight)
        if function_name(node.target) in (
            "getitem",
            "slice",
            "unsqueeze",
            "to",
            "expand",
            "repeat",
            "onnx_expand",
        ) and isinstance(first, Held):
            return Held(record, first.path, first.tensor if first.whole is None else first.whole)
        return Held(record)

    def _call_module(self, node: fx.Node, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        module = self._module.get_submodule(str(node.target))
        class_ = type(module).__name__
        if class_ == "Stub":  # an operator of a file that is not known
            kind = str(getattr(module, "kind", ""))
            raise UnmappedError(str(getattr(module, "reason", "")) or tr("there is no layer for {kind}", kind=kind))
        rule = self._modules.get(KINDS.get(class_, class_))
        if rule is not None and (not is_own(module) or class_ in KINDS):
            return rule(self, module, *args, **kwargs)
        flows = [value for value in (*args, *kwargs.values()) if isinstance(value, Flow)]
        if len(flows) < len(args) + len(kwargs):
            raise UnmappedError(tr("it is called in a way that no rule knows ({detail})", detail=", ".join(kwargs)))
        return self.flow(self.module_layer(module, flows)[0])

    def module_layer(
        self, module: nn.Module, inputs: Sequence[Flow], *, anywhere: bool | None = None, name: str = ""
    ) -> tuple[Wire, ...]:
        """Add the layer that a module of the network is; ``name`` is its path below the module that is called."""
        layer = read_leaf(module)
        if anywhere is None:
            anywhere = is_everywhere(layer, inputs)
        return self.module_call(module, layer.kind, layer.params, layer.weights, inputs, anywhere=anywhere, name=name)

    def module_call(
        self,
        module: nn.Module,
        kind: str,
        params: Mapping[str, Value],
        weights: Mapping[str, torch.Tensor],
        inputs: Sequence[Flow],
        *,
        anywhere: bool = True,
        name: str = "",
    ) -> tuple[Wire, ...]:
        """Add the call of a module as a layer; one that is called again shares its weights."""
        assert self._now is not None
        path = f"{self._now.target}.{name}" if name else str(self._now.target)
        known = self._users.get(module) if weights else None
        if known is not None:
            params = {key: value for key, value in params.items() if key != "frozen"}
        wires = self.layer(
            kind,
            inputs,
            params,
            weights=None if known is not None else weights,
            anywhere=anywhere,
            name=path,
            shares=known,
        )
        self._users.setdefault(module, wires[0])
        return wires

    def _attribute(self, node: fx.Node) -> Any:
        found: Any = self._module
        for part in str(node.target).split("."):
            found = getattr(found, part)
        return Held(found, str(node.target)) if isinstance(found, torch.Tensor) else found

    def _hold_place(self, node: fx.Node, flows: list[Flow], reason: str) -> Any:
        name = str(node.target) if node.op == "call_module" else ""
        kind = function_name(node.target)
        if node.op == "call_module":
            module = self._module.get_submodule(str(node.target))
            kind = getattr(module, "kind", type(module).__name__)
            name = name if kind == type(module).__name__ else ""
        wires = list(dict.fromkeys(flow.wire for flow in flows))
        wire = self.draft.hold_place(kind, wires, source=self.source, reason=reason, name=name)
        return self._spread(wire, ())

    def _spread(self, wire: Wire, place: tuple[int, ...]) -> Any:
        """Give every tensor in a placeholder's result a port of its own."""
        record = self._record(0, *place)
        if isinstance(record, tuple):
            return tuple(
                self._spread(wire if number == 0 else Wire(wire.node, f"{wire.port}_{number + 1}"), (*place, number))
                for number in range(len(record))
            )
        return self.flow(wire, *place)

    def _record(self, trial: int, *place: int) -> Any:
        assert self._now is not None
        found = self._trials[trial].values.get(self._now)
        for index in place:
            found = found[index] if isinstance(found, tuple) and index < len(found) else None
        return found

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, fx.Node):
            return self._env[value]
        if isinstance(value, (tuple, list)):
            return (
                type(value)(self._resolve(item) for item in value)
                if type(value) in (tuple, list)
                else tuple(map(self._resolve, value))
            )
        if isinstance(value, dict):
            return {key: self._resolve(item) for key, item in value.items()}
        if isinstance(value, slice):
            return slice(*(self._resolve(part) for part in (value.start, value.stop, value.step)))
        return value


_LAST_AXIS = frozenset({"Linear", "LayerNorm", "RMSNorm", "Softmax", "LogSoftmax", "GLU"})
_SAMPLE_AXES = frozenset({"dense", "norm", "conv", "pool", "rec", "attn", "shape", "merge", "classic"})


def is_everywhere(layer: Layer, inputs: Sequence[Flow]) -> bool:
    """Say whether a layer does the same wherever the batch axis is, as long as that is not the last."""
    if layer.kind in _LAST_AXIS:
        return all(flow.batch < len(flow.known) for flow in inputs)
    return layer.kind == "Embedding" or catalog()[layer.kind].family not in _SAMPLE_AXES


def _flows(value: Any) -> Iterator[Flow]:
    if isinstance(value, Flow):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _flows(item)
    elif isinstance(value, dict):
        yield from _flows(tuple(value.values()))
    elif isinstance(value, slice):
        yield from _flows((value.start, value.stop, value.step))
    elif hasattr(value, "flows"):
        yield from value.flows


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key), item
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _named(item)
    else:
        yield "", value
