"""Axes: everything that puts numbers into another order or shape, takes some out, or averages along an axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from nnstudio.compiler.importers.leaves import UnmappedError
from nnstudio.compiler.importers.values import Flow, Held
from nnstudio.compiler.importers.walk import Rule, Walk
from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Dim, Shape


def reshape(walk: Walk, x: Flow, *_: Any, **__: Any) -> Any:
    """view, reshape, flatten, squeeze, unsqueeze, unflatten: what counts is the shape that comes out."""
    old, result = x.known, walk.result()
    new = result.known
    if new == old and result.batch == x.batch:
        return Flow(x.wire, old, x.batch, x.index)
    if _long(old, x.batch) == _long(new, result.batch):  # axes of length 1 come and go, wherever the batch is
        return Flow(reshaped(walk, Flow(x.wire, old, 0, x.index), new).wire, new, result.batch, x.index)
    if result.batch != 0 or x.batch != 0:
        raise UnmappedError(tr("the batch is not the first axis here"))
    return reshaped(walk, x, new)


def _long(shape: Shape, batch: int) -> list[Dim]:
    """Return the lengths that are not 1, in order, with the batch among them."""
    whole = [*shape[:batch], "batch", *shape[batch:]]
    return [length for length in whole if length != 1]


def reshaped(walk: Walk, x: Flow, new: Shape) -> Flow:
    """Add the layer that gives a sample another shape with the same numbers in the same order."""
    old = x.known
    if len(new) == 1 and len(old) > 1:
        return walk.one("Flatten", [x])
    added = [axis for axis in range(len(new)) if new[axis] == 1 and _without(new, axis) == old]
    if added:
        return walk.one("Unsqueeze", [x], {"axis": added[0]} if added[0] else {})
    gone = [axis for axis in range(len(old)) if old[axis] == 1 and _without(old, axis) == new]
    if gone:
        return walk.one("Squeeze", [x], {"axis": gone[0]} if gone[0] else {})
    free = [length for length in new if isinstance(length, str)]
    if len(free) > 1:
        raise UnmappedError(tr("two lengths of the result are free"))
    return walk.one("Reshape", [x], {"shape": tuple(-1 if isinstance(length, str) else length for length in new)})


def _without(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :])


def permute(walk: Walk, x: Flow, *dims: Any) -> Any:
    """permute: the axes in another order."""
    order = list(dims[0]) if len(dims) == 1 and isinstance(dims[0], (tuple, list)) else list(dims)
    return _permuted(walk, x, order)


def transpose(walk: Walk, x: Flow, dim0: int, dim1: int) -> Any:
    """transpose: two axes change places."""
    rank = len(x.known) + 1
    order = list(range(rank))
    first, second = dim0 % rank, dim1 % rank
    order[first], order[second] = order[second], order[first]
    return _permuted(walk, x, order)


def turned(walk: Walk, x: Flow) -> Any:
    """``x.mT``: the last two axes change places."""
    return transpose(walk, x, -2, -1)


def _permuted(walk: Walk, x: Flow, order: Sequence[int]) -> Flow:
    rank = len(x.known) + 1
    order = [dim % rank for dim in order]
    kept = tuple(x.axis(dim) for dim in order if dim != x.batch)
    batch = order.index(x.batch)
    shape = tuple(x.known[axis] for axis in kept)
    if kept == tuple(range(rank - 1)):
        return Flow(x.wire, shape, batch, x.index)  # only the batch moved, and that stays first in a drawing
    wire = walk.layer("Permute", [x], {"axes": kept}, anywhere=True)[0]
    return Flow(wire, shape, batch, x.index)


def getitem(walk: Walk, x: Any, index: Any) -> Any:
    """``x[…]``: an output, the last step, a stretch of an axis."""
    if isinstance(x, (tuple, list, dict)) or hasattr(x, "flows"):
        return x[index]
    if not isinstance(x, Flow):
        raise UnmappedError(tr("there is no layer for {kind}", kind="getitem"))
    places = _places(index if isinstance(index, tuple) else (index,), len(x.known) + 1)
    flow = x
    dim = 0
    for place in places:
        if place is None:
            raise UnmappedError(tr("there is no layer for {kind}", kind="None"))
        if isinstance(place, slice):
            if (place.start, place.stop, place.step) != (None, None, None):
                flow = sliced(walk, flow, dim, place)
            dim += 1
        elif isinstance(place, int):
            flow = selected(walk, flow, dim, place)
        else:
            raise UnmappedError(tr("it picks places that are computed"))
    return flow


def _places(index: tuple[Any, ...], rank: int) -> list[Any]:
    if Ellipsis in [place for place in index if not isinstance(place, (Flow, Held))]:
        where = index.index(Ellipsis)
        between = rank - sum(place is not None for place in index) + 1
        return [*index[:where], *[slice(None)] * between, *index[where + 1 :]]
    return list(index)


def sliced(walk: Walk, x: Flow, dim: int, place: slice) -> Flow:
    """A stretch of one axis."""
    axis = x.axis(dim)
    length: Dim = x.known[axis]
    if not all(part is None or isinstance(part, int) for part in (place.start, place.stop, place.step)):
        raise UnmappedError(tr("it picks places that are computed"))
    start, stop, step = place.start or 0, place.stop, place.step or 1
    if isinstance(length, int):
        start, stop, step = place.indices(length)
        if (start, stop, step) == (0, length, 1):
            return x
        stop = None if stop == length else stop
    wire = walk.layer("Slice", [x], slice_params(axis, start, stop, step), anywhere=True)[0]
    if isinstance(length, int):
        length = len(range(start, length if stop is None else stop, step))
    return Flow(wire, (*x.known[:axis], length, *x.known[axis + 1 :]), x.batch, x.index)


def slice_params(axis: int, start: int, stop: int | None, step: int) -> dict[str, Value]:
    """Write a stretch of an axis as Slice's settings have it.

    Raises:
        UnmappedError: it is empty or runs backwards.
    """
    if stop == 0 or step < 1:
        raise UnmappedError(tr("it picks places that are computed"))
    given = {"axis": axis, "start": start, "stop": stop or 0, "step": step}
    usual = {"axis": 0, "start": 0, "stop": 0, "step": 1}
    return {name: value for name, value in given.items() if value != usual[name]}


def selected(walk: Walk, x: Flow, dim: int, number: int) -> Flow:
    """One place of an axis; of a sequence the last is a layer of its own."""
    axis, shape = x.axis(dim), x.known
    length = shape[axis]
    rest = (*shape[:axis], *shape[axis + 1 :])
    batch = x.batch - (dim < x.batch)
    last = number == -1 or (isinstance(length, int) and number == length - 1)
    if len(shape) == 2 and axis == 0 and last and not x.index:
        wire = walk.layer("LastStep", [x], anywhere=True)[0]
        return Flow(wire, rest, batch, x.index)
    if number < 0 and isinstance(length, int):
        number += length
    if number < 0:
        raise UnmappedError(tr("it picks places that are computed"))
    part = sliced(walk, x, dim, slice(number, number + 1))
    one = Flow(part.wire, (*shape[:axis], 1, *shape[axis + 1 :]), 0, x.index)
    if x.batch != 0 and batch != 0:
        raise UnmappedError(tr("the batch is not the first axis here"))
    return Flow(reshaped(walk, one, rest).wire, rest, batch, x.index)


def select(walk: Walk, x: Any, dim: int, index: int) -> Any:
    """aten's ``x[…, index]``."""
    if not isinstance(x, Flow):
        return getitem(walk, x, index if dim == 0 else None)
    return selected(walk, x, dim % (len(x.known) + 1), index)


