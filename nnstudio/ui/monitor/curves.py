"""The numbers behind a curve plot: thinned to what a screen can show, with round axis marks. No Qt."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from nnstudio.core.words import figure

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

_SHORT_RUN = 20
_FORGOTTEN = 1e-3
"""What a value may weigh in a smoothed one and yet be left out."""


def thin(x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """Average neighbours until at most ``most`` points are left; the first one, and fewer points, stay as they are.

    Args:
        x: (n,) ascending.
        y: (n,).
        most: 2 or more; usually the width of the plot in pixels.
    """
    import numpy as np

    if len(x) <= most:
        return x, y
    size = -(-(len(x) - 1) // (most - 1))
    starts = np.append(0, np.arange(1, len(x), size))
    counts = np.diff(np.append(starts, len(x)))
    return np.add.reduceat(x, starts) / counts, np.add.reduceat(y, starts) / counts


def drawn(
    x: Numbers, y: Numbers, most: int, span: tuple[float, float] | None = None, smoothing: float = 0.0
) -> tuple[Numbers, Numbers, Numbers]:
    """Return the points that a line is drawn through: epochs, values, and values smoothed, each ``(m,)``.

    Args:
        x: (n,) ascending epochs.
        y: (n,) values.
        most: how many points may be seen, 2 or more.
        span: the epochs that are seen; what lies outside of it is left out, but for a neighbour on each side and for
            what smoothed values are made of. None for all.
        smoothing: as in `smooth`, from one value to the next; a point that stands for several weighs as much as these.
    """
    first, last = 0, len(x)
    if span is not None:
        inside = _inside(x, *span)
        first, last = max(0, inside.start - 1), min(last, inside.stop + 1)
    before = math.ceil(math.log(_FORGOTTEN) / math.log(smoothing)) if smoothing else 0
    begin = max(0, first - before)
    whole, seen = last - begin, max(1, last - first)
    epochs, values = thin(x[begin:last], y[begin:last], -(-most * whole // seen))
    weight = smoothing ** max(1.0, whole / max(1, len(epochs)))
    return epochs, values, smooth(values, weight) if smoothing else values


def within(x: Numbers, y: Numbers, low: float, high: float) -> tuple[Numbers, Numbers]:
    """Return the points whose epochs lie between two, both included.

    Args:
        x: (n,) ascending epochs.
        y: (n,) values.
        low: the first epoch.
        high: the last.
    """
    inside = _inside(x, low, high)
    return x[inside], y[inside]


def _inside(x: Numbers, low: float, high: float) -> slice:
    return slice(int(x.searchsorted(low)), int(x.searchsorted(high, side="right")))


def finite(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Return the points whose value is a finite number."""
    import numpy as np

    good = np.isfinite(y)
    return x[good], y[good]


def marks(high: float, most: int) -> list[float]:
    """Return round numbers from 0 to ``high`` or just under it: 0, and at least one and at most ``most`` more.

    Steps are 1, 2 or 5 times a power of ten.

    Args:
        high: finite and above 0.
        most: 3 or more; fewer round numbers than that may not fit under ``high``.
    """
    assert most >= 3
    power = 10.0 ** math.floor(math.log10(high / most))
    step = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power * most >= high * (1.0 - 1e-9))
    return [number * step for number in range(math.floor(high / step + 1e-9) + 1)]


def mark_text(value: float, step: float) -> str:
    """Write an axis mark with the digits that its step needs."""
    if value == 0.0:
        return "0"
    if step >= 1e5 or step < 1e-4:
        return figure(value, ".0e")
    return figure(value, f",.{max(0, -math.floor(math.log10(step) + 1e-9))}f")


def axis_end(values: Numbers) -> float:
    """Return the upper end of an axis from 0 that holds every finite value.

    It is a multiple of a tenth of a round step, so that it moves seldom while values come in.
    """
    import numpy as np

    known = values[np.isfinite(values)]
    highest = float(known.max()) if known.size else 0.0
    if highest <= 0.0:
        return 1.0
    tenth = 10.0 ** math.floor(math.log10(highest)) / 10.0
    return math.ceil(highest / tenth) * tenth


def epochs_shown(done: float, epochs: int) -> float:
    """Return where the epoch axis ends: the whole of a short run; of a long one, a round number beyond what is done."""
    if epochs <= _SHORT_RUN:
        return float(max(1, epochs))
    power = 10.0 ** math.floor(math.log10(max(done, 1.0)))
    end = next(factor * power for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if factor * power > done)
    return float(min(epochs, max(_SHORT_RUN, end)))


def recent_mean(y: Numbers, count: int = 20) -> float | None:
    """Return the mean of the last finite values; None where there are none."""
    import numpy as np

    last = y[-count:]
    known = last[np.isfinite(last)]
    return float(known.mean()) if known.size else None


def value_at(x: Numbers, y: Numbers, where: float) -> float | None:
    """Return the value of the last point at or before ``where``; None before the first point or where it is NaN."""
    import numpy as np

    index = int(np.searchsorted(x, where, side="right")) - 1
    if index < 0 or not np.isfinite(y[index]):
        return None
    return float(y[index])


def smooth(y: Numbers, weight: float) -> Numbers:
    """Return the running mean in which each value counts ``weight`` times as much as the one after it.

    The first values are divided by the weights there are so far, as Adam does (Kingma and Ba, 2015), so that the curve
    does not begin at 0. What is no finite number stays as it is and counts nothing.

    Args:
        y: (n,).
        weight: from 0, which changes nothing, to just below 1.
    """
    import numpy as np

    out = np.array(y, dtype=np.float64)
    mean = total = 0.0
    for index, value in enumerate(out.tolist()):
        if math.isfinite(value):
            mean = weight * mean + (1.0 - weight) * value
            total = weight * total + 1.0 - weight
            out[index] = mean / total
    return out


def log_ends(values: Numbers) -> tuple[float, float]:
    """Return the powers of ten, at least one apart, between which every finite value above 0 lies."""
    import numpy as np

    known = values[np.isfinite(values) & (values > 0.0)]
    if not known.size:
        return -1.0, 0.0
    low, high = math.floor(math.log10(float(known.min()))), math.ceil(math.log10(float(known.max())))
    return float(low), float(max(high, low + 1))


def whole_marks(low: float, high: float, most: int) -> list[float]:
    """Return whole numbers from ``low`` to ``high``, evenly, about ``most`` of them at most."""
    every = max(1, math.ceil((high - low) / most))
    return [float(number) for number in range(math.ceil(low), math.floor(high) + 1, every)]


def marks_between(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between two: steps are 1, 2 or 5 times a power of ten."""
    if not high > low:
        return [low]
    step = marks(high - low, most)[1]
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)] or [low]
