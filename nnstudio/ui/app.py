"""The application: the window for a person, the demo, and pictures of the window."""

from __future__ import annotations

import gc
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from nnstudio.core.resources import resource
from nnstudio.core.words import language, tr
from nnstudio.project.document import Project
from nnstudio.project.errors import FileError
from nnstudio.project.store import load
from nnstudio.ui import theme
from nnstudio.ui.bridge import RunBridge
from nnstudio.ui.crash import CrashReporter
from nnstudio.ui.files import START_EXAMPLE
from nnstudio.ui.language import speak
from nnstudio.ui.lazy import Warmup
from nnstudio.ui.session import Session
from nnstudio.ui.settings import Settings
from nnstudio.ui.window import USUAL, MainWindow

_SIGNAL_MS = 300

Report = Callable[[float, str], None]
"""Hears how far the demo is, from 0 to 1, and what it does just now."""


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """How the demo went.

    Attributes:
        accuracy: share of the validation samples that were right at the end, from 0 to 1; None when it did not get
            that far.
        screenshot: where the picture is; None when none was asked for.
        seconds: from the call to the end of training.
        message: why it did not get that far.
    """

    accuracy: float | None
    screenshot: Path | None
    seconds: float
    message: str = ""


def run_window(paths: Sequence[Path]) -> int:
    """Show a window with a tab for each file, or with the newcomer's example; return the exit status at its end."""
    application = make_application()
    with _reporting(application), _warming(application) as warmup, _shown(open_window(*paths)) as window:
        window.painted.connect(gc.enable)
        window.painted.connect(warmup.start_soon)
        window.painted.connect(window.offer_recovery)
        _listen_to_ctrl_c(application)
        return application.exec()


def run_demo(screenshot: Path | None, progress: Report) -> DemoResult:
    """Train LeNet-5 on handwritten digits in the window, to the end.

    On a display the window stays open afterwards, unless a picture was asked for.

    Raises:
        FileError: the picture cannot be written.
    """
    begun = time.perf_counter()
    application = make_application()
    stays = _is_seen() and screenshot is None
    window = MainWindow(Session(_start_project()), remember=stays)
    if not _is_seen():
        window.resize(*USUAL)
    with _reporting(application), _warming(application) as warmup, _shown(window):
        window.painted.connect(warmup.start_soon)
        waiting = QEventLoop()

        def begin() -> None:
            try:
                window.running.train_or_stop()
            finally:
                if not window.session.bridge.is_active:  # nothing will ever report an end
                    waiting.quit()

        warmup.finished.connect(begin)
        progress(0.0, tr("loading PyTorch"))
        window.closed.connect(waiting.quit)
        _follow(window.session.bridge, progress, waiting.quit)
        waiting.exec()
        seconds = time.perf_counter() - begun
        if screenshot is not None and window.isVisible():
            _pose(window)
            save_picture(window, screenshot)
        elif window.isVisible() and stays:
            progress(1.0, tr("done; close the window to go on"))
            waiting.exec()
        bridge = window.session.bridge
        finished = bridge.ended is not None and bridge.ended.reason == "finished"
        return DemoResult(
            accuracy=bridge.epochs[-1].validation_accuracy if finished and bridge.epochs else None,
            screenshot=screenshot,
            seconds=seconds,
            message=bridge.failed.message if bridge.failed is not None else "",
        )


def render_screenshot(path: Path, out: Path, theme_name: str, size: tuple[int, int], page: str) -> None:
    """Write a picture of the window with a project in it.

    Args:
        path: the project.
        out: the picture to write; its suffix says the format.
        theme_name: a key of `theme.THEMES`.
        size: width and height in pixels.
        page: ``design`` or ``train``.

    Raises:
        FileError: the project cannot be read, or the picture cannot be written.
    """
    application = make_application()
    theme.set_theme(theme_name)
    session = Session(load(path), path)
    session.view.page = page
    window = MainWindow(session, remember=False)
    window.setMinimumSize(0, 0)
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(*size)
    with _reporting(application), _shown(window):
        window.design.dock.open_tab(session.view.tab)  # it would wait until the window has been seen
        application.processEvents()
        save_picture(window, out)


