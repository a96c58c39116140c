"""Steering in the window: the bridge goes back and on, the bar shows and does it, and an interrupted run is offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.core.graph import freeze_params
from nnstudio.ui import lazy
from nnstudio.ui.monitor.leftover import forget, left_over
from nnstudio.ui.monitor.steering import SteeringBar
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, small_project

LONG = 60_000


@pytest.fixture(autouse=True)
def plots() -> None:
    lazy.pyqtgraph()


def lengthen(session: Session, **recipe: float) -> None:
    settings = {**session.project.recipe, "epochs": 400, **recipe}
    session.commit("", project=msgspec.structs.replace(session.project, recipe=freeze_params(settings)))


def train(qtbot: QtBot, session: Session, steps: int) -> None:
    """Take so many steps, one by one, and hold."""
    bridge = session.bridge
    goal = bridge.num_steps + steps
    for step in range(bridge.num_steps + 1, goal + 1):
        bridge.step()
        qtbot.waitUntil(partial(at, session, step), timeout=LONG)


def at(session: Session, step: int) -> bool:
    return session.bridge.num_steps == step


def losses(session: Session) -> list[float]:
    return [float(row[2]) for row in session.bridge.curve]


def test_back_and_forth(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    assert not bridge.can_go_back
    bridge.go_to(3)
    bridge.restart()
    bridge.set_rate(0.1)
    assert bridge.state == "idle", "without a run there is nothing to steer"
    train(qtbot, session, 6)
    told = losses(session)
    assert len(told) == 6
    bridge.step_back()
    qtbot.waitUntil(lambda: bridge.num_steps == 5)
    assert (losses(session), bridge.reach, bridge.state) == (told[:5], 6, "paused")
    bridge.go_to(2)
    qtbot.waitUntil(lambda: bridge.num_steps == 2)
    assert losses(session) == told[:2]
    bridge.go_to(6)
    qtbot.waitUntil(lambda: bridge.num_steps == 6)
    assert losses(session) == told
    bridge.go_to(1)
    qtbot.waitUntil(lambda: bridge.num_steps == 1)
    train(qtbot, session, 5)
    assert losses(session) == told, "the same steps come out again"
    bridge.restart()
    qtbot.waitUntil(lambda: bridge.num_steps == 0)
    assert (losses(session), bridge.reach) == ([], 0)
    train(qtbot, session, 2)
    assert losses(session) == told[:2]


def test_pressing_back_again_and_again(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 8)
    for _ in range(5):
        bridge.step_back()
    qtbot.waitUntil(lambda: bridge.num_steps == 3)
    for _ in range(9):
        bridge.step_back()
    qtbot.waitUntil(lambda: bridge.num_steps == 0)
    assert bridge.reach == 8


def test_each_press_counts_however_far_the_run_has_come(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 60)
    for left in range(54, -1, -6):
        for _ in range(6):
            bridge.step_back()
            qtbot.wait(1)
            bridge._polling.look()
        qtbot.waitUntil(lambda left=left: bridge.num_steps == left)  # type: ignore[misc]
    bridge.step()
    qtbot.waitUntil(lambda: bridge.num_steps == 1)
    bridge.step_back()
    qtbot.waitUntil(lambda: bridge.num_steps == 0)


def test_an_epoch_at_a_time(qtbot: QtBot, session: Session) -> None:
    bridge = session.bridge
    bridge.step_epoch()
    qtbot.waitUntil(lambda: len(bridge.epochs) == 1, timeout=LONG)
    assert bridge.started is not None
    length = bridge.started.steps_per_epoch
    qtbot.waitUntil(lambda: bridge.num_steps == length)
    assert bridge.state == "paused"
    bridge.step_epoch()
    qtbot.waitUntil(lambda: len(bridge.epochs) == 2)
    assert len(bridge.validation_curve) == 2
    bridge.go_to(length + 1)
    qtbot.waitUntil(lambda: bridge.num_steps == length + 1)
    assert (len(bridge.epochs), len(bridge.validation_curve)) == (1, 1)
    bridge.go_to(2 * length)
    qtbot.waitUntil(lambda: bridge.num_steps == 2 * length)
    assert (len(bridge.epochs), len(bridge.validation_curve)) == (2, 2)


def test_a_stopped_run_goes_on(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    bridge.start()
    qtbot.waitUntil(lambda: bridge.num_steps > 3, timeout=LONG)
    bridge.stop()
    qtbot.waitUntil(lambda: bridge.state == "ended")
    steps, told = bridge.num_steps, losses(session)
    assert bridge.can_go_on
    bridge.resume()
    qtbot.waitUntil(lambda: bridge.num_steps > steps + 3)
    bridge.pause()
    assert losses(session)[: len(told)] == told
    assert bridge.curve[:, 0].tolist() == list(range(1, len(bridge.curve) + 1))


def test_going_back_after_the_end(qtbot: QtBot, session: Session) -> None:
    bridge = session.bridge
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=LONG)
    assert not bridge.can_go_on
    steps, told = bridge.num_steps, losses(session)
    bridge.go_to(3)
    qtbot.waitUntil(lambda: bridge.num_steps == 3)
    assert bridge.state == "paused"
    bridge.resume()
    qtbot.waitUntil(lambda: bridge.state == "ended")
    assert bridge.num_steps == steps
    assert losses(session) == told
    assert len(bridge.epochs) == 2


def test_learning_rate_counts_at_once(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 2)
    assert bridge.rate == 0.003
    bridge.set_rate(0.25)
    qtbot.waitUntil(lambda: bridge.rate == 0.25)
    train(qtbot, session, 1)
    assert bridge.curve[-1, 4] == 0.25
    assert any("0.25 from step 3 on" in line for line in session.logbook)
    with pytest.raises(ValueError, match="learning rate must be"):
        bridge.set_rate(-1.0)


def test_blown_up_by_hand_and_mended(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 2)
    bridge.set_rate(1e30)
    bridge.resume()
    qtbot.waitUntil(lambda: bridge.state == "failed", timeout=LONG)
    assert bridge.failed is not None
    assert bridge.failed.node
    bridge.go_to(2)
    qtbot.waitUntil(lambda: bridge.num_steps == 2)
    bridge.set_rate(0.01)
    qtbot.waitUntil(lambda: bridge.rate == 0.01)
    train(qtbot, session, 3)


def test_a_weight_is_set(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 1)
    bridge.set_weight("conv.weight", (0, 0, 1, 1), 4.5)
    qtbot.waitUntil(lambda: any("4.5" in line for line in session.logbook))
    assert bridge.handover is not None
    assert bridge.handover.take()["conv.weight"][0, 0, 1, 1] == 4.5
    bridge.set_weight("nobody", (), 1.0)
    qtbot.waitUntil(lambda: any("no weights nobody" in line for line in session.logbook))


def test_an_interrupted_run_is_offered_and_taken_up(qtbot: QtBot, session: Session) -> None:
    lengthen(session)
    bridge = session.bridge
    train(qtbot, session, 4)
    told = losses(session)
    bridge.shutdown()
    again = Session(session.project, None)
    other = Session(small_project(), None)
    try:
        assert left_over(other.project) is None
        bar = SteeringBar(again)
        qtbot.addWidget(bar)
        offer = bar.findChild(QLabel, "resume_offer_text")
        assert offer is not None
        assert offer.text().startswith("A run of this drawing was left at step 4 of ")
        click(bar, "resume_offer_go_on")
        qtbot.waitUntil(lambda: again.bridge.num_steps > 6, timeout=LONG)
        again.bridge.pause()
        assert losses(again)[:4] == told
        again.bridge.go_to(1)
        qtbot.waitUntil(lambda: again.bridge.num_steps == 1)
        again.bridge.reset()
        forget(again.project)
        assert left_over(again.project) is None
    finally:
        again.bridge.shutdown()
        other.deleteLater()
        again.deleteLater()


def click(bar: SteeringBar, name: str) -> None:
    button = bar.findChild(QAbstractButton, name)
    assert button is not None, name
    button.click()


def test_the_bar_shows_and_steers(qtbot: QtBot, session: Session, show: Show) -> None:
    lengthen(session)
    bridge = session.bridge
    bar = SteeringBar(session)
    show(bar, 900, 60)
    assert not bar.slider.isEnabled()
    assert not bar.rate.isEnabled()
    click(bar, "steer_step")
    qtbot.waitUntil(lambda: bridge.num_steps == 1, timeout=LONG)
    click(bar, "steer_step_epoch")
    qtbot.waitUntil(lambda: len(bridge.epochs) == 1)
    length = bridge.num_steps
    reached(qtbot, lambda: bar.slider.value() == length == bar.slider.maximum())
    click(bar, "steer_step_back")
    reached(qtbot, lambda: bar.slider.value() == length - 1)
    bar.slider.setValue(3)
    qtbot.waitUntil(lambda: bridge.num_steps == 3)
    where = bar.findChild(QLabel, "scrub_label")
    assert where is not None
    reached(qtbot, lambda: where.text().startswith("step 3 of "))
    bar.rate.setFocus()
    bar.rate.selectAll()
    QTest.keyClicks(bar.rate, "0.125")
    QTest.keyClick(bar.rate, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.rate == 0.125)
    bar.rate.selectAll()
    QTest.keyClicks(bar.rate, "fast")
    QTest.keyClick(bar.rate, Qt.Key.Key_Return)
    assert bar.rate.property("wrong") is True
    assert bridge.rate == 0.125
    click(bar, "steer_restart")
    reached(qtbot, lambda: bar.slider.value() == 0)
    assert bridge.rate == 0.003


def test_a_rate_can_be_typed_while_the_run_goes_on(qtbot: QtBot, session: Session, show: Show) -> None:
    lengthen(session)
    bridge = session.bridge
    bar = SteeringBar(session)
    show(bar, 900, 60)
    train(qtbot, session, 1)
    told: list[str] = []
    session.told.connect(told.append)
    qtbot.waitUntil(lambda: bar.rate.text() == "0.003")
    bar.rate.setFocus()
    bar.rate.selectAll()
    bar.refresh()  # as many times a second while a run goes on
    assert bar.rate.selectedText() == "0.003"
    QTest.keyClicks(bar.rate, "0.0")
    bar.refresh()
    QTest.keyClicks(bar.rate, "3")
    QTest.keyClick(bar.rate, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.rate == 0.03)
    bar.rate.setCursorPosition(1)
    bar.refresh()
    assert bar.rate.cursorPosition() == 1
    QTest.keyClicks(bar.rate, "x")
    QTest.keyClick(bar.rate, Qt.Key.Key_Return)
    assert told == ["The learning rate must be a number from 0 up, not 0x.03."]
    QTest.keyClick(bar.rate, Qt.Key.Key_Escape)
    assert (bar.rate.text(), bar.rate.property("wrong")) == ("0.03", False)


def test_buttons_stay_under_the_pointer_while_a_run_goes_on(qtbot: QtBot, session: Session, show: Show) -> None:
    lengthen(session)
    bar = SteeringBar(session)
    show(bar, 900, 60)
    train(qtbot, session, 1)
    bar.refresh()
    step, where = bar.findChild(QAbstractButton, "steer_step"), bar.findChild(QLabel, "scrub_label")
    assert step is not None
    assert where is not None
    laid_out = partial(is_as_wide_as_asked, where)
    qtbot.waitUntil(laid_out)
    before = step.x()
    train(qtbot, session, 120)
    bar.refresh()
    qtbot.waitUntil(laid_out)
    assert step.x() == before


def is_as_wide_as_asked(label: QLabel) -> bool:
    return label.width() == label.sizeHint().width()


def reached(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=LONG)
