"""What happens when something unexpected does: it is written down in the state folder, and the person is told once."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from nnstudio.project.places import state_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

_log = logging.getLogger("nnstudio")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_SIZE = 1_000_000
"""Bytes of a report file from which on a new one is begun."""


class CrashReporter(QObject):
    """Takes over Python's, Qt's and the system's last words, until `close`."""

    happened = Signal(str)
    """One line on an exception that nobody handled; may come from any thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = state_folder()
        self.report = folder / "nnstudio.log"
        self._handler: logging.Handler = logging.StreamHandler()
        self._faults: TextIO | None = None
        self._box: QMessageBox | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.report.is_file() and self.report.stat().st_size > _SIZE:
                self.report.replace(self.report.with_suffix(".old.log"))
            self._handler = logging.FileHandler(self.report, encoding="utf-8", delay=True)
            self._faults = (folder / "faults.log").open("a", encoding="utf-8")
        except OSError as error:
            # Without a place to write the reports go to the terminal; the program itself can go on.
            self.report = Path("stderr")
            _log.warning("no report file: %s", error)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))
        _log.addHandler(self._handler)
        if self._faults is not None:
            faulthandler.enable(self._faults)
        self._old = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(self._on_qt_message)
        self.happened.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def close(self) -> None:
        """Give everything back."""
        if self._box is not None and isValid(self._box):
            self._box.close()
            self._box.deleteLater()
        qInstallMessageHandler(None)
        sys.excepthook, threading.excepthook = self._old
        faulthandler.disable()
        if self._faults is not None:
            self._faults.close()
        _log.removeHandler(self._handler)
        self._handler.close()

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.critical("".join(traceback.format_exception(kind, error, trace)))
        self.happened.emit(f"{kind.__name__}: {error}")

    def _on_thread_exception(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None:
            self._on_exception(hook.exc_type, hook.exc_value, hook.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        _log.log(_LEVELS.get(kind, logging.WARNING), "Qt %s: %s", context.category or "", text)

    def _tell(self, text: str) -> None:
        """Show one message at a time, however many come."""
        from nnstudio.ui.dialogs import messages

        if self._box is None or not isValid(self._box) or not self._box.isVisible():
            self._box = messages.tell_crash(QApplication.activeWindow(), text, self.report)
