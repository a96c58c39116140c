"""Keeps Python's cyclic collector in the GUI thread while another thread works.

The collector runs in whichever thread happens to allocate, and what it finds may be a widget: destroying one outside
the GUI thread ends the process. So it is switched off for the length of a run and called from a timer instead.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_PERIOD_MS = 1_000
_YOUNG = 1


class Collector(QObject):
    """Collects on a timer between `hold` and `release`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled: bool | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._on_due)

    def hold(self) -> None:
        """Switch the automatic collector off and begin to call it from here."""
        if self._was_enabled is None:
            self._was_enabled = gc.isenabled()
            gc.disable()
            # What lives now, the libraries above all, need not be walked again every second.
            gc.freeze()
            self._timer.start()

    def release(self) -> None:
        """Leave the collector as it was found."""
        if self._was_enabled is not None:
            self._timer.stop()
            gc.unfreeze()
            if self._was_enabled:
                gc.enable()
            self._was_enabled = None

    def _on_due(self) -> None:
        gc.collect(_YOUNG)
