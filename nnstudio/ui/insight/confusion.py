"""The confusion matrix of the validation samples; a cell opens its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.data.class_words import class_title
from nnstudio.training.studies.answers import Answered, Answers
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped, percent
from nnstudio.ui.insight.classes import class_name
from nnstudio.ui.insight.layout import beside, lay_out
from nnstudio.ui.insight.thumbs import Thumb, Thumbs
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_EDGE: Final = 22.0
_MOST_OPEN: Final = 200
_WIDEST: Final = 90.0
_BROADEST: Final = 2.4
"""Cells are at most so many times as wide as high."""


class ConfusionView(StudyView):
    """Right classes from top to bottom, answers from left to right; the samples of one cell beside them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.caption = ElidedLabel("", "small", mute=True)
        self.matrix = Matrix(tr("Confusion matrix"))
        self.title = ElidedLabel("", "strong")
        self.thumbs = Thumbs(session, tr("Samples of the cell"))
        self._answered: Answered | None = None
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.title)
        right.addWidget(self.thumbs, 1)
        lay_out(self, [self.caption], beside((self.matrix, 9), (right, 8)))
        self.matrix.chosen_changed.connect(self._open)

    def study(self) -> Study | None:
        """Ask for the answers."""
        return Answers()

    def show_value(self, value: object) -> None:
        """Show other counts, and the same cell's samples."""
        assert value is None or isinstance(value, Answered)
        self._answered = value
        for part in (self.caption, self.matrix, self.title, self.thumbs):
            part.setVisible(value is not None)
        dataset = self.session.bridge.dataset
        if value is None or dataset is None:
            return
        self.matrix.show_counts(value, dataset.classes)
        right, count = int(value.counts.trace()), len(value.rows)
        self.caption.setText(
            tr(
                "{right} of {count} validation samples right: {share}",
                right=grouped(right),
                count=grouped(count),
                share=percent(right / count),
            )
        )
        self._open()

    def _open(self) -> None:
        value, dataset, cell = self._answered, self.session.bridge.dataset, self.matrix.chosen
        if value is None or dataset is None:
            return
        if cell is None:
            self.title.setText(tr("Click a cell to see its samples."))
            self.thumbs.show_thumbs(())
            return
        rows = value.cell(*cell)
        places = {int(row): number for number, row in enumerate(value.rows)}
        self.title.setText(_cell_text(dataset.classes, cell, len(rows)))
        self.thumbs.show_thumbs(
            [
                Thumb(row, percent(float(value.confidence[places[row]])), bad=cell[0] != cell[1])
                for row in rows[:_MOST_OPEN]
            ]
        )


