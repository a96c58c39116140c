"""The pictures of layers say what the tensors say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure, set_language
from nnstudio.training.studies.moments import Bars, Moment
from nnstudio.training.studies.samples import probe_rows
from nnstudio.training.studies.units import LayerUnits
from nnstudio.ui import theme
from nnstudio.ui.insight.connections import THICKEST, ConnectionsView
from nnstudio.ui.insight.flow_colours import flow_colour
from nnstudio.ui.insight.gradient_flow import GradientFlowView
from nnstudio.ui.insight.gradients import GradientsView
from nnstudio.ui.insight.heat import HeatMap, spread_over
from nnstudio.ui.insight.kernels import KernelsView
from nnstudio.ui.insight.over_time import OverTimeView
from nnstudio.ui.insight.record import Moments, record_of
from nnstudio.ui.insight.registry import view_spec
from nnstudio.ui.insight.signed import signed_colour
from nnstudio.ui.insight.units import UnitsView
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.insight.weights import WeightsView
from nnstudio.ui.session import Session
from tests.training.studies.scenes import moment_of, nested
from tests.ui.insight.conftest import Show, Train

OURS = ("weights", "kernels", "connections", "gradients", "gradient_flow", "over_time", "units")


def _shown(view: StudyView, show: Show, qtbot: QtBot) -> None:
    show(view, 900, 320)
    qtbot.waitUntil(lambda: view.seen is not None, timeout=10_000)


def _module(session: Session) -> torch.nn.Module:
    taps = session.bridge._taps
    assert taps is not None
    assert taps._scene is not None
    return taps._scene.module


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # said of tool tips by the offscreen platform
def test_the_weights_are_the_modules(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = WeightsView(trained)
    _shown(view, show, qtbot)
    weight = _module(trained).get_parameter("conv.weight").detach().reshape(4, 9).numpy()
    image = view.matrix.image
    assert image is not None
    reach = float(np.abs(weight).max())
    for row in range(4):
        for column in range(9):
            wanted = signed_colour(round(127 * float(weight[row, column]) / reach) / 127, 1.0)
            assert image.pixelColor(column, row).rgba() == wanted.rgba()
    place = view.matrix.place()
    cell = QPointF(place.left() + place.width() * 2.5 / 9, place.top() + place.height() * 1.5 / 4)
    assert view.matrix.cell_at(cell) == (1, 2)
    assert view._describe(1, 2) == f"weight[1, 2] = {figure(weight[1, 2], '.6g')}"
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(view.matrix, key)
    assert view.matrix.cell == (1, 2)
    assert view.matrix.accessibleDescription() == view._describe(1, 2)
    spread = view.bars.spread
    assert spread is not None
    wanted_counts, _ = np.histogram(weight, np.linspace(-reach, reach, 62))
    assert spread.counts.tolist() == wanted_counts.tolist()
    heights = [-bar.height() for bar in view.bars.bars()]
    assert np.argmax(heights) == np.argmax(wanted_counts)
    view.tensor_choice.setCurrentIndex(1)
    assert view.tensor is not None
    assert view.tensor.matrix.tolist() == [_module(trained).get_parameter("conv.bias").tolist()]


def test_the_selected_layer_is_shown(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = WeightsView(trained)
    _shown(view, show, qtbot)
    trained.select({trained.graph.by_name["scores"].id})
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "scores", timeout=10_000)
    assert view.tensor is not None
    assert view.tensor.shape == (10, 144)
    trained.select({trained.graph.by_name["act"].id})
    qtbot.waitUntil(lambda: view.seen is not None and bool(view.seen.refusal), timeout=10_000)
    assert "has no weights" in view._note.text()
    assert view._note.isVisible()


def test_the_kernels_are_the_modules(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = KernelsView(trained)
    _shown(view, show, qtbot)
    kernels = _module(trained).get_parameter("conv.weight").detach().numpy()
    reach = float(np.abs(kernels).max())
    assert len(view.grid.images) == 4
    for number, image in enumerate(view.grid.images):
        for row in range(3):
            for column in range(3):
                share = round(127 * float(kernels[number, 0, row, column]) / reach) / 127
                assert image.pixelColor(column, row).rgba() == signed_colour(share, 1.0).rgba()
    middle = view.grid.places()[2].center()
    assert view.grid.describe(middle) == f"kernel 3, row 2, column 2: {figure(kernels[2, 0, 1, 1], '.4g')}"


def test_wires_between_units_are_as_thick_as_their_weights(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = ConnectionsView(trained)
    _shown(view, show, qtbot)
    weight = _module(trained).get_parameter("scores.weight").detach().numpy()[:, :128]
    strongest = float(np.abs(weight).max())
    source, target, value = view.net.wires[-1]
    assert value == weight[target, source]
    assert abs(value) == strongest
    assert view.net.width_of(value) == pytest.approx(view.net.thickest)
    assert 1.2 <= view.net.thickest < THICKEST, "128 inputs stand close"
    for source, target, value in view.net.wires[::50]:
        assert value == weight[target, source]
        assert view.net.width_of(value) == pytest.approx(view.net.thickest * abs(value) / strongest)
    shown = sorted(abs(value) for _, _, value in view.net.wires)
    assert shown == pytest.approx(sorted(np.abs(weight).reshape(-1).tolist())[-len(shown) :])


def _go_back(session: Session, rows: int) -> torch.nn.Module:
    """Leave in the module's weights the gradients that a script would find."""
    taps = session.bridge._taps
    assert taps is not None
    scene = taps._scene
    assert scene is not None
    scene.module.train()
    scene.module.zero_grad()
    inputs, targets = scene.batch(probe_rows(scene.dataset, rows))
    scene.objective.loss(scene.module(inputs), targets).backward()  # type: ignore[no-untyped-call]
    return scene.module


