"""Small widgets that several panels use. Text from files is always shown as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from nnstudio.ui import theme

if TYPE_CHECKING:
    from nnstudio.core.problem import Problem


def label(text: str, kind: theme.FontKind = "body", *, mute: bool = False, wrap: bool = False) -> QLabel:
    """Return a label of plain text."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(theme.font(kind))
    made.setWordWrap(wrap)
    if mute:
        made.setProperty("mute", True)
    return made


def problem_label(problem: Problem) -> QLabel:
    """Return the words of a problem: red for what keeps from training, amber for a warning."""
    made = label(unbroken(problem.message), "small", wrap=True)
    made.setProperty("wrong" if problem.severity == "error" else "doubtful", True)
    return made


def hairline(*, upright: bool = False) -> QFrame:
    """Return a line one pixel thick, in the theme's line colour."""
    made = QFrame()
    made.setFixedHeight(1) if not upright else made.setFixedWidth(1)
    made.setStyleSheet(f"background: {theme.current().line.name()}; border: none;")
    return made


def unbroken(text: str) -> str:
    """Return a text in which no line ends within a shape such as ``16 × 24 × 24``."""
    return text.replace(" × ", "\u00a0×\u00a0")


def link(text: str) -> QToolButton:
    """Return a button that looks like a link; its text does not know mnemonics."""
    made = _Link()
    made.setText(text.replace("&", "&&"))
    made.setProperty("link", True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setAccessibleName(text)
    return made


class _Link(QToolButton):
    """As wide as its words, so that they stand in line with others."""

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        return QSize(wide + 2, super().sizeHint().height())


class ElidedLabel(QLabel):
    """A line of plain text that shows … where it is too long, and the whole as a tool tip then."""

    def __init__(self, text: str = "", kind: theme.FontKind = "body", *, mute: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(kind))
        self._colour = theme.current().mute if mute else theme.current().text
        self._usual = self._colour
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show another text; the same one costs nothing."""
        if text != self.text():
            super().setText(text)
            self._tell()
            self.updateGeometry()

    def set_colour(self, colour: QColor | None) -> None:
        """Write in another colour; None is the usual one."""
        self._colour = self._usual if colour is None else colour
        self.update()

    def minimumSizeHint(self) -> QSize:
        """It may shrink to a few letters."""
        return QSize(min(40, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def width_of(self, text: str) -> int:
        """Return how wide it would be to show another text."""
        return self.fontMetrics().boundingRect(QRect(0, 0, 2000, 2000), 0, text).width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tool tip depends on the width."""
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self._colour)
        painter.drawText(self.contentsRect(), self.alignment(), self._fitting())

    def _fitting(self) -> str:
        metrics = QFontMetrics(self.font())
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.contentsRect().width())

    def _tell(self) -> None:
        fits = self._fitting() == self.text()
        # A tool tip guesses whether it is rich text; the zero-width space before keeps a file's "<" from being one.
        self.setToolTip("" if fits else "\u200b" + self.text())


class PageSwitch(QFrame):
    """Buttons in a row of which one is down."""

    chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str]], current: str) -> None:
        """Take (key, text) pairs and the key that is down at first."""
        super().__init__()
        self.setObjectName("page_switch")
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        for key, text in pages:
            button = QPushButton(text)
            button.setObjectName(f"page_{key}")
            button.setAccessibleName(text)
            button.setCheckable(True)
            button.setChecked(key == current)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._on_clicked)

    def show_page(self, key: str) -> None:
        """Press the button of a page without a signal."""
        self._buttons[key].setChecked(True)

    def _on_clicked(self, _button: QWidget) -> None:
        self.chosen.emit(next(key for key, button in self._buttons.items() if button.isChecked()))
