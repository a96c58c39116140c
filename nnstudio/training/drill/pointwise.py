"""Layers that work on each number by itself, or on two at the same place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from nnstudio.training.drill.sheet import Number
from nnstudio.training.drill.work import Index, Work, Worker


def curve(name: str, **settings: str) -> Worker:
    """Return the arithmetic of an activation; ``settings`` says which of the layer's own settings the curve takes."""

    def work_out(work: Work, index: Index) -> Number:
        options = {key: float(getattr(work.module, setting)) for key, setting in settings.items()}
        return work.sheet.apply("a", name, work.get(0, index), **options)

    return work_out


def gelu(work: Work, index: Index) -> Number:
    """x Φ(x), or its approximation by tanh."""
    name = "gelu_tanh" if work.module.approximate == "tanh" else "gelu"
    return work.sheet.apply("a", name, work.get(0, index))


def prelu(work: Work, index: Index) -> Number:
    """max(0, x) + a min(0, x), with a trained."""
    x = work.get(0, index)
    weights = work.kept("weight")
    assert weights is not None
    if x.value > 0:
        return work.sheet.total("a", [x])
    return work.sheet.dot("a", [work.weight("weight", (index[0] if len(weights) > 1 else 0,))], [x])


def same(work: Work, index: Index) -> Number:
    """What comes in goes out."""
    return work.sheet.total("y", [work.get(0, index)])


def add(work: Work, index: Index) -> Number:
    """The sum of two."""
    return work.sheet.total("y", [work.get(0, index), work.get(1, index)])


def subtract(work: Work, index: Index) -> Number:
    """The second taken from the first."""
    minus = work.sheet.constant(-1.0)
    return work.sheet.dot("y", [minus], [work.get(1, index)], [work.get(0, index)])


def multiply(work: Work, index: Index) -> Number:
    """The product of two."""
    return work.sheet.dot("y", [work.get(0, index)], [work.get(1, index)])


def divide(work: Work, index: Index) -> Number:
    """The first divided by the second."""
    part = work.sheet.apply("r", "reciprocal", work.get(1, index))
    return work.sheet.dot("y", [work.get(0, index)], [part])


def power(work: Work, index: Index) -> Number:
    """A number to a power: x^p as it stands, where p is fixed; else e^(p log x), so that both have slopes."""
    x, to = work.get(0, index), work.get(1, index)
    if to.origin.kind == "constant" or x.value <= 0:
        return work.sheet.apply("y", "power", x, to=to.value)
    return work.sheet.apply("y", "exp", work.sheet.dot("p", [to], [work.sheet.apply("l", "log", x)]))


def maximum(work: Work, index: Index) -> Number:
    """The larger of two."""
    return work.sheet.largest_shared("y", [work.get(0, index), work.get(1, index)])


def minimum(work: Work, index: Index) -> Number:
    """The smaller of two: −max(−a, −b)."""
    sheet = work.sheet
    first, second = (sheet.apply("n", "negative", work.get(number, index)) for number in range(2))
    return sheet.apply("y", "negative", sheet.largest_shared("m", [first, second]))


def clamp(work: Work, index: Index) -> Number:
    """What is below the one bound or above the other is put on it."""
    low, high = work.options.get("min"), work.options.get("max")
    bounds = {"low": -math.inf if low is None else float(low), "high": math.inf if high is None else float(high)}
    return work.sheet.apply("y", "clamp", work.get(0, index), **bounds)


def above(work: Work, index: Index) -> Number:
    """1 where the first is larger, else 0."""
    return work.sheet.apply("s", "step", subtract(work, index))


def plain(name: str) -> Worker:
    """Return the arithmetic of a function without settings."""
    return lambda work, index: work.sheet.apply("a", name, work.get(0, index))


POINTWISE: Final[Mapping[str, Worker]] = {
    "ReLU": curve("relu"),
    "ReLU6": curve("relu6"),
    "LeakyReLU": curve("leaky_relu", share="negative_slope"),
    "Sigmoid": curve("sigmoid"),
    "Tanh": curve("tanh"),
    "GELU": gelu,
    "SiLU": curve("silu"),
    "Mish": curve("mish"),
    "Softplus": curve("softplus", beta="beta", threshold="threshold"),
    "ELU": curve("elu", alpha="alpha"),
    "SELU": curve("selu"),
    "Hardtanh": curve("hardtanh", low="min_val", high="max_val"),
    "Hardswish": curve("hardswish"),
    "PReLU": prelu,
    "Identity": same,
    "Dropout": same,
    "Dropout2d": same,
    "AlphaDropout": same,
    "GaussianNoise": same,
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "truediv": divide,
    "pow": power,
    "maximum": maximum,
    "minimum": minimum,
    "clamp": clamp,
    "gt": above,
    "neg": plain("negative"),
    "tanh": plain("tanh"),
    "sigmoid": plain("sigmoid"),
    "relu": plain("relu"),
    "exp": plain("exp"),
    "log": plain("log"),
    "sin": plain("sine"),
    "cos": plain("cosine"),
    "sign": plain("sign"),
    "sqrt": plain("root"),
    "abs": plain("absolute"),
    "erf": plain("error"),
    "floor": plain("floor"),
    "softplus": plain("softplus"),
    "type_as": same,
}
"""By class of module, or name of function."""
