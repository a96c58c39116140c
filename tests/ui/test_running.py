"""Training in the window: buttons, progress, failures, and closing at any moment."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QProgressBar, QPushButton
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import freeze_params
from nnstudio.ui.session import Session
from nnstudio.ui.statusbar import run_text, score_text
from nnstudio.ui.window import MainWindow
from tests.ui.answers import answered, press

LONG = 60_000
"""Milliseconds that loading PyTorch may take on a slow machine."""


def button(window: MainWindow, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert found is not None, name
    return found


def click(window: MainWindow, name: str) -> None:
    QTest.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def label(window: MainWindow, name: str) -> str:
    found = window.findChild(QLabel, name)
    assert found is not None, name
    return found.text()


def set_recipe(session: Session, **recipe: int | float | str) -> None:
    project = msgspec.structs.replace(session.project, recipe=freeze_params(recipe))
    session.commit("Set the recipe", project=project)


def test_a_run_from_start_to_end(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    bar = window.findChild(QProgressBar, "progress_bar")
    assert bar is not None
    assert not bar.isVisible()
    assert (button(window, "train_button").text(), button(window, "pause_button").isEnabled()) == ("Train", False)
    click(window, "train_button")
    assert button(window, "train_button").text() == "Stop"
    assert bar.isVisible()
    qtbot.waitUntil(lambda: session.bridge.state == "ended", timeout=LONG)
    assert button(window, "train_button").text() == "Train"
    assert bar.value() == bar.maximum()
    assert label(window, "run_label").startswith("2 epochs in ")
    assert label(window, "score_label").startswith("validation accuracy ")
    assert label(window, "score_label").endswith(" %")


def test_pause_step_resume_stop(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    set_recipe(session, epochs=500)
    bridge = session.bridge
    click(window, "train_button")
    qtbot.waitUntil(lambda: bridge.num_steps > 3, timeout=LONG)
    click(window, "pause_button")
    assert button(window, "pause_button").text() == "Resume"
    assert label(window, "run_label").startswith("paused · epoch 1 of 500 · step ") or "paused" in run_text(session)
    steps = settled(qtbot, session)
    click(window, "step_button")
    qtbot.waitUntil(lambda: bridge.num_steps == steps + 1, timeout=LONG)
    click(window, "pause_button")
    qtbot.waitUntil(lambda: bridge.num_steps > steps + 5, timeout=LONG)
    click(window, "train_button")
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=LONG)
    assert label(window, "run_label").startswith("stopped at step ")


def settled(qtbot: QtBot, session: Session) -> int:
    """Wait until the batch under way at a pause has been counted; return the count."""
    counts = [-1]

    def same() -> bool:
        counts.append(session.bridge.num_steps)
        # On a busy machine a batch and the look at it may take a tenth of a second.
        return len(counts) > 50 and len(set(counts[-48:])) == 1

    qtbot.waitUntil(same, timeout=LONG)
    return session.bridge.num_steps


def wait_for_steps(qtbot: QtBot, session: Session, count: int) -> None:
    before = session.bridge.num_steps
    qtbot.waitUntil(lambda: session.bridge.num_steps >= before + count, timeout=LONG)


def test_step_begins_a_run(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    click(window, "step_button")
    qtbot.waitUntil(lambda: session.bridge.num_steps == 1, timeout=LONG)
    assert session.bridge.state == "paused"


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said of menus by the offscreen platform
def test_a_drawing_with_errors_is_not_trained_but_shown(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["flatten_1"].id]))
    click(window, "train_button")
    assert session.bridge.state == "idle"
    assert len(session.selection) == 1
    menu = window.findChild(QMenu, "problems_menu")
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    assert menu.actions()[0].text()
    menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said of menus by the offscreen platform
@pytest.mark.parametrize("sign", ["step", "step_epoch"])
def test_buttons_beside_the_slider_look_at_the_drawing_too(
    sign: str, qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.show_page("train")
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["flatten_1"].id]))
    click(window, f"steer_{sign}")
    assert session.bridge.state == "idle"
    menu = window.findChild(QMenu, "problems_menu")
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_a_run_that_fails_is_told(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    set_recipe(session, learning_rate="fast")
    told: list[str] = []
    with answered(press("OK", told)):
        click(window, "train_button")
        qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert "Learning rate: expected" in told[0]
    assert session.bridge.state == "failed"
    assert label(window, "run_label").startswith("Training failed")
    assert any("learning_rate" in line for line in session.logbook)


def test_several_reasons_why_a_run_cannot_begin_stand_in_one_line(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    project = msgspec.structs.replace(session.project, data=freeze_params({"name": "moons"}))
    session.commit("Choose other data", project=project)
    told: list[str] = []
    with answered(press("OK", told)):
        click(window, "train_button")
        qtbot.waitUntil(lambda: bool(told), timeout=LONG)
    assert "Training could not begin" in told[0]
    assert session.bridge.failed is not None
    assert len(session.bridge.failed.message.splitlines()) == 2
    assert len(label(window, "run_label").splitlines()) == 1


def test_a_key_that_begins_a_run_hands_on_the_setting_being_typed(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.show_page("train")
    line = window.desk.findChild(QLineEdit, "field_learning_rate")
    assert line is not None
    before = session.project.recipe
    window.activateWindow()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    line.selectAll()
    QTest.keyClicks(line, "1e9")
    window.flush()
    assert session.project.recipe == before, "the 1 on the way to 1e9 was not meant"
    assert line.property("wrong") is True


def test_regression_tells_the_loss(session: Session) -> None:
    from nnstudio.training.events import EpochDone

    done = EpochDone(
        epoch=1,
        train_loss=1.0,
        train_accuracy=None,
        validation_loss=0.25,
        validation_accuracy=None,
        seconds=1.0,
    )
    session.bridge.epochs.append(done)
    assert score_text(session) == "validation loss 0.25"


@pytest.mark.parametrize("moment", ["preparing", "running", "paused"])
def test_closing_ends_the_run(qtbot: QtBot, window: MainWindow, session: Session, moment: str) -> None:
    set_recipe(session, epochs=500)
    bridge = session.bridge
    click(window, "train_button")
    if moment != "preparing":
        qtbot.waitUntil(lambda: bridge.num_steps > 1, timeout=LONG)
    if moment == "paused":
        click(window, "pause_button")
    assert window.close()
    assert not bridge.is_active


def test_building_anew_while_training(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    set_recipe(session, epochs=500)
    click(window, "train_button")
    for page in ("train", "design", "train"):
        wait_for_steps(qtbot, session, 3)
        window.show_page(page)
        window.rebuild()
    assert button(window, "train_button").text() == "Stop"
    click(window, "train_button")
    qtbot.waitUntil(lambda: session.bridge.state == "ended")


def test_a_run_goes_on_when_another_drawing_is_opened(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    session.begin(msgspec.structs.replace(session.project, recipe=freeze_params({"epochs": 500})), None)
    click(window, "train_button")
    qtbot.waitUntil(lambda: session.bridge.num_steps > 1, timeout=LONG)
    window.files.open_example("moons")
    assert window.session.project.name == "Two moons"
    assert session.project.name == "Small"
    wait_for_steps(qtbot, session, 3)
    assert session.bridge.is_active


def test_a_watched_layer_may_go_while_training(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    set_recipe(session, epochs=500)
    click(window, "train_button")
    qtbot.waitUntil(lambda: session.bridge.snapshot is not None, timeout=LONG)
    session.select([session.graph.by_name["conv_1"].id])
    window.design.canvas.delete_selection()
    before = session.bridge.snapshot
    qtbot.waitUntil(lambda: session.bridge.snapshot is not before)
    session.undo()
    click(window, "train_button")
    qtbot.waitUntil(lambda: session.bridge.state == "ended")
    assert "conv_1" in session.graph.by_name
