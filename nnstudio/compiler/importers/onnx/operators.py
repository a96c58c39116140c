"""What each ONNX operator is in torch: a call of a function or a method that the rules know, or of a helper here.

Helpers whose names begin with ``onnx_`` only work sizes out; the rules never see them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  (as everybody writes it)
from torch import Tensor, fx

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.core.words import tr

MOST_NUMBERS: Final = 2**26
"""Numbers that a constant may be blown up to."""


class Emit:
    """Writes the torch code of one operator into an fx graph.

    Args:
        graph: where it goes.
        inputs: fx nodes of its inputs; None for what is left out.
        held: the held tensors among them.
        settings: its attributes.
        count: how many outputs it has.
    """

    def __init__(
        self,
        graph: fx.Graph,
        inputs: Sequence[fx.Node | None],
        held: Sequence[Tensor | None],
        settings: Mapping[str, Any],
        count: int,
    ) -> None:
        self.graph = graph
        self.inputs = [*inputs, *[None] * 8]
        self.held = [*held, *[None] * 8]
        self.settings = settings
        self.count = count

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> fx.Node:
        """Call a function."""
        return self.graph.call_function(function, args, kwargs)

    def method(self, name: str, *args: Any) -> fx.Node:
        """Call a method of the first input."""
        return self.graph.call_method(name, (self.inputs[0], *args))

    def plain(self, index: int, default: Any = None) -> Any:
        """Return a held input as plain numbers.

        Raises:
            UnmappedError: it is computed.
        """
        held = self.held[index]
        if held is not None:
            return held.tolist()
        if self.inputs[index] is not None:
            raise UnmappedError(tr("it picks places that are computed"))
        return default

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.settings.get(name, default)


Operator = Callable[[Emit], Any]


def _function(function: Callable[..., Any], **names: str) -> Operator:
    """An operator that is a function of its inputs; ``names`` are torch's arguments by the attribute they come from."""

    def operator(e: Emit) -> fx.Node:
        inputs = [node for node in e.inputs if node is not None]
        given = {torch_name: e.settings[name] for name, torch_name in names.items() if name in e.settings}
        return e.call(function, *inputs, **given)

    return operator


def _with_defaults(function: Callable[..., Any], **arguments: tuple[str, Any]) -> Operator:
    """The same, where ONNX's defaults are not torch's."""

    def operator(e: Emit) -> fx.Node:
        return e.call(function, e.inputs[0], **{key: e.get(name, usual) for key, (name, usual) in arguments.items()})

    return operator


# Numbers by themselves.


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


# Layers with weights, and windows.


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


# Axes.


def onnx_reshape(x: Tensor, shape: Sequence[int], keep_zero: bool) -> Tensor:
    """Reshape; a zero keeps the length of that axis."""
    wanted = [x.shape[axis] if n == 0 and not keep_zero and axis < x.dim() else n for axis, n in enumerate(shape)]
    return x.reshape(wanted)


def _axes(e: Emit, index: int = 1) -> Any:
    given = e.get("axes")
    return list(given) if given is not None else e.plain(index)


def _squeeze(e: Emit) -> fx.Node:
    axes = _axes(e)
    return e.method("squeeze") if axes is None else e.method("squeeze", tuple(_listed(axes)))


def _unsqueeze(e: Emit) -> Any:
    found = e.inputs[0]
    for axis in sorted(_listed(_axes(e))):
        found = e.call(torch.unsqueeze, found, axis)
    return found


def _listed(value: Any) -> list[int]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def onnx_shape(x: Tensor, start: int = 0, end: int | None = None) -> Tensor:
    """The lengths of a tensor, as a tensor."""
    return torch.tensor(tuple(x.shape)[start:end], dtype=torch.int64)


def onnx_expand(x: Tensor, shape: Tensor) -> Tensor:
    """Stretch a tensor, as far as is reasonable."""
    whole = torch.empty(_small(shape), device="meta")
    return x.expand((torch.empty_like(x, device="meta") + whole).shape)


def onnx_fill(shape: Tensor, value: float = 0.0) -> Tensor:
    """A tensor of one number over and over."""
    return torch.full(tuple(_small(shape)), value)


def onnx_range(start: Tensor, stop: Tensor, step: Tensor) -> Tensor:
    """Numbers in a row."""
    first, last, by = start.item(), stop.item(), step.item()
    if not by or (last - first) / by > MOST_NUMBERS:
        raise MemoryError
    return torch.arange(first, last, by, dtype=start.dtype)