def make_application() -> QApplication:
    """Return the application, dressed in the person's theme; a second call returns the same."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    # Set from Python, the style would bring forth the classes of all styles, which takes 5 ms.
    application = QApplication([*sys.argv[:1], "-style", "fusion"])
    application.setApplicationName("NN Studio")
    application.setDesktopFileName("nnstudio")
    speak(language())
    theme.set_theme(Settings(_ignore).theme)
    return application


def open_window(*paths: Path) -> MainWindow:
    """Return a window with files in it, or with the newcomer's example; a bad file is told once it is shown."""
    window = MainWindow(Session(_start_project()), staged=True)
    if paths:
        QTimer.singleShot(0, window, lambda: window.files.open_all(paths))
    return window


def save_picture(window: MainWindow, out: Path) -> None:
    """Write what the window shows.

    Raises:
        FileError: the picture cannot be written.
    """
    if not window.grab().save(str(out)):
        raise FileError(tr("{path} cannot be written as a picture.", path=out))


def _start_project() -> Project:
    return load(resource("examples", f"{START_EXAMPLE}.nns"))


@contextmanager
def _reporting(application: QApplication) -> Iterator[None]:
    """Write down whatever nobody handles."""
    reporter = CrashReporter(application)
    try:
        yield
    finally:
        reporter.close()


@contextmanager
def _warming(application: QApplication) -> Iterator[Warmup]:
    """Wait at the end for the libraries that are being loaded: a thread must not be cut off in the midst of that."""
    warmup = Warmup(application)
    try:
        yield warmup
    finally:
        warmup.wait()


@contextmanager
def _shown(window: MainWindow) -> Iterator[MainWindow]:
    """Show a window, and take it down at the end with everything in it."""
    window.show()
    try:
        yield window
    finally:
        if window.isVisible():  # a window that the person closed has asked already
            window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def _listen_to_ctrl_c(application: QApplication) -> None:
    """Let Ctrl+C in the terminal close the window, with its questions."""
    signal.signal(signal.SIGINT, lambda _number, _frame: application.quit())
    # Python looks at signals only while it runs, and Qt's event loop runs without it.
    timer = QTimer(application)
    timer.timeout.connect(lambda: None)
    timer.start(_SIGNAL_MS)


def _follow(bridge: RunBridge, progress: Report, over: Callable[[], object]) -> None:
    """Tell how a run gets on, keep a right answer in view, and call ``over`` at its end."""
    shown = 0

    def on_progressed() -> None:
        nonlocal shown
        if bridge.started is not None:
            done = bridge.epochs[-1].epoch if bridge.epochs else 0
            if done > shown:
                shown = done
                _show_a_right_answer(bridge)
            epoch = min(done + 1, bridge.started.epochs)
            progress(bridge.share_done, tr("epoch {epoch} of {epochs}", epoch=epoch, epochs=bridge.started.epochs))

    def on_state_changed() -> None:
        if not bridge.is_active:
            over()

    bridge.progressed.connect(on_progressed)
    bridge.state_changed.connect(on_state_changed)


def _show_a_right_answer(bridge: RunBridge) -> None:
    """Go on to the next validation sample where the network is wrong about the present one."""
    snapshot, dataset = bridge.snapshot, bridge.dataset
    if snapshot is None or dataset is None or int(snapshot.output.argmax()) == int(snapshot.truth):
        return
    rows = list(dataset.validation)
    place = rows.index(snapshot.sample) if snapshot.sample in rows else -1
    bridge.set_sample(int(rows[(place + 1) % len(rows)]))


def _pose(window: MainWindow) -> None:
    """Show what is worth a picture: a layer with its formula, all live views, and nothing half painted."""
    session = window.session
    convolutions = [node.id for node in session.graph.nodes if node.kind == "Conv2d"]
    session.select(convolutions[-1:])
    window.show_page("design")
    for _ in range(3):
        QApplication.processEvents()


def _is_seen() -> bool:
    return QGuiApplication.platformName() not in ("offscreen", "minimal")


def _ignore(_message: str) -> None:
    """Nothing is written with these preferences."""
