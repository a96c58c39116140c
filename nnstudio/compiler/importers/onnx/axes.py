"""ONNX operators that move numbers, take some out, or work along an axis.

Functions whose names begin with ``onnx_`` work on sizes; rules know few of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812  (as everybody writes it)
from torch import Tensor, fx

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.onnx.emit import Emit, Operator, function
from nnstudio.core.words import tr

MOST_NUMBERS: Final = 2**26
"""Numbers that a constant may be blown up to."""


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


def _concat(e: Emit) -> fx.Node:
    return e.call(torch.cat, [node for node in e.inputs if node is not None], int(e.get("axis")))


def _shape(e: Emit) -> fx.Node:
    return e.call(onnx_shape, e.inputs[0], int(e.get("start", 0)), e.get("end"))


AXES: Final[Mapping[str, Operator]] = {
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
    "Expand": function(onnx_expand),
    "Range": function(onnx_range),
    "Shape": _shape,
}
