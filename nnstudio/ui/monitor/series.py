"""Which curves a plot shows: of the present run, and of others laid beside it. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from nnstudio.core.words import figure, tr
from nnstudio.ui import theme
from nnstudio.ui.figures import percent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from nnstudio.ui.bridge import RunBridge
    from nnstudio.ui.session import Session

    Numbers = npt.NDArray[np.float64]

RATE = "rate"
_COLUMNS = {"loss": 2, "accuracy": 3, RATE: 4}


class NamedCurve(msgspec.Struct, frozen=True, eq=False):
    """One curve of a run that is shown beside the present one.

    Attributes:
        run: what a person calls the run.
        what: what it is of: ``loss``, ``accuracy``, ``rate``, or a metric's name.
        x: epochs, fractions for single steps, ``(n,)`` ascending.
        y: values, ``(n,)``.
        validation: whether it was measured on the validation samples; such curves are dashed.
        colour: as ``#rrggbb``; empty for the next one that can be told apart.
    """

    run: str
    what: str
    x: Numbers
    y: Numbers
    validation: bool = False
    colour: str = ""

    @property
    def title(self) -> str:
        """The run's name, with what it was measured on."""
        return f"{self.run} ({tr('validation')})" if self.validation else self.run


def run_colours(runs: Sequence[str]) -> dict[str, QColor]:
    """Return the colours of runs, by their names; none is one of the present run's."""
    colours = [theme.current().family(key) for key in ("rec", "pool", "act", "attn", "norm", "gen")]
    return {run: colours[number % len(colours)] for number, run in enumerate(dict.fromkeys(runs))}


class Beside(QObject):
    """The curves of other runs that a session's plots show beside the present one."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.setObjectName("beside")
        self.curves: tuple[NamedCurve, ...] = ()


def beside_of(session: Session) -> Beside:
    """Return what a session's plots show beside the present run; made when first asked for."""
    found = session.findChild(Beside, "beside")
    return found if found is not None else Beside(session)


def show_beside(session: Session, curves: Sequence[NamedCurve]) -> None:
    """Show curves of other runs in the plots of a session, in place of those shown before; none take them away."""
    beside = beside_of(session)
    beside.curves = tuple(curves)
    beside.changed.emit()


def choices(bridge: RunBridge, beside: Sequence[NamedCurve] = ()) -> tuple[str, ...]:
    """Return everything that a plot can show now: loss, accuracy, learning rate, and the metrics of the runs."""
    metrics = [name for event in bridge.epochs[-1:] for name in event.metrics]
    return tuple(dict.fromkeys((*_COLUMNS, *metrics, *(curve.what for curve in beside))))


def title_of(what: str) -> str:
    """Return what a person calls it."""
    known = {"loss": tr("Loss"), "accuracy": tr("Accuracy"), RATE: tr("Learning rate")}
    if what in known:
        return known[what]
    from nnstudio.training.metric_words import METRICS

    return str(METRICS[what].label) if what in METRICS else what


def is_share(what: str) -> bool:
    """Whether its values go from 0 to 1 and are written in per cent."""
    if what in _COLUMNS:
        return what == "accuracy"
    from nnstudio.training.metric_words import METRICS

    return what in METRICS and METRICS[what].share


def value_text(what: str, value: float | None) -> str:
    """Write one of its values; None is empty."""
    if value is None:
        return ""
    if is_share(what):
        return percent(value)
    is_far = 0.0 < abs(value) < 1e-3 or abs(value) >= 1e5
    return figure(value, ".3g" if what == RATE or is_far else ",.3f" if abs(value) < 1e3 else ",.0f")


def points_of(bridge: RunBridge, what: str, *, validation: bool) -> tuple[Numbers, Numbers]:
    """Return the points of the present run: epochs ``(n,)`` and values ``(n,)``.

    Metrics are known of the validation samples only, the learning rate of the training only.
    """
    import numpy as np

    column = _COLUMNS.get(what)
    if column is None:
        known = [event for event in bridge.epochs if what in event.metrics] if validation else []
        epochs = np.array([event.epoch for event in known], dtype=np.float64)
        return epochs, np.array([event.metrics[what] for event in known], dtype=np.float64)
    rows = bridge.validation_curve if validation else bridge.curve
    if what == RATE and validation:
        rows = rows[:0]
    return rows[:, 1], rows[:, column]


def has_points(bridge: RunBridge, what: str) -> bool:
    """Return whether the present run may have such numbers: a regression has no accuracy, as its first epoch tells."""
    if not bridge.num_steps or (bridge.is_active and not bridge.epochs):
        return bridge.num_steps > 0
    import numpy as np

    known = (points_of(bridge, what, validation=validation)[1] for validation in (True, False))
    return any(len(y) and (np.isfinite(y[-1]) or np.isfinite(y).any()) for y in known)
