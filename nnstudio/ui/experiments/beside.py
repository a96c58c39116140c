"""Kept runs as curves: over each other in the runs' window, and beside the live ones of the Train page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from nnstudio.ui.monitor.series import RATE, NamedCurve, run_colours, show_beside

if TYPE_CHECKING:
    from nnstudio.training.history import RunRecord
    from nnstudio.ui.session import Session

_STEPS: Final = {"loss": 2, "accuracy": 3, RATE: 4}
"""Where a row of a record's step curve has each of them."""


def lay_beside(session: Session, records: Sequence[RunRecord]) -> None:
    """Show these runs beside the present one, in all plots of a session; none take them away.

    The present one is shown anyhow; once it is over it may be among them.
    """
    newest = max((record.began for record in records), default=0.0)
    present = [record for record in records if record.began == newest and _is_shown(record, session)]
    others = {line_name(record, records): record for record in records if record not in present}
    colours = run_colours([line_name(record, records) for record in records])
    show_beside(
        session, [curve for name, record in others.items() for curve in curves_of(record, name, colours[name].name())]
    )


def _is_shown(record: RunRecord, session: Session) -> bool:
    epochs = session.bridge.epochs
    if session.bridge.is_active or not epochs or not record.epochs or record.epochs[-1] != epochs[-1].epoch:
        return False
    return (record.last("train_loss"), record.last("validation_loss")) == (
        epochs[-1].train_loss,
        epochs[-1].validation_loss,
    )


def curves_of(record: RunRecord, name: str, colour: str) -> Iterator[NamedCurve]:
    """Yield all curves of a run: of each step as far as they were kept, and of the validation after each epoch."""
    import numpy as np

    rows = np.array(
        [[np.nan if value is None else value for value in row] for row in record.step_curve], dtype=np.float64
    )
    for what, column in _STEPS.items():
        if rows.ndim == 2 and column < rows.shape[1] and not np.isnan(rows[:, column]).all():
            yield NamedCurve(name, what, rows[:, 1], rows[:, column], colour=colour)
    epochs = np.array(record.epochs, dtype=np.float64)
    for measure, known in record.curves.items():
        what = measure.removeprefix("validation_")
        if measure.startswith("train_") or (what == measure and measure == "accuracy"):
            continue
        values = np.array([np.nan if value is None else value for value in known], dtype=np.float64)
        yield NamedCurve(name, what, epochs, values, validation=True, colour=colour)


def line_name(record: RunRecord, among: Sequence[RunRecord]) -> str:
    """Return its name, with the time of day where another one is called the same."""
    if sum(other.label == record.label for other in among) < 2:
        return record.label
    name = f"{record.label} {_clock(record)}"
    alike = [other for other in among if other.label == record.label and _clock(other) == _clock(record)]
    return name if len(alike) < 2 else f"{name} ({len(alike) - alike.index(record)})"


def _clock(record: RunRecord) -> str:
    return time.strftime("%H:%M:%S", time.localtime(record.began))
