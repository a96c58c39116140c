"""How far an export is, with a button that ends it. The window stays free for other work meanwhile."""

from __future__ import annotations

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.core.words import tr
from nnstudio.ui.controls import ElidedLabel, label
from nnstudio.ui.exports.job import Job

_WIDTH = 420


class ExportProgress(QDialog):
    """Shows a `Job`; closing it is the same as Cancel."""

    def __init__(self, job: Job, title: str, note: str, parent: QWidget) -> None:
        """Take the job, what is written, and a line on which weights it carries (empty where it has none)."""
        super().__init__(parent)
        self.setObjectName("export_progress")
        self.setWindowTitle(tr("Export"))
        self._job = job
        self._stage = ElidedLabel(job.stage or tr("beginning…"), "small", mute=True)
        self._stage.setObjectName("export_stage")
        bar = QProgressBar()
        bar.setObjectName("export_bar")
        bar.setAccessibleName(tr("Export"))
        bar.setRange(0, 0)  # how long the exporters take is not known
        bar.setTextVisible(False)
        self._cancel = QPushButton(tr("Cancel"))
        self._cancel.setObjectName("export_cancel")
        self._cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 20, 24, 16)
        page.setSpacing(10)
        page.addWidget(label(title, "strong", wrap=True))
        if note:
            page.addWidget(label(note, "small", mute=True, wrap=True))
        page.addWidget(bar)
        page.addWidget(self._stage)
        page.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        job.told.connect(self._stage.setText)

    def reject(self) -> None:
        """End the job; the dialog goes once it has ended."""
        self._cancel.setEnabled(False)
        self._stage.setText(tr("stopping…"))
        self._job.cancel()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close like Cancel."""
        self.reject()
        event.ignore()
