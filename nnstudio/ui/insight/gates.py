"""Gate traces: what each gate of an LSTM or a GRU does at every place of a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.gates import Gates, GateTraces
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.described import Described
from nnstudio.ui.figures import grouped
from nnstudio.ui.imagery import map_image
from nnstudio.ui.insight.attention import edge
from nnstudio.ui.insight.classes import sign_names
from nnstudio.ui.insight.layout import lay_out
from nnstudio.ui.insight.picker import LayerPicker
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    import numpy.typing as npt

    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_LEFT: Final = 150.0
_FOOT: Final = 18.0
_GAP: Final = 5.0
_SHARES: Final = frozenset("ifrzo")


class GatesView(StudyView):
    """A strip for each gate and state: a row for each unit, a column for each place."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.layer = LayerPicker(session, "gates_layer", self)
        self.caption = ElidedLabel("", "small", mute=True)
        self.strips = GateStrips(tr("Gates over the places of a sample"))
        lay_out(self, [self.layer, self.caption], self.strips)
        self.layer.picked.connect(self.ask)

    def study(self) -> Study | None:
        """Ask about the sample shown."""
        sample = self.session.bridge.sample
        return None if sample is None else GateTraces(sample, self.layer.wanted)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("The data are being loaded.")

    def show_value(self, value: object) -> None:
        """Show other traces."""
        assert value is None or isinstance(value, Gates)
        for part in (self.caption, self.strips):
            part.setVisible(value is not None)
        if value is None:
            return
        self.layer.offer(value.layers, value.layer)
        steps, units = value.traces["h"].shape
        text = tr(
            "{layer}, sample {sample}: {units} units over {steps} places",
            layer=value.layer,
            sample=grouped(value.sample),
            units=units,
            steps=steps,
        )
        self.caption.setText(text)
        signs = sign_names(self.session.bridge.dataset, value.tokens)
        self.strips.show_traces(value.traces, edge(signs, steps))


class GateStrips(Described):
    """Gates from 0 (dark) to 1 (bright); states below zero orange, above blue; a line for the mean over the units."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("gate_strips")
        self.setAccessibleName(name)
        self.setFont(theme.font("small"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(220, 120)
        self.traces: dict[str, npt.NDArray[Any]] = {}
        self.images: dict[str, QImage] = {}
        self._signs: tuple[str, ...] = ()

    def show_traces(self, traces: dict[str, npt.NDArray[Any]], signs: tuple[str, ...]) -> None:
        """Show traces ``(T, H)`` by the letters of the formula, with a text for each place."""
        import numpy as np

        self.traces, self._signs = traces, signs
        self.images = {}
        for letter, trace in traces.items():
            rows = np.ascontiguousarray(trace.T)
            if letter in _SHARES:
                self.images[letter] = map_image(rows, 0.0, 1.0)
            else:
                self.images[letter] = signed_image(rows, self._reach(letter))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for six strips."""
        return QSize(520, 280)

    def strip(self, letter: str) -> QRectF:
        """Return where a gate is painted."""
        count = max(1, len(self.traces))
        high = (self.height() - _FOOT - _GAP * count) / count
        number = list(self.traces).index(letter)
        wide = min(self.width() - _LEFT, 26.0 * max(1, len(self._signs)))
        return QRectF(_LEFT, number * (high + _GAP), wide, high)

    def _reach(self, letter: str) -> float:
        """Return the value of the full colours of a state: 1, as tanh goes, or what the memory has beyond."""
        import numpy as np

        return max(1.0, float(np.abs(np.nan_to_num(self.traces[letter])).max()))

    def mean_line(self, letter: str) -> list[QPointF]:
        """Return the mean over the units at each place: gates from 0 below to 1 on top, states around the middle."""
        room, means = self.strip(letter), self.traces[letter].mean(axis=1).tolist()
        wide = room.width() / len(means)
        low, reach = (0.0, 1.0) if letter in _SHARES else (-self._reach(letter), 2.0 * self._reach(letter))
        return [
            QPointF(room.left() + (number + 0.5) * wide, room.bottom() - (mean - low) / reach * room.height())
            for number, mean in enumerate(means)
        ]

    def describe(self, place: QPointF) -> str:
        """Say what one unit's gate is at one place; empty where there is none."""
        for letter, trace in self.traces.items():
            room = self.strip(letter)
            if room.contains(place):
                steps, units = trace.shape
                step = min(steps - 1, int((place.x() - room.left()) / room.width() * steps))
                unit = min(units - 1, int((place.y() - room.top()) / room.height() * units))
                return tr(
                    "{name}, place {step} ({sign}), unit {unit}: {value:.4f}",
                    name=gate_name(letter),
                    step=step + 1,
                    sign=self._signs[step],
                    unit=unit + 1,
                    value=float(trace[step, unit]),
                )
        return ""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint names, strips and signs."""
        painter, colours = QPainter(self), theme.current()
        for letter, image in self.images.items():
            room = self.strip(letter)
            painter.setPen(colours.mute)
            name = QRectF(0.0, room.top(), _LEFT - 10.0, room.height())
            painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, gate_name(letter))
            painter.drawImage(room, image)
            line = QPolygonF(self.mean_line(letter))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for colour, width in ((colours.panel, 4.0), (colours.text, 1.6)):
                painter.setPen(QPen(colour, width))
                painter.drawPolyline(line)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if not self.traces:
            return
        room = self.strip(next(iter(self.traces)))
        wide = room.width() / max(1, len(self._signs))
        skip = max(1, round(20.0 / wide + 0.49)) if wide < 20.0 else 1
        painter.setPen(colours.text)
        for number, sign in enumerate(self._signs):
            if number % skip == 0:
                where = QRectF(room.left() + (number + 0.5) * wide - 16.0, self.height() - _FOOT - 2.0, 32.0, _FOOT)
                painter.drawText(where, Qt.AlignmentFlag.AlignCenter, sign)


def gate_name(letter: str) -> str:
    """Say what a letter of the formula is."""
    names = {
        "i": tr("input gate i"),
        "f": tr("forget gate f"),
        "o": tr("output gate o"),
        "g": tr("candidate g"),
        "c": tr("memory c"),
        "h": tr("state h"),
        "r": tr("reset gate r"),
        "z": tr("update gate z"),
        "n": tr("candidate n"),
    }
    return names[letter]
