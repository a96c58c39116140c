"""What the inspector shows when no layer or several are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.compiler.memory import BYTES, bytes_text
from nnstudio.core.problem import Problem
from nnstudio.core.words import tr
from nnstudio.training.aim import aim_of
from nnstudio.ui import sharing
from nnstudio.ui.controls import hairline, label, link, unbroken
from nnstudio.ui.figures import grouped
from nnstudio.ui.inspector.numbers import Row
from nnstudio.ui.inspector.parts import NumberGrid, ProblemList, add_row, form_grid
from nnstudio.ui.inspector.typed_fields import LineEdit
from nnstudio.ui.session import Session

if TYPE_CHECKING:
    from nnstudio.data.catalog import Entry

MAX_NAME = 120


class DrawingSummary(QWidget):
    """The drawing as a whole: its name, its size, its data, and what to do next."""

    data_wanted = Signal()
    """The person wants to choose what it learns from."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("drawing_summary")
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(tr("Drawing"), "title"))
        grid = form_grid()
        self._name = LineEdit()
        self._name.setObjectName("field_project_name")
        self._name.setAccessibleName(tr("Name"))
        self._name.setMaxLength(MAX_NAME)
        self._name.editingFinished.connect(self.flush)
        self._name.escaped.connect(self.refresh)
        add_row(grid, tr("Name"), self._name, tr("What the title and the exported code say."))
        column.addLayout(grid)
        column.addSpacing(2)
        self._numbers = NumberGrid()
        column.addWidget(self._numbers)
        self._problems = ProblemList(session)
        column.addWidget(self._problems)
        column.addWidget(hairline())
        self._data_title = label("", wrap=True)
        self._data_summary = label("", "small", mute=True, wrap=True)
        column.addWidget(label(tr("Learns from"), "caption", mute=True))
        column.addWidget(self._data_title)
        column.addWidget(self._data_summary)
        choose = link(tr("Choose data…"))
        choose.setObjectName("choose_data_link")
        choose.clicked.connect(self.data_wanted)
        column.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(hairline())
        self._hint = label("", "small", mute=True, wrap=True)
        column.addWidget(self._hint)
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Show the drawing as it is now."""
        session = self._session
        self._name.setText(session.project.name)
        self._name.setCursorPosition(0)
        self._numbers.show_rows(drawing_numbers(session))
        self._problems.show_problems(whole_problems(session))
        title, summary = data_texts(session)
        self._data_title.setText(unbroken(title))
        self._data_summary.setText(unbroken(summary))
        if session.graph.nodes:
            hint = tr(
                "Click a layer to see what it computes and to change its settings. Press Train to teach the network."
            )
        else:
            hint = tr(
                "Drag layers from the left onto the canvas, then drag from one layer's right dot to another's left dot."
            )
        self._hint.setText(hint)

    def fits(self) -> bool:
        """Whether nothing is selected, and no block open."""
        return not self._session.selection and self._session.within is None

    def focus_first(self) -> None:
        """Nothing here asks for the keyboard."""

    def flush(self) -> None:
        """Give the drawing the name that was typed."""
        name = self._name.text().strip()
        project = self._session.project
        if name and name != project.name:
            named = msgspec.structs.replace(project, name=name)
            self._session.commit(tr("Rename the drawing"), project=named)
        else:
            self._name.setText(project.name)


class SeveralSelected(QWidget):
    """How many layers are selected, and what they weigh together."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("several_selected")
        self._session = session
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        self._title = label("", "title")
        self._numbers = NumberGrid()
        column.addWidget(self._title)
        column.addWidget(self._numbers)
        self._share = link(tr("Share weights"))
        self._share.setObjectName("share_weights")
        self._share.setToolTip(tr("Let them use the weights of the first one."))
        self._share.clicked.connect(lambda: sharing.share(session))
        column.addWidget(self._share, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(hairline())
        hint = tr("Drag to move them together. Ctrl+D duplicates, Del removes.")
        column.addWidget(label(hint, "small", mute=True, wrap=True))
        column.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        session = self._session
        self._title.setText(tr("{count} layers selected", count=len(session.selection)))
        costs = [session.analysis.facts[id_].cost for id_ in session.selection]
        known = [cost.macs for cost in costs if cost.macs is not None]
        rows = [(tr("Parameters"), grouped(sum(cost.parameters for cost in costs)))]
        if len(known) == len(costs):
            rows.append((tr("Multiply–adds"), grouped(sum(known))))
        self._numbers.show_rows(rows)
        self._share.setVisible(sharing.may_share(session))

    def fits(self) -> bool:
        """Whether several are selected still."""
        return len(self._session.selection) > 1

    def focus_first(self) -> None:
        """Nothing here asks for the keyboard."""

    def flush(self) -> None:
        """Nothing is typed here."""


def whole_problems(session: Session) -> list[Problem]:
    """Return what is wrong with the drawing as a whole; an empty one is no mistake."""
    return [p for p in session.analysis.problems if p.id is None] if session.graph.nodes else []


def drawing_numbers(session: Session) -> list[Row]:
    """Return the size of the whole drawing."""
    analysis = session.analysis
    rows: list[Row] = [
        (tr("Layers"), grouped(len(session.graph.nodes))),
        (tr("Parameters"), grouped(analysis.num_parameters)),
    ]
    if analysis.num_buffers:
        rows.append((tr("Buffers"), grouped(analysis.num_buffers)))
    if analysis.macs is not None:
        rows.append((tr("Multiply–adds"), grouped(analysis.macs)))
    if analysis.connections:
        rows.append((tr("Connections"), grouped(analysis.connections)))
    rows.append((tr("Weights"), bytes_text(BYTES * (analysis.num_parameters + analysis.num_buffers))))
    if analysis.activations is not None:
        size = BYTES * analysis.activations
        rows.append((tr("Activations"), tr("{size} a sample", size=bytes_text(size))))
        aim = aim_of(session.project.recipe, session.project.data)
        if aim is not None:
            count = aim.batch_size
            rows.append((tr("Batch of {count}", count=count), bytes_text(count * size)))
    return rows


def data_texts(session: Session) -> tuple[str, str]:
    """Return title and summary of the data set that the drawing learns from, or that none is chosen yet."""
    from nnstudio.data.catalog import DATA_FIELDS, entries

    known, chosen = entries(), session.project.data.get("name")
    if chosen is None:
        usual = known[str(DATA_FIELDS[0].default)]
        if _can_learn(session, usual):
            return tr("No data chosen yet"), tr("Train would use {data}, which fits.", data=usual.title)
        return tr("No data chosen yet"), tr("Choose some on the Train page.")
    entry = known.get(str(chosen))
    if entry is None:
        return str(chosen), tr("This version does not know this data set.")
    return str(entry.title), str(entry.summary)


def _can_learn(session: Session, entry: Entry) -> bool:
    """Whether nothing keeps the drawing from being trained on a data set."""
    from nnstudio.training.ready import ready
    from nnstudio.training.recipe import recipe_of

    graph, analysis = session.project.graph, session.model
    live = {node.kind for node in graph.nodes if analysis.facts[node.id].live}
    if not analysis.ok or not {"Input", "Output"} <= live:
        return False
    try:
        return not ready(graph, analysis, entry, recipe_of(session.project.recipe))
    except ValueError:
        return False
