"""Heavy libraries, kept out of the way of the first window: imported in the background once it has been painted.

What would hold the window up is kept small: `nnstudio.training.warm` loads torch's libraries without the interpreter
lock, this module keeps the switch interval short and the cyclic collector away.
"""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from nnstudio.ui.monitor.collector import SWITCH

_QUICK_SWITCH: Final = 0.0005
_POLL_MS: Final = 30
FILLED_MS: Final = 200
"""How long after its first painting a window is still busy with itself, at most."""
_log = logging.getLogger(__name__)
_warming = threading.Event()


def pyqtgraph() -> Any:
    """Return pyqtgraph, configured; the first call imports it.

    Colours are not set here: every plot takes them from the theme it was made under.
    """
    known = sys.modules.get("pyqtgraph")
    module: Any = importlib.import_module("pyqtgraph")
    if known is None:
        module.setConfigOptions(antialias=True, useOpenGL=False)
    return module


def is_pyqtgraph_ready() -> bool:
    """Whether `pyqtgraph` returns at once."""
    return is_loaded("pyqtgraph")


def is_loaded(name: str) -> bool:
    """Whether a library has been imported as a whole."""
    module = sys.modules.get(name)
    # A module is listed while it is still being imported; its specification says when that is over.
    return module is not None and not getattr(module.__spec__, "_initializing", False)


def is_warming() -> bool:
    """Whether libraries are being imported in the background: what can wait for their end is done in less time then."""
    return _warming.is_set()


class Warmup(QObject):
    """Imports numpy, pyqtgraph, ziamath and then torch in one background thread, without stalling the window.

    pyqtgraph makes no QObject while it is imported, so another thread may do it. Nothing Qt is touched there; a timer
    in this thread looks how far it is.
    """

    ready = Signal()
    """pyqtgraph can be used at once."""
    finished = Signal()
    """torch can be used at once too, or could not be loaded: the run that needs it will say why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._announced = False
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_polled)

    @property
    def is_ready(self) -> bool:
        """Whether pyqtgraph can be used at once."""
        return is_pyqtgraph_ready()

    def start_soon(self) -> None:
        """Begin when a window that was painted just now has filled its panels, too: both at a time would be slow."""
        QTimer.singleShot(FILLED_MS, self, self.start)

    def start(self) -> None:
        """Begin; call it once the first window has been painted. A second call does nothing."""
        if self._thread is None:
            _warming.set()
            self._thread = threading.Thread(target=_warm_up, name="nnstudio-warmup", daemon=True)
            self._thread.start()
            self._timer.start()

    def wait(self) -> None:
        """Wait until everything is imported, as before leaving the program."""
        if self._thread is not None:
            self._thread.join()
            self._on_polled()

    def _on_polled(self) -> None:
        over = self._thread is not None and not self._thread.is_alive()
        if not self._announced and (self.is_ready or over):
            self._announced = True
            self.ready.emit()
        if over and self._timer.isActive():
            self._timer.stop()
            self.finished.emit()


def _warm_up() -> None:
    interval = sys.getswitchinterval()
    # The collector would walk all the half-built modules again and again, and here it could destroy Qt's objects.
    SWITCH.hold()
    sys.setswitchinterval(_QUICK_SWITCH)
    try:
        importlib.import_module("numpy")
        pyqtgraph()
        importlib.import_module("ziamath")
        importlib.import_module("nnstudio.training.warm").warm_up()
    except (ImportError, OSError):
        _log.exception("a library could not be loaded in the background")
    finally:
        sys.setswitchinterval(interval)
        gc.freeze()
        SWITCH.release()
        _warming.clear()
