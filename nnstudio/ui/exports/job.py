"""One export under way: a plain thread does it, a timer looks how far it is; nothing of Qt is touched in the thread."""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.compiler.tracing import Report
from nnstudio.core.words import tr
from nnstudio.exports.process import Cancelled
from nnstudio.training.threads import quick_turns

Work = Callable[[Report, Callable[[], bool]], tuple[Path, ...]]
"""``(report, cancelled)`` -> the files that were written. Runs in the thread; raises `Cancelled` when told to end."""

_POLL_MS: Final = 40


class Job(QObject):
    """Works once.

    Attributes:
        stage: what is being done now.
        written: the files, once it is over and went well.
        fault: what went wrong, as a sentence; empty where nothing did.
        detail: the traceback of a fault that nobody foresaw; empty otherwise.
    """

    told = Signal(str)
    """There is another `stage`."""
    over = Signal()

    def __init__(self, work: Work, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stage = ""
        self.written: tuple[Path, ...] = ()
        self.fault = ""
        self.detail = ""
        self._work = work
        self._box: deque[str] = deque(maxlen=1)
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._do, name="nnstudio-export", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_polled)

    @property
    def is_cancelled(self) -> bool:
        """Whether it was told to end."""
        return self._unwanted.is_set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()
        self._timer.start()

    def cancel(self) -> None:
        """Tell it to end; `over` comes when it has."""
        self._unwanted.set()

    def shutdown(self) -> None:
        """End it and wait, as before closing; `over` does not come any more."""
        self._timer.stop()
        self.cancel()
        if self._thread.ident is not None:
            self._thread.join()

    def _do(self) -> None:
        try:
            with quick_turns():
                self.written = self._work(self._box.append, self._unwanted.is_set)
        except Cancelled:
            pass
        except (ValueError, OSError) as error:
            self.fault = str(error)
        except MemoryError:
            self.fault = tr("There is not enough memory for this export.")
        except Exception as error:  # whatever it is, the person must be told
            first = (str(error).strip().splitlines() or [""])[0]
            text = f"{type(error).__name__}: {first}".rstrip(": ")
            self.fault = tr("The export came upon an error: {error}", error=text)
            self.detail = traceback.format_exc()

    def _on_polled(self) -> None:
        # Asked first: whatever a finished thread has left is then certainly there.
        is_over = not self._thread.is_alive()
        if self._box:
            self.stage = self._box.pop()
            self.told.emit(self.stage)
        if is_over:
            self._timer.stop()
            self.over.emit()