def _small(shape: Tensor) -> list[int]:
    wanted: list[int] = shape.tolist()
    if math.prod(max(n, 1) for n in wanted) > MOST_NUMBERS:
        raise MemoryError
    return wanted


def _constant_of_shape(e: Emit) -> fx.Node:
    value = e.get("value")
    return e.call(onnx_fill, e.inputs[0], 0.0 if value is None else value.reshape(-1)[0].item())


def _gather(e: Emit) -> fx.Node:
    axis, places = int(e.get("axis", 0)), e.held[1]
    table = e.held[0]
    if table is not None and table.dim() == 2 and axis == 0 and places is None and e.get("flows"):
        return e.call(F.embedding, e.inputs[1], e.inputs[0])
    if places is not None and places.numel() == 1 and axis >= 0:
        number = int(places.reshape(()).item())
        index = (*[slice(None)] * axis, number)
        picked = e.call(_getitem, e.inputs[0], index if axis else number)
        return picked if places.dim() == 0 else e.call(torch.unsqueeze, picked, axis)
    return e.call(onnx_gather, e.inputs[0], e.inputs[1], axis)


def onnx_gather(x: Tensor, places: Tensor, axis: int) -> Tensor:
    """Pick places of an axis."""
    axis %= x.dim()
    flat = torch.where(places < 0, places + x.shape[axis], places)
    picked = torch.index_select(x, axis, flat.reshape(-1))
    return picked.reshape(*x.shape[:axis], *places.shape, *x.shape[axis + 1 :])


def _getitem(x: Any, index: Any) -> Any:
    return x[index]


_getitem.__name__ = "getitem"


def _bound(number: int) -> int | None:
    """Return a bound of a stretch; the largest and smallest numbers mean the end."""
    return number if -(2**31) < number < 2**31 else None


def _slice(e: Emit) -> Any:
    starts, ends = (
        _listed(e.get(name) if e.get(name) is not None else e.plain(index))
        for index, name in ((1, "starts"), (2, "ends"))
    )
    axes = _listed(e.get("axes") if e.get("axes") is not None else e.plain(3, list(range(len(starts)))))
    steps = _listed(e.plain(4, [1] * len(starts)))
    if any(step < 1 for step in steps) or any(axis < 0 for axis in axes):
        return _slice_anywhere(e, starts, ends, axes, steps)
    index = [slice(None)] * (max(axes) + 1)
    for start, stop, axis, step in zip(starts, ends, axes, steps, strict=True):
        index[axis] = slice(_bound(start) or None, _bound(stop), None if step == 1 else step)
    return e.call(_getitem, e.inputs[0], index[0] if len(index) == 1 else tuple(index))


def _slice_anywhere(e: Emit, starts: list[int], ends: list[int], axes: list[int], steps: list[int]) -> fx.Node:
    if min(steps) < 1 or len(axes) > 1 or axes[0] != -1:
        raise UnmappedError(tr("it picks places that are computed"))
    place = slice(_bound(starts[0]) or None, _bound(ends[0]), None if steps[0] == 1 else steps[0])
    return e.call(_getitem, e.inputs[0], (Ellipsis, place))


def _split(e: Emit) -> list[fx.Node]:
    axis = int(e.get("axis", 0))
    sizes = e.get("split") or e.plain(1)
    if sizes is not None:
        whole = e.call(torch.split, e.inputs[0], list(sizes), axis)
    else:
        whole = e.call(torch.chunk, e.inputs[0], e.count, axis)
    return [e.call(_getitem, whole, number) for number in range(e.count)]


def _reduce(function: Callable[..., Any]) -> Operator:
    def operator(e: Emit) -> fx.Node:
        axes = _axes(e)
        if not axes:
            raise UnmappedError(tr("it works across the samples of a batch"))
        axes = _listed(axes)
        return e.call(function, e.inputs[0], axes[0] if len(axes) == 1 else axes, bool(e.get("keepdims", 1)))

    return operator