def slice_(walk: Walk, x: Flow, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """aten's ``x[…, start:end:step]``."""
    whole = end is None or (isinstance(end, int) and end > 2**31)
    dim = dim % (len(x.known) + 1)
    if not start and whole and step == 1:
        return x
    return sliced(walk, x, dim, slice(start, None if whole else end, None if step == 1 else step))


def chunk(walk: Walk, x: Flow, chunks: int, dim: int = 0) -> Any:
    """torch.chunk: equal stretches of one axis."""
    length = x.known[x.axis(dim)]
    if not isinstance(length, int):
        raise UnmappedError(tr("it picks places that are computed"))
    return split(walk, x, math.ceil(length / chunks), dim)


def split(walk: Walk, x: Flow, size: Any, dim: int = 0) -> Any:
    """torch.split: stretches of one axis."""
    length = x.known[x.axis(dim)]
    if not isinstance(length, int):
        raise UnmappedError(tr("it picks places that are computed"))
    sizes = list(size) if isinstance(size, (tuple, list)) else [size] * math.ceil(length / size)
    found, start, dim = [], 0, dim % (len(x.known) + 1)
    for count in sizes:
        stop = min(start + count, length)
        found.append(sliced(walk, x, dim, slice(start, stop)))
        start = stop
    return tuple(found)


def unbind(walk: Walk, x: Flow, dim: int = 0) -> Any:
    """torch.unbind: every place of an axis."""
    length = x.known[x.axis(dim)]
    if not isinstance(length, int):
        raise UnmappedError(tr("it picks places that are computed"))
    dim = dim % (len(x.known) + 1)
    return tuple(selected(walk, x, dim, number) for number in range(length))


def cat(walk: Walk, tensors: Any, dim: int = 0, **more: Any) -> Any:
    """torch.cat along an axis of the sample."""
    dim = more.get("axis", dim)
    if hasattr(tensors, "flows"):
        tensors = [tensors]
    joined = [item for item in tensors if not (isinstance(item, Held) and item.tensor.numel() == 0)]
    if all(hasattr(item, "joined_by_cat") for item in joined):
        return joined[0].joined_by_cat(joined)
    if len(joined) == 2 and isinstance(joined[0], Held) and isinstance(joined[1], Flow):
        return class_token(walk, joined[0], joined[1], dim)
    if not all(isinstance(item, Flow) for item in joined):
        raise UnmappedError(tr("a parameter of its own takes part ({name})", name="cat"))
    if len(joined) == 1:
        return joined[0]
    axis = joined[0].axis(dim)
    return walk.one("Concat", joined, {"axis": axis} if axis else {}, anywhere=True)


def class_token(walk: Walk, held: Held, x: Flow, dim: int) -> Flow:
    """One trained step before all the others, as Vision Transformers have it."""
    token = held.tensor if held.whole is None else held.whole
    features = x.known[-1]
    if len(x.known) != 2 or x.axis(dim) != 0 or x.batch != 0 or token.numel() != features:
        raise UnmappedError(tr("a parameter of its own takes part ({name})", name=held.path or "cat"))
    if held.tensor.shape[0] != 1 and held.whole is None:
        raise UnmappedError(tr("a parameter of its own takes part ({name})", name=held.path or "cat"))
    return walk.one("ClassToken", [x], weights={"token": token.reshape(-1)})


def stack(walk: Walk, tensors: Any, dim: int = 0) -> Any:
    """torch.stack: a new axis, along which the tensors are joined."""
    flows = list(tensors)
    if not all(isinstance(item, Flow) and item.batch == 0 for item in flows):
        raise UnmappedError(tr("a parameter of its own takes part ({name})", name="stack"))
    shape = flows[0].known
    axis = Flow(flows[0].wire, (*shape, 1)).axis(dim)
    wide = (*shape[:axis], 1, *shape[axis:])
    raised = [Flow(reshaped(walk, flow, wide).wire, wide, 0, flow.index) for flow in flows]
    return walk.one("Concat", raised, {"axis": axis} if axis else {})


def mean(walk: Walk, x: Flow, dim: Any = None, keepdim: bool = False, **_: Any) -> Any:
    """mean over axes of the sample."""
    return _reduced(walk, "Mean", x, dim, keepdim)


def total(walk: Walk, x: Flow, dim: Any = None, keepdim: bool = False, **_: Any) -> Any:
    """sum over axes of the sample."""
    return _reduced(walk, "Sum", x, dim, keepdim)


def _reduced(walk: Walk, kind: str, x: Flow, dim: Any, keepdim: bool) -> Any:
    if dim is None:
        raise UnmappedError(tr("it works across the samples of a batch"))
    dims = list(dim) if isinstance(dim, (tuple, list)) else [dim]
    axes = sorted(x.axis(d) for d in dims)
    wire = walk.layer(kind, [x], reduce_params(kind, tuple(axes), keepdim), anywhere=True)[0]
    return walk.flow(wire)


def reduce_params(kind: str, axes: tuple[int, ...], keepdim: bool) -> dict[str, Any]:
    """Write the axes of a mean or a sum as the layer's settings have them.

    Raises:
        UnmappedError: the layer cannot do that.
    """
    if kind not in catalog():
        raise UnmappedError(tr("there is no layer for {kind}", kind=kind.lower()))
    known = catalog()[kind].parameters_by_name
    params: dict[str, Any] = {}
    name = next(name for name in ("axes", "axis", "dim", "dims") if name in known)
    value: Any = axes if len(axes) > 1 else axes[0]
    for candidate in (value, axes):
        try:
            checked = known[name].check(candidate)
        except ValueError:
            continue
        if checked != known[name].check(known[name].default):
            params[name] = candidate
        break
    else:
        raise UnmappedError(tr("the layer works over another axis"))
    if keepdim:
        if "keepdim" not in known:
            raise UnmappedError(tr("the layer has no setting {name} (here {value})", name="keepdim", value=True))
        params["keepdim"] = True
    return params


def attribute(walk: Walk, x: Any, name: str) -> Any:
    """``x.T`` and the like."""
    if name == "mT" or (name == "T" and isinstance(x, Flow) and len(x.known) == 1):
        return transpose(walk, x, -2, -1)
    raise UnmappedError(tr("there is no layer for {kind}", kind=name))


def flatten_module(walk: Walk, _module: nn.Module, x: Flow) -> Any:
    """nn.Flatten and nn.Unflatten."""
    return reshape(walk, x)


def _broadcast(walk: Walk, x: Any, *_: Any, **__: Any) -> Any:
    """expand, where it changes nothing."""
    if isinstance(x, Flow) and walk.result().known == x.known:
        return x
    raise UnmappedError(tr("there is no layer for {kind}", kind="expand"))


FUNCTIONS: Mapping[str, Rule] = {
    **dict.fromkeys(("view", "reshape", "flatten", "squeeze", "unsqueeze", "unflatten", "_unsafe_view"), reshape),
    "view_as": reshape,
    "reshape_as": reshape,
    "permute": permute,
    "transpose": transpose,
    "t": turned,
    "getitem": getitem,
    "select": select,
    "slice": slice_,
    "chunk": chunk,
    "split": split,
    "split_with_sizes": split,
    "unbind": unbind,
    "cat": cat,
    "stack": stack,
    "mean": mean,
    "sum": total,
    "getattr": attribute,
    "expand": _broadcast,
}

MODULES: Mapping[str, Rule] = {"Flatten": flatten_module, "Unflatten": flatten_module}
