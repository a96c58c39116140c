"""What the network says of the chosen sample, beside what is true: bars per class, or numbers for a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.data.class_words import class_title
from nnstudio.ui import theme
from nnstudio.ui.figures import sign_text
from nnstudio.ui.monitor.empty import EmptyNote
from nnstudio.ui.monitor.seen import FollowsWhileSeen

if TYPE_CHECKING:
    from nnstudio.ui.session import Session

_TALLEST_ROW: Final = 24.0
_LOWEST_ROW: Final = 12.5
"""Ten classes fit into the dock of a small window."""
_GAP: Final = 8.0
_TICK_ROOM: Final = 16.0
_ROUND_FROM: Final = 5.0
"""Shorter bars have no round corners."""


DRAWN: Final = ("reconstruction", "segmentation", "detection")
"""Tasks whose answers are pictures, which `nnstudio.ui.insight.pictured` shows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of a prediction.

    Attributes:
        label: the class, or the number of the output.
        value: score from 0 to 1, or the value given.
        truth: whether this is the right class; for a regression None.
        wanted: for a regression the right value.
        chosen: whether the network says this class.
    """

    label: str
    value: float
    truth: bool | None = None
    wanted: float | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the newest snapshot says of its sample."""

    sample: int
    answers: tuple[Answer, ...]

    @property
    def chosen(self) -> Answer | None:
        """The class that the network says; None for a regression."""
        return next((answer for answer in self.answers if answer.chosen), None)

    @property
    def truth(self) -> Answer | None:
        """The right class; None for a regression."""
        return next((answer for answer in self.answers if answer.truth), None)

    @property
    def title(self) -> str:
        """Say it in a line: ``Prediction: 3 (truth 3)``; of a regression, what stands in its rows."""
        if any(answer.wanted is not None for answer in self.answers):
            return tr("Prediction (truth)")
        if self.chosen is None or self.truth is None:
            return tr("Prediction")
        return tr("Prediction: {chosen} (truth {truth})", chosen=self.chosen.label, truth=self.truth.label)


def prediction(session: Session) -> Prediction | None:
    """Read the newest snapshot; None where there is none."""
    snapshot, dataset = session.bridge.snapshot, session.bridge.dataset
    if snapshot is None or dataset is None:
        return None
    if dataset.task in DRAWN:
        return None
    output, truth = snapshot.output, snapshot.truth
    if dataset.task in ("sequence", "next_token") and not isinstance(truth, int):
        # Of all places of a sequence, the last one knows the most.
        output, truth = output[-1], int(truth[-1])
    scores = [float(value) for value in output.reshape(-1)]
    if isinstance(truth, int):
        best = max(range(len(scores)), key=scores.__getitem__)
        answers = tuple(
            Answer(
                sign_text(class_title(dataset.classes[number])) if number < len(dataset.classes) else str(number),
                score,
                truth=number == truth,
                chosen=number == best,
            )
            for number, score in enumerate(scores)
        )
    else:
        wanted = [float(value) for value in truth.reshape(-1)]
        answers = tuple(
            Answer(str(number), score, wanted=right)
            for number, (score, right) in enumerate(zip(scores, wanted, strict=True), start=1)
        )
    return Prediction(snapshot.sample, answers)


