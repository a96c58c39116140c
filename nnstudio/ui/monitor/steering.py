"""Steering a run: back to the start, a step back, a slider over all steps, a step, an epoch, and the learning rate."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, link
from nnstudio.ui.figures import grouped
from nnstudio.ui.monitor.leftover import forget, left_over
from nnstudio.ui.monitor.seen import FollowsWhileSeen
from nnstudio.ui.steering_keys import steer

if TYPE_CHECKING:
    from nnstudio.project.document import Project
    from nnstudio.ui.session import Session

_BUTTON: Final = 26
_SIGN: Final = 10.0
_USUAL_STEPS: Final = 10_000

SIGNS: Final = ("restart", "step_back", "step", "step_epoch")
"""Buttons from left to right."""


class SteeringBar(FollowsWhileSeen):
    """One line under which a run can be moved, and where there is one that was interrupted, an offer to go on."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steering_bar")
        self.setAccessibleName(tr("Steer the run"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._session = session
        self._bridge = bridge = session.bridge
        calls: tuple[Callable[[], None], ...] = (
            bridge.restart,
            bridge.step_back,
            partial(self._go_on, "step", bridge.step),
            partial(self._go_on, "step_epoch", bridge.step_epoch),
        )
        self._buttons = {sign: _SignButton(sign, _hint(sign), call) for sign, call in zip(SIGNS, calls, strict=True)}
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("scrub_slider")
        self.slider.setAccessibleName(tr("Step of the run"))
        self.slider.setToolTip(tr("Drag to go through the run: weights, curves and views follow"))
        self.slider.setMinimumWidth(12)  # the narrowest window
        self.slider.valueChanged.connect(self._on_scrubbed)
        self._where = _Place()
        self._where.setObjectName("scrub_label")
        self.rate = _RateField(session)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._buttons["restart"])
        line.addWidget(self._buttons["step_back"])
        line.addWidget(self.slider, 1)
        line.addWidget(self._buttons["step"])
        line.addWidget(self._buttons["step_epoch"])
        line.addSpacing(2)
        line.addWidget(self._where)
        line.addSpacing(2)
        line.addWidget(ElidedLabel(tr("Learning rate"), "small", mute=True))
        line.addWidget(self.rate)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Offer(session, self))
        column.addLayout(line)
        bridge.progressed.connect(self.refresh_if_seen)
        bridge.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show where the run is."""
        bridge = self._bridge
        with QSignalBlocker(self.slider):
            self.slider.setMaximum(max(1, bridge.reach))
            self.slider.setPageStep(max(1, bridge.reach // 20))
            if not self.slider.isSliderDown():
                self.slider.setValue(bridge.num_steps)
        moves = bridge.rate is not None and (bridge.can_go_back or bridge.reach > 0)  # not where its process has died
        self.slider.setEnabled(moves)
        self._buttons["restart"].setEnabled(moves)
        self._buttons["step_back"].setEnabled(bridge.can_go_back)
        if bridge.started is not None:
            self._where.show_step(bridge.num_steps, bridge.started.num_steps)
        else:
            self._where.clear()
        self.rate.refresh()

    def _go_on(self, sign: str, move: Callable[[], None]) -> None:
        """Take a step or an epoch as the Run menu does: where a run begins with it, the drawing is looked at first."""
        if not steer(self, self._session, sign):
            move()

    def _on_scrubbed(self, step: int) -> None:
        self._bridge.go_to(step)


class _Place(ElidedLabel):
    """Says where a run is, in the room that its last step will need: what stands beside it never moves with the run."""

    def __init__(self) -> None:
        super().__init__("", "small", mute=True)
        self._last = _step_text(_USUAL_STEPS, _USUAL_STEPS)

    def show_step(self, step: int, total: int) -> None:
        """Say how many of all steps are done."""
        last = _step_text(total, total)
        if last != self._last:
            self._last = last
            self.updateGeometry()
        self.setText(_step_text(step, total))

    def sizeHint(self) -> QSize:
        """As wide as at the last step; before a run, as wide as at that of a usual one."""
        hint = super().sizeHint()
        return QSize(max(hint.width(), self.width_of(self._last)), hint.height())


def _step_text(step: int, total: int) -> str:
    return tr("step {step} of {total}", step=grouped(step), total=grouped(total))


class Offer(QWidget):
    """Says that a run of this very drawing, data and recipe was left before its end, and goes on with it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resume_offer")
        self._session = session
        self._about: Project | None = None
        self._text = ElidedLabel("", "small")
        self._text.setObjectName("resume_offer_text")
        resume, away = link(tr("Go on with it")), link(tr("Forget it"))
        resume.setObjectName("resume_offer_go_on")
        away.setObjectName("resume_offer_forget")
        resume.clicked.connect(session.bridge.take_up)
        away.clicked.connect(self._forget)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._text)
        row.addWidget(resume)
        row.addWidget(away)
        row.addStretch(1)
        session.bridge.state_changed.connect(self.look)
        session.changed.connect(self._on_changed)
        self.look()

    def look(self) -> None:
        """See whether there is such a run, where none is at hand: at first, and when its process has died."""
        bridge = self._session.bridge
        is_free = bridge.state == "idle" or (bridge.state == "failed" and bridge.rate is None)
        head = left_over(self._session.project) if is_free else None
        self._about = self._session.project if head is not None else None
        self.setVisible(head is not None)
        if head is not None:
            self._text.setText(
                tr(
                    "A run of this drawing was left at step {step} of {total}.",
                    step=grouped(head.step),
                    total=grouped(head.num_steps),
                )
            )

    def _forget(self) -> None:
        forget(self._session.project)
        self.look()

    def _on_changed(self, _old: object, _new: object) -> None:
        if self._about is not None and not self._about.trains_like(self._session.project):
            self.look()


