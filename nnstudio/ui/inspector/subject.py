"""What the inspector shows of one node, whether it is a layer, a block or of a kind that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from nnstudio.compiler.blocks import MAX_REPEAT
from nnstudio.compiler.values import parameter_type
from nnstudio.core.edits import replace, set_node
from nnstudio.core.graph import Block, Graph, Node, Scalar, Value, freeze_params, is_expression
from nnstudio.core.words import Words, tr
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.parameters import Int, Parameter
from nnstudio.layers.weights import FROZEN, START, START_SCALE

WEIGHT_SETTINGS = (START, START_SCALE, FROZEN)
"""What is said once for all layers that have one set of weights: by the one that they belong to."""

_REPEAT_HELP = Words(
    "How many copies stand one after the other, each with weights of its own.",
    "前后相连的份数，每一份都有自己的权重。",
)
_LATER_HELP = Words(
    "Counts for the first copy; in the others it is {later}.",
    "只对第一份有效；其余各份中为 {later}。",
)
_COMMON_HELP = Words("A setting of the block, the same for all its copies.", "模块的设置，对每一份都相同。")


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """The texts and settings of a node's form.

    Attributes:
        title: what the heading says.
        family: a key of `nnstudio.layers.spec.FAMILIES`.
        icon: the name of its picture.
        summary, help: a line and a paragraph; empty where there is nothing to say.
        formula: TeX; empty where there is none.
        source: where the formula comes from.
        parameters: the form's fields.
    """

    title: str
    family: str
    icon: str
    summary: str = ""
    help: str = ""
    formula: str = ""
    source: str = ""
    parameters: tuple[Parameter, ...] = ()


def subject_of(node: Node, blocks: Mapping[str, Block]) -> Subject:
    """Return what the form of a node says."""
    if node.kind == "Block":
        return _block_subject(node, blocks)
    spec = catalog().get(node.kind)
    if spec is None:
        return Subject(
            title=node.kind, family="io", icon=node.kind, summary=tr("This version does not know this layer.")
        )
    return Subject(
        title=str(spec.title),
        family=spec.family,
        icon=spec.kind,
        summary=str(spec.summary),
        help=str(spec.help),
        formula=spec.formula,
        source=spec.source,
        parameters=tuple(
            # Whose weights they are decides what they start from.
            parameter
            for parameter in spec.params
            if node.shares is None or parameter not in WEIGHT_SETTINGS
        ),
    )


def value_of(node: Node, parameter: Parameter) -> Value:
    """Return what a node's parameter is: what the node says, or the default."""
    return node.params.get(parameter.name, parameter.default)


def with_value(graph: Graph, id_: str, parameter: Parameter, value: Value) -> Graph:
    """Set a parameter of a node; one that has its default value is not written down."""
    node = graph.by_id[id_]
    params = {**node.params, parameter.name: value}
    if not depends(value, node) and parameter.check(value) == parameter.check(parameter.default):
        del params[parameter.name]
    return set_node(graph, replace(node, params=freeze_params(params)))


def depends(value: Value, node: Node) -> bool:
    """Whether a setting is more than one plain value: worked out, or with a value for each copy of a block."""
    parts = value if isinstance(value, tuple) else (value,)
    return any(map(is_expression, parts)) or (node.kind == "Block" and isinstance(value, tuple))


def _block_subject(node: Node, blocks: Mapping[str, Block]) -> Subject:
    name = str(node.params.get("block"))
    block, known = blocks.get(name), LIBRARY.get(name)
    if block is None:
        return Subject(title=name, family="merge", icon=f"Block:{name}", summary=tr("The drawing has no such block."))
    labels = known.labels if known else {}
    fields: list[Parameter] = [
        parameter_type(parameter, labels.get(parameter.name), _parameter_help(parameter.later))
        for parameter in block.parameters
    ]
    repeat = labels.get("repeat", Words("Copies in a row", "重复份数"))
    fields.append(Int(name="repeat", default=1, high=MAX_REPEAT, label=repeat, help=_REPEAT_HELP))
    return Subject(
        title=str(known.title) if known else name,
        family=known.family if known else "merge",
        icon=f"Block:{name}",
        summary=str(known.summary) if known else tr("A block of this drawing."),
        help=str(known.help) if known else "",
        parameters=tuple(fields),
    )


def _parameter_help(later: Scalar | None) -> Words:
    if later is None:
        return _COMMON_HELP
    return Words(_LATER_HELP.en.format(later=later), _LATER_HELP.zh.format(later=later))
