"""The bridge with real runs: what it tells, how it is steered, and that nothing is left behind."""

from __future__ import annotations

import gc
import random
import threading
from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Params
from nnstudio.project.builder import Builder
from nnstudio.ui import lazy, theme
from nnstudio.ui.monitor.dock import MonitorDock
from nnstudio.ui.monitor.pace import Pace
from nnstudio.ui.monitor.plots import CurvePanel
from nnstudio.ui.monitor.train_page import TrainPage
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show, WrittenRun

PATIENT = 60_000
"""Milliseconds that a run may take on a busy machine."""


def _run_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("nnstudio-")]


def _state(session: Session) -> str:
    return session.bridge.state


def _gone_on(session: Session) -> Callable[[], bool]:
    """Return a question: is there a newer look and a newer step than now?"""
    look, steps = session.bridge.snapshot, session.bridge.num_steps
    return lambda: session.bridge.snapshot is not look and session.bridge.num_steps > steps


def _moved_or_rests(session: Session) -> Callable[[], bool]:
    """Return a question: has the run taken a step since now, or can it take none?"""
    steps = session.bridge.num_steps
    return lambda: session.bridge.num_steps != steps or _state(session) in ("idle", "paused", "ended", "failed")


def _set_recipe(session: Session, **recipe: int | str | float) -> None:
    session.commit("recipe", project=msgspec.structs.replace(session.project, recipe=recipe))


def test_a_run_from_start_to_end(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    states: list[str] = []
    bridge.state_changed.connect(lambda: states.append(bridge.state))
    assert bridge.state == "idle"
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=PATIENT)
    assert states == ["preparing", "running", "ended"]
    assert bridge.started is not None
    steps = bridge.started.steps_per_epoch * 2
    assert bridge.num_steps == steps
    assert bridge.share_done == 1.0
    assert bridge.curve[:, 0].tolist() == list(range(1, steps + 1))
    assert bridge.curve[-1, 1] == pytest.approx(2.0)
    assert np.isfinite(bridge.curve).all()
    assert [epoch.epoch for epoch in bridge.epochs] == [1, 2]
    # The mean of the batches' losses, weighed by their size, is the loss of the epoch.
    first = bridge.curve[: bridge.started.steps_per_epoch]
    sizes = np.diff(np.concatenate(([0.0], first[:, 1]))) * bridge.started.num_training
    assert float(sizes @ first[:, 2]) / bridge.started.num_training == pytest.approx(bridge.epochs[0].train_loss)
    assert bridge.ended is not None
    assert bridge.ended.reason == "finished"
    assert bridge.failed is None
    assert bridge.dataset is not None
    assert bridge.sample in bridge.dataset.validation
    assert any("Epoch 2:" in line for line in session.logbook)


def test_the_last_look_is_at_the_finished_network(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state == "ended" and not _run_threads(), timeout=PATIENT)
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.step == bridge.num_steps)
    assert bridge.snapshot is not None
    names = {node.name for node in session.graph.nodes if node.kind != "Output"}
    assert set(bridge.snapshot.values) == names
    value = bridge.value(session.graph.by_name["conv"].id)
    assert value is not None
    assert value.shape == (4, 6, 6)
    np.testing.assert_array_equal(np.maximum(value, 0), bridge.value(session.graph.by_name["act"].id))


def test_another_sample_can_be_looked_at_after_the_run(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state == "ended", timeout=PATIENT)
    assert bridge.dataset is not None
    for sample in (3, 4, 5):
        bridge.set_sample(sample)
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.sample == 5)
    value = bridge.value(session.graph.by_name["image"].id)
    np.testing.assert_array_equal(value, bridge.dataset.inputs[5])
    qtbot.waitUntil(lambda: not _run_threads() and not bridge._polling.is_on)


def test_another_sample_can_be_looked_at_while_paused(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    bridge.start()
    qtbot.waitUntil(lambda: bridge.num_steps > 3, timeout=PATIENT)
    bridge.pause()
    bridge.set_sample(7)
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.sample == 7)
    assert bridge.state == "paused"


