"""What each ONNX operator is in torch: a call of a function or a method that the rules know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  (as everybody writes it)
from torch import Tensor, fx

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.onnx.axes import AXES
from nnstudio.compiler.importers.onnx.emit import Emit, Operator, function
from nnstudio.core.words import tr


def _with_defaults(called: Callable[..., Any], **arguments: tuple[str, Any]) -> Operator:
    """The same, where ONNX's defaults are not torch's."""

    def operator(e: Emit) -> fx.Node:
        return e.call(called, e.inputs[0], **{key: e.get(name, usual) for key, (name, usual) in arguments.items()})

    return operator


def _scalar(e: Emit, index: int) -> Any:
    """A held tensor of one number as a plain one, which rules and formulas can show."""
    held = e.held[index]
    if held is not None and held.numel() == 1 and held.dim() <= 1 and e.held[1 - index] is None:
        return held.reshape(()).item()
    return e.inputs[index]


def _arithmetic(function: Callable[..., Any]) -> Operator:
    def operator(e: Emit) -> fx.Node:
        return e.call(function, _scalar(e, 0), _scalar(e, 1))

    return operator


def _pairwise(function: Callable[..., Any]) -> Operator:
    def operator(e: Emit) -> Any:
        inputs = [node for node in e.inputs if node is not None]
        found = inputs[0]
        for other in inputs[1:]:
            found = e.call(function, found, other)
        return found

    return operator


def _bounded(function: Callable[..., Any], bound: str) -> Operator:
    """Max and Min: of tensors, or with a plain number."""

    def operator(e: Emit) -> Any:
        if e.inputs[1] is not None and e.inputs[2] is None:
            for number, x in ((_scalar(e, 1), e.inputs[0]), (_scalar(e, 0), e.inputs[1])):
                if isinstance(number, (int, float)):
                    return e.call(torch.clamp, x, **{bound: number})
        return _pairwise(function)(e)

    return operator


def _clip(e: Emit) -> fx.Node:
    low, high = e.plain(1, e.get("min")), e.plain(2, e.get("max"))
    if (low, high) == (0.0, 6.0):
        return e.call(F.relu6, e.inputs[0])
    return e.call(torch.clamp, e.inputs[0], min=low, max=high)


def _hard_sigmoid(e: Emit) -> fx.Node:
    alpha, beta = e.get("alpha", 0.2), e.get("beta", 0.5)
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        return e.call(F.hardsigmoid, e.inputs[0])
    raised = e.call(torch.add, e.call(torch.mul, e.inputs[0], alpha), beta)
    return e.call(torch.clamp, raised, min=0.0, max=1.0)


def _cast(e: Emit) -> fx.Node:
    kinds = {1: torch.float32, 6: torch.int32, 7: torch.int64, 9: torch.bool, 10: torch.float32, 11: torch.float32}
    kind = kinds.get(int(e.get("to", 1)))
    if kind is None:
        raise UnmappedError(tr("it turns numbers into another type"))
    return e.method("to", kind)


def _same(e: Emit) -> fx.Node | None:
    return e.inputs[0]


def _rank(e: Emit) -> int:
    weight = e.held[1]
    if weight is None:
        raise UnmappedError(tr("its weights are computed by the network"))
    return weight.dim() - 2


def _windows(e: Emit, rank: int) -> tuple[fx.Node | None, list[int], list[int], list[int]]:
    """Return the input, padded where torch cannot, and stride, padding and dilation."""
    stride, dilation = list(e.get("strides", [1] * rank)), list(e.get("dilations", [1] * rank))
    pads = list(e.get("pads", [0] * 2 * rank))
    if e.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID", ""):
        raise UnmappedError(tr("there is no layer for {kind}", kind="auto_pad"))
    first, last = pads[:rank], pads[rank:]
    if first == last:
        return e.inputs[0], stride, first, dilation
    sides = [side for axis in reversed(range(rank)) for side in (first[axis], last[axis])]
    return e.call(F.pad, e.inputs[0], sides), stride, [0] * rank, dilation


def _conv(e: Emit) -> fx.Node:
    rank = _rank(e)
    function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[rank]
    x, stride, padding, dilation = _windows(e, rank)
    return e.call(function, x, e.inputs[1], e.inputs[2], stride, padding, dilation, int(e.get("group", 1)))


def _conv_transpose(e: Emit) -> fx.Node:
    rank = _rank(e)
    function = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}[rank]
    pads = list(e.get("pads", [0] * 2 * rank))
    if pads[:rank] != pads[rank:] or "output_shape" in e.settings:
        raise UnmappedError(tr("there is no layer for {kind}", kind="pads"))
    stride, dilation = list(e.get("strides", [1] * rank)), list(e.get("dilations", [1] * rank))
    more = list(e.get("output_padding", [0] * rank))
    return e.call(
        function, e.inputs[0], e.inputs[1], e.inputs[2], stride, pads[:rank], more, int(e.get("group", 1)), dilation
    )


def _max_pool(e: Emit) -> fx.Node:
    kernel = list(e.get("kernel_shape"))
    x, stride, padding, dilation = _windows(e, len(kernel))
    if e.count > 1:
        raise UnmappedError(tr("it also gives the places of the largest numbers"))
    function = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[len(kernel)]
    return e.call(function, x, kernel, stride, padding, dilation, ceil_mode=bool(e.get("ceil_mode", 0)))


def _average_pool(e: Emit) -> fx.Node:
    kernel = list(e.get("kernel_shape"))
    x, stride, padding, dilation = _windows(e, len(kernel))
    if dilation != [1] * len(kernel):
        raise UnmappedError(tr("there is no layer for {kind}", kind="dilations"))
    function = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[len(kernel)]
    counts = bool(e.get("count_include_pad", 0)) or not any(padding)
    return e.call(function, x, kernel, stride, padding, bool(e.get("ceil_mode", 0)), counts)


def onnx_global_pool(x: Tensor) -> Tensor:
    """Average every map, whatever its rank."""
    return x.mean(tuple(range(2, x.dim())), keepdim=True)


def _batch_norm(e: Emit) -> fx.Node:
    x, weight, bias, mean, var = e.inputs[:5]
    return e.call(F.batch_norm, x, mean, var, weight, bias, False, 1 - e.get("momentum", 0.9), e.get("epsilon", 1e-5))


def _layer_norm(e: Emit) -> fx.Node:
    weight = e.held[1]
    if weight is None or e.count > 1:
        raise UnmappedError(tr("its weights are computed by the network"))
    return e.call(F.layer_norm, e.inputs[0], tuple(weight.shape), e.inputs[1], e.inputs[2], e.get("epsilon", 1e-5))


def _linear(e: Emit) -> fx.Node:
    return e.call(F.linear, *e.inputs[:3])


def _gemm(e: Emit) -> fx.Node:
    if e.get("alpha", 1.0) != 1.0 or e.get("beta", 1.0) != 1.0:
        raise UnmappedError(tr("there is no layer for {kind}", kind="Gemm"))
    sides = [
        e.call(torch.transpose, e.inputs[i], 0, 1) if e.get(name, 0) else e.inputs[i]
        for i, name in enumerate(("transA", "transB"))
    ]
    product = e.call(torch.matmul, *sides)
    return product if e.inputs[2] is None else e.call(torch.add, product, e.inputs[2])


def _p_relu(e: Emit) -> fx.Node:
    slope = e.held[1]
    if slope is None:
        raise UnmappedError(tr("its weights are computed by the network"))
    return e.call(F.prelu, e.inputs[0], e.call(torch.flatten, e.inputs[1]))


def _softmax(function: Callable[..., Any]) -> Operator:
    def operator(e: Emit) -> fx.Node:
        return e.call(function, e.inputs[0], int(e.get("axis", -1)))

    return operator


_PLAIN: Final[Mapping[str, Callable[..., Any]]] = {
    "Relu": F.relu,
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "Mish": F.mish,
    "HardSwish": F.hardswish,
    "Softsign": F.softsign,
    "Softplus": F.softplus,
    "Exp": torch.exp,
    "Log": torch.log,
    "Sqrt": torch.sqrt,
    "Abs": torch.abs,
    "Neg": torch.neg,
    "Sin": torch.sin,
    "Cos": torch.cos,
    "Erf": torch.erf,
    "Sign": torch.sign,
    "Floor": torch.floor,
    "Reciprocal": torch.reciprocal,
    "MatMul": torch.matmul,
    "Equal": torch.eq,
    "Greater": torch.gt,
    "Less": torch.lt,
    "Not": torch.logical_not,
    "Where": torch.where,
    "GlobalAveragePool": onnx_global_pool,
}
"""Operators that are functions of their inputs, without attributes."""

OPERATORS: Final[Mapping[str, Operator]] = {
    **AXES,
    **{name: function(called) for name, called in _PLAIN.items()},
    "Elu": _with_defaults(F.elu, alpha=("alpha", 1.0)),
    "Celu": _with_defaults(F.celu, alpha=("alpha", 1.0)),
    "LeakyRelu": _with_defaults(F.leaky_relu, negative_slope=("alpha", 0.01)),
    "Selu": function(F.selu),
    "Gelu": _with_defaults(F.gelu, approximate=("approximate", "none")),
    "HardSigmoid": _hard_sigmoid,
    "Softmax": _softmax(torch.softmax),
    "LogSoftmax": _softmax(torch.log_softmax),
    "LRN": _with_defaults(
        F.local_response_norm, size=("size", 5), alpha=("alpha", 1e-4), beta=("beta", 0.75), k=("bias", 1.0)
    ),
    "Add": _arithmetic(torch.add),
    "Sub": _arithmetic(torch.sub),
    "Mul": _arithmetic(torch.mul),
    "Div": _arithmetic(torch.div),
    "Pow": _arithmetic(torch.pow),
    "Sum": _pairwise(torch.add),
    "Max": _bounded(torch.maximum, "min"),
    "Min": _bounded(torch.minimum, "max"),
    "Clip": _clip,
    "PRelu": _p_relu,
    "Cast": _cast,
    "Identity": _same,
    "Dropout": _same,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "nnstudio.Linear": _linear,
    "Gemm": _gemm,
}
