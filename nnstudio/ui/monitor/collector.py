"""Keeps Python's cyclic collector in the GUI thread while another thread works.

The collector runs in whichever thread happens to allocate, and what it finds may be a widget: destroying one outside
the GUI thread ends the process. So it is switched off while a thread works and called from a timer instead.
"""

from __future__ import annotations

import gc
import threading
from typing import Final

from PySide6.QtCore import QObject, QTimer

_PERIOD_MS: Final = 1_000
_YOUNG: Final = 1


class _Switch:
    """The automatic collector's switch; it goes on again when the last who needs it off has let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._was_on = False

    def hold(self) -> None:
        with self._lock:
            if self._holders == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._holders += 1

    def release(self) -> None:
        with self._lock:
            self._holders -= 1
            assert self._holders >= 0
            if self._holders == 0 and self._was_on:
                gc.enable()


SWITCH: Final = _Switch()
"""The one switch of the process."""


class Collector(QObject):
    """Collects on a timer between `hold` and `release`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._on_due)

    def hold(self) -> None:
        """Switch the automatic collector off and begin to call it from here; a second call does nothing."""
        if not self._timer.isActive():
            SWITCH.hold()
            # What lives now, the libraries above all, need not be walked again every second.
            gc.freeze()
            self._timer.start()

    def release(self) -> None:
        """Leave the collector as it was found."""
        if self._timer.isActive():
            self._timer.stop()
            gc.unfreeze()
            SWITCH.release()

    def _on_due(self) -> None:
        gc.collect(_YOUNG)
