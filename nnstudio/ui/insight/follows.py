"""What a weight that was written over has changed, and the way back."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.training.studies.arithmetic import ArithmeticSeen
from nnstudio.ui.controls import ElidedLabel
from nnstudio.ui.figures import grouped


class Edit(msgspec.Struct, frozen=True):
    """A weight that was written over, and what was seen before.

    Attributes:
        key: of the tensor, as in ``state_dict``.
        index: its place there.
        old, new: the number before and after.
        before: what was seen.
        step: training steps done.
        sample: row of the data set that was looked at.
    """

    key: str
    index: tuple[int, ...]
    old: float
    new: float
    before: ArithmeticSeen
    step: int
    sample: int | None

    @property
    def place(self) -> str:
        """The weight's name, as people write it."""
        return f"{self.key}[{', '.join(map(str, self.index))}]"


class FollowsBar(QWidget):
    """A line that tells what the last edit changed, and a button that takes it back.

    The line compares one sample at one step: once training has gone on, or another sample is looked at, it stays as it
    was and says so.
    """

    undone = Signal(object)
    """An `Edit` is wanted back."""

    def __init__(self) -> None:
        super().__init__()
        self.edits: list[Edit] = []
        self.text = ElidedLabel("", "small")
        self.text.setObjectName("drill_follows")
        self.layers = ElidedLabel("", "small", mute=True)
        self.layers.setObjectName("drill_followed_layers")
        self.undo = QPushButton(tr("Undo"))
        self.undo.setObjectName("drill_undo")
        self.undo.setToolTip(tr("Write the number that was there before"))
        self.undo.clicked.connect(self._on_undo)
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(self.text)
        told.addWidget(self.layers)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(told, 1)
        row.addWidget(self.undo)
        self.hide()

    def add(self, edit: Edit) -> None:
        """Tell of a new edit, with what follows once that has been worked out."""
        self.edits.append(edit)
        self._write(change_text(edit))
        self.show()

    def show_value(self, value: ArithmeticSeen, step: int, sample: int | None) -> None:
        """Say what follows, while it can be told from training and from other samples."""
        if not self.edits:
            return
        edit = self.edits[-1]
        if (step, sample) == (edit.step, edit.sample) and value is not edit.before:
            self._write(follows_text(edit, value), layers_text(edit, value))

    def _on_undo(self) -> None:
        self.undone.emit(self.edits.pop())
        if self.edits:
            self._write(change_text(self.edits[-1]))
        else:
            self.hide()

    def _write(self, text: str, layers: str = "") -> None:
        for label, words in ((self.text, text), (self.layers, layers)):
            if label.text() != words:
                label.setText(words)


def change_text(edit: Edit) -> str:
    """Say which weight was written over, and when."""
    return tr(
        "Step {step}: {place} {old:.5g} → {new:.5g}",
        step=grouped(edit.step),
        place=edit.place,
        old=edit.old,
        new=edit.new,
    )


def follows_text(edit: Edit, now: ArithmeticSeen) -> str:
    """Say what a weight that was written over has changed: this number and the loss."""
    parts = [change_text(edit)]
    if (now.layer, now.index) == (edit.before.layer, edit.before.index):
        parts.append(tr("this number {old:.5g} → {new:.5g}", old=edit.before.value, new=now.value))
    parts.append(
        tr(
            "loss {old:.5g} → {new:.5g} ({change:+.3g})",
            old=edit.before.loss,
            new=now.loss,
            change=now.loss - edit.before.loss,
        )
    )
    return ";  ".join(parts)


def layers_text(edit: Edit, now: ArithmeticSeen) -> str:
    """Say of each layer how many of its numbers have changed."""
    before = {layer.name: layer for layer in edit.before.layers}
    parts = []
    for layer in now.layers:
        known = before.get(layer.name)
        if known is None or known.values.shape != layer.values.shape:
            continue
        change = abs(layer.values - known.values)
        count = int((change > 0).sum())
        if count:
            parts.append(
                tr(
                    "{layer}: {count} changed, by {most:.3g} at most",
                    layer=layer.name,
                    count=grouped(count),
                    most=change.max(),
                )
            )
    return ";  ".join(parts)
