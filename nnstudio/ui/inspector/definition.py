"""What the inspector shows of a block that is open, while none of its layers is selected: name and parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from nnstudio.compiler.values import parameter_fault
from nnstudio.core.graph import BlockParameter, Scalar
from nnstudio.core.names import unique_name
from nnstudio.core.words import tr
from nnstudio.layers.blocks import LIBRARY
from nnstudio.project import definitions
from nnstudio.project.document import Project
from nnstudio.ui.controls import hairline, label, link
from nnstudio.ui.inspector.parts import FaultLabel, NumberGrid, ProblemList, add_row, form_grid
from nnstudio.ui.inspector.summary import drawing_numbers, whole_problems
from nnstudio.ui.inspector.typed_fields import LineEdit
from nnstudio.ui.session import Session

Edit = Callable[[], Project]


class DefinitionForm(QWidget):
    """Edits the open block: its name, its parameters and their defaults; every edit changes all instances."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("definition_form")
        assert session.within is not None
        self._session = session
        self._block = session.blocks[session.within]
        known = LIBRARY.get(self._block.name)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(str(known.title) if known is not None else self._block.name, "title"))
        uses = _count_uses(session.project, self._block.name)
        column.addWidget(label(_uses_text(uses), "small", mute=True, wrap=True))
        grid = form_grid()
        self._name = _line("definition_name", tr("Name"), self._block.name)
        self._name.editingFinished.connect(self._on_renamed)
        self._name_fault = add_row(grid, tr("Name"), self._name, tr("What the class is called in exported code."))
        column.addLayout(grid)
        column.addWidget(hairline())
        column.addWidget(label(tr("Parameters"), "caption", mute=True))
        self._rows = [_Row(self, parameter) for parameter in self._block.parameters]
        table = QGridLayout()
        table.setHorizontalSpacing(6)
        table.setVerticalSpacing(4)
        table.setColumnStretch(0, 1)
        table.setColumnStretch(1, 1)
        for place, row in enumerate(self._rows):
            row.put(table, 2 * place)
        column.addLayout(table)
        add = link(tr("Add a parameter"))
        add.setObjectName("parameter_add")
        add.clicked.connect(self._on_added)
        column.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        hint = tr("Layers in the block refer to a parameter as =name, or work with it: =2*name, =max(8, name//4).")
        column.addWidget(label(hint, "small", mute=True, wrap=True))
        column.addWidget(hairline())
        self._numbers = NumberGrid()
        column.addWidget(self._numbers)
        self._problems = ProblemList(session)
        column.addWidget(self._problems)
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        self._numbers.show_rows(drawing_numbers(self._session))
        self._problems.show_problems(whole_problems(self._session))

    def fits(self) -> bool:
        """Whether the same block is open still, with the same parameters, and nothing in it is selected."""
        session = self._session
        now = session.blocks.get(session.within or "")
        same = now is not None and (now.name, now.parameters) == (self._block.name, self._block.parameters)
        return not session.selection and same

    def focus_first(self) -> None:
        """Put the keyboard into the name."""
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet, if the block is still there as it was."""
        session = self._session
        now = session.blocks.get(self._block.name)
        if session.within != self._block.name or now is None or now.parameters != self._block.parameters:
            return
        if self._name.isModified():
            self._on_renamed()
        for row in self._rows:
            row.flush()

    def edit(self, text: str, edit: Edit, fault: FaultLabel) -> None:
        """Make an edit of the definition, or say why it cannot be."""
        try:
            project = edit()
        except ValueError as error:
            fault.tell(str(error))
            return
        fault.tell("")
        self._session.commit(text, project=project)

    # Edits that a row asks for

    def set_default(self, parameter: BlockParameter, text: str, fault: FaultLabel) -> None:
        """Give a parameter another default; its type may become another one."""
        value = read_scalar(text)
        later = parameter.later if type(parameter.later) is type(value) else None
        changed = msgspec.structs.replace(parameter, default=value, later=later)
        if changed != parameter or type(value) is not type(parameter.default):
            project, block = self._session.project, self._block.name
            label_ = tr("Set {name} of {block}", name=parameter.name, block=block)
            self.edit(label_, lambda: definitions.set_parameter(project, block, changed), fault)

    def rename(self, parameter: BlockParameter, new: str, fault: FaultLabel) -> None:
        """Give a parameter another name."""
        if new != parameter.name:
            project, block = self._session.project, self._block.name
            label_ = tr("Rename {old} to {new}", old=parameter.name, new=new)
            self.edit(label_, lambda: definitions.rename_parameter(project, block, parameter.name, new), fault)

    def remove(self, parameter: BlockParameter, fault: FaultLabel) -> None:
        """Take a parameter away."""
        project, block = self._session.project, self._block.name
        label_ = tr("Remove {name} from {block}", name=parameter.name, block=block)
        self.edit(label_, lambda: definitions.remove_parameter(project, block, parameter.name), fault)

    def _on_added(self) -> None:
        taken = {parameter.name for parameter in self._block.parameters}
        name = next(name for name in _names(taken) if parameter_fault(name) is None)
        project, block = self._session.project, self._block.name
        label_ = tr("Add {name} to {block}", name=name, block=block)
        self.edit(label_, lambda: definitions.add_parameter(project, block, name, 1), self._name_fault)

    def _on_renamed(self) -> None:
        new, old = self._name.text().strip(), self._block.name
        self._name.setModified(False)
        if new == old:
            self._name_fault.tell("")
            return
        project = self._session.project
        label_ = tr("Rename {old} to {new}", old=old, new=new)
        self.edit(label_, lambda: definitions.rename_block(project, old, new), self._name_fault)


class _Row:
    """One parameter: name, default, and a button that takes it away."""

    def __init__(self, form: DefinitionForm, parameter: BlockParameter) -> None:
        self._form = form
        self._parameter = parameter
        self._name = _line(f"parameter_{parameter.name}_name", tr("Parameter"), parameter.name)
        self._default = _line(f"parameter_{parameter.name}", tr("Default"), write_scalar(parameter.default))
        self._default.setToolTip(tr("Default: a whole number, a decimal, yes or no, or a short word."))
        self._fault = FaultLabel()
        self._fault.setObjectName(f"fault_parameter_{parameter.name}")
        self._remove = QToolButton()
        self._remove.setObjectName(f"parameter_{parameter.name}_remove")
        self._remove.setText("×")
        self._remove.setAccessibleName(tr("Remove {name}", name=parameter.name))
        self._remove.setToolTip(self._remove.accessibleName())
        self._name.editingFinished.connect(self._on_renamed)
        self._default.editingFinished.connect(self._on_set)
        self._remove.clicked.connect(partial(form.remove, parameter, self._fault))

    def put(self, table: QGridLayout, row: int) -> None:
        """Take two rows of a table."""
        table.addWidget(self._name, row, 0)
        table.addWidget(self._default, row, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._remove)
        table.addLayout(buttons, row, 2)
        table.addWidget(self._fault, row + 1, 0, 1, 3)

    def flush(self) -> None:
        """Hand on what has been typed; of two edits the first, as the row belongs to the past after it."""
        if self._name.isModified():
            self._on_renamed()
        elif self._default.isModified():
            self._on_set()

    def _on_renamed(self) -> None:
        if self._name.isModified():
            self._name.setModified(False)
            self._form.rename(self._parameter, self._name.text().strip(), self._fault)

    def _on_set(self) -> None:
        if self._default.isModified():
            self._default.setModified(False)
            self._form.set_default(self._parameter, self._default.text(), self._fault)


def read_scalar(text: str) -> Scalar:
    """Read what a person types as the value of a block's parameter: its form says which type it is."""
    bare = text.strip()
    answers = {tr("yes"): True, tr("no"): False}
    if bare in answers:
        return answers[bare]
    try:
        return int(bare) if len(bare) < 10 else bare
    except ValueError:
        pass
    try:
        number = float(bare)
    except ValueError:
        return bare
    return number if -1e9 < number < 1e9 else bare


def write_scalar(value: Scalar) -> str:
    """Write the value of a block's parameter so that `read_scalar` gives it back."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return str(value)


def _line(name: str, spoken: str, text: str) -> LineEdit:
    made = LineEdit()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setText(text)
    made.escaped.connect(partial(_put_back, made, text))
    return made


def _put_back(line: LineEdit, text: str) -> None:
    line.setText(text)
    line.setModified(False)


def _names(taken: set[str]) -> list[str]:
    found = [name for name in ("channels", "width", "depth") if name not in taken]
    return [*found, unique_name("parameter_", taken)]


def _count_uses(project: Project, name: str) -> int:
    graphs = [project.graph, *(block.graph for block in project.blocks)]
    return sum(node.kind == "Block" and node.params.get("block") == name for graph in graphs for node in graph.nodes)


def _uses_text(uses: int) -> str:
    if uses == 1:
        return tr("Used in one place. What is changed here changes there.")
    return tr("Used in {count} places. What is changed here changes in all of them.", count=uses)
