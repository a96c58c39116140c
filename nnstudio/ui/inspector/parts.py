"""Parts that the inspector's pages are put together from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.core.problem import Fix, Problem
from nnstudio.core.words import tr
from nnstudio.ui import theme
from nnstudio.ui.controls import label, link, problem_label
from nnstudio.ui.inspector.numbers import Row
from nnstudio.ui.session import Session

LABEL_WIDTH = 104
_MAX_PROBLEMS = 8


class FaultLabel(QLabel):
    """A line in red under a field; not there at all while nothing is wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font("small"))
        self.setWordWrap(True)
        self.setProperty("wrong", True)
        self.setVisible(False)

    def tell(self, fault: str) -> None:
        """Show what is wrong; an empty text takes the line away."""
        self.setText(fault)
        self.setVisible(bool(fault))


def form_grid() -> QGridLayout:
    """Return the layout of a form: labels at the left, fields at the right."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(7)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    return grid


def add_row(grid: QGridLayout, text: str, editor: QWidget, help_: str) -> FaultLabel:
    """Add a labelled field to a `form_grid`; return the line under it for what is wrong."""
    row = grid.rowCount()
    name = label(text, mute=True, wrap=True)
    name.setToolTip(help_)
    name.setBuddy(editor)
    fault = FaultLabel()
    fault.setObjectName(f"fault_{(editor.focusProxy() or editor).objectName()}")
    grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignVCenter)
    grid.addWidget(editor, row, 1)
    grid.addWidget(fault, row + 1, 0, 1, 2)
    return fault


class NumberGrid(QWidget):
    """Rows of a grey label and a number at the right edge. The numbers can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("numbers")
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows in place of the ones before."""
        while len(self._rows) < len(rows):
            self._rows.append(self._add())
        for place, (name, value) in enumerate(self._rows):
            shown = place < len(rows)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                name.setText(rows[place][0])
                value.setText(rows[place][1])
                value.setAccessibleName(f"{rows[place][0]}: {rows[place][1]}")

    def rows(self) -> list[Row]:
        """Return what is shown."""
        return [(name.text(), value.text()) for name, value in self._rows if not value.isHidden()]

    def _add(self) -> tuple[QLabel, QLabel]:
        name, value = label("", mute=True), label("", wrap=True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = len(self._rows)
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(value, row, 1)
        return name, value


class ProblemList(QWidget):
    """What is wrong, each with links that mend it in one undoable step."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("problems")
        self._session = session
        self._shown: tuple[Problem, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self.setVisible(False)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems in place of the ones before."""
        if _texts(problems) == _texts(self._shown):
            self._shown = tuple(problems)
            return
        self._shown = tuple(problems)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, problem in enumerate(problems[:_MAX_PROBLEMS]):
            self._column.addWidget(problem_label(problem))
            for number, fix in enumerate(problem.fixes):
                self._column.addWidget(_FixLink(self, place, number, fix))
        if len(problems) > _MAX_PROBLEMS:
            rest = tr("and {count} more", count=len(problems) - _MAX_PROBLEMS)
            self._column.addWidget(label(rest, "small", mute=True))
        self.setVisible(bool(problems))

    def mend(self, place: int, number: int) -> None:
        """Make the edit that a link offers."""
        fix = self._shown[place].fixes[number]
        self._session.commit(fix.label, fix.edit(self._session.graph))


class _FixLink(QWidget):
    def __init__(self, owner: ProblemList, place: int, number: int, fix: Fix) -> None:
        super().__init__()
        self._owner, self._place, self._number = owner, place, number
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        button = link(fix.label)
        button.setObjectName("fix")
        button.setFont(theme.font("small"))
        button.clicked.connect(self._on_clicked)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _on_clicked(self) -> None:
        self._owner.mend(self._place, self._number)


def _texts(problems: Sequence[Problem]) -> list[tuple[str, str, list[str]]]:
    return [(problem.message, problem.severity, [fix.label for fix in problem.fixes]) for problem in problems]
