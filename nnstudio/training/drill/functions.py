"""The curves of one number: what each gives, how steep it is there, and how it is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

_ROOT_2: Final = math.sqrt(2.0)
_SELU_ALPHA: Final = 1.6732632423543772
_SELU_SCALE: Final = 1.0507009873554805


class Function(msgspec.Struct, frozen=True):
    """A curve.

    Attributes:
        value: f(x).
        slope: f′(x); where the curve has a corner, what torch takes there.
        tex: how it is written, with ``{x}`` for its argument.
    """

    value: Callable[..., float]
    slope: Callable[..., float]
    tex: str


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def _sigmoid_slope(x: float) -> float:
    y = _sigmoid(x)
    return y * (1.0 - y)


def _softplus(x: float, beta: float = 1.0, threshold: float = 20.0) -> float:
    return x if x * beta > threshold else math.log1p(math.exp(beta * x)) / beta


def _normal(x: float) -> float:
    """The share of a normal distribution below x."""
    return 0.5 * (1.0 + math.erf(x / _ROOT_2))


def _bell(x: float) -> float:
    return math.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)


def _gelu_tanh(x: float) -> float:
    return 0.5 * x * (1.0 + math.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def _gelu_tanh_slope(x: float) -> float:
    root = math.sqrt(2.0 / math.pi)
    t = math.tanh(root * (x + 0.044715 * x**3))
    return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * root * (1.0 + 3 * 0.044715 * x * x)


def _mish_slope(x: float) -> float:
    t = math.tanh(_softplus(x))
    return t + x * (1.0 - t * t) * _sigmoid(x)


def _elu(x: float, alpha: float = 1.0) -> float:
    return x if x > 0 else alpha * math.expm1(x)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "relu": Function(lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0, r"\max(0, {x})"),
    "relu6": Function(lambda x: min(max(x, 0.0), 6.0), lambda x: float(0 < x < 6), r"\min(\max(0, {x}), 6)"),
    "leaky_relu": Function(
        lambda x, share: x if x > 0 else share * x, lambda x, share: 1.0 if x > 0 else share, r"\mathrm{{leaky}}({x})"
    ),
    "sigmoid": Function(_sigmoid, _sigmoid_slope, r"\sigma({x})"),
    "tanh": Function(math.tanh, lambda x: 1.0 - math.tanh(x) ** 2, r"\tanh({x})"),
    "gelu": Function(lambda x: x * _normal(x), lambda x: _normal(x) + x * _bell(x), r"{x} \cdot \Phi({x})"),
    "gelu_tanh": Function(_gelu_tanh, _gelu_tanh_slope, r"\mathrm{{GELU}}({x})"),
    "silu": Function(
        lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) + x * _sigmoid_slope(x), r"{x} \cdot \sigma({x})"
    ),
    "mish": Function(lambda x: x * math.tanh(_softplus(x)), _mish_slope, r"\mathrm{{mish}}({x})"),
    "softplus": Function(
        _softplus,
        lambda x, beta=1.0, threshold=20.0: 1.0 if x * beta > threshold else _sigmoid(beta * x),
        r"\log(1 + e^{{{x}}})",
    ),
    "elu": Function(_elu, lambda x, alpha=1.0: 1.0 if x > 0 else alpha * math.exp(x), r"\mathrm{{ELU}}({x})"),
    "selu": Function(
        lambda x: _SELU_SCALE * _elu(x, _SELU_ALPHA),
        lambda x: _SELU_SCALE * (1.0 if x > 0 else _SELU_ALPHA * math.exp(x)),
        r"\mathrm{{SELU}}({x})",
    ),
    "hardtanh": Function(
        lambda x, low=-1.0, high=1.0: min(max(x, low), high),
        lambda x, low=-1.0, high=1.0: float(low < x < high),
        r"\mathrm{{clip}}({x})",
    ),
    "clamp": Function(
        lambda x, low, high: min(max(x, low), high),
        lambda x, low, high: float(low <= x <= high),
        r"\mathrm{{clip}}({x})",
    ),
    "hardswish": Function(
        lambda x: x * min(max(x + 3.0, 0.0), 6.0) / 6.0,
        lambda x: 0.0 if x <= -3 else 1.0 if x >= 3 else (2.0 * x + 3.0) / 6.0,
        r"\mathrm{{hardswish}}({x})",
    ),
    "step": Function(lambda x: float(x > 0), lambda x: 0.0, r"[{x} > 0]"),
    "sign": Function(lambda x: float((x > 0) - (x < 0)), lambda x: 0.0, r"\mathrm{{sgn}}({x})"),
    "exp": Function(math.exp, math.exp, r"e^{{{x}}}"),
    "log": Function(math.log, lambda x: 1.0 / x, r"\log({x})"),
    "reciprocal": Function(lambda x: 1.0 / x, lambda x: -1.0 / (x * x), r"1 / {x}"),
    "root_reciprocal": Function(lambda x: 1.0 / math.sqrt(x), lambda x: -0.5 * x**-1.5, r"1 / \sqrt{{{x}}}"),
    "square": Function(lambda x: x * x, lambda x: 2.0 * x, r"({x})^2"),
    "absolute": Function(abs, lambda x: float((x > 0) - (x < 0)), r"|{x}|"),
    "softplus_exact": Function(lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))), _sigmoid, r"\log(1 + e^{{{x}}})"),
    "root": Function(math.sqrt, lambda x: 0.5 / math.sqrt(x), r"\sqrt{{{x}}}"),
    "error": Function(math.erf, lambda x: 2.0 / math.sqrt(math.pi) * math.exp(-x * x), r"\mathrm{{erf}}({x})"),
    "huber": Function(
        lambda x, delta: x * x / 2.0 if abs(x) <= delta else delta * (abs(x) - delta / 2.0),
        lambda x, delta: x if abs(x) <= delta else math.copysign(delta, x),
        r"\mathrm{{huber}}({x})",
    ),
    "floor": Function(math.floor, lambda x: 0.0, r"\lfloor {x} \rfloor"),
    "power": Function(lambda x, to: x**to, lambda x, to: to * x ** (to - 1.0), r"({x})^p"),
    "negative": Function(lambda x: -x, lambda x: -1.0, r"-{x}"),
    "sine": Function(math.sin, math.cos, r"\sin({x})"),
    "cosine": Function(math.cos, lambda x: -math.sin(x), r"\cos({x})"),
}
"""By name. Where they come from stands with the layers that use them."""
