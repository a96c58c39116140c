"""What a view shows is saved: the picture as it is seen, the numbers as they are in the tensors."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.training.studies.answers import Answered, Answers
from nnstudio.training.studies.arithmetic import ArithmeticSeen, ArithmeticStudy
from nnstudio.training.studies.attention import Attention, AttentionMaps
from nnstudio.training.studies.boltzmann import BoltzmannSeen, BoltzmannStudy
from nnstudio.training.studies.boundary import Boundary, Plane
from nnstudio.training.studies.gates import Gates, GateTraces
from nnstudio.training.studies.gradients import Flow, GradientFlow
from nnstudio.training.studies.kernels import Kernels, KernelsSeen
from nnstudio.training.studies.landscape import Landscape, LossPlane
from nnstudio.training.studies.perceptron import PerceptronSeen, PerceptronStudy
from nnstudio.training.studies.pictured import Again, Boxed, Boxes, Masked, Masks, Reconstructions
from nnstudio.training.studies.projection import Pca, Projection
from nnstudio.training.studies.recall import RecallSeen, RecallStudy
from nnstudio.training.studies.saliency import GradCam, Heat, Saliency, Salient
from nnstudio.training.studies.story import Story, Told
from nnstudio.training.studies.units import LayerUnits
from nnstudio.ui.insight.frame import ViewFrame
from nnstudio.ui.insight.gallery import Gallery
from nnstudio.ui.insight.record import Moments
from nnstudio.ui.insight.registry import VIEWS, view_spec
from nnstudio.ui.insight.saving import SUFFIXES, formats, save
from nnstudio.ui.insight.tables import Table, has_table, table_of
from nnstudio.ui.insight.units import UnitsView
from nnstudio.ui.session import Session
from nnstudio.ui.window import MainWindow
from tests.training.studies.scenes import moment_of
from tests.training.studies.subjects import digits, example, points, scene_of, see
from tests.ui.insight.conftest import Show


def _table(key: str, value: object) -> Table:
    found = table_of(key, value)
    assert found is not None
    assert all(len(row) == len(found.header) for row in found.rows)
    return found


def _column(table: Table, name: str) -> list[Any]:
    return [row[table.header.index(name)] for row in table.rows]


def _frame(session: Session, key: str, show: Show, qtbot: QtBot) -> ViewFrame:
    frame = ViewFrame(session, view_spec(key))
    show(frame, 760, 320)
    qtbot.waitUntil(lambda: frame.view.shown_value is not None, timeout=10_000)
    return frame


def test_all_views_but_a_text_have_a_table() -> None:
    assert {spec.key for spec in VIEWS if not has_table(spec.key)} == {"writing"}
    assert table_of("weights", None) is None


def test_tables_hold_the_numbers_of_layers() -> None:
    scene = scene_of(digits())
    kernels = scene.module.get_parameter("conv_1.weight").detach().numpy()
    table = _table("kernels", see(Kernels("conv_1"), scene, KernelsSeen))
    assert _column(table, "weight") == kernels.reshape(-1).tolist()
    assert table.rows[10][:4] == (1, 0, 0, 1)
    flow = see(GradientFlow(), scene, Flow)
    rows = {(layer, by): length for layer, by, length in _table("gradient_flow", flow).rows}
    assert rows[("conv_1", "weights")] == flow.layers[0].gradient
    assert rows[("relu_1", "values")] == flow.signals["relu_1"]
    worked = see(ArithmeticStudy(layer="scores", index=(3,), row=2), scene, ArithmeticSeen)
    results = [row for row in _table("arithmetic", worked).rows if row[1] == "result"]
    assert results[-1][-1] == worked.value


def test_tables_hold_the_answers() -> None:
    scene = scene_of(digits())
    answered = see(Answers(), scene, Answered)
    confusion = _table("confusion", answered)
    assert sum(_column(confusion, "count")) == len(answered.rows)
    assert confusion.rows[10 * 3 + 4] == (3, 4, answered.counts[3, 4])
    losses = _column(_table("mistakes", answered), "loss")
    assert losses == sorted(answered.losses.tolist(), reverse=True)
    salient = see(Saliency(4), scene, Salient)
    assert _column(_table("saliency", salient), "gradient") == salient.strength.reshape(-1).tolist()
    heat = see(GradCam(4), scene, Heat)
    assert _column(_table("gradcam", heat), "heat") == heat.heat.reshape(-1).tolist()
    told = see(Story(4), scene, Told)
    assert _column(_table("story", told), "layer") == [chapter.layer for chapter in told.chapters]
    projected = see(Pca("conv_1"), scene, Projection)
    assert np.array_equal(np.array(_table("pca", projected).rows)[:, 1:], projected.places)


def test_tables_hold_planes() -> None:
    scene = scene_of(points())
    plane = see(Boundary(), scene, Plane)
    table = _table("boundary", plane)
    assert table.header == ("x", "y", "output 0", "output 1")
    size = plane.answers.shape[-1]
    x, y, first, second = table.rows[2 * size + 5]
    assert (first, second) == tuple(plane.answers[:, 2, 5].tolist())
    assert x == pytest.approx(plane.left + 5.5 * plane.side / size)
    assert y == pytest.approx(plane.bottom + 2.5 * plane.side / size)
    landscape = see(LossPlane(), scene, Landscape)
    rows = {(across, up): loss for across, up, loss in _table("loss_plane", landscape).rows}
    assert rows[(landscape.steps[1], landscape.steps[0])] == landscape.losses[0, 1]


def test_tables_hold_sequences() -> None:
    gates = see(GateTraces(2), scene_of(example("lstm-memory")), Gates)
    table = _table("gates", gates)
    assert [row[1:] for row in table.rows if row[0] == "f"][17][-1] == gates.traces["f"].reshape(-1)[17]
    attention = see(AttentionMaps(2), scene_of(example("transformer-memory")), Attention)
    rows = {row[:3]: row[3] for row in _table("attention", attention).rows}
    assert rows[(1, 3, 2)] == attention.weights[1, 3, 2]


def test_tables_hold_what_the_older_rules_show() -> None:
    line = see(PerceptronStudy(), scene_of(example("perceptron-and")), PerceptronSeen)
    rows = _table("perceptron", line).rows
    assert [row[3] for row in rows if row[0] == "weight"] == line.weight.tolist()
    assert [row[3] for row in rows if row[0] == "point" and row[2] == "sum"] == line.sums.tolist()
    assert [row[1] for row in rows if row[0] == "point" and row[2] == "x1"] == line.rows.tolist()
    recalled = see(RecallStudy(row=1, damage=0.2), scene_of(example("hopfield-digits")), RecallSeen)
    rows = _table("recall", recalled).rows
    for what, values in (("pattern", recalled.pattern), ("state", recalled.states), ("energy", recalled.energies)):
        assert [row[3] for row in rows if row[0] == what] == values.reshape(-1).tolist()
    machine = see(BoltzmannStudy(rows=(0, 3)), scene_of(example("boltzmann-bars")), BoltzmannSeen)
    rows = _table("boltzmann", machine).rows
    for what, values in (("filter", machine.filters), ("sample", machine.shown), ("painted again", machine.again)):
        assert [row[3] for row in rows if row[0] == what] == values.reshape(-1).tolist()
    assert rows[-2] == ("log-likelihood", "", "", machine.likelihood)


def test_the_table_of_units_holds_their_lines(trained: Session, show: Show, qtbot: QtBot) -> None:
    frame = _frame(trained, "units", show, qtbot)
    view = frame.view
    assert isinstance(view, UnitsView)
    moments = Moments()
    for step, dead in ((0, 0.25), (5, 0.5)):
        moments.add(step, msgspec.structs.replace(moment_of(0), units=(LayerUnits("act", 4, dead, None),)))
    assert view.seen is not None
    assert isinstance(view.seen.value, tuple)
    view.rows.show_units(view.seen.value, moments)
    rows = _table("units", view.shown_value).rows
    assert rows[:2] == ((0, "act", 4, 0.25, ""), (5, "act", 4, 0.5, ""))
    assert rows[-1][:2] == (view.seen.step, view.seen.value[-1].layer)


@pytest.mark.parametrize(
    ("name", "key"), [("shape-detector", "boxes"), ("unet", "masks"), ("autoencoder", "again")], ids=str
)
def test_tables_hold_pictures(name: str, key: str) -> None:
    scene = scene_of(example(name), training=8, validation=4)
    studies = {"boxes": Boxes(rows=(1, 2)), "masks": Masks(rows=(1, 2)), "again": Reconstructions(rows=(1, 2))}
    value: Any = studies[key].see(scene)
    table = _table(key, value)
    assert set(_column(table, "sample")) == {1, 2}
    first = value[0]
    if isinstance(first, Boxed):
        box = first.truth[0]
        assert table.rows[0] == (1, "true", box.label, box.x, box.y, box.width, box.height, box.score, box.overlap)
    elif isinstance(first, Masked):
        assert _column(table, "answer")[: first.said.size] == first.said.reshape(-1).tolist()
    else:
        assert isinstance(first, Again)
        assert _column(table, "again")[: first.again.size] == first.again.reshape(-1).tolist()


def test_numbers_are_saved_with_all_digits(trained: Session, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    frame = _frame(trained, "weights", show, qtbot)
    assert formats(frame) == SUFFIXES
    save(frame, tmp_path / "weights.csv")
    with (tmp_path / "weights.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["tensor"] == "weight"]
    taps = trained.bridge._taps
    assert taps is not None
    assert taps._scene is not None
    weight = taps._scene.module.get_parameter("conv.weight").detach().reshape(4, 9)
    assert [float(row["value"]) for row in rows] == weight.reshape(-1).tolist()
    assert rows[10]["row"] == "1"


def test_the_picture_is_what_is_seen_under_its_title(
    trained: Session, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    frame = _frame(trained, "kernels", show, qtbot)
    for suffix in ("png", "svg"):
        save(frame, tmp_path / f"kernels.{suffix}")
    picture = QImage(str(tmp_path / "kernels.png"))
    view = frame.view
    assert picture.width() == 2 * view.width()
    below = picture.height() - 2 * view.height()
    assert below > 0, "the title stands above"
    from nnstudio.ui.insight.kernels import KernelsView

    assert isinstance(view, KernelsView)
    for number, place in enumerate(view.grid.places()):
        cell = place.topLeft() + QPoint(round(place.width() / 6), round(place.height() / 6))
        at = view.grid.mapTo(view, cell.toPoint()) * 2 + QPoint(0, below)
        assert picture.pixelColor(at) == view.grid.images[number].pixelColor(0, 0)
    assert "<svg" in (tmp_path / "kernels.svg").read_text("utf-8")


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_menu_key_offers_it(
    trained: Session, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = _frame(trained, "gradient_flow", show, qtbot)
    asked: list[str] = []

    def choose(_parent: object, _title: str, path: str, kinds: str) -> tuple[str, str]:
        asked.append(kinds)
        return str(tmp_path / Path(path).name), kinds.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    place = frame.view.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, frame.view.mapToGlobal(place))
    QApplication.sendEvent(frame.view, event)
    menu = next(menu for menu in frame.findChildren(QMenu) if menu.isVisible())
    names = [action.objectName() for action in menu.actions()]
    assert names == ["view_save_png", "view_save_svg", "view_save_csv"]
    menu.setActiveAction(menu.actions()[1])
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert asked == ["*.csv;;*.png;;*.svg"]
    assert (tmp_path / "gradient_flow.csv").read_text("utf-8").startswith("layer,gradient by,length")
    button = frame.findChild(QToolButton, "view_tools")
    assert button is not None
    assert button.accessibleName()
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    tools = button.menu()
    assert isinstance(tools, QMenu)
    tools.aboutToShow.emit()
    assert [action.isEnabled() for action in tools.actions()] == [True, True, True]


def test_an_empty_view_and_a_place_that_cannot_be_written_are_told(
    session: Session, trained: Session, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    empty = ViewFrame(session, view_spec("kernels"))
    show(empty, 760, 320)
    assert formats(empty) == ()
    told: list[str] = []
    session.told.connect(told.append)
    from nnstudio.ui.insight.saving import ask_and_save

    ask_and_save(empty)
    assert told == ["Nothing is shown yet that could be saved."]
    frame = _frame(trained, "kernels", show, qtbot)
    trained.refused.connect(told.append)
    save(frame, tmp_path / "nowhere" / "kernels.png")
    save(frame, tmp_path / "kernels.gif")
    assert len(told) == 3
    assert ".png, .svg or .csv" in told[2]


def test_the_view_menu_saves_the_view_that_is_open(
    window: MainWindow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    session.told.connect(told.append)
    window.actions_["insight"].trigger()
    gallery = window.design.dock.view("insight")
    assert isinstance(gallery, Gallery)
    window.actions_["insight_save"].trigger()
    assert told == ["Nothing is shown yet that could be saved."]