class PredictionBars(FollowsWhileSeen):
    """One bar per class: green where the network is right, red where it is wrong, a tick at the truth."""

    shown = Signal()
    """Another prediction is shown, or none."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("prediction_bars")
        self._session = session
        self._theme = theme.current()
        self._prediction: Prediction | None = None
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(140)
        self._empty = EmptyNote("", self)
        session.bridge.mapped.connect(self._on_mapped)
        session.bridge.state_changed.connect(self.refresh)
        self.refresh()

    @property
    def prediction(self) -> Prediction | None:
        """What is shown."""
        return self._prediction

    @property
    def title(self) -> str:
        """What is shown, in a line."""
        return self._prediction.title if self._prediction else tr("Prediction")

    def refresh(self) -> None:
        """Show what is known now."""
        self._prediction = prediction(self._session)
        self._empty.setVisible(self._prediction is None)
        dataset = self._session.bridge.dataset
        if dataset is not None and dataset.task in DRAWN:
            self._empty.setText(tr("What the network says here is a picture: see the views of Insight."))
        else:
            self._empty.setText(tr("Press Train to see what the network says."))
        self.setAccessibleName(self.title)
        self.update()
        self.shown.emit()

    def sizeHint(self) -> QSize:
        """Ten classes at full height."""
        return QSize(200, int(10 * _TALLEST_ROW))

    def _on_mapped(self) -> None:
        if self.isVisible() and self._prediction is None:
            self.refresh()  # who sees nothing yet should not wait
        elif self.isVisible():
            self._session.bridge.in_turn(self.refresh)

    def resizeEvent(self, _event: object) -> None:
        """Keep the sentence for an empty view in the middle."""
        self._empty.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows from top to bottom."""
        if self._prediction is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        answers = self._fitting(self._prediction.answers)
        height = max(_LOWEST_ROW, min(_TALLEST_ROW, self.height() / max(1, len(answers))))
        metrics = QFontMetricsF(self.font())
        label = min(self.width() * 0.4, max(metrics.horizontalAdvance(answer.label) for answer in answers))
        for number, answer in enumerate(answers):
            self._paint_row(painter, metrics, answer, QRectF(0, number * height, self.width(), height), label)

    def _fitting(self, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        """Return the classes there is room for: of too many, the most likely ones and the truth."""
        most = max(1, int(self.height() / _LOWEST_ROW))
        if len(answers) <= most:
            return answers
        ranked = sorted(range(len(answers)), key=lambda n: (not answers[n].truth, -answers[n].value))
        return tuple(answers[number] for number in sorted(ranked[:most]))

    def _paint_row(self, painter: QPainter, metrics: QFontMetricsF, answer: Answer, row: QRectF, label: float) -> None:
        colours = self._theme
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colours.text if answer.truth or answer.chosen else colours.mute)
        name = metrics.elidedText(answer.label, Qt.TextElideMode.ElideRight, label + 1)
        painter.drawText(row.adjusted(0, 0, label - row.width() + 2, 0), middle, name)
        text = (
            figure(answer.value, ".2f")
            if answer.wanted is None
            else f"{figure(answer.value, '.3g')}  ({figure(answer.wanted, '.3g')})"
        )
        value_room = metrics.horizontalAdvance(text) + 2
        left = label + _GAP
        room = max(10.0, row.width() - left - _GAP - value_room - _TICK_ROOM)
        share = max(0.0, min(1.0, answer.value)) if answer.wanted is None else 0.0
        thick = min(10.0, row.height() * 0.55)
        bar = QRectF(left, row.center().y() - thick / 2, max(2.0, share * room), thick)
        if answer.wanted is None:
            self._paint_bar(painter, bar, self._bar_colour(answer))
        painter.setPen(colours.text if answer.chosen else colours.mute)
        start = bar.right() + _GAP if answer.wanted is None else left
        painter.drawText(QRectF(start, row.top(), value_room, row.height()), middle, text)
        if answer.truth:
            self._paint_tick(painter, QPointF(start + value_room + 4, row.center().y()))

    def _paint_bar(self, painter: QPainter, bar: QRectF, colour: QColor) -> None:
        if bar.width() < _ROUND_FROM:
            painter.fillRect(bar, colour)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(bar, 3.0, 3.0)

    def _bar_colour(self, answer: Answer) -> QColor:
        if answer.chosen:
            return self._theme.ok if answer.truth else self._theme.err
        return self._theme.mute

    def _paint_tick(self, painter: QPainter, place: QPointF) -> None:
        painter.setPen(QPen(self._theme.ok, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline([place, place + QPointF(3, 3.5), place + QPointF(9, -4)])
