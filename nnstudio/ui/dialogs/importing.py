"""What an import asks and tells: the question before somebody's program runs, a wait that can be ended, the report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.compiler.importers.shapes import read_shapes
from nnstudio.core.words import tr
from nnstudio.ui.controls import label

if TYPE_CHECKING:
    from nnstudio.compiler.importers.report import Imported, Report

Shapes = tuple[tuple[int | str, ...], ...]
Work = Callable[[Callable[[], bool]], "Imported"]
"""``cancelled -> what came in``; runs in a thread and raises ValueError with what went wrong."""

_POLL_MS: Final = 40
_WIDTH: Final = 460
Role = QDialogButtonBox.ButtonRole


class RunQuestion(QDialog):
    """Asks whether a .py may run, and which network in it is meant.

    Attributes:
        name: of the network, once the answer is yes; empty where the file's only one is meant.
        shapes: of one sample of each input; empty where they are to be found out.
    """

    def __init__(self, path: Path, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("run_question")
        self.setWindowTitle(tr("Import"))
        self.name = ""
        self.shapes: Shapes = ()
        text = tr("{file} is a program. Importing it runs it, with everything you are allowed to do.", file=path.name)
        told = label(text, "strong", wrap=True)
        told.setTextFormat(Qt.TextFormat.PlainText)
        more = tr("It runs in a process of its own, which is ended after a few seconds. Run only what you trust.")
        self._names = QComboBox()
        self._names.setObjectName("network_name")
        self._names.setAccessibleName(tr("Network"))
        self._names.setEditable(True)
        self._names.addItems(list(names))
        self._shapes = QLineEdit()
        self._shapes.setObjectName("sample_shape")
        self._shapes.setAccessibleName(tr("Shape of a sample"))
        self._shapes.setPlaceholderText(tr("3,224,224 or T,64; empty: found by trying"))
        self._shapes.textChanged.connect(self._check)
        form = QFormLayout()
        form.addRow(tr("Network"), self._names)
        form.addRow(tr("Shape of a sample"), self._shapes)
        buttons = QDialogButtonBox()
        self._run = buttons.addButton(tr("Run and import"), Role.AcceptRole)
        cancel = buttons.addButton(tr("Cancel"), Role.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addWidget(told)
        page.addWidget(label(more, mute=True, wrap=True))
        page.addLayout(form)
        page.addWidget(buttons)
        self._run.setAutoDefault(False)
        cancel.setDefault(True)  # Enter alone runs nobody's program
        self.setFixedWidth(_WIDTH)

    def accept(self) -> None:
        """Take what was said, and close."""
        self.name, self.shapes = self._names.currentText().strip(), read_shapes(self._shapes.text())
        super().accept()

    def _check(self, text: str) -> None:
        try:
            read_shapes(text)
        except ValueError as error:
            self._run.setEnabled(False)
            self._shapes.setToolTip(str(error))
        else:
            self._run.setEnabled(True)
            self._shapes.setToolTip("")


class ImportWait(QDialog):
    """Waits for a network that is being read, in a thread; Cancel ends it.

    Attributes:
        imported: what came in, once that is there.
        fault: what went wrong, as a sentence; empty where nothing did or it was cancelled.
    """

    def __init__(self, file: str, work: Work, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("import_wait")
        self.setWindowTitle(tr("Import"))
        self.imported: Imported | None = None
        self.fault = ""
        self._work = work
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._do, name="nnstudio-import", daemon=True)
        bar = QProgressBar()
        bar.setAccessibleName(tr("Import"))
        bar.setRange(0, 0)  # how long it takes is not known
        bar.setTextVisible(False)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.clicked.connect(self.reject)
        title = label(tr("Reading {file}", file=file), "strong", wrap=True)
        title.setTextFormat(Qt.TextFormat.PlainText)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addWidget(title)
        page.addWidget(bar)
        page.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(_WIDTH)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._look)

    def exec(self) -> int:
        """Work, and return when it is over."""
        self._thread.start()
        self._timer.start()
        try:
            return super().exec()
        finally:
            self._timer.stop()
            self._unwanted.set()
            self._thread.join()

    def reject(self) -> None:
        """End the work; the dialog goes once it has ended."""
        self._cancel.setEnabled(False)
        self._unwanted.set()

    def _do(self) -> None:
        try:
            self.imported = self._work(self._unwanted.is_set)
        except (ValueError, OSError) as error:
            self.fault = "" if self._unwanted.is_set() else str(error)
        except MemoryError:
            self.fault = tr("There is not enough memory to read this network.")

    def _look(self) -> None:
        if not self._thread.is_alive():
            self._timer.stop()
            self.done(1 if self.imported is not None else 0)


class ImportReport(QDialog):
    """Says what became of a network, part by part, and offers to save it with its weights."""

    def __init__(self, report: Report, save: Callable[[], bool] | None, parent: QWidget) -> None:
        """Take the report, and what saves drawing and weights; None where there are no weights."""
        super().__init__(parent)
        self.setObjectName("import_report")
        self.setWindowTitle(tr("Import"))
        title = label(report.summary, "title", wrap=True)
        verdict = label(report.verdict, wrap=True)
        lines = QPlainTextEdit("\n".join((*report.notes, *_rows(report))))
        lines.setObjectName("import_lines")
        lines.setAccessibleName(tr("What became of each part"))
        lines.setReadOnly(True)
        lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(12)
        page.addWidget(title)
        page.addWidget(verdict)
        page.addWidget(lines, 1)
        buttons = QDialogButtonBox()
        if save is not None:
            text = tr("A drawing holds no weights. They are saved beside it, in a file of the same name.")
            page.addWidget(label(text, "small", mute=True, wrap=True))
            saving = buttons.addButton(tr("Save with weights…"), Role.ActionRole)
            saving.clicked.connect(lambda: saving.setEnabled(not save()))
        close = buttons.addButton(tr("Close"), Role.RejectRole)
        buttons.rejected.connect(self.reject)
        close.setDefault(True)
        page.addWidget(buttons)
        self.resize(640, 460)


def _rows(report: Report) -> list[str]:
    """Write the parts down, those that should be looked at first."""
    order = {"placeholder": 0, "noted": 1, "mapped": 2}
    words = {"placeholder": tr("placeholder"), "noted": tr("note"), "mapped": tr("mapped")}
    return [
        f"{words[entry.state]}: {entry.source} → {entry.node} ({entry.kind})"
        + (f": {entry.note}" if entry.note else "")
        for entry in sorted(report.entries, key=lambda entry: order[entry.state])
    ]
