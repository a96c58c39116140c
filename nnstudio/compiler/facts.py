"""What an analysis finds out, as values: the facts of every node, and all of a drawing together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from nnstudio.compiler.check import Structure
from nnstudio.compiler.ports import output_ports
from nnstudio.core.graph import Block, Edge, Graph, Node
from nnstudio.core.problem import Problem
from nnstudio.layers.spec import Cost, ParamFix, Settings, Signal, count_elements

Pair = tuple[int, int]

UNKNOWN_COST = Cost(macs=None)


class Fault(msgspec.Struct, frozen=True):
    """Why one node cannot be worked out.

    Attributes:
        code, message: as in `Problem`.
        fixes: settings of the node with which it can.
        inner: the layer within a block that it happened at.
        can_mend: whether an edit within the block would help.
    """

    code: str
    message: str
    fixes: tuple[ParamFix, ...] = ()
    inner: str | None = None
    can_mend: bool = False


class Facts(msgspec.Struct, frozen=True):
    """What is known of one node.

    Attributes:
        inputs: what arrives, in the order of the ports; None where it is unknown or missing.
        outputs: what leaves, in the order of the ports; empty where it cannot be known.
        cost: for one sample; of a block all its copies together.
        settings: the checked parameters; None where they are wrong.
        live: whether the node leads to an Output and so is part of the model.
        field: receptive field, rows and columns of the input picture that one number depends on; None where
            that has no meaning.
        faults: what keeps the node from working.
        num_nodes: layers it stands for; more than one for blocks.
        activations: numbers that it gives for one sample, which training keeps for the way back; of a block those of
            all layers in it. None where a length is free. The ends of the network give none of their own.
        inside: of a block what is known of the drawing in it, once for copies that are alike.
    """

    inputs: tuple[Signal | None, ...] = ()
    outputs: tuple[Signal, ...] = ()
    cost: Cost = UNKNOWN_COST
    settings: Settings | None = None
    live: bool = True
    field: Pair | None = None
    faults: tuple[Fault, ...] = ()
    num_nodes: int = 1
    activations: int | None = 0
    jump: Pair = (1, 1)
    node: Node | None = None
    inside: tuple[Analysis, ...] = ()

    @property
    def connections(self) -> int | None:
        """Wires from number to number: one per multiply-add, and one per bias that is added; LeCun and others, 1998.

        None where a length is free.
        """
        cost = self.cost
        if cost.connections is not None or not cost.macs:
            return cost.connections or cost.macs
        added = count_elements(self.outputs[0].shape) if getattr(self.settings, "bias", False) else 0
        return None if added is None else cost.macs + added


class Analysis(msgspec.Struct, frozen=True, dict=True):
    """Everything that can be said of a drawing without building it.

    Attributes:
        facts: by node id; every node has an entry.
        problems: all of them, those of the whole drawing first, then in drawing order.
        num_parameters: trained numbers of the model (live nodes only).
        num_buffers: numbers kept but not trained.
        macs: multiply-adds for one sample; None where a length is free.
        num_nodes: layers of the model once blocks are written out.
        activations: numbers that all layers give for one sample; None where a length is free.
        structure: the drawing as nodes and wires.
        graph: what was analysed.
    """

    facts: Mapping[str, Facts]
    problems: tuple[Problem, ...]
    num_parameters: int
    num_buffers: int
    macs: int | None
    num_nodes: int
    activations: int | None
    structure: Structure
    graph: Graph

    @property
    def order(self) -> tuple[str, ...]:
        """Ids, sources first; without the nodes on a cycle or behind one."""
        return self.structure.order

    @property
    def feeds(self) -> Mapping[str, Mapping[str, Edge]]:
        """For each node id its usable wires by port name."""
        return self.structure.feeds

    @property
    def connections(self) -> int | None:
        """Wires from number to number in the whole model; None where a length is free."""
        counts = [known.connections for known in self.facts.values() if known.live and known.outputs]
        return None if None in counts else sum(count or 0 for count in counts)

    @property
    def ok(self) -> bool:
        """Whether the drawing compiles."""
        return not any(problem.severity == "error" for problem in self.problems)

    @cached_property
    def by_node(self) -> Mapping[str, tuple[Problem, ...]]:
        """Problems by node id; nodes without any are missing."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            if problem.id is not None:
                found.setdefault(problem.id, []).append(problem)
        return {key: tuple(problems) for key, problems in found.items()}


def flowing(graph: Graph, blocks: Mapping[str, Block], facts: Mapping[str, Facts], edge: Edge) -> Signal | None:
    """Return what flows along a wire, where that is known."""
    leaving = facts[edge.source].outputs
    if len(leaving) < 2:
        return leaving[0] if leaving else None
    ports = [port.name for port in output_ports(graph, graph.by_id[edge.source], blocks)]
    return leaving[ports.index(edge.source_port)]
