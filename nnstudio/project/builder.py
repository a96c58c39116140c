"""Builder: a drawing made by program instead of by hand.

Every example project is made with it. It refuses only what is no drawing, such as a name that code cannot use; a
layer that does not exist or cannot work at its place is drawn all the same, and compiling tells what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nnstudio.compiler.ports import BLOCK, input_ports, output_ports
from nnstudio.compiler.values import check_value, parameter_fault
from nnstudio.core.edits import replace
from nnstudio.core.graph import Block, BlockParameter, Edge, Graph, Node, Scalar, Value, freeze_params
from nnstudio.core.names import name_fault, unique_name
from nnstudio.core.words import tr
from nnstudio.layers.blocks import LIBRARY, definitions
from nnstudio.layers.catalog import catalog
from nnstudio.project.document import Project
from nnstudio.project.placement import place


@dataclass(frozen=True, slots=True)
class Handle:
    """One output of a layer that was added; what the next layer gets as an input."""

    drawing: _Drawing
    node: str
    port: str


class _Drawing:
    """What drawing a network and drawing the inside of a block have in common."""

    def __init__(self, blocks: dict[str, Block]) -> None:
        self._blocks = blocks
        self._nodes: dict[str, Node] = {}
        self._names: set[str] = set()
        self._edges: list[Edge] = []

    def input(self, name: str | None = None, **params: Value) -> Handle:
        """Add an Input and return its handle.

        Args:
            name: what it is called; also the argument of the compiled module.
            params: its settings: ``shape`` without the batch axis, ``element``.

        Raises:
            ValueError: the name cannot be used or is taken.
        """
        id_ = self._place("Input", "Input", name, params, ())
        return Handle(self, id_, catalog()["Input"].outputs[0].name)

    def add(self, kind: str, *inputs: Handle | None, name: str | None = None, **params: Value) -> Any:
        """Add a layer or an instance of a block, wired to ``inputs`` in the order of its ports.

        Args:
            kind: a layer by its torch.nn name, or the name of a block; an unknown one is drawn as it is.
            inputs: handles of this drawing; those that find no port of their own end at the last one. None leaves a
                port without a wire.
            name: what the layer is called; without one it gets the first free name of its kind.
            params: settings by torch's names; for blocks their parameters and ``repeat``.

        Returns:
            The `Handle` of its output, or a tuple of handles for a kind with another number of outputs.

        Raises:
            ValueError: the name cannot be used or is taken, or a handle is of another drawing.
        """
        block = params.get("block") if kind == BLOCK else kind if kind not in catalog() else None
        if isinstance(block, str) and self._know_block(block):
            id_ = self._place(BLOCK, block, name, {"block": block, **params}, inputs)
        else:
            id_ = self._place(kind, kind, name, params, inputs)
        node = self._nodes[id_]
        known = node.kind in catalog() or node.kind == BLOCK
        ports = [port.name for port in output_ports(Graph(nodes=(node,)), node, self._blocks)] if known else ["output"]
        handles = tuple(Handle(self, id_, port) for port in ports)
        return handles[0] if len(handles) == 1 else handles

    def output(self, source: Handle, name: str | None = None) -> None:
        """Mark what ``source`` gives as a result; several results come in the order of these calls.

        Raises:
            ValueError: the name cannot be used or is taken, or the handle is of another drawing.
        """
        self._place("Output", "Output", name, {}, (source,))

    def _graph(self) -> Graph:
        return place(Graph(nodes=tuple(self._nodes.values()), edges=tuple(self._edges)))

    def _place(
        self, kind: str, title: str, name: str | None, params: Mapping[str, Value], inputs: tuple[Handle | None, ...]
    ) -> str:
        for handle in inputs:
            if handle is not None and (not isinstance(handle, Handle) or handle.drawing is not self):
                raise ValueError(
                    tr(
                        "{kind}: expected handles of this drawing as inputs, got {got}",
                        kind=title,
                        got=repr(handle)[:60],
                    )
                )
        node = Node(
            id=f"n{len(self._nodes) + 1}", kind=kind, name=self._name(title, name), params=freeze_params(params)
        )
        self._nodes[node.id] = node
        self._names.add(node.name)
        for number, handle in enumerate(inputs):
            if handle is not None:
                self._edges.append(Edge(handle.node, handle.port, node.id, self._port(node, number)))
        return node.id

    def _name(self, title: str, name: str | None) -> str:
        if name is None:
            spec = catalog().get(title)
            return unique_name(spec.stem if spec is not None else stem_of(title), self._names)
        fault = name_fault(name)
        if fault is None and name in self._names:
            fault = tr("Another layer is already called {name!r}.", name=name)
        if fault is not None:
            raise ValueError(fault)
        return name

    def _port(self, node: Node, number: int) -> str:
        """Return the name of a node's input port number ``number``, before any wire is there."""
        ports = input_ports(Graph(nodes=(node,)), node, self._blocks)
        spec = catalog().get(node.kind)
        if spec is not None and len(spec.inputs) == 1 and spec.inputs[0].many:
            return f"{spec.inputs[0].name}_{number + 1}"
        if ports:
            return ports[min(number, len(ports) - 1)].name
        return "input" if number == 0 else f"input_{number + 1}"

    def _know_block(self, name: str) -> bool:
        """Whether there is a block of that name, defined here or in the library, which is then copied."""
        if name not in self._blocks and name in LIBRARY:
            for block in definitions(name):
                self._blocks.setdefault(block.name, block)
        return name in self._blocks


