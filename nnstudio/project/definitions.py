"""Edits of block definitions: functions from project to project, each one step to undo. Instances follow.

Raises in all of them: ValueError for what a person may have got wrong, as a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from nnstudio.compiler.inside import ring_of
from nnstudio.compiler.ports import BLOCK
from nnstudio.compiler.values import check_value, names_used, parameter_fault, substitute
from nnstudio.core.edits import replace
from nnstudio.core.graph import Block, BlockParameter, Edge, Graph, Node, Scalar, Value, freeze_params
from nnstudio.core.names import name_fault, unique_name
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.project.document import Project


def drawing_of(project: Project, within: str | None) -> Graph:
    """Return the drawing of a block, or the project's own for None.

    Raises:
        KeyError: there is no such block.
    """
    return project.graph if within is None else project.blocks_by_name[within].graph


def with_drawing(project: Project, within: str | None, graph: Graph) -> Project:
    """Put a drawing in the place of a block's, or of the project's own; see `set_block`."""
    if within is None:
        return replace(project, graph=graph)
    return set_block(project, replace(project.blocks_by_name[within], graph=graph))


def set_block(project: Project, block: Block) -> Project:
    """Define a block, anew where there is one of its name. Wires to ports that got other names stay connected.

    Raises:
        ValueError: the block would lie within itself.
    """
    known = project.blocks_by_name
    ring = ring_of(block.name, {**known, block.name: block})
    if ring:
        names = " → ".join((*ring, block.name))
        raise ValueError(tr("The block {name} lies within itself: {path}.", name=block.name, path=names))
    before = known.get(block.name)
    if before is None:
        return replace(project, blocks=(*project.blocks, block))
    blocks = tuple(block if other.name == block.name else other for other in project.blocks)
    project = replace(project, blocks=blocks)
    inputs, outputs = _renamed(before.inputs, block.inputs), _renamed(before.outputs, block.outputs)
    if not inputs and not outputs:
        return project
    return _everywhere(project, lambda graph: _rename_ports(graph, block.name, inputs, outputs))


def block_fault(project: Project, name: str) -> str | None:
    """Say why a new block cannot be called ``name``, or None when it can."""
    if name in project.blocks_by_name or name in catalog() or name == BLOCK:
        return tr("There is already a layer or a block called {name!r}.", name=name)
    return name_fault(name)


def free_name(project: Project, stem: str = "Block") -> str:
    """Return a name for a new block: ``stem_1`` or a later number."""
    return unique_name(f"{stem}_", project.blocks_by_name)


def rename_block(project: Project, old: str, new: str) -> Project:
    """Give a block another name, in all its instances too."""
    _refuse(block_fault(project, new))
    blocks = (replace(block, name=new) if block.name == old else block for block in project.blocks)
    project = replace(project, blocks=tuple(blocks))
    return _everywhere(project, lambda graph: _set_block_of(graph, old, new))


def duplicate_block(
    project: Project, name: str, new: str, *, instance: str | None = None, within: str | None = None
) -> Project:
    """Define a block anew under another name.

    Args:
        project: the document.
        name: the block.
        new: what its copy is called.
        instance: id of a node that becomes an instance of the copy.
        within: the block whose drawing the node lies in; None for the project's own.
    """
    _refuse(block_fault(project, new))
    project = replace(project, blocks=(*project.blocks, replace(project.blocks_by_name[name], name=new)))
    if instance is None:
        return project
    return with_drawing(project, within, _set_block_of(drawing_of(project, within), name, new, only=instance))


def remove_blocks(project: Project, names: Collection[str]) -> Project:
    """Take definitions away that nothing uses, or only each other."""
    for block in project.blocks:
        inner = set(block.uses) & set(names)
        if inner and block.name not in names:
            raise ValueError(tr("{name} is still used in the block {user}.", name=min(inner), user=block.name))
    for node in project.graph.nodes:
        if node.kind == BLOCK and node.params.get("block") in names:
            name = str(node.params["block"])
            raise ValueError(tr("{name} is still used in the drawing, by {user}.", name=name, user=node.name))
    return replace(project, blocks=tuple(block for block in project.blocks if block.name not in names))


def unused_blocks(project: Project) -> tuple[str, ...]:
    """Return the blocks that the drawing holds neither itself nor within other blocks."""
    known = project.blocks_by_name
    waiting = [str(node.params.get("block")) for node in project.graph.nodes if node.kind == BLOCK]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in known and name not in used:
            used.add(name)
            waiting += known[name].uses
    return tuple(block.name for block in project.blocks if block.name not in used)


# Parameters


def add_parameter(project: Project, block: str, name: str, default: Scalar) -> Project:
    """Give a block one more parameter; nothing refers to it yet."""
    known = project.blocks_by_name[block]
    _refuse(parameter_fault(name) or _taken(known, name))
    parameter = BlockParameter(name=name, default=default)
    check_value(parameter, default)
    return set_block(project, replace(known, parameters=(*known.parameters, parameter)))


def set_parameter(project: Project, block: str, parameter: BlockParameter) -> Project:
    """Change what a parameter is where an instance says nothing.

    Where its type becomes another, instances forget what they said of it.
    """
    check_value(parameter, parameter.default)
    if parameter.later is not None:
        check_value(parameter, parameter.later)
    known = project.blocks_by_name[block]
    before = _parameter(known, parameter.name)
    parameters = tuple(parameter if other is before else other for other in known.parameters)
    project = set_block(project, replace(known, parameters=parameters))
    if type(before.default) is type(parameter.default):
        return project
    return _everywhere(project, lambda graph: _edit_instances(graph, block, {parameter.name: None}))


def rename_parameter(project: Project, block: str, old: str, new: str) -> Project:
    """Give a parameter another name, in the settings that refer to it and in all instances too."""
    known = project.blocks_by_name[block]
    _refuse(parameter_fault(new) or _taken(known, new))
    parameters = tuple(replace(p, name=new) if p.name == old else p for p in known.parameters)
    graph = replace_names(known.graph, {old: new})
    project = set_block(project, replace(known, parameters=parameters, graph=graph))
    return _everywhere(project, lambda graph: _edit_instances(graph, block, {old: new}))


def remove_parameter(project: Project, block: str, name: str) -> Project:
    """Take a parameter away; settings that refer to it get its default."""
    known = project.blocks_by_name[block]
    parameter = _parameter(known, name)
    left = tuple(other for other in known.parameters if other is not parameter)
    graph = put_values(known.graph, {name: parameter.default})
    project = set_block(project, replace(known, parameters=left, graph=graph))
    return _everywhere(project, lambda graph: _edit_instances(graph, block, {name: None}))


def uses_parameter(block: Block, name: str) -> bool:
    """Say whether a setting within a block refers to a parameter."""
    return name in names_used(block)


def replace_names(graph: Graph, texts: Mapping[str, str]) -> Graph:
    """Put other texts in the place of names in all settings of a drawing."""
    return _map_values(graph, lambda value: substitute(value, texts))


def put_values(graph: Graph, values: Mapping[str, Scalar]) -> Graph:
    """Put values in the place of names in all settings of a drawing; words and answers only where they stand alone."""
    numbers = {
        name: f"({value!r})" if value < 0 else repr(value)
        for name, value in values.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    }

    def put(value: Value) -> Value:
        if isinstance(value, tuple):
            parts = (put(part) for part in value)
            return tuple(part for part in parts if part is not None and not isinstance(part, tuple))
        bare = value[1:].strip() if isinstance(value, str) and value.startswith("=") else None
        return values[bare] if bare is not None and bare in values else substitute(value, numbers)

    return _map_values(graph, put)


# Inside


def _refuse(fault: str | None) -> None:
    if fault is not None:
        raise ValueError(fault)


def _taken(block: Block, name: str) -> str | None:
    if any(parameter.name == name for parameter in block.parameters):
        return tr("The block {block} already has a parameter {name!r}.", block=block.name, name=name)
    return None


def _parameter(block: Block, name: str) -> BlockParameter:
    return next(parameter for parameter in block.parameters if parameter.name == name)


def _renamed(before: Iterable[Node], after: Iterable[Node]) -> dict[str, str]:
    now = {node.id: node.name for node in after}
    return {node.name: now[node.id] for node in before if now.get(node.id, node.name) != node.name}


def _everywhere(project: Project, edit: Callable[[Graph], Graph]) -> Project:
    """Edit the project's drawing and those of all blocks; what stays as it is stays the same value."""
    blocks = []
    for block in project.blocks:
        graph = edit(block.graph)
        blocks.append(block if graph is block.graph else replace(block, graph=graph))
    return replace(project, graph=edit(project.graph), blocks=tuple(blocks))