def test_steps_one_by_one(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    bridge.step()
    assert _state(session) == "paused"
    qtbot.waitUntil(lambda: bridge.num_steps == 1, timeout=PATIENT)
    assert bridge.started is not None
    bridge.step()
    bridge.step()
    qtbot.waitUntil(lambda: bridge.num_steps == 3)
    assert _state(session) == "paused"
    assert bridge.seconds_left is None or bridge.seconds_left >= 0
    bridge.resume()
    assert _state(session) == "running"
    qtbot.waitUntil(lambda: _state(session) == "ended", timeout=PATIENT)
    assert bridge.curve[:, 0].tolist() == list(range(1, bridge.num_steps + 1))


def test_stop_ends_the_run_and_its_thread(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    bridge.start()
    qtbot.waitUntil(lambda: bridge.num_steps > 5, timeout=PATIENT)
    assert _run_threads() == ["nnstudio-run"]
    assert bridge.samples_per_second is None or bridge.samples_per_second > 0
    bridge.stop()
    qtbot.waitUntil(lambda: bridge.state == "ended" and not _run_threads())
    assert bridge.ended is not None
    assert bridge.ended.reason == "stopped"
    assert bridge.ended.steps == bridge.num_steps
    assert "was stopped at step" in session.logbook[-1]


def test_a_new_run_begins_anew(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    bridge.start()
    qtbot.waitUntil(lambda: bridge.num_steps > 20, timeout=PATIENT)
    first = bridge.curve[:10, 2].copy()
    bridge.start()
    assert bridge.num_steps == 0
    assert bridge.state == "preparing"
    qtbot.waitUntil(lambda: bridge.num_steps > 20, timeout=PATIENT)
    np.testing.assert_array_equal(bridge.curve[:10, 2], first)
    assert _run_threads() == ["nnstudio-run"]


@pytest.mark.parametrize(
    ("change", "wanted", "node"),
    [
        ({"recipe": {"optimizer": "magic"}}, "Optimizer: expected one of", None),
        ({"data": {"name": "nothing"}}, "Data set: expected one of", None),
    ],
)
def test_wrong_settings_fail_with_a_message(
    session: Session, qtbot: QtBot, change: dict[str, dict[str, str]], wanted: str, node: str | None
) -> None:
    session.commit("wrong", project=msgspec.structs.replace(session.project, **change))
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.state == "failed", timeout=PATIENT)
    assert session.bridge.failed is not None
    assert wanted in session.bridge.failed.message
    assert session.bridge.failed.node == node
    assert not _run_threads()


def test_a_drawing_with_problems_fails_at_its_layer(session: Session, qtbot: QtBot) -> None:
    flat = session.graph.by_name["flat"]
    session.commit("unwire", edits.disconnect(session.graph, session.graph.into[flat.id]))
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.state == "failed", timeout=PATIENT)
    assert session.bridge.failed is not None
    assert session.bridge.failed.node == "flat"
    assert session.bridge.failed.message.startswith("flat: ")
    session.undo()
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.num_steps > 0, timeout=PATIENT)
    assert session.bridge.failed is None


def test_data_that_do_not_fit_fail_before_the_first_step(session: Session, qtbot: QtBot) -> None:
    session.commit("data", project=msgspec.structs.replace(session.project, data={"name": "iris"}))
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.state == "failed", timeout=PATIENT)
    assert session.bridge.failed is not None
    assert session.bridge.failed.node == "image"
    assert session.bridge.num_steps == 0


def test_numbers_that_blow_up_fail_the_run(session: Session, qtbot: QtBot) -> None:
    b = Builder("Wild")
    b.output(b.add("Linear", b.add("Flatten", b.input("image", shape=(1, 8, 8))), out_features=10))
    recipe: Params = {"optimizer": "sgd", "learning_rate": 10.0, "loss": "mse"}
    session.begin(b.project(data={"name": "digits8"}, recipe=recipe), None)
    session.bridge.start()
    qtbot.waitUntil(lambda: not session.bridge.is_active, timeout=PATIENT)
    assert session.bridge.failed is not None
    assert "no finite number" in session.bridge.failed.message
    assert session.bridge.num_steps == len(session.bridge.curve) > 0
    assert "Training failed" in session.logbook[-1]


