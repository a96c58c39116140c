"""Layers of the program's own, and the rarer ones of torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import product
from typing import Any, Final

from nnstudio.training.drill.sheet import Number, Origin
from nnstudio.training.drill.work import Index, Inner, Work, Worker


def subsampling(work: Work, index: Index) -> Number:
    """w · (sum or mean of the window) + b, one w and b for each map (LeCun and others 1998)."""
    module, sheet = work.module, work.sheet
    channel, row, column = index
    height, width = module.kernel_size
    stride = module.stride or module.kernel_size
    down, across = stride if isinstance(stride, tuple) else (stride, stride)
    cells = [
        work.get(0, (channel, row * down + i, column * across + j)) for i, j in product(range(height), range(width))
    ]
    share = sheet.constant(module.count / len(cells))
    total = sheet.dot("s", [share] * len(cells), cells)
    return sheet.dot("z", [work.weight("weight", (channel,))], [total], [work.weight("bias", (channel,), "b")])


def table_convolution(work: Work, index: Index) -> Number:
    """z = Σ w x + b over the windows of those maps that the table names (LeCun and others 1998)."""
    module = work.module
    target, *place = index
    stride, padding = _pair(module.stride), _pair(module.padding)
    shape = work.shape(0)[1:]
    left, right = [], []
    links = [source for source, number in enumerate(module.places[target].tolist()) if number >= 0]
    for offset, source in enumerate(links):
        kernel = module.weight[target].shape[2:]
        for cell in product(*map(range, kernel)):
            at = tuple(p * s - pad + k for p, s, pad, k in zip(place, stride, padding, cell, strict=True))
            if all(0 <= a < size for a, size in zip(at, shape, strict=True)):
                left.append(work.weight(f"weight.{target}", (0, offset, *cell)))
                right.append(work.get(0, (source, *at)))
    return work.sheet.dot("z", left, right, [work.weight("bias", (target,), "b")])


def radial(work: Work, index: Index) -> Number:
    """y_i = Σ_j (x_j − w_ij)² (LeCun and others 1998)."""
    *place, unit = index
    sheet, minus = work.sheet, work.sheet.constant(-1.0)
    offs = []
    for j in range(work.shape(0)[-1]):
        code = work.weight("codes", (unit, j))
        offs.append(sheet.apply("q", "square", sheet.dot("d", [code], [minus], [work.get(0, (*place, j))])))
    return sheet.total("y", offs)


def threshold(work: Work, index: Index) -> Number:
    """1 where w · x ≥ θ (McCulloch, Pitts 1943); an active input of negative weight silences it where it has a veto."""
    *place, _ = index
    sheet = work.sheet
    count = work.shape(0)[-1]
    given = [work.get(0, (*place, j)) for j in range(count)]
    weights = [work.weight("weight", (0, j)) for j in range(count)]
    if work.module.veto:
        if any(x.value > 0 and w.value < 0 for x, w in zip(given, weights, strict=True)):
            return sheet.constant(0.0)
        kept = [number for number in range(count) if weights[number].value >= 0]
        given, weights = [given[number] for number in kept], [weights[number] for number in kept]
    missing = sheet.dot("s", weights, given)
    below = sheet.dot("d", [sheet.constant(-1.0)], [missing], [work.weight("threshold", (0,), r"\theta")])
    short = sheet.apply("m", "step", below)
    return sheet.dot("y", [sheet.constant(-1.0)], [short], [sheet.constant(1.0)])


def learned_position(work: Work, index: Index) -> Number:
    """A trained row is added to each step."""
    return work.sheet.total("y", [work.get(0, index), work.weight("weight", index)])


def waves(work: Work, index: Index) -> Number:
    """A sine or a cosine of the step is added (Vaswani and others 2017), in float32 as the layer has it."""
    import torch

    step, column = index
    still = torch.zeros(1, step + 1, work.shape(0)[-1], dtype=torch.float64)
    wave = float(work.module(still)[0, step, column])
    return work.sheet.total("y", [work.get(0, index), work.sheet.constant(wave)])


def class_token(work: Work, index: Index) -> Number:
    """A trained step stands before all others."""
    step, column = index
    first = work.weight("token", (column,)) if step == 0 else work.get(0, (step - 1, column))
    return work.sheet.total("y", [first])


def transposed(work: Work, index: Index) -> Number:
    """A convolution the other way round: every input paints its kernel; here all that fell on one place is added."""
    module = work.module
    channel, *place = index
    per_group = module.out_channels // module.groups
    group, inner = divmod(channel, per_group)
    sources = module.in_channels // module.groups
    shape = work.shape(0)[1:]
    left, right = [], []
    for cell in product(*map(range, module.kernel_size)):
        spots = [
            divmod(p + pad - k * d, s)
            for p, pad, k, d, s in zip(place, module.padding, cell, module.dilation, module.stride, strict=True)
        ]
        if all(rest == 0 and 0 <= at < size for (at, rest), size in zip(spots, shape, strict=True)):
            at = tuple(spot for spot, _ in spots)
            for source in range(group * sources, (group + 1) * sources):
                left.append(work.weight("weight", (source, inner, *cell)))
                right.append(work.get(0, (source, *at)))
    added = [work.weight("bias", (channel,), "b")] if work.kept("bias") is not None else []
    return work.sheet.dot("z", left, right, added)


def bilinear(work: Work, index: Index) -> Number:
    """y_i = Σ_jk x_j w_ijk x′_k + b_i."""
    *place, unit = index
    sheet = work.sheet
    first, second = work.shape(0)[-1], work.shape(1)[-1]
    rows = [
        sheet.dot(
            "r",
            [work.weight("weight", (unit, j, k)) for k in range(second)],
            [work.get(1, (*place, k)) for k in range(second)],
        )
        for j in range(first)
    ]
    added = [work.weight("bias", (unit,), "b")] if work.kept("bias") is not None else []
    return sheet.dot("y", [work.get(0, (*place, j)) for j in range(first)], rows, added)


def gated(work: Work, index: Index) -> Number:
    """One half times the sigmoid of the other (Dauphin and others 2017)."""
    dim = work.module.dim
    shape = work.shape(0)
    axis = dim - 1 if dim > 0 else len(shape) + dim
    other = (*index[:axis], index[axis] + shape[axis] // 2, *index[axis + 1 :])
    gate = work.sheet.apply("g", "sigmoid", work.get(0, other))
    return work.sheet.dot("y", [work.get(0, index)], [gate])


def local_response(work: Work, index: Index) -> Number:
    """x / (k + α/n Σ x²)^β over neighbouring channels (Krizhevsky, Sutskever, Hinton 2012)."""
    module, sheet = work.module, work.sheet
    channel, *place = index
    first = channel - module.size // 2
    near = [c for c in range(first, first + module.size) if 0 <= c < work.shape(0)[0]]
    squares = [sheet.apply("q", "square", work.get(0, (c, *place))) for c in near]
    share = sheet.constant(module.alpha / module.size)
    total = sheet.dot("s", [share] * len(squares), squares, [sheet.constant(module.k)])
    return sheet.dot("y", [work.get(0, index)], [sheet.apply("r", "power", total, to=-module.beta)])


def hopfield(work: Work, index: Index) -> Number:
    """s_i ← sgn(Σ_j w_ij s_j), which stays where the sum is zero (Hopfield 1982).

    The last step is written out; the units as they are before it, whether they moved in this step or not, count as
    given. No slope passes.
    """
    import torch

    sheet, module, (*place, unit) = work.sheet, work.module, index
    count = work.shape(0)[-1]
    start = [work.get(0, (*place, j)).value for j in range(count)]
    state = [1.0 if value > 0 else -1.0 for value in start]
    weights = module.weight
    for step in range(module.steps):
        before = list(state)
        last = step == module.steps - 1
        for i in range(unit + 1 if last and not module.together else count):
            known = before if module.together else state
            if last and i == unit:
                given = [sheet.leaf(Origin("input", "", (j,)), known[j], "s") for j in range(count)]
                told = sheet.dot("z", [work.weight("weight", (i, j)) for j in range(count)], given)
                return sheet.total("y", [given[i]]) if told.value == 0 else sheet.apply("y", "sign", told)
            total = float(weights[i] @ torch.tensor(known, dtype=weights.dtype))
            state[i] = state[i] if total == 0 else math.copysign(1.0, total)
    return sheet.total("y", [sheet.constant(state[unit])])


def sequence(work: Work, index: Index) -> Number:
    """One layer after the other, as in the way around a residual block."""
    import torch

    from nnstudio.training.drill.kinds import KINDS

    shape = work.shape(0)

    def arriving(at: Index) -> Number:
        return work.get(0, at)

    given: Callable[[Index], Number] = arriving
    for name, part in work.module.named_children():
        inside, worker = Inner(work, name, [(shape, given)]), KINDS[type(part).__name__]
        with torch.no_grad():
            shape = tuple(part(torch.zeros(1, *shape, dtype=torch.float64)).shape[1:])
        given = cache(partial(worker, inside))
    return given(index)


def _pair(value: Any) -> tuple[int, int]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


CLASSICS: Final[Mapping[str, Worker]] = {
    "Subsampling": subsampling,
    "TableConv2d": table_convolution,
    "RBFOutput": radial,
    "ThresholdNeuron": threshold,
    "LearnedPosition": learned_position,
    "SinusoidalPosition": waves,
    "ClassToken": class_token,
    "ConvTranspose1d": transposed,
    "ConvTranspose2d": transposed,
    "ConvTranspose3d": transposed,
    "Bilinear": bilinear,
    "GLU": gated,
    "LocalResponseNorm": local_response,
    "Hopfield": hopfield,
    "Sequential": sequence,
}
"""By class of module."""
