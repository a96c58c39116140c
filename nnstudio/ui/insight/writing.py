"""The text that a network writes while it learns, with a slider for the temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QSlider, QVBoxLayout, QWidget

from nnstudio.core.words import figure, tr
from nnstudio.training.studies.writing import Writing, Written
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, label, link
from nnstudio.ui.figures import grouped
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_STEPS: Final = 20
"""Steps of the slider for a temperature of 1."""


class WritingView(StudyView):
    """Beginning, what is being written, and behind it what is left of the text before."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.seed = 0
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("temperature")
        self.slider.setAccessibleName(tr("Temperature"))
        self.slider.setRange(0, 2 * _STEPS)
        self.slider.setPageStep(_STEPS // 4)
        self.slider.setValue(round(Writing().temperature * _STEPS))
        self.slider.setFixedWidth(150)
        self.temperature = label("", "small", mute=True)
        self.beginning = QLineEdit()
        self.beginning.setObjectName("beginning")
        self.beginning.setAccessibleName(tr("Beginning"))
        self.beginning.setPlaceholderText(tr("Beginning"))
        self.beginning.setFixedWidth(170)
        self.another = link(tr("Write another"))
        self.another.setObjectName("write_another")
        self.caption = ElidedLabel("", "small", mute=True)
        self.text = QPlainTextEdit()
        self.text.setObjectName("written")
        self.text.setAccessibleName(tr("What the network writes"))
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setFont(theme.font("body"))
        header = QHBoxLayout()
        header.setSpacing(12)
        for widget in (label(tr("Temperature"), "small"), self.slider, self.temperature, self.beginning, self.another):
            header.addWidget(widget)
        header.addWidget(self.caption, 1)
        self._controls = QWidget()
        self._controls.setLayout(header)
        header.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._controls)
        column.addWidget(self.text, 1)
        self.slider.valueChanged.connect(self._on_slid)
        self.beginning.editingFinished.connect(self.ask)
        self.another.clicked.connect(self._on_another)
        self._tell_temperature()

    def study(self) -> Study | None:
        """Ask for a text."""
        return Writing(self.slider.value() / _STEPS, self.beginning.text(), self.seed)

    def show_value(self, value: object) -> None:
        """Show how far the text is."""
        assert value is None or isinstance(value, Written)
        for part in (self._controls, self.text):
            part.setVisible(value is not None)
        if value is None:
            return
        colours = theme.current()
        left = value.before[len(value.text) :]
        parts = (
            (value.beginning.lstrip("\n"), colours.accent),
            (value.text, colours.text),
            (left, theme.blend(colours.mute, colours.panel, 0.55)),
        )
        self._write(parts)
        if value.looks_ahead:
            text = tr(
                "This network sees the signs that it should guess: make its attention causal, and let it read one way."
            )
        else:
            text = tr("begun after step {step}", step=grouped(value.since))
        self.caption.setText(text)

    def _write(self, parts: tuple[tuple[str, QColor], ...]) -> None:
        # Written as a whole, the view would jump to the top at each sign.
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.clear()
        cursor = QTextCursor(self.text.document())
        for text, colour in parts:
            style = QTextCharFormat()
            style.setForeground(colour)
            cursor.insertText(text, style)
        bar.setValue(place)

    def _tell_temperature(self) -> None:
        self.temperature.setText(figure(self.slider.value() / _STEPS, ".2f"))
        self.slider.setAccessibleDescription(self.temperature.text())

    def _on_slid(self) -> None:
        self._tell_temperature()
        self.ask()

    def _on_another(self) -> None:
        self.seed += 1
        self.ask()
