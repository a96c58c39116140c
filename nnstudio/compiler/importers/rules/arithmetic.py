"""Arithmetic: sums and products of tensors become layers that join, with plain numbers they become formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.rules.positions import positions, table_of
from nnstudio.compiler.importers.values import Flow, Held
from nnstudio.compiler.importers.walk import Rule, Walk
from nnstudio.core.names import name_fault
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerError, Signal


def formula(walk: Walk, x: Flow, text: str) -> Flow:
    """Add a Formula, which works on every number by itself."""
    return walk.one("Formula", [x], {"formula": text}, anywhere=True)


def _joined(kind: str, sign: str, by_number: str) -> Rule:
    """Rule for ``a <sign> b``.

    Args:
        kind: the layer that joins two tensors.
        sign: the sign in a formula.
        by_number: what the report says of a held tensor.
    """

    def rule(walk: Walk, a: Any, b: Any, *, alpha: float = 1, **kwargs: Any) -> Any:
        if kwargs.get("rounding_mode") is not None or alpha != 1:
            raise UnmappedError(
                tr("it is called in a way that no rule knows ({detail})", detail=", ".join(kwargs) or "alpha")
            )
        a, b = _number(a), _number(b)
        if isinstance(a, Flow) and isinstance(b, Flow):
            return join(walk, kind, [a, b])
        x, other = (a, b) if isinstance(a, Flow) else (b, a)
        if isinstance(other, (int, float)) and not isinstance(other, bool):
            shown = repr(other)
            return formula(walk, x, f"x {sign} {shown}" if x is a else f"{shown} {sign} x")
        if isinstance(other, Held):
            if other.tensor.numel() == 1 and other.path:
                return _with_trained(walk, x, other, "x {sign} {name}" if x is a else "{name} {sign} x", sign)
            return _with_held(walk, x, other, sign, kind)
        raise UnmappedError(tr("there is no layer for {kind}", kind=by_number))

    return rule


def join(walk: Walk, kind: str, flows: list[Flow]) -> Flow:
    """Add a layer that joins tensors, if it can join ones of these shapes.

    Raises:
        UnmappedError: it cannot.
    """
    if kind not in catalog():
        raise UnmappedError(tr("there is no layer for {kind}", kind=kind))
    spec = catalog()[kind]
    try:
        spec.shape(spec.settings({}), *(Signal(flow.known) for flow in flows))
    except LayerError as error:
        raise UnmappedError(str(error)) from error
    return walk.one(kind, flows, anywhere=len({flow.batch for flow in flows}) == 1)


def _with_held(walk: Walk, x: Flow, held: Held, sign: str, kind: str) -> Flow:
    """A tensor and a parameter of the network's own: positions, where it is added to a sequence."""
    if sign == "+":
        table = table_of(x, held)
        if table is not None:
            return positions(walk, x, table, trained=held.tensor.requires_grad)
    raise UnmappedError(tr("a parameter of its own takes part ({name})", name=held.path or kind))


def _with_trained(walk: Walk, x: Flow, held: Held, text: str, sign: str) -> Flow:
    """A tensor and one trained number: a formula that has it under its name."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", held.path.rpartition(".")[2]).strip("_")
    if not name[:1].isalpha() or name == "x" or name_fault(name) is not None:
        name = "a"
    number = held.tensor.detach().reshape(())
    params = {"formula": text.format(sign=sign, name=name), "values": f"{name} = {number.item():g}"}
    return walk.one("Formula", [x], params, weights={name: number}, anywhere=True)


def _number(value: Any) -> Any:
    """A held tensor of one number counts as that number, unless it is trained."""
    if isinstance(value, Held) and value.tensor.dim() == 0 and not value.tensor.requires_grad:
        return value.tensor.item()
    return value


def rsub(walk: Walk, x: Flow, other: Any, alpha: float = 1) -> Any:
    """``other - x``."""
    return FUNCTIONS["sub"](walk, other, x, alpha=alpha)


def rdiv(walk: Walk, x: Flow, other: Any) -> Any:
    """``other / x``."""
    return FUNCTIONS["div"](walk, other, x)


def _of_one(text: str) -> Rule:
    def rule(walk: Walk, x: Flow) -> Flow:
        return formula(walk, x, text)

    return rule


def power(walk: Walk, x: Any, exponent: Any) -> Flow:
    """``x ** 2``."""
    if isinstance(x, Flow) and isinstance(exponent, (int, float)):
        return formula(walk, x, f"x ** {exponent!r}")
    raise UnmappedError(tr("there is no layer for {kind}", kind="pow"))


def clamp(walk: Walk, x: Flow, min: float | None = None, max: float | None = None) -> Flow:
    """torch.clamp with plain bounds."""
    text = "x"
    for function, bound in (("max", min), ("min", max)):
        if bound is not None:
            if not isinstance(bound, (int, float)):
                raise UnmappedError(tr("there is no layer for {kind}", kind="clamp"))
            text = f"{function}({text}, {bound!r})"
    return formula(walk, x, text)


def maximum(walk: Walk, a: Any, b: Any) -> Any:
    """torch.maximum of two tensors."""
    if isinstance(a, Flow) and isinstance(b, Flow):
        return join(walk, "Maximum", [a, b])
    raise UnmappedError(tr("there is no layer for {kind}", kind="maximum"))


def matmul(walk: Walk, a: Any, b: Any) -> Any:
    """Matrix products of two tensors of the network; with a matrix that it holds, a Linear without bias."""
    if isinstance(a, Flow) and isinstance(b, Flow):
        return join(walk, "MatMul", [a, b])
    if isinstance(a, Flow) and isinstance(b, Held) and b.tensor.dim() == 2:
        from nnstudio.compiler.importers.rules.layers import linear

        return linear(walk, a, Held(b.tensor.T.contiguous()))
    raise UnmappedError(tr("a parameter of its own takes part ({name})", name="matmul"))


def alias(_walk: Walk, x: Any, *_: Any, **__: Any) -> Any:
    """What changes nothing that a drawing could show, such as contiguous()."""
    return x


def convert(walk: Walk, x: Flow, *_: Any, **__: Any) -> Flow:
    """to(), float() and the like, where they change nothing."""
    if walk.result().index != x.index:
        raise UnmappedError(tr("it turns numbers into another type"))
    return x


FUNCTIONS: Mapping[str, Rule] = {
    "add": _joined("Add", "+", "add"),
    "radd": _joined("Add", "+", "add"),
    "sub": _joined("Subtract", "-", "sub"),
    "mul": _joined("Multiply", "*", "mul"),
    "rmul": _joined("Multiply", "*", "mul"),
    "div": _joined("Divide", "/", "div"),
    "rsub": rsub,
    "rdiv": rdiv,
    "neg": _of_one("-x"),
    **{name: _of_one(f"{name}(x)") for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "erf", "sign", "floor")},
    "square": _of_one("x ** 2"),
    "reciprocal": _of_one("1 / x"),
    "pow": power,
    "clamp": clamp,
    "maximum": maximum,
    "matmul": matmul,
    "contiguous": alias,
    "clone": alias,
    "alias": alias,
    "detach": alias,
    "to": convert,
    "float": convert,
    "type_as": convert,
    "_to_copy": convert,
    "lift_fresh_copy": alias,
}
