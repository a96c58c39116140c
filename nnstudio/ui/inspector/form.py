"""The form of one node: name, settings, formula, worked-out numbers, problems, help."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.core import edits
from nnstudio.core.graph import Node, Value
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Parameter, Table
from nnstudio.ui import theme
from nnstudio.ui.controls import ElidedLabel, hairline, label
from nnstudio.ui.icons import kind_icon
from nnstudio.ui.inspector.expression_field import ExpressionField
from nnstudio.ui.inspector.field import Field
from nnstudio.ui.inspector.fields import make_field
from nnstudio.ui.inspector.formula import FormulaView
from nnstudio.ui.inspector.numbers import worked_out
from nnstudio.ui.inspector.parts import NumberGrid, ProblemList, add_row, form_grid
from nnstudio.ui.inspector.sharing import SharedWeights
from nnstudio.ui.inspector.skipped import SkippedNote
from nnstudio.ui.inspector.subject import Subject, depends, subject_of, value_of, with_value
from nnstudio.ui.inspector.typed_fields import LineEdit
from nnstudio.ui.session import Session


class NodeForm(QWidget):
    """Shows and edits one node. `refresh` follows the document; a node of another kind needs another form."""

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__()
        self.setObjectName("node_form")
        self.id = id_
        self._session = session
        self._fields: dict[str, Field] = {}
        node = session.graph.by_id[id_]
        self._kind = self._kind_of(node)
        self._subject = subject_of(node, session.blocks)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addLayout(self._heading(self._subject, node))
        if self._subject.summary:
            column.addWidget(label(self._subject.summary, mute=True, wrap=True))
        column.addSpacing(4)
        column.addLayout(self._form(self._subject, node))
        self._skipped = SkippedNote(session, id_)
        column.addWidget(self._skipped)
        self._shared = SharedWeights(session, id_)
        column.addWidget(self._shared)
        self._problems = ProblemList(session)
        column.addWidget(self._problems)
        column.addSpacing(2)
        column.addWidget(hairline())
        if self._subject.formula:
            column.addWidget(label(tr("What it computes"), "caption", mute=True))
            column.addWidget(FormulaView(self._subject.formula))
        self._numbers = NumberGrid()
        column.addWidget(self._numbers)
        if self._subject.help:
            column.addWidget(hairline())
            column.addWidget(label(self._subject.help, "small", mute=True, wrap=True))
            if self._subject.source:
                column.addWidget(label(self._subject.source, "small", mute=True, wrap=True))
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Show the node as the document has it now."""
        node = self._session.graph.by_id[self.id]
        facts = self._session.analysis.facts[self.id]
        self._heading_name.setText(node.name)
        if not (self._name.hasFocus() and self._name.isModified()):
            self._name.setText(node.name)
            self._tell_name("")
        for parameter in self._subject.parameters:
            self._fields[parameter.name].show_value(value_of(node, parameter))
        self._skipped.refresh()
        self._shared.refresh()
        self._numbers.show_rows(worked_out(facts))
        told = {field.fault for field in self._fields.values()}
        problems = self._session.analysis.by_node.get(self.id, ())
        self._problems.show_problems([problem for problem in problems if problem.message not in told])

    def fits(self) -> bool:
        """Whether this is still the form to show."""
        node = self._here()
        if node is None or self._session.selection != {self.id}:
            return False
        return all(
            self._fields[parameter.name].fits(value_of(node, parameter)) for parameter in self._subject.parameters
        )

    def flush(self) -> None:
        """Hand on what has been typed and not been handed on yet, if the node is still there."""
        if self._here() is None:
            return
        if self._name.isModified():
            self._on_renamed()
        for field in self._fields.values():
            field.flush()

    def focus_first(self) -> None:
        """Put the keyboard into the first setting."""
        first = next(iter(self._fields.values()), None)
        (first or self._name).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_name(self) -> None:
        """Put the keyboard into the name."""
        self._name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._name.selectAll()

    # Parts

    def _heading(self, subject: Subject, node: Node) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(7)
        picture = QLabel()
        colour = theme.current().family(subject.family)
        picture.setPixmap(kind_icon(subject.icon, colour, 20, self.devicePixelRatioF()))
        title = label(subject.title, "title")
        self._heading_name = ElidedLabel(node.name, "title", mute=True)
        quiet = theme.font("title")
        quiet.setWeight(quiet.Weight.Normal)
        self._heading_name.setFont(quiet)
        row.addWidget(picture)
        row.addWidget(title)
        row.addWidget(self._heading_name, 1)
        return row

    def _form(self, subject: Subject, node: Node) -> QGridLayout:
        grid = form_grid()
        self._name = LineEdit()
        self._name.setObjectName("field_name")
        self._name.setAccessibleName(tr("Name"))
        self._name.setToolTip(tr("What the layer is called in code: letters, digits and _."))
        self._name.setText(node.name)
        self._name.textEdited.connect(self._on_name_edited)
        self._name.editingFinished.connect(self._on_renamed)
        self._name.escaped.connect(self._on_name_escaped)
        self._name_fault = add_row(grid, tr("Name"), self._name, self._name.toolTip())
        for parameter in subject.parameters:
            field = self._make_field(parameter, node)
            field.edited.connect(partial(self._on_edited, field))
            self._fields[parameter.name] = field
            fault = add_row(grid, str(parameter.label), field, str(parameter.help))
            field.refused.connect(fault.tell)
        return grid

    def _make_field(self, parameter: Parameter, node: Node) -> Field:
        """Return the field of a setting: within a block, one that takes expressions too."""
        session, own = self._session, node.kind == "Block" and parameter.name != "repeat"
        value = value_of(node, parameter)
        chain = own and (node.params.get("repeat", 1) != 1 or isinstance(value, tuple))
        if isinstance(parameter, Table) or not (session.within or chain or depends(value, node)):
            return make_field(parameter)
        return ExpressionField(parameter, lambda: session.values, chain=own)

    def _here(self) -> Node | None:
        """Return the form's node; None where it is gone, or another drawing is open that may have its id too."""
        node = self._session.graph.by_id.get(self.id)
        return node if node is not None and self._kind == self._kind_of(node) else None

    def _kind_of(self, node: Node) -> tuple[object, ...]:
        """Return what decides which fields there are."""
        block = self._session.blocks.get(str(node.params.get("block"))) if node.kind == "Block" else None
        own = block.name if block else None, block.parameters if block else None
        return (self._session.within, node.kind, node.shares is None, *own)

    def _on_edited(self, field: Field, value: Value) -> None:
        node = self._here()
        if node is None:
            return
        label_ = tr("Set {setting} of {name}", setting=field.parameter.label, name=node.name)
        graph = with_value(self._session.graph, self.id, field.parameter, value)
        self._session.commit(label_, graph, merge=f"{self.id}.{field.parameter.name}.{field.visit}")

    # Names

    def _on_name_edited(self, text: str) -> None:
        self._tell_name(self._fault_of(text))

    def _on_name_escaped(self) -> None:
        self._name.setText(self._session.graph.by_id[self.id].name)
        self._tell_name("")

    def _on_renamed(self) -> None:
        name = self._name.text().strip()
        node = self._here()
        if node is None or node.name == name:
            self._name.setModified(False)
            self._tell_name("")
            return
        fault = self._fault_of(name)
        self._tell_name(fault)
        if not fault:
            self._name.setModified(False)
            label_ = tr("Rename {old} to {new}", old=node.name, new=name)
            self._session.commit(label_, edits.rename(self._session.graph, self.id, name))

    def _fault_of(self, name: str) -> str:
        try:
            edits.rename(self._session.graph, self.id, name.strip())
        except ValueError as error:
            return str(error)
        return ""

    def _tell_name(self, fault: str) -> None:
        self._name.setProperty("wrong", bool(fault))
        self._name.style().unpolish(self._name)
        self._name.style().polish(self._name)
        self._name_fault.tell(fault)