class _SignButton(QPushButton):
    """A button with a painted sign."""

    def __init__(self, sign: str, hint: str, call: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName(f"steer_{sign}")
        self.setAccessibleName(hint)
        self.setToolTip(hint)
        self.setStyleSheet("padding: 0; min-height: 0;")  # the theme's room for words would make it higher than it is
        self.setFixedSize(_BUTTON, _BUTTON)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sign = sign
        self.clicked.connect(lambda: call())

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(_BUTTON, _BUTTON)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sign over the button."""
        super().paintEvent(event)
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.text if self.isEnabled() else theme.blend(colours.mute, colours.panel, 0.45))
        painter.translate(self.width() / 2, self.height() / 2)
        if self._sign in ("restart", "step_back"):
            painter.scale(-1, 1)
        half = _SIGN / 2
        if self._sign == "step_epoch":
            for left in (-half - 1.5, -0.5):
                painter.drawPolygon(_arrow(left, half))
        else:
            painter.drawPolygon(_arrow(-half + 0.5, _SIGN - 2.5))
        if self._sign in ("restart", "step_epoch"):
            painter.drawRect(QRectF(half, -half, 1.8, _SIGN))


def _arrow(left: float, width: float) -> QPolygonF:
    half = _SIGN / 2
    return QPolygonF([QPointF(left, -half), QPointF(left + width, 0.0), QPointF(left, half)])


def _hint(sign: str) -> str:
    return {
        "restart": tr("Back to the start (Ctrl+Shift+F7)"),
        "step_back": tr("Step back (Shift+F7)"),
        "step": tr("One step (F7)"),
        "step_epoch": tr("To the end of the epoch (Ctrl+F7)"),
    }[sign]


class _RateField(QLineEdit):
    """The learning rate of the next step; a number put in counts at once, for this run."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("live_rate")
        self.setAccessibleName(tr("Learning rate of this run"))
        self.setToolTip(tr("Another learning rate counts from the next step on, for this run only"))
        self.setFixedWidth(76)
        self._session = session
        self._bridge = session.bridge
        self.editingFinished.connect(self._take)
        self.textEdited.connect(lambda: self._mark(wrong=False))

    def refresh(self) -> None:
        """Show what holds now, unless something is being typed or marked to be typed over."""
        self.setEnabled(self._bridge.rate is not None)
        if not (self.hasFocus() and (self.isModified() or self.hasSelectedText())):
            self._show_rate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was typed."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self._show_rate()
        else:
            super().keyPressEvent(event)

    def _show_rate(self) -> None:
        rate = self._bridge.rate
        text = "" if rate is None else f"{rate:.6g}"
        if text != self.text():  # the same again would only move the cursor
            self.setText(text)
        self.setModified(False)
        self._mark(wrong=False)

    def _take(self) -> None:
        if not self.isModified():
            return
        try:
            self._bridge.set_rate(float(self.text().replace(",", ".")))
        except ValueError:
            self._mark(wrong=True)
            self._session.tell(tr("The learning rate must be a number from 0 up, not {rate}.", rate=self.text()))
            return
        self.setModified(False)

    def _mark(self, *, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)