def test_the_gradients_are_autograds(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = GradientsView(trained)
    _shown(view, show, qtbot)
    gradient = _go_back(trained, 64).get_parameter("conv.weight").grad
    assert gradient is not None
    assert view.tensor is not None
    assert np.array_equal(view.tensor.matrix, gradient.reshape(4, 9).numpy())


def test_the_flow_is_autograds_on_a_logarithmic_axis(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = GradientFlowView(trained)
    _shown(view, show, qtbot)
    module = _go_back(trained, 64)
    wanted = []
    for name in ("conv", "scores"):
        parts = [
            weight.grad.reshape(-1) for weight in module.get_submodule(name).parameters() if weight.grad is not None
        ]
        wanted.append(float(torch.cat(parts).double().norm()))
    assert [bar.name for bar in view.bars.bars] == ["conv", "scores"]
    assert [bar.value for bar in view.bars.bars] == pytest.approx(wanted, rel=1e-6)
    assert figure(wanted[0] / wanted[1], ".3g") in view.caption.text()
    low, high = view.bars.axis()
    per_power = (view.bars.rect_of(1).width() - view.bars.rect_of(0).width()) / math.log10(wanted[1] / wanted[0])
    assert view.bars.rect_of(0).width() == pytest.approx(per_power * (math.log10(wanted[0]) - low))
    assert high - low >= 3
    view.of.setCurrentIndex(1)
    assert view.value is not None
    assert [(bar.name, bar.value) for bar in view.bars.bars] == list(view.value.signals.items())
    colours = [bar.colour.rgba() for bar in view.bars.bars]
    assert colours == [flow_colour(value / view.value.at_output).rgba() for value in view.value.signals.values()]


def test_the_record_is_shown_and_scrubbed(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = OverTimeView(trained)
    show(view, 900, 320)
    record = record_of(trained)
    qtbot.waitUntil(lambda: len(record.moments) > 0, timeout=10_000)
    moments = [moment_of(seed) for seed in range(3)]
    record.moments = Moments()
    for number, moment in enumerate(moments):
        record.moments.add(10 * number, moment)
    record.grown.emit()
    assert view.slider.maximum() == 2
    assert view.heat.columns is not None
    for number, moment in enumerate(moments):
        wanted = spread_over(moment.weights["conv"], view.heat.reach)
        np.testing.assert_allclose(view.heat.columns[number], wanted)
        assert view.heat.columns[number].sum() == pytest.approx(1.0)
    view.slider.setValue(1)
    assert view.heat.index == 1
    assert "step 10" in view.caption.text()
    assert figure(moments[1].weights["conv"].mean, ".3g") in view.caption.text()
    view.what_choice.setCurrentIndex(1)
    assert figure(moments[1].gradients["conv"].mean, ".3g") in view.caption.text()
    for shape in range(view.shape_choice.count()):
        view.shape_choice.setCurrentIndex(shape)
        assert not view.grab().isNull()


def test_a_layer_without_weights_says_what_else_there_is(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = OverTimeView(trained)
    show(view, 900, 320)
    qtbot.waitUntil(lambda: len(record_of(trained).moments) > 0, timeout=10_000)
    trained.select({trained.graph.by_name["act"].id})
    assert view._note.isVisible()
    assert view._note.text() == "act has no weights that learn. Choose the values that it gives."
    view.what_choice.setCurrentIndex(2)
    assert not view._note.isVisible()
    assert "act, step" in view.caption.text()


def test_a_histogram_on_a_longer_axis_keeps_its_shares() -> None:
    counts = np.arange(61, dtype=np.int32)
    bars = Bars(1.0, counts, 0.0, 1.0)
    np.testing.assert_allclose(spread_over(bars, 1.0), counts / counts.sum())
    wide = spread_over(bars, 3.0)
    assert wide[:20].sum() == wide[41:].sum() == pytest.approx(0.0)
    assert wide[20:41].sum() == pytest.approx(1.0)
    assert wide[30] == pytest.approx(counts[29:32].sum() / counts.sum())
    narrow = spread_over(bars, 0.5)
    assert narrow.sum() == pytest.approx(1.0)
    assert narrow[-1] > counts[46:].sum() / counts.sum(), "with all that lies beyond"


def test_a_wide_beginning_does_not_flatten_what_follows(qtbot: QtBot, show: Show) -> None:
    counts = np.ones(61, dtype=np.int32)
    heat = HeatMap("heat")
    show(heat, 400, 200)
    heat.show_rows([1, 2, 3, 4], [Bars(reach, counts, 0.0, 1.0) for reach in (100.0, 1.0, 1.0, 1.0)], ridges=False)
    assert heat.reach == 4.0
    heat.show_rows([1, 2], [Bars(reach, counts, 0.0, 1.0) for reach in (2.0, 1.0)], ridges=False)
    assert heat.reach == 2.0


def test_the_record_stays_within_its_budget() -> None:
    one = moment_of(0)
    kept = Moments(budget=40 * one.num_bytes)
    for step in range(1, 1001):
        kept.add(step, one)
        assert kept.num_bytes <= 41 * one.num_bytes
        assert kept.steps[-1] == step
    assert kept.steps[0] == 1
    assert 15 <= len(kept) <= 41
    gaps = np.diff(kept.steps[:-1])
    assert gaps.max() <= 2 * gaps.min(), "evenly over the run"
    kept.add(500, one)
    assert kept.steps[-1] == 500, "the run went back"


def test_dead_and_saturated_units_over_the_run(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = UnitsView(trained)
    _shown(view, show, qtbot)
    (act,) = view.rows.units
    assert (act.layer, act.units, act.saturated) == ("act", 4, None)
    record = record_of(trained)
    record.moments = Moments()
    first, second = moment_of(0), moment_of(1)
    for step, moment in ((5, first), (9, second)):
        record.moments.add(step, moment)
    units = (LayerUnits("act", 4, 0.25, None),)
    view.show_value(units)
    assert view.rows.line("act") == [(5.0, first.units[0].dead, 0.0), (9.0, second.units[0].dead, 0.0)]
    assert "25.0 % of 4 dead" in view.rows.accessibleDescription()
    assert not view.grab().isNull()


@pytest.mark.parametrize("key", OURS)
def test_before_a_run_every_view_says_what_to_do(session: Session, show: Show, key: str) -> None:
    view = view_spec(key).build(session)
    show(view, 700, 300)
    assert view._note.isVisible()
    assert "Press Train" in view._note.text()


@pytest.mark.parametrize("key", OURS)
@pytest.mark.parametrize("colours", ["dark", "contrast"])
def test_every_view_is_built_in_other_colours_and_in_chinese(
    trained: Session, show: Show, qtbot: QtBot, key: str, colours: str
) -> None:
    set_language("zh_CN")
    theme.set_theme(colours)
    view = view_spec(key).build(trained)
    show(view, 700, 300)
    if key == "over_time":
        qtbot.waitUntil(lambda: len(record_of(trained).moments) > 0, timeout=10_000)
    else:
        qtbot.waitUntil(lambda: view.seen is not None, timeout=10_000)
    assert not view.grab().isNull()
    assert view._note.isHidden()


def test_a_new_run_begins_a_new_record(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = OverTimeView(trained)
    show(view, 700, 300)
    record = record_of(trained)
    qtbot.waitUntil(lambda: len(record.moments) > 0, timeout=10_000)
    last: list[int] = list(record.moments.steps)
    trained.bridge.start()
    assert len(record.moments) == 0
    qtbot.waitUntil(lambda: trained.bridge.state == "ended", timeout=60_000)
    qtbot.waitUntil(lambda: len(record.moments) > 0, timeout=10_000)
    assert all(isinstance(moment, Moment) for moment in record.moments.values)
    assert record.moments.steps[-1] <= max(last)


def test_a_layer_within_a_block_is_looked_into(train: Train, show: Show, qtbot: QtBot) -> None:
    session = train(nested())
    view = WeightsView(session)
    _shown(view, show, qtbot)
    assert view.value is not None
    assert view.value.layer == "stem"
    chain = session.graph.by_name["chain"]
    session.enter("Part", chain.id)
    session.select({session.graph.by_name["inner"].id})
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "chain.0.inner", timeout=10_000)
    weight = _module(session).get_parameter("chain.0.inner.weight").detach().numpy()
    assert view.tensor is not None
    assert np.array_equal(view.tensor.matrix, weight)
    session.leave()
    session.select({session.graph.by_name["tied"].id})
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "tied", timeout=10_000)
    assert np.array_equal(view.tensor.matrix, _module(session).get_parameter("stem.weight").detach().numpy())