class BlockBuilder(_Drawing):
    """Draws the inside of a block; `Builder.block` gives one.

    Its inputs and outputs are the ports of the block. A setting written ``"=channels"`` takes the value of the
    block's parameter of that name, and may be worked out from it, such as ``"=channels//4"``. `output` finishes a
    port; from then on the block can be added with it.
    """

    def __init__(self, blocks: dict[str, Block], name: str, parameters: tuple[BlockParameter, ...]) -> None:
        super().__init__(blocks)
        self._definition = Block(name=name, parameters=parameters)
        blocks[name] = self._definition

    def _place(
        self, kind: str, title: str, name: str | None, params: Mapping[str, Value], inputs: tuple[Handle | None, ...]
    ) -> str:
        id_ = super()._place(kind, title, name, params, inputs)
        self._blocks[self._definition.name] = replace(self._definition, graph=self._graph())
        return id_


class Builder(_Drawing):
    """Draws a network and gives the project.

    Example:
        >>> b = Builder("two layers")
        >>> x = b.input("image", shape=(1, 8, 8))
        >>> h = b.add("Flatten", x)
        >>> h = b.add("Linear", h, out_features=10, name="logits")
        >>> b.output(h)
        >>> [node.name for node in b.project().graph.nodes]
        ['image', 'flatten_1', 'logits', 'output_1']
    """

    def __init__(self, name: str = "Untitled") -> None:
        super().__init__({})
        self._title = name

    def block(self, name: str, *, later: Mapping[str, Scalar] | None = None, **parameters: Scalar) -> BlockBuilder:
        """Begin the definition of a block.

        Args:
            name: what `add` calls it.
            later: values of parameters in the second and further copies of a repeated instance, where they differ.
            parameters: its parameters with their defaults: whole numbers, decimals, yes or no, short words.

        Raises:
            ValueError: the name cannot be used or is that of a layer or of another block, a parameter's cannot, or
                ``later`` names something that is no parameter or gives it a value of another type.
        """
        later = later or {}
        fault = next(filter(None, (name_fault(name), *map(parameter_fault, parameters))), None)
        if fault is None and (name in self._blocks or name in catalog() or name == BLOCK):
            fault = tr("There is already a layer or a block called {name!r}.", name=name)
        if fault is None and not later.keys() <= parameters.keys():
            names = ", ".join(sorted(later.keys() - parameters.keys()))
            fault = tr("{names}: no parameter of the block {block}", names=names, block=name)
        if fault is not None:
            raise ValueError(fault)
        made = tuple(BlockParameter(name=key, default=value, later=later.get(key)) for key, value in parameters.items())
        for parameter in made:
            check_value(parameter, parameter.default)
            if parameter.later is not None:
                check_value(parameter, parameter.later)
        return BlockBuilder(self._blocks, name, made)

    def project(self, *, data: Mapping[str, Value] | None = None, recipe: Mapping[str, Value] | None = None) -> Project:
        """Return what was drawn so far, placed from left to right.

        Args:
            data: settings of the data set, such as ``{"name": "digits32"}``.
            recipe: settings of the training, such as ``{"epochs": 12}``.
        """
        return Project(
            name=self._title,
            graph=self._graph(),
            blocks=tuple(self._blocks.values()),
            data=freeze_params(data or {}),
            recipe=freeze_params(recipe or {}),
        )


def stem_of(title: str) -> str:
    """Turn the name of a block or of an unknown kind into what names of nodes begin with: ``residual_block_``."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", title)
    stem = "_".join(words).lower() + "_"
    return stem if stem[0].isalpha() else "layer_"
