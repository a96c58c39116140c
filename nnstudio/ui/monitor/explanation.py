"""What a setting means: words, formula and source, under the row that it belongs to."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.settings.setting import Formula
from nnstudio.ui import lazy
from nnstudio.ui.controls import ElidedLabel, label

_LOOK_AGAIN_MS: Final = 150


class NameLabel(ElidedLabel):
    """The name of a setting; a click on it asks what it means.

    Signals:
        asked: it was clicked.
    """

    asked = Signal()

    def __init__(self, text: str, help_: str) -> None:
        super().__init__(text, mute=True)
        self._help = help_
        self.setCursor(Qt.CursorShape.WhatsThisCursor)
        self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.asked.emit()
        super().mouseReleaseEvent(event)

    def _tell(self) -> None:
        self.setToolTip(getattr(self, "_help", ""))


class Explanation(QWidget):
    """Help in words when it was asked for, and a formula, which may be there always.

    Args:
        help_: what the setting means.
        always: whether the formula is seen without being asked for.
    """

    def __init__(self, help_: str, *, always: bool = False) -> None:
        super().__init__()
        self._always = always
        self._formula: Formula | None = None
        self._lines: list[QWidget] = []
        self._words = label(help_, "small", wrap=True)
        self._source = label("", "small", mute=True, wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(2)
        self._column.addWidget(self._words)
        self._column.addWidget(self._source)
        self._is_open, self._is_wanted = False, True
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_AGAIN_MS)
        self._waiting.timeout.connect(self._arrange)
        self._arrange()

    @property
    def is_open(self) -> bool:
        """Whether words are seen."""
        return self._is_open

    @property
    def formula(self) -> Formula | None:
        """What is shown beside the words."""
        return self._formula

    def turn(self) -> None:
        """Show the words, or put them away."""
        self._is_open = not self._is_open
        self._arrange()

    def set_wanted(self, wanted: bool) -> None:
        """Say whether its setting is there at all."""
        if wanted != self._is_wanted:
            self._is_wanted = wanted
            self._arrange()

    def show_formula(self, formula: Formula | None) -> None:
        """Show another formula, or none."""
        if formula != self._formula:
            self._formula = formula
            self._arrange()

    def _arrange(self) -> None:
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._lines = []
        formula = self._formula if self._is_wanted and (self._is_open or self._always) else None
        # What draws formulas is imported in the background; only one who asks does not wait for it.
        late = formula is not None and not self._is_open and not lazy.is_loaded("ziamath")
        self._waiting.start() if late else self._waiting.stop()
        if formula is not None and not late:
            from nnstudio.ui.inspector.formula import FormulaView

            for tex in formula.lines:
                view = FormulaView(tex)
                view.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
                self._lines.append(view)
                self._column.insertWidget(len(self._lines), view)
                view.show()
        self._words.setVisible(self._is_open)
        source = formula.source if formula is not None and self._is_open else ""
        self._source.setText(tr("Source: {source}.", source=source) if source else "")
        self._source.setVisible(bool(source))
        self.setVisible(self._is_wanted and (self._is_open or bool(self._lines)))


def words_of(explanation: Explanation) -> str:
    """Return what an explanation says, for tests and screen readers."""
    texts = [part.text() for part in explanation.findChildren(QLabel) if part.isVisibleTo(explanation)]
    return "\n".join(texts)