class Matrix(Described):
    """Counts as coloured cells: green on the diagonal, red beside it, the stronger the larger its share of the row."""

    chosen_changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("matrix")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 100)
        self.answered: Answered | None = None
        self.chosen: tuple[int, int] | None = None
        """Right class and answer of the cell that is open."""
        self._classes: tuple[str, ...] = ()

    def show_counts(self, answered: Answered, classes: tuple[str, ...]) -> None:
        """Show other counts."""
        if len(answered.counts) != len(self._classes):
            self.chosen = None
        known, self.answered, self._classes = self._classes, answered, classes
        if known != classes:
            self.resizeEvent(None)
        self.update()

    def sizeHint(self) -> QSize:
        """Room for ten classes."""
        return QSize(320, 260)

    def resizeEvent(self, _event: object) -> None:
        """Leave what the cells do not need to the samples."""
        left, _, _, high = self._frame()
        self.setMaximumWidth(max(120, int(left + _BROADEST * high * len(self._classes)) + 4))

    def cell(self, truth: int, answer: int) -> QRectF:
        """Return where a cell is painted."""
        left, top, wide, high = self._frame()
        return QRectF(left + answer * wide, top + truth * high, wide, high)

    def at(self, place: QPointF) -> tuple[int, int] | None:
        """Return right class and answer of the cell at a place."""
        left, top, wide, high = self._frame()
        count = len(self._classes)
        answer, truth = int((place.x() - left) // wide), int((place.y() - top) // high)
        return (truth, answer) if 0 <= truth < count and 0 <= answer < count else None

    def colour(self, truth: int, answer: int) -> QColor:
        """Return the ground of a cell."""
        colours = theme.current()
        empty = theme.blend(colours.panel, colours.text, 0.04)
        if self.answered is None:
            return empty
        row = int(self.answered.counts[truth].sum())
        share = float(self.answered.counts[truth, answer]) / row if row else 0.0
        full = colours.ok if truth == answer else colours.err
        return theme.blend(full, empty, 1.0 - 0.85 * share**0.5) if share else empty

    def describe(self, place: QPointF) -> str:
        """Say what a cell holds; empty where none is."""
        cell = self.at(place)
        if cell is None or self.answered is None:
            return ""
        return _cell_text(self._classes, cell, int(self.answered.counts[cell]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a cell."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows open the next cell."""
        moves = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or not self._classes:
            super().keyPressEvent(event)
            return
        last = len(self._classes) - 1
        truth, answer = self.chosen or (0, 0)
        moved = (max(0, min(last, truth + move[0])), max(0, min(last, answer + move[1])))
        self._choose(moved if self.chosen else (0, 0))

    def _choose(self, cell: tuple[int, int] | None) -> None:
        if cell != self.chosen:
            self.chosen = cell
            self.update()
            self.chosen_changed.emit()

    def _frame(self) -> tuple[float, float, float, float]:
        """Return left and top of the first cell, and width and height of each."""
        metrics = QFontMetricsF(self.font())
        names = max((metrics.horizontalAdvance(class_title(name)) for name in self._classes), default=0.0)
        left, top = min(_WIDEST, names) + _EDGE + 6.0, 2.0
        count = max(1, len(self._classes))
        high = max(2.0, (self.height() - top - 2.0 * _EDGE) / count)
        return left, top, max(2.0, min(_BROADEST * high, (self.width() - left - 2.0) / count)), high

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint cells, counts, names and the words at the edges."""
        if self.answered is None:
            return
        painter, colours, metrics = QPainter(self), theme.current(), QFontMetricsF(self.font())
        count = len(self._classes)
        left, top, wide, high = self._frame()
        counted = wide >= 18.0 and high >= 11.0
        digits = QFont(self.font())
        digits.setPixelSize(int(max(9.0, min(digits.pixelSize(), high - 2.0))))
        painter.setFont(digits)
        for truth in range(count):
            for answer in range(count):
                place, ground = self.cell(truth, answer), self.colour(truth, answer)
                painter.fillRect(place.adjusted(0.0, 0.0, -1.0, -1.0), ground)
                number = int(self.answered.counts[truth, answer])
                if number and counted:
                    painter.setPen(theme.ink_on(ground))
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(number))
        painter.setFont(self.font())
        painter.setPen(colours.mute)
        middle = Qt.AlignmentFlag.AlignCenter
        for number in range(count):
            name = class_name(self._classes, number)
            if high >= 11.0:
                row = QRectF(_EDGE, top + number * high, left - _EDGE - 6.0, high)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, row.width() + 1.0)
                painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            if wide >= 11.0:
                foot = QRectF(left + number * wide, top + count * high, wide, _EDGE - 2.0)
                painter.drawText(foot, middle, metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide))
        painter.drawText(QRectF(left, top + count * high + _EDGE - 4.0, count * wide, _EDGE), middle, tr("answer"))
        painter.save()
        painter.translate(0.0, top + count * high)
        painter.rotate(-90.0)
        painter.drawText(QRectF(0.0, 0.0, count * high, _EDGE - 4.0), middle, tr("truth"))
        painter.restore()
        if self.chosen is not None:
            painter.setPen(QPen(colours.accent, 2.0))
            painter.drawRect(self.cell(*self.chosen).adjusted(0.0, 0.0, -1.0, -1.0))
        elif self.hasFocus():
            painter.setPen(colours.accent)
            painter.drawRect(QRectF(left, top, count * wide - 1.0, count * high - 1.0))


def _cell_text(classes: tuple[str, ...], cell: tuple[int, int], count: int) -> str:
    truth, answer = (class_name(classes, number) for number in cell)
    return tr("truth {truth}, answer {answer}: {count}", truth=truth, answer=answer, count=grouped(count))
