"""What a sweep is asked for: which setting, which values, a second setting, how many seeds and epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QFormLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from nnstudio.core.graph import Value
from nnstudio.core.words import tr
from nnstudio.training.places import places, read_value, value_at
from nnstudio.training.sweep import Factor, SweepPlan, check
from nnstudio.ui.controls import label

if TYPE_CHECKING:
    from nnstudio.ui.session import Session


_PAD: Final = 10


class SweepForm(QWidget):
    """Fields for a plan.

    Attributes:
        factor, variant: the places of the two settings.
        factor_values, variant_values: what they are set to, with commas.
        seeds, epochs: how many; 0 epochs for as many as the recipe says.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.factor, self.variant = _place_box("factor"), _place_box("variant")
        self.factor_values, self.variant_values = QLineEdit(), QLineEdit()
        for field, name in ((self.factor_values, tr("Values")), (self.variant_values, tr("Variants"))):
            field.setAccessibleName(name)
            field.setPlaceholderText(tr("with commas: 10, 20, 56"))
        self.seeds, self.epochs = QSpinBox(), QSpinBox()
        self.seeds.setRange(1, 50)
        self.seeds.setValue(3)
        self.seeds.setAccessibleName(tr("Seeds"))
        for number in (self.seeds, self.epochs):
            number.lineEdit().setTextMargins(_PAD, 0, 0, 0)
        self.epochs.setRange(0, 100_000)
        self.epochs.setSpecialValueText(tr("as in the recipe"))
        self.epochs.setAccessibleName(tr("Epochs"))
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        rows: tuple[tuple[str, QWidget], ...] = (
            (tr("What is varied"), self.factor),
            (tr("Values"), self.factor_values),
            (tr("A curve for each (may be empty)"), self.variant),
            (tr("Variants"), self.variant_values),
            (tr("Seeds"), self.seeds),
            (tr("Epochs"), self.epochs),
        )
        for title, widget in rows:
            form.addRow(label(title, "small", mute=True), widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        self.offer()
        self.factor.currentTextChanged.connect(lambda: self._suggest(self.factor, self.factor_values))
        self.variant.currentTextChanged.connect(lambda: self._suggest(self.variant, self.variant_values))

    def offer(self) -> None:
        """Offer the settings that the drawing has now; what is written stays."""
        offered = places(self._session.project)
        for box, choices in ((self.factor, offered), (self.variant, ("", *offered))):
            if [box.itemText(number) for number in range(box.count())] != list(choices):
                written = box.currentText()
                with QSignalBlocker(box):
                    box.clear()
                    box.addItems(list(choices))
                    box.setCurrentIndex(box.findText(written) if written else -1)
                    box.setEditText(written)

    def show_plan(self, plan: SweepPlan) -> None:
        """Ask for what was asked for last."""
        for factor, box, field in (
            (plan.factor, self.factor, self.factor_values),
            (plan.variant, self.variant, self.variant_values),
        ):
            box.setEditText(factor.place if factor is not None else "")
            field.setText(", ".join(map(value_text, factor.values)) if factor is not None else "")
        self.seeds.setValue(len(plan.seeds))
        self.epochs.setValue(plan.epochs or 0)

    def plan(self) -> SweepPlan:
        """Return what is asked for, of the drawing as it is now.

        Raises:
            ValueError: it cannot be worked.
        """
        if not self.factor.currentText().strip():
            raise ValueError(tr("Choose first what is varied."))
        variant = self.variant.currentText().strip()
        made = SweepPlan(
            factor=self._factor(self.factor.currentText().strip(), self.factor_values),
            variant=self._factor(variant, self.variant_values) if variant else None,
            seeds=tuple(range(self.seeds.value())),
            epochs=self.epochs.value() or None,
        )
        check(self._session.project, made)
        return made

    def _factor(self, place: str, field: QLineEdit) -> Factor:
        words = [word for word in field.text().replace("，", ",").split(",") if word.strip()]
        return Factor(place, tuple(read_value(self._session.project, place, word) for word in words))

    def _suggest(self, box: QComboBox, field: QLineEdit) -> None:
        """Offer values around the present one."""
        try:
            now = value_at(self._session.project, box.currentText())
        except ValueError:
            field.clear()
            return
        field.setText(", ".join(_around(now)))


def value_text(value: Value) -> str:
    """Write a value of a setting."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _place_box(name: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(f"sweep_{name}")
    box.setAccessibleName(tr("What is varied") if name == "factor" else tr("A curve for each (may be empty)"))
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    line = box.lineEdit()
    assert line is not None
    line.setPlaceholderText(tr("none") if name == "variant" else tr("choose, or type a part of its name"))
    completer = box.completer()
    assert completer is not None
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    return box


def _around(now: Value) -> tuple[str, ...]:
    if isinstance(now, bool):
        return "false", "true"
    if isinstance(now, int):
        return (str(max(1, now // 2)), str(now), str(2 * now)) if now else ("0", "1", "2")
    if isinstance(now, float):
        return (f"{now / 3:.1g}", f"{now:g}", f"{now * 3:.1g}") if now else ("0", "0.001", "0.01")
    return (str(now),) if isinstance(now, str) else ()
