"""What the Export menu does: ask for a place, write there, and say what was written with which weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from nnstudio.core.words import tr
from nnstudio.exports.formats import FORMATS, Format
from nnstudio.ui.session import Session

if TYPE_CHECKING:
    from nnstudio.compiler.tracing import Report
    from nnstudio.project.document import Project
    from nnstudio.training.handover import Handover
    from nnstudio.ui.exports.job import Job, Work
    from nnstudio.ui.exports.progress import ExportProgress

_PATIENCE_MS: Final = 300
"""How long an export may take before its progress is shown."""
_THEME: Final = "light"
"""Pictures are for paper and pages, whatever the window looks like."""


class Exports(QObject):
    """Exports of one session, one at a time."""

    def __init__(
        self, window: QWidget, session: Session, flush: Callable[[], object], suggested: Callable[[str], Path]
    ) -> None:
        """Prepare.

        Args:
            window: questions and messages stand before it.
            session: what is exported.
            flush: hands on what is being typed.
            suggested: gives the place to suggest for a suffix.
        """
        super().__init__(window)
        self._window = window
        self._session = session
        self._flush = flush
        self._suggested = suggested
        self._job: Job | None = None
        self._progress: ExportProgress | None = None
        self._chosen = FORMATS["python"]
        self._note = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show_progress)

    @property
    def is_busy(self) -> bool:
        """Whether an export is under way."""
        return self._job is not None

    def export(self, key: str) -> None:
        """Ask where one of `FORMATS` is to go and write it there."""
        from nnstudio.ui.dialogs import paths

        self._flush()
        chosen = FORMATS[key]
        if self._job is not None:
            self._session.log(tr("One export at a time: the one under way has to end first."))
            return
        if not self._may_begin(chosen):
            return
        suggested = self._suggested(chosen.suffix)
        if key == "script":
            suggested = suggested.with_name(f"train-{suggested.name}")
        path = paths.ask_export(self._window, suggested, chosen)
        if path is None:
            return
        if chosen.is_text or chosen.is_picture:
            self._write_now(chosen, path)
        else:
            self._begin(chosen, path)

    def shutdown(self) -> None:
        """End the export under way and wait for it, as before closing."""
        if self._job is not None:
            self._job.shutdown()
            self._clear()

    def _may_begin(self, chosen: Format) -> bool:
        from nnstudio.ui.dialogs import messages

        if not chosen.is_picture and not self._session.model.ok:
            text = tr("The code can be written once the drawing has no errors. The status bar lists them.")
            messages.tell_error(self._window, tr("The drawing is not finished"), text)
            return False
        if chosen.key == "onnx":
            from nnstudio.compiler.onnx import check_packages
            from nnstudio.compiler.tracing import ExportError

            try:
                check_packages()
            except ExportError as error:
                messages.tell_error(self._window, tr("ONNX cannot be written here"), str(error))
                return False
        return True

    def _write_now(self, chosen: Format, path: Path) -> None:
        """Write what takes no time; pictures are made of Qt's items, which only this thread may touch."""
        from nnstudio.exports.writing import export
        from nnstudio.project.store import write_atomically
        from nnstudio.ui.exports.pictures import render_session

        project = self._session.project
        try:
            if chosen.is_picture:
                write_atomically(path, render_session(self._session, chosen.key, _THEME))
            else:
                export(project, chosen.key, path)
        except ValueError as error:
            self._tell_fault(str(error))
        else:
            self._session.log(tr("Wrote {path}", path=path))

    def _begin(self, chosen: Format, path: Path) -> None:
        from nnstudio.ui.exports.job import Job

        handover, self._note = self._weights() if chosen.has_weights else (None, "")
        self._chosen = chosen
        self._job = Job(_work(self._session.project, chosen, path, handover), self)
        self._job.over.connect(self._on_over)
        self._job.start()
        self._patience.start()

    def _weights(self) -> tuple[Handover | None, str]:
        """Return where trained weights can be had, if there are any, and a line on which are exported."""
        from nnstudio.core.fingerprint import fingerprint

        bridge, session = self._session.bridge, self._session
        if bridge.handover is None or bridge.project is None or not bridge.num_steps:
            return None, tr("With starting weights: this network has not been trained yet.")
        trained = bridge.project
        if fingerprint(trained.graph, trained.blocks_by_name) != fingerprint(session.project.graph, session.blocks):
            return None, tr("With starting weights: the drawing has been changed since it was trained.")
        return bridge.handover, tr("With the weights trained up to step {step}.", step=f"{bridge.num_steps:,}")

    def _show_progress(self) -> None:
        from nnstudio.ui.exports.progress import ExportProgress

        assert self._job is not None
        title = tr("Writing {kind}", kind=self._chosen.kind)
        self._progress = ExportProgress(self._job, title, self._note, self._window)
        self._progress.show()

    def _on_over(self) -> None:
        job = self._job
        assert job is not None
        note = self._note
        self._clear()
        if job.detail:
            self._session.log(job.detail)
        if job.fault:
            # Not from within the timer that looks at the job: the message waits for an answer.
            QTimer.singleShot(0, self, lambda: self._tell_fault(job.fault))
        elif not job.written:
            self._session.log(tr("The export was stopped."))
        else:
            for path in job.written:
                self._session.log(tr("Wrote {path}", path=path))
            if note:
                self._session.log(note)

    def _clear(self) -> None:
        self._patience.stop()
        if self._job is not None:
            self._job.deleteLater()
        if self._progress is not None:
            self._progress.hide()
            self._progress.deleteLater()
        self._job = self._progress = None

    def _tell_fault(self, text: str) -> None:
        from nnstudio.ui.dialogs import messages

        messages.tell_error(self._window, tr("The export did not succeed"), text)


def _work(project: Project, chosen: Format, path: Path, handover: Handover | None) -> Work:
    """Return what the job's thread does, from values alone."""

    def work(report: Report, cancelled: Callable[[], bool]) -> tuple[Path, ...]:
        from nnstudio.exports.process import export_apart
        from nnstudio.exports.writing import check_target, export

        if chosen.key != "script":
            check_target(path)
        with TemporaryDirectory(prefix="nnstudio-export-") as folder:
            trained = None
            if handover is not None:
                report(tr("taking the trained weights"))
                trained = Path(folder) / "weights.safetensors"
                _save_weights(project, handover, trained)
            if chosen.is_slow:
                return export_apart(project, chosen.key, path, trained=trained, report=report, cancelled=cancelled)
            return export(project, chosen.key, path, trained=trained, report=report)

    return work


def _save_weights(project: Project, handover: Handover, path: Path) -> None:
    from nnstudio.compiler.weights import write_weights
    from nnstudio.exports.writing import notes_of

    path.write_bytes(write_weights(handover.take(), notes_of(project)))
