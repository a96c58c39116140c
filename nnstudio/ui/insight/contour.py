"""Lines of equal height on a grid. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy.typing as npt


def contour(values: npt.NDArray[Any], level: float) -> npt.NDArray[Any]:
    """Return the segments ``(n, 2, 2)`` along which a surface has a height: start and end, each as (column, row).

    Each square of four neighbours is two triangles, on which the surface is flat, so that no case is in doubt.

    Args:
        values: ``(rows, columns)``; a triangle with a number that is not finite has no line.
        level: the height.
    """
    import numpy as np

    rows, columns = values.shape
    if min(rows, columns) < 2:
        return np.empty((0, 2, 2))
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    points = np.stack((x, y, values.astype(np.float64) - level), axis=-1)
    a, b, c, d = points[:-1, :-1], points[:-1, 1:], points[1:, :-1], points[1:, 1:]
    corners = np.concatenate(
        (np.stack((a, b, c), axis=2).reshape(-1, 3, 3), np.stack((d, b, c), axis=2).reshape(-1, 3, 3))
    )
    corners = corners[np.isfinite(corners[:, :, 2]).all(axis=1)]
    above = corners[:, :, 2] >= 0.0
    crossed = above.any(axis=1) & ~above.all(axis=1)
    corners, above = corners[crossed], above[crossed]
    # The corner that is alone on its side is cut off by a line through its two edges.
    alone = np.where(above.sum(axis=1) == 1, above.argmax(axis=1), (~above).argmax(axis=1))
    places = np.arange(len(corners))
    tip = corners[places, alone]
    ends = []
    for turn in (1, 2):
        other = corners[places, (alone + turn) % 3]
        share = tip[:, 2] / (tip[:, 2] - other[:, 2])
        ends.append(tip[:, :2] + share[:, None] * (other[:, :2] - tip[:, :2]))
    return np.stack(ends, axis=1)
