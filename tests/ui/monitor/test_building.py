"""Building what shows a run, while one goes on: nothing flashes up as a window of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.training.diagnosis.finding import Finding
from nnstudio.training.events import Diagnosed
from nnstudio.ui.monitor.steering import SteeringBar
from nnstudio.ui.monitor.train_page import TrainPage
from nnstudio.ui.monitor.views import ProgressView
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import WrittenRun
from tests.ui.monitor.test_metric_row import tell


class WindowsSeen(QObject):
    """Notes the name of each widget that is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.names.append(watched.objectName() or type(watched).__name__)
        return False


def windows_shown_by(build: Callable[[], QWidget], qtbot: QtBot) -> list[str]:
    seen = WindowsSeen()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(seen)
    qtbot.addWidget(build())
    app.removeEventFilter(seen)
    return seen.names


@pytest.mark.parametrize("view", [TrainPage, ProgressView])
def test_no_part_flashes_up_while_a_run_goes_on(
    view: Callable[[Session], QWidget], session: Session, written: WrittenRun, qtbot: QtBot
) -> None:
    written.begin()
    written.add_steps([1.0] * 5)
    tell(written, 1, {"accuracy": 0.5})
    written.events.append(Diagnosed(5, (Finding(kind="stuck", node=None, step=5, facts={"loss": 2.3, "guess": 2.3}),)))
    qtbot.waitUntil(lambda: len(session.bridge.epochs) == 1 and bool(session.bridge.findings))
    assert windows_shown_by(lambda: view(session), qtbot) == []


def test_no_offer_flashes_up(session: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    class Head:
        step, num_steps = 3, 10

    monkeypatch.setattr("nnstudio.ui.monitor.steering.left_over", lambda _project: Head())
    assert windows_shown_by(lambda: SteeringBar(session), qtbot) == []
