"""What a view shows as a table of numbers, for a CSV file: what it asked for, turned into rows.

Places are numbered from 0, as in the tensors; ``sample`` is a row of the data set. Every digit of a number is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.training.studies.answers import Answered
    from nnstudio.training.studies.arithmetic import ArithmeticSeen
    from nnstudio.training.studies.attention import Attention
    from nnstudio.training.studies.boltzmann import BoltzmannSeen
    from nnstudio.training.studies.boundary import Plane
    from nnstudio.training.studies.fit import Curve
    from nnstudio.training.studies.gates import Gates
    from nnstudio.training.studies.gradients import Flow
    from nnstudio.training.studies.kernels import KernelsSeen
    from nnstudio.training.studies.landscape import Landscape
    from nnstudio.training.studies.moments import Bars
    from nnstudio.training.studies.perceptron import PerceptronSeen
    from nnstudio.training.studies.pictured import Again, Boxed, Masked
    from nnstudio.training.studies.projection import Projection
    from nnstudio.training.studies.recall import RecallSeen
    from nnstudio.training.studies.saliency import Heat, Salient
    from nnstudio.training.studies.story import Told
    from nnstudio.training.studies.units import LayerUnits
    from nnstudio.training.studies.weights import LayerNumbers

    Cell = str | int | float


class Table(msgspec.Struct, frozen=True):
    """Rows under a header.

    Attributes:
        header: names of the columns.
        rows: as many cells each.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def csv_text(self) -> str:
        """Return it as CSV; numbers so that they read back the same."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows(tuple(map(_plain, row)) for row in self.rows)
        return out.getvalue()


def table_of(key: str, value: object) -> Table | None:
    """Return what the view of this key shows.

    Args:
        key: of the view, as in `nnstudio.ui.insight.registry`.
        value: what was shown last, see `StudyView.shown_value`.

    Returns:
        None where nothing is shown, or where a table would make no sense, as of a text.
    """
    make = _TABLES.get(key)
    return None if make is None or value is None else make(value)


def has_table(key: str) -> bool:
    """Whether what the view of this key shows can be a table."""
    return key in _TABLES


def _plain(cell: object) -> object:
    return repr(cell) if isinstance(cell, float) else cell


def _cells(values: npt.NDArray[Any]) -> Iterable[tuple[Cell, ...]]:
    """Give place and value of every number, the last axis the fastest."""
    import numpy as np

    for place, value in zip(np.ndindex(values.shape), values.reshape(-1).tolist(), strict=True):
        yield (*place, value)


def _numbers(shown: LayerNumbers) -> Table:
    rows = ((tensor.name, *cell) for tensor in shown.tensors for cell in _cells(tensor.matrix))
    return Table(("tensor", "row", "column", "value"), tuple(rows))


def _kernels(shown: KernelsSeen) -> Table:
    return Table(("kernel", "channel", "row", "column", "weight"), tuple(_cells(shown.kernels)))


def _arithmetic(shown: ArithmeticSeen) -> Table:
    rows = []
    for number, line in enumerate(shown.lines):
        parts = [*line.left, *line.right, *line.added]
        sides = ["left"] * len(line.left) + ["right"] * len(line.right) + ["added"] * len(line.added)
        rows += [
            (number, side, part.kind, part.name, " ".join(map(str, part.index)), part.value)
            for side, part in zip(sides, parts, strict=True)
        ]
        rows.append((number, "result", "", line.symbol, "", line.value))
    return Table(("line", "side", "kind", "name", "index", "value"), tuple(rows))


def _flow(shown: Flow) -> Table:
    by_weights = [(flow.layer, "weights", flow.gradient) for flow in shown.layers]
    by_values = [(layer, "values", length) for layer, length in shown.signals.items()]
    return Table(("layer", "gradient by", "length"), (*by_weights, *by_values))


def _over_time(shown: tuple[list[int], list[Bars]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for step, bars in zip(*shown, strict=True):
        wide = 2.0 * bars.reach / len(bars.counts)
        rows += [
            (step, -bars.reach + number * wide, -bars.reach + (number + 1) * wide, count)
            for number, count in enumerate(bars.counts.tolist())
        ]
    return Table(("step", "from", "to", "count"), tuple(rows))


def _units(shown: tuple[tuple[int, LayerUnits], ...]) -> Table:
    rows = ((step, u.layer, u.units, u.dead, "" if u.saturated is None else u.saturated) for step, u in shown)
    return Table(("step", "layer", "units", "dead", "saturated"), tuple(rows))


def _perceptron(shown: PerceptronSeen) -> Table:
    names = [f"x{number + 1}" for number in range(shown.points.shape[1])]
    rows: list[tuple[Cell, ...]] = [
        ("weight", "", name, weight) for name, weight in zip(names, shown.weight.tolist(), strict=True)
    ]
    rows.append(("bias", "", "", shown.bias))
    points = zip(shown.rows.tolist(), shown.points.tolist(), shown.signs.tolist(), shown.sums.tolist(), strict=True)
    for sample, place, sign, total in points:
        told = zip((*names, "sign", "sum"), (*place, sign, total), strict=True)
        rows += [("point", sample, name, value) for name, value in told]
    rows += [("mistakes", epoch, "", count) for epoch, count in enumerate(shown.mistakes, start=1)]
    if shown.bound is not None:
        rows.append(("bound", "", "", shown.bound))
    return Table(("what", "number", "name", "value"), tuple(rows))


def _recall(shown: RecallSeen) -> Table:
    rows: list[tuple[Cell, ...]] = [("pattern", "", *cell) for cell in _cells(shown.pattern)]
    rows += [("state", *cell) for cell in _cells(shown.states)]
    rows += [("energy", number, "", energy) for number, energy in enumerate(shown.energies.tolist())]
    return Table(("what", "number", "unit", "value"), tuple(rows))


def _boltzmann(shown: BoltzmannSeen) -> Table:
    parts = (("filter", shown.filters), ("sample", shown.shown), ("painted again", shown.again))
    rows: list[tuple[Cell, ...]] = [(what, *cell) for what, values in parts for cell in _cells(values)]
    if shown.likelihood is not None:
        rows += [("log-likelihood", "", "", shown.likelihood), ("best log-likelihood", "", "", shown.best)]
    return Table(("what", "number", "unit", "value"), tuple(rows))


def _confusion(shown: Answered) -> Table:
    return Table(("truth", "answer", "count"), tuple(_cells(shown.counts)))


def _mistakes(shown: Answered) -> Table:
    worst = list(shown.worst())
    if not len(shown.answer):
        return Table(("sample", "loss"), tuple((int(shown.rows[at]), float(shown.losses[at])) for at in worst))
    columns = (shown.rows, shown.answer, shown.truth, shown.confidence, shown.losses)
    rows = zip(*(column[worst].tolist() for column in columns), strict=True)
    return Table(("sample", "answer", "truth", "confidence", "loss"), tuple(rows))


def _story(shown: Told) -> Table:
    rows = (
        (chapter.layer, "" if chapter.guess is None else chapter.guess, "" if chapter.guess is None else chapter.right)
        for chapter in shown.chapters
    )
    return Table(("layer", "nearest class", "share right"), tuple(rows))


def _saliency(shown: Salient) -> Table:
    return _map(shown.strength if shown.gradient.ndim != 1 else shown.gradient, "gradient")


def _gradcam(shown: Heat) -> Table:
    return _map(shown.heat, "heat")


def _map(values: npt.NDArray[np.float64], name: str) -> Table:
    return Table((*(("row", "column") if values.ndim == 2 else ("place",)), name), tuple(_cells(values)))


def _attention(shown: Attention) -> Table:
    return Table(("head", "asks", "is looked at", "weight"), tuple(_cells(shown.weights)))


def _gates(shown: Gates) -> Table:
    rows = ((name, *cell) for name, trace in shown.traces.items() for cell in _cells(trace))
    return Table(("gate", "place", "unit", "value"), tuple(rows))


def _boxes(shown: tuple[Boxed, ...]) -> Table:
    rows = (
        (boxed.row, what, box.label, box.x, box.y, box.width, box.height, box.score, box.overlap)
        for boxed in shown
        for what, boxes in (("true", boxed.truth), ("found", boxed.found))
        for box in boxes
    )
    return Table(("sample", "which", "class", "x", "y", "width", "height", "score", "IoU"), tuple(rows))


def _masks(shown: tuple[Masked, ...]) -> Table:
    rows = (
        (masked.row, *truth, said[-1])
        for masked in shown
        for truth, said in zip(_cells(masked.truth), _cells(masked.said), strict=True)
    )
    return Table(("sample", "row", "column", "truth", "answer"), tuple(rows))


def _again(shown: tuple[Again, ...]) -> Table:
    rows = (
        (again.row, number, *pair)
        for again in shown
        for number, pair in enumerate(
            zip(again.original.reshape(-1).tolist(), again.again.reshape(-1).tolist(), strict=True)
        )
    )
    return Table(("sample", "number", "original", "again"), tuple(rows))


def _boundary(shown: Plane) -> Table:
    count, size = len(shown.answers), shown.answers.shape[-1]
    cell = shown.side / size
    values = shown.answers.reshape(count, -1).T.tolist()
    rows = (
        (shown.left + (place % size + 0.5) * cell, shown.bottom + (place // size + 0.5) * cell, *answers)
        for place, answers in enumerate(values)
    )
    return Table(("x", "y", *(f"output {number}" for number in range(count))), tuple(rows))


def _projection(shown: Projection) -> Table:
    rows = zip(shown.rows.tolist(), *shown.places.T.tolist(), strict=True)
    return Table(("sample", "x", "y"), tuple(rows))


def _loss_line(shown: Landscape) -> Table:
    return Table(("moved by", "loss"), tuple(zip(shown.steps.tolist(), shown.losses.tolist(), strict=True)))


def _loss_plane(shown: Landscape) -> Table:
    steps = shown.steps.tolist()
    rows = ((steps[column], steps[row], loss) for row, column, loss in _cells(shown.losses))
    return Table(("across", "up", "loss"), tuple(rows))


def _fit(shown: Curve) -> Table:
    return Table(("x", "y"), tuple(zip(shown.x.tolist(), shown.y.tolist(), strict=True)))


_TABLES: Final[Mapping[str, Callable[[Any], Table]]] = {
    "weights": _numbers,
    "kernels": _kernels,
    "connections": _numbers,
    "gradients": _numbers,
    "arithmetic": _arithmetic,
    "gradient_flow": _flow,
    "over_time": _over_time,
    "units": _units,
    "perceptron": _perceptron,
    "recall": _recall,
    "boltzmann": _boltzmann,
    "confusion": _confusion,
    "mistakes": _mistakes,
    "story": _story,
    "saliency": _saliency,
    "gradcam": _gradcam,
    "attention": _attention,
    "gates": _gates,
    "boxes": _boxes,
    "masks": _masks,
    "again": _again,
    "boundary": _boundary,
    "pca": _projection,
    "tsne": _projection,
    "loss_line": _loss_line,
    "loss_plane": _loss_plane,
    "fit": _fit,
}
"""How each view's answer becomes a table; what a network writes is a text, and there is none of it."""
