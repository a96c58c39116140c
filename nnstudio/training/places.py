"""Places in a document that hold one setting, by a path such as ``recipe.learning_rate`` or ``tower.depth``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstudio.core.edits import replace
from nnstudio.core.graph import Graph, Node, Value, freeze_params
from nnstudio.core.words import tr
from nnstudio.data.catalog import DATA_FIELDS
from nnstudio.layers.catalog import catalog
from nnstudio.layers.parameters import Choice, Parameter, Text

if TYPE_CHECKING:
    from nnstudio.project.document import Project

BYPASSED = "bypassed"
"""The setting that every layer has: whether it is skipped."""


def places(project: Project) -> tuple[str, ...]:
    """Return the path of every setting that a sweep may change: of the recipe, the data, and the drawing's layers."""
    from nnstudio.training.settings.form import RECIPE_FIELDS

    found = [f"recipe.{field.name}" for field in RECIPE_FIELDS]
    found += [f"data.{field.name}" for field in DATA_FIELDS]
    for node in project.graph.nodes:
        found += [f"{node.name}.{name}" for name in _names(project, node)]
        if node.kind not in ("Input", "Output"):
            found.append(f"{node.name}.{BYPASSED}")
    return tuple(found)


def parameter_at(project: Project, place: str) -> Parameter | None:
    """Return what the setting at a place may be; None for parameters of blocks and for `BYPASSED`."""
    from nnstudio.training.settings.form import RECIPE_FIELDS

    head, _, name = place.rpartition(".")
    fields = {"recipe": RECIPE_FIELDS, "data": DATA_FIELDS}.get(head)
    if fields is None:
        spec = catalog().get(_node_at(project, head).kind)
        fields = spec.params if spec is not None else ()
    return next((field for field in fields if field.name == name), None)


def value_at(project: Project, place: str) -> Value:
    """Return the value at a place as it is now.

    Raises:
        ValueError: there is no such place.
    """
    _check(project, place)
    head, _, name = place.rpartition(".")
    parameter = parameter_at(project, place)
    default = parameter.default if parameter is not None else None
    if head == "recipe":
        return project.recipe.get(name, default)
    if head == "data":
        return project.data.get(name, default)
    node = _node_at(project, head)
    if name == BYPASSED:
        return node.bypassed
    if name in node.params:
        return node.params[name]
    block = project.blocks_by_name.get(str(node.params.get("block")))
    for known in block.parameters if block is not None else ():
        if known.name == name:
            return known.default
    return 1 if name == "repeat" else default


def with_value(project: Project, place: str, value: Value) -> Project:
    """Return the document with another value at a place.

    Raises:
        ValueError: there is no such place, or it cannot hold this value; says what was expected and what came.
    """
    _check(project, place)
    head, _, name = place.rpartition(".")
    parameter = parameter_at(project, place)
    if parameter is not None:
        parameter.check(value)
    if head in ("recipe", "data"):
        settings = project.recipe if head == "recipe" else project.data
        return replace(project, **{head: freeze_params({**settings, name: value})})
    return replace(project, graph=_with_node(project.graph, head, name, value))


def read_value(project: Project, place: str, text: str) -> Value:
    """Read what a person wrote for a place: a number, yes or no, a word.

    Raises:
        ValueError: it is nothing that the place can hold.
    """
    _check(project, place)
    text = text.strip()
    parameter = parameter_at(project, place)
    if isinstance(parameter, (Choice, Text)) or isinstance(value_at(project, place), str):
        return text
    if text.lower() in ("true", "yes", "on", "false", "no", "off"):
        return text.lower() in ("true", "yes", "on")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise ValueError(tr("{place}: expected a number, yes or no, got {text}", place=place, text=repr(text)))


def _names(project: Project, node: Node) -> tuple[str, ...]:
    block = project.blocks_by_name.get(str(node.params.get("block"))) if node.kind == "Block" else None
    if block is not None:
        return (*(parameter.name for parameter in block.parameters), "repeat")
    spec = catalog().get(node.kind)
    return tuple(parameter.name for parameter in spec.params) if spec is not None else ()


def _node_at(project: Project, name: str) -> Node:
    node = project.graph.by_name.get(name)
    if node is None:
        raise ValueError(tr("There is no layer called {name}.", name=repr(name)))
    return node


def _check(project: Project, place: str) -> None:
    head, dot, name = place.rpartition(".")
    if not dot:
        raise ValueError(
            tr("expected a place such as recipe.learning_rate or dense_1.out_features, got {text}", text=repr(place))
        )
    if head in ("recipe", "data"):
        if parameter_at(project, place) is None:
            raise ValueError(tr("There is no setting called {name}.", name=repr(place)))
        return
    node = _node_at(project, head)
    if name != BYPASSED and name not in _names(project, node):
        raise ValueError(tr("{layer} has no setting called {name}.", layer=head, name=repr(name)))


def _with_node(graph: Graph, layer: str, name: str, value: Value) -> Graph:
    def changed(node: Node) -> Node:
        if node.name != layer:
            return node
        if name == BYPASSED:
            return replace(node, bypassed=bool(value))
        return replace(node, params=freeze_params({**node.params, name: value}))

    return replace(graph, nodes=tuple(map(changed, graph.nodes)))