def _rename_ports(graph: Graph, block: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> Graph:
    own = {node.id for node in graph.nodes if node.kind == BLOCK and node.params.get("block") == block}
    if not own:
        return graph
    edges = tuple(
        Edge(
            edge.source,
            outputs.get(edge.source_port, edge.source_port) if edge.source in own else edge.source_port,
            edge.target,
            inputs.get(edge.target_port, edge.target_port) if edge.target in own else edge.target_port,
        )
        for edge in graph.edges
    )
    return replace(graph, edges=edges)


def _set_block_of(graph: Graph, old: str, new: str, *, only: str | None = None) -> Graph:
    def edit(node: Node) -> Node:
        if node.kind != BLOCK or node.params.get("block") != old or only not in (None, node.id):
            return node
        return replace(node, params=freeze_params({**node.params, "block": new}))

    return _map_nodes(graph, edit)


def _edit_instances(graph: Graph, block: str, names: Mapping[str, str | None]) -> Graph:
    """Rename settings of the instances of a block; None takes a setting away."""

    def edit(node: Node) -> Node:
        if node.kind != BLOCK or node.params.get("block") != block or not names.keys() & node.params.keys():
            return node
        pairs = ((names.get(name, name), value) for name, value in node.params.items())
        return replace(node, params=freeze_params({name: value for name, value in pairs if name is not None}))

    return _map_nodes(graph, edit)


def _map_values(graph: Graph, edit: Callable[[Value], Value]) -> Graph:
    def edit_node(node: Node) -> Node:
        params = {name: edit(value) for name, value in node.params.items()}
        return node if params == node.params else replace(node, params=freeze_params(params))

    return _map_nodes(graph, edit_node)


def _map_nodes(graph: Graph, edit: Callable[[Node], Node]) -> Graph:
    nodes = tuple(map(edit, graph.nodes))
    alike = all(old is new for old, new in zip(graph.nodes, nodes, strict=True))
    return graph if alike else replace(graph, nodes=nodes)
