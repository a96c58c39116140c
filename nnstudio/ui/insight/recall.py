"""A memory that returns to what it has stored, while its energy falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSpinBox, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.recall import RecallSeen, RecallStudy
from nnstudio.ui.controls import ElidedLabel, label
from nnstudio.ui.figures import percent
from nnstudio.ui.insight.curve import Curve
from nnstudio.ui.insight.layout import beside, lay_out, titled
from nnstudio.ui.insight.tiles import Tile, Tiles
from nnstudio.ui.insight.view import StudyView

if TYPE_CHECKING:
    from nnstudio.training.studies.base import Study
    from nnstudio.ui.session import Session

_MOST: Final = 6
"""States on the way that are shown."""


class RecallView(StudyView):
    """The pattern, the damaged one, how it returns, and the energy on the way."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.value: RecallSeen | None = None
        self._seed = 0
        self._row = -1
        self._turned: frozenset[int] = frozenset()
        self.damage = QSpinBox(self)
        self.damage.setObjectName("recall_damage")
        self.damage.setAccessibleName(tr("Units turned over"))
        self.damage.setRange(0, 100)
        self.damage.setSuffix(" %")
        self.damage.setValue(0)
        self.damage.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.again = QPushButton(tr("Damage others"), self)
        self.again.setObjectName("recall_again")
        self.caption = ElidedLabel("", "small", mute=True)
        self.tiles = Tiles(tr("Returning pattern"))
        self.curve = Curve(tr("Energy"), tr("units that turned over"))
        lay_out(
            self,
            [label(tr("Units turned over"), "small"), self.damage, self.again, self.caption],
            beside((self.tiles, 3), (titled((tr("Energy"), self.curve)), 2)),
        )
        self._parts = [self.damage, self.again, self.caption, self.tiles, self.curve]
        self._parts += [part for part in self.findChildren(QWidget) if part.parent() is self and part is not self._note]
        self.damage.valueChanged.connect(lambda _value: self.ask())
        self.tiles.pressed.connect(self._on_pressed)
        self.tiles.hint = tr("Click into the damaged pattern to turn units over.")
        self.again.clicked.connect(self._on_again)

    def study(self) -> Study | None:
        """Ask how the chosen sample returns."""
        row = self.session.bridge.sample
        if row is None:
            return None
        if row != self._row:
            self._row, self._turned = row, frozenset()
        return RecallStudy(row=row, damage=self.damage.value() / 100, seed=self._seed, turned=self._turned)

    def reason(self) -> str:
        """Say what is missing."""
        return tr("preparing…")

    def show_value(self, value: object) -> None:
        """Show the way back, or nothing."""
        assert value is None or isinstance(value, RecallSeen)
        self.value = value
        for part in self._parts:
            part.setVisible(value is not None)
        if value is None:
            return
        states = value.states
        last = len(states) - 1
        shown = range(last + 1) if last < _MOST else (0, *range(last - _MOST + 2, last + 1))
        tiles = [Tile(value.pattern, tr("stored"))]
        for number in shown:
            share = percent((1 + value.overlaps[number]) / 2)
            words = (
                tr("damaged, {share} right", share=share)
                if number == 0
                else tr("sweep {number}, {share} right", number=number, share=share)
            )
            tiles.append(Tile(states[number], words))
        self.tiles.show_tiles(tuple(tiles), 1.4)
        self.curve.show_values(value.energies.tolist())
        end = tr("it stays there") if value.settled else tr("it still moves")
        text = tr(
            "{held} of {stored} stored patterns are held; the energy goes from {first:.2f} to {last:.2f}, and {end}",
            held=value.held,
            stored=value.stored,
            first=value.energies[0],
            last=value.energies[-1],
            end=end,
        )
        self.caption.setText(text)

    def _on_pressed(self, number: int, row: int, column: int) -> None:
        if number == 1:
            self._turned ^= {row * self.tiles.images[1].width() + column}
            self.ask()

    def _on_again(self) -> None:
        self._seed += 1
        self.ask()
