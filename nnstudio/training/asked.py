"""What data ask of a drawing's Outputs, and the mend where they give something else."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING

from nnstudio.compiler.adapters import put_into
from nnstudio.compiler.facts import Analysis
from nnstudio.core.edits import replace, set_node
from nnstudio.core.graph import Edge, Graph, Node, freeze_params
from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Shape, Signal, shape_text

if TYPE_CHECKING:
    from nnstudio.training.ready import Data

_PICTURES = ("segmentation", "detection")
_DECIDERS = {"Linear": "out_features", "Conv2d": "out_channels", "ConvTranspose2d": "out_channels"}
_GRID = 8


def check_output(graph: Graph, node: Node, analysis: Analysis, data: Data) -> list[Problem]:
    """Compare what arrives at the only Output with what the data ask for."""
    arriving = _arriving(node, analysis)
    if arriving is None or (arriving.element == "real" and fits(arriving.shape, data.output_shape)):
        return []
    text = _text(arriving, data)
    axis = 0 if data.task in _PICTURES else -1
    count, shape = data.output_shape[axis], arriving.shape
    assert isinstance(count, int)
    others_fit = len(shape) == len(data.output_shape) and fits(_without(shape, axis), _without(data.output_shape, axis))
    if data.task == "reconstruction":
        whole = prod(length for length in data.output_shape if isinstance(length, int))
        if shape == (whole,):
            fix = Fix(
                tr("Insert {title} before {name}", title=catalog()["Reshape"].title, name=node.name),
                partial(put_into, edge=_wire(node, analysis), kind="Reshape", params={"shape": data.output_shape}),
            )
            return [Problem(node.name, "data_outputs", text, (fix,), id=node.id)]
        others_fit, count = len(shape) == 1, whole
    last = _decider(graph, node, analysis, ("Linear",) if axis else ("Conv2d", "ConvTranspose2d"))
    if last is None or not others_fit:
        return [Problem(node.name, "data_outputs", f"{text} {_advice(data)}", id=node.id)]
    if last.kind == "Linear":
        label = tr("Give {name} {count} units", name=last.name, count=count)
    else:
        label = tr("Give {name} {count} channels", name=last.name, count=count)
    fix = Fix(label, partial(_set_count, id_=last.id, count=count))
    return [Problem(last.name, "data_outputs", text, (fix,), id=last.id)]


def check_three(nodes: list[Node], analysis: Analysis, data: Data) -> list[Problem]:
    """Compare three Outputs with what the loss of a variational autoencoder asks for."""
    order = tr("what was rebuilt, the mean of the code, and the logarithm of its variance")
    if len(nodes) != 3:
        text = tr(
            "The VAE loss needs three Outputs in this order: {order}. Here: {count}.", order=order, count=len(nodes)
        )
        return [Problem(nodes[-1].name, "three_outputs", text, id=nodes[-1].id)] if nodes else []
    again, mean, log_variance = (_arriving(node, analysis) for node in nodes)
    if again is not None and not fits(again.shape, data.output_shape):
        return [Problem(nodes[0].name, "data_outputs", _text(again, data), id=nodes[0].id)]
    if mean is not None and log_variance is not None and mean != log_variance:
        text = tr(
            "Mean and log-variance of a code have the same shape; here they are {mean} and {spread}.",
            mean=shape_text(mean.shape),
            spread=shape_text(log_variance.shape),
        )
        return [Problem(nodes[2].name, "three_outputs", text, id=nodes[2].id)]
    return []


def fits(drawn: Shape, given: Shape) -> bool:
    """Whether shapes can be the same; a free length such as ``T`` fits any number."""
    return len(drawn) == len(given) and all(
        isinstance(mine, str) or isinstance(theirs, str) or mine == theirs
        for mine, theirs in zip(drawn, given, strict=True)
    )


def signal_text(signal: Signal) -> str:
    """Say what a signal is: ``4 numbers``."""
    shape = shape_text(signal.shape)
    return (
        tr("{shape} table positions", shape=shape) if signal.element == "index" else tr("{shape} numbers", shape=shape)
    )


def _text(arriving: Signal, data: Data) -> str:
    given = signal_text(arriving)
    expected, count = shape_text(data.output_shape), data.num_outputs
    if data.task == "classification":
        return tr(
            "{data} has {count} classes, so the network must give {count} numbers; it gives {given}.",
            data=data.title,
            count=count,
            given=given,
        )
    if data.task == "regression":
        return tr(
            "{data} asks for {count} numbers per sample; the network gives {given}.",
            data=data.title,
            count=count,
            given=given,
        )
    if data.task == "reconstruction":
        return tr(
            "{data} asks for the sample itself, {expected} numbers; the network gives {given}.",
            data=data.title,
            expected=expected,
            given=given,
        )
    if data.task == "segmentation":
        return tr(
            "{data} asks for {expected} numbers, {count} for each pixel; the network gives {given}.",
            data=data.title,
            expected=expected,
            count=count,
            given=given,
        )
    if data.task == "detection":
        return tr(
            "{data} asks for {count} numbers for each cell of a grid: whether an object is there, its box, and the "
            "classes. The network gives {given}.",
            data=data.title,
            count=data.output_shape[0],
            given=given,
        )
    return tr(
        "{data} asks for {expected} numbers, {count} at each place; the network gives {given}.",
        data=data.title,
        expected=expected,
        count=count,
        given=given,
    )


def _advice(data: Data) -> str:
    count = data.output_shape[0 if data.task in _PICTURES else -1]
    if data.task in ("classification", "regression"):
        return tr("Let a Dense layer with {count} units come last, after a Flatten if need be.", count=count)
    if data.task == "reconstruction":
        return tr("Let layers come last that lead back to the shape of the sample, such as Dense and Reshape.")
    if data.task == "segmentation":
        return tr("Let a convolution with {count} channels come last, on maps as large as the picture.", count=count)
    if data.task == "detection":
        example = shape_text((count, _GRID, _GRID))
        return tr("Let a convolution with {count} channels come last, as {example}.", count=count, example=example)
    return tr("Let a Dense layer with {count} units come last; it works at every place of a sequence.", count=count)


def _arriving(node: Node, analysis: Analysis) -> Signal | None:
    inputs = analysis.facts[node.id].inputs
    return inputs[0] if inputs else None


def _wire(node: Node, analysis: Analysis) -> Edge:
    (edge,) = analysis.feeds[node.id].values()
    return edge


def _without(shape: Shape, axis: int) -> Shape:
    return shape[1:] if axis == 0 else shape[:-1]


def _decider(graph: Graph, output: Node, analysis: Analysis, kinds: tuple[str, ...]) -> Node | None:
    """Go back from the Output, through layers that keep the shape, to the layer that decides how many numbers come."""
    id_ = output.id
    while len(analysis.feeds[id_]) == 1:
        (edge,) = analysis.feeds[id_].values()
        id_ = edge.source
        node, facts = graph.by_id[id_], analysis.facts[id_]
        if node.kind in kinds and not node.bypassed:
            return node
        if facts.outputs != facts.inputs:
            return None
    return None


def _set_count(graph: Graph, id_: str, count: int) -> Graph:
    node = graph.by_id[id_]
    return set_node(graph, replace(node, params=freeze_params({**node.params, _DECIDERS[node.kind]: count})))