def _pad(e: Emit) -> fx.Node:
    pads = list(e.get("pads") or e.plain(1))
    if e.inputs[3] is not None or e.get("mode", "constant") != "constant" or e.plain(2, 0.0) not in (0, 0.0, None):
        raise UnmappedError(tr("there is no layer for {kind}", kind="Pad"))
    rank = len(pads) // 2
    sides = [side for axis in reversed(range(rank)) for side in (pads[axis], pads[axis + rank])]
    while len(sides) > 2 and sides[-2:] == [0, 0]:
        sides = sides[:-2]
    return e.call(F.pad, e.inputs[0], sides)


def _resize(e: Emit) -> fx.Node:
    scales, sizes = e.plain(2), e.plain(3)
    mode = {"nearest": "nearest", "linear": "bilinear"}.get(e.get("mode", "nearest"))
    way = e.get("coordinate_transformation_mode", "half_pixel")
    aligned = way == "align_corners"
    if mode is None or way not in ("asymmetric", "half_pixel", "pytorch_half_pixel", "align_corners"):
        raise UnmappedError(tr("there is no layer for {kind}", kind="Resize"))
    given = {"align_corners": aligned} if mode == "bilinear" else {}
    if scales:
        return e.call(F.interpolate, e.inputs[0], scale_factor=tuple(scales[2:]), mode=mode, **given)
    return e.call(F.interpolate, e.inputs[0], size=tuple(sizes[2:]), mode=mode, **given)


def _depth_to_space(e: Emit) -> fx.Node:
    if e.get("mode", "DCR") != "CRD":
        raise UnmappedError(tr("there is no layer for {kind}", kind="DepthToSpace"))
    return e.call(F.pixel_shuffle, e.inputs[0], int(e.get("blocksize")))


def _flatten(e: Emit) -> fx.Node:
    axis = int(e.get("axis", 1))
    if axis != 1:
        raise UnmappedError(tr("samples are mixed here: no axis is the batch"))
    return e.call(torch.flatten, e.inputs[0], 1)


def _reshape(e: Emit) -> fx.Node:
    shape = e.held[1]
    given: Any = shape.tolist() if shape is not None else e.call(torch.Tensor.tolist, e.inputs[1])
    keep_zero = bool(e.get("allowzero", 0))
    if shape is not None and given and given[0] == e.get("batch") and not (keep_zero and 0 in given):
        given[0], keep_zero = 0, False  # a file for one batch size says it here; a drawing works for all
    return e.call(_reshaped, e.inputs[0], given, keep_zero)


def _reshaped(x: Tensor, shape: Sequence[int], keep_zero: bool) -> Tensor:
    return onnx_reshape(x, shape, keep_zero)


_reshaped.__name__ = "reshape"


def _trilu(e: Emit) -> fx.Node:
    return e.call(torch.triu if e.get("upper", 1) else torch.tril, e.inputs[0], e.plain(1, 0))


def _transpose(e: Emit) -> fx.Node:
    perm = e.get("perm")
    if perm is None:
        raise UnmappedError(tr("the batch is not the first axis here"))
    return e.method("permute", *perm)


def _softmax(function: Callable[..., Any]) -> Operator:
    def operator(e: Emit) -> fx.Node:
        return e.call(function, e.inputs[0], int(e.get("axis", -1)))

    return operator


def _concat(e: Emit) -> fx.Node:
    return e.call(torch.cat, [node for node in e.inputs if node is not None], int(e.get("axis")))


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
    "Expand": onnx_expand,
    "Range": onnx_range,
    "GlobalAveragePool": onnx_global_pool,
}
"""Operators that are functions of their inputs, without attributes."""

OPERATORS: Final[Mapping[str, Operator]] = {
    **{name: _function(function) for name, function in _PLAIN.items()},
    "Shape": _function(onnx_shape, start="start", end="end"),
    "Elu": _with_defaults(F.elu, alpha=("alpha", 1.0)),
    "Celu": _with_defaults(F.celu, alpha=("alpha", 1.0)),
    "LeakyRelu": _with_defaults(F.leaky_relu, negative_slope=("alpha", 0.01)),
    "Selu": _function(F.selu),
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
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Concat": _concat,
    "Slice": _slice,
    "Split": _split,
    "Gather": _gather,
    "ConstantOfShape": _constant_of_shape,
    "ReduceMean": _reduce(torch.mean),
    "ReduceSum": _reduce(torch.sum),
    "Pad": _pad,
    "Resize": _resize,
    "DepthToSpace": _depth_to_space,
    "Trilu": _trilu,
}