def test_the_project_is_taken_at_the_start(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    begun = session.project
    bridge.start()
    qtbot.waitUntil(lambda: bridge.snapshot is not None, timeout=PATIENT)
    id_ = session.graph.by_name["conv"].id
    session.commit("rename", edits.rename(session.graph, id_, "edges"))
    session.commit("channels", edits.set_param(session.graph, id_, "out_channels", 9))
    assert bridge.project is begun
    known = bridge.snapshot
    qtbot.waitUntil(lambda: bridge.snapshot is not known)
    value = bridge.value(id_)
    assert value is not None
    assert value.shape == (4, 6, 6)


def test_watched_layers_may_be_deleted_while_the_run_goes_on(session: Session, show: Show, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    dock = show(MonitorDock(session), 1000, 300)
    assert isinstance(dock, MonitorDock)
    page = show(TrainPage(session), 1280, 700)
    bridge.start()
    qtbot.waitUntil(lambda: bridge.snapshot is not None, timeout=PATIENT)
    for name in ("act", "conv", "image", "scores"):
        session.select([session.graph.by_name[name].id])
        gone_on = _gone_on(session)
        session.commit("delete", edits.remove_nodes(session.graph, [session.graph.by_name[name].id]))
        qtbot.waitUntil(gone_on)
        assert not dock.grab().isNull()
        assert not page.grab().isNull()
    assert bridge.state == "running"
    for _ in range(4):
        session.undo()
    assert {node.name for node in session.graph.nodes} >= {"act", "conv", "image", "scores"}
    assert all(bridge.value(node.id) is not None for node in session.graph.nodes if node.kind != "Output")


def test_views_may_be_built_anew_while_a_run_goes_on(session: Session, show: Show, qtbot: QtBot) -> None:
    lazy.pyqtgraph()
    _set_recipe(session, epochs=100_000)
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.snapshot is not None, timeout=PATIENT)
    for name in 2 * list(theme.THEMES):
        theme.set_theme(name)
        dock = show(MonitorDock(session), 1000, 300)
        page = show(TrainPage(session), 1280, 700)
        qtbot.waitUntil(_gone_on(session))
        panels = [*dock.findChildren(CurvePanel), *page.findChildren(CurvePanel)]
        assert [panel.plot is not None for panel in panels] == [True] * 4
        for view in (dock, page):
            view.hide()
            view.setParent(None)
            view.deleteLater()
    qtbot.waitUntil(_gone_on(session))
    assert session.bridge.state == "running"


@pytest.mark.parametrize("seed", range(30))
def test_any_order_of_buttons_leaves_nothing_behind(session: Session, qtbot: QtBot, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    bridge = session.bridge
    presses: dict[str, Callable[[], object]] = {
        "start": bridge.start,
        "pause": bridge.pause,
        "resume": bridge.resume,
        "step": bridge.step,
        "stop": bridge.stop,
        "sample": lambda: bridge.set_sample(chance.randrange(-5, 3000)),
        "watch": lambda: bridge.watch(chance.sample(["conv", "missing", "flat"], 2)),
    }
    for _ in range(chance.randrange(3, 12)):
        presses[chance.choice(list(presses))]()
        if chance.random() < 0.4:
            qtbot.waitUntil(_moved_or_rests(session), timeout=PATIENT)
        assert len(_run_threads()) <= 1
    bridge.shutdown()
    assert bridge.state in ("idle", "ended")
    assert not _run_threads()
    assert gc.isenabled()


def test_signals_come_in_the_gui_thread(session: Session, qtbot: QtBot) -> None:
    here = QThread.currentThread()
    threads: list[bool] = []
    for signal in (session.bridge.state_changed, session.bridge.progressed, session.bridge.mapped):
        signal.connect(lambda: threads.append(QThread.currentThread() is here))
    session.bridge.start()
    qtbot.waitUntil(lambda: session.bridge.state == "ended", timeout=PATIENT)
    assert threads
    assert all(threads)


def test_the_collector_stays_in_the_gui_thread_while_a_run_lasts(session: Session, qtbot: QtBot) -> None:
    assert gc.isenabled()
    frozen = gc.get_freeze_count()
    _set_recipe(session, epochs=100_000)
    session.bridge.start()
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: session.bridge.num_steps > 0, timeout=PATIENT)
    assert not gc.isenabled()
    session.bridge.shutdown()
    assert gc.isenabled()
    assert gc.get_freeze_count() <= frozen


def test_extra_layers_and_another_sample_are_asked_for(session: Session, written: WrittenRun, qtbot: QtBot) -> None:
    written.begin()
    qtbot.waitUntil(lambda: session.bridge.state == "running")
    session.bridge.watch(["stage.0.conv"])
    assert written.taps.watched is not None
    names, sample = written.taps.watched
    assert names == {node.name for node in session.graph.nodes} | {"stage.0.conv"}
    assert sample == 17
    session.bridge.set_sample(2)
    assert written.taps.watched[1] == 2
    session.bridge.set_sample(99)
    assert written.taps.watched[1] == 17


@pytest.mark.parametrize("quick", [False, True])
def test_a_quick_run_rests_while_it_is_shown(
    quick: bool, session: Session, written: WrittenRun, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "steps_per_second", 3000.0 if quick else 100.0)
    seen: list[bool] = []
    session.bridge.progressed.connect(lambda: seen.append(written.gives_way))
    written.begin()
    written.add_steps([1.0] * 5)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1] is quick
    qtbot.waitUntil(lambda: not written.gives_way)


def test_time_left_follows_the_steps(session: Session, written: WrittenRun, qtbot: QtBot) -> None:
    assert session.bridge.seconds_left is None
    written.begin(epochs=4, steps_per_epoch=5)
    written.add_steps([1.0] * 5)
    qtbot.waitUntil(lambda: session.bridge.seconds_left is not None)
    assert session.bridge.share_done == pytest.approx(0.25)
    written.add_steps([1.0] * 15)
    qtbot.waitUntil(lambda: session.bridge.share_done == 1.0)
    assert session.bridge.seconds_left == 0.0


def test_another_document_forgets_the_run(session: Session, qtbot: QtBot) -> None:
    bridge = session.bridge
    _set_recipe(session, epochs=100_000)
    bridge.start()
    qtbot.waitUntil(lambda: bridge.num_steps > 5 and bridge.snapshot is not None, timeout=PATIENT)
    session.new()
    assert bridge.state == "idle"
    assert not _run_threads()
    assert bridge.snapshot is None
    assert len(bridge.curve) == 0
