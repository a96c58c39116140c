"""The drill in the window: pictures and tables show what the tensors say, and a weight can be written over."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.drill.functions import FUNCTIONS
from nnstudio.training.studies.arithmetic import Operand, Worked
from nnstudio.ui.insight.arithmetic import ArithmeticView
from nnstudio.ui.insight.formula_line import FormulaLine
from nnstudio.ui.insight.typeset import Gap, Number, Piece, Raised, Root, split, texts_of
from nnstudio.ui.insight.windows import windows_of
from nnstudio.ui.insight.worked_tex import backward_tex, forward_tex, number_tex
from nnstudio.ui.inspector.formula import formula_svg
from nnstudio.ui.session import Session
from tests.ui.insight.conftest import Show, Train


def project() -> Project:
    b = Builder("Drill")
    h = b.add("Linear", b.input("flower", shape=(4,)), out_features=5, name="hidden")
    h = b.add("Tanh", h, name="act")
    b.output(b.add("Linear", h, out_features=3, name="scores"), name="species")
    return b.project(data={"name": "iris"}, recipe={"epochs": 1, "batch_size": 32})


@pytest.fixture
def view(qtbot: QtBot, train: Train, show: Show) -> ArithmeticView:
    session = train(project())
    made = ArithmeticView(session)
    show(made, 1100, 360)  # room for five digits
    qtbot.waitUntil(lambda: made.seen is not None and made.seen.step == session.bridge.num_steps, timeout=20_000)
    made.go_to("hidden", (0,))
    qtbot.waitUntil(lambda: made.value is not None and made.value.index == (0,), timeout=20_000)
    made._way.clear()
    return made


def select(view: ArithmeticView, qtbot: QtBot, name: str) -> None:
    view.session.select([node.id for node in view.session.graph.nodes if node.name == name])
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == name, timeout=20_000)


def number(text: str) -> float:
    """Read a number that is written for people."""
    return float(text.replace("−", "-"))


def cell(view: ArithmeticView, row: int, column: int) -> str:
    return str(view.products.data(view.products.index(row, column)))


def weights(view: ArithmeticView) -> dict[str, torch.Tensor]:
    handover = view.session.bridge.handover
    assert handover is not None
    return handover.take()


def test_rows_are_the_products_of_the_unit(view: ArithmeticView, qtbot: QtBot) -> None:
    assert view.value is not None
    assert view.value.layer == "hidden"
    kept, bridge = weights(view), view.session.bridge
    assert bridge.dataset is not None
    assert bridge.sample is not None
    x = bridge.dataset.inputs[bridge.sample]
    view.go_to("hidden", (2,))
    qtbot.waitUntil(lambda: view.value is not None and view.value.index == (2,), timeout=20_000)
    w, b = kept["hidden.weight"][2].numpy(), float(kept["hidden.bias"][2])
    total = 0.0
    for j in range(4):
        assert cell(view, j, 0) == f"flower[{j}]"
        assert [number(cell(view, j, column)) for column in (1, 2)] == pytest.approx([x[j], w[j]], abs=1e-5)
        total += float(x[j]) * float(w[j])
        assert [number(cell(view, j, column)) for column in (3, 4)] == pytest.approx([x[j] * w[j], total], abs=1e-5)
    assert number(cell(view, 4, 4)) == pytest.approx(total + b, abs=1e-5)
    assert view.value.value == pytest.approx(total + b, abs=1e-6)
    assert view.products.rowCount() == 5


def test_backwards_shows_slopes(view: ArithmeticView, qtbot: QtBot) -> None:
    button = view.findChild(type(view.back), "page_backward")
    assert button is not None
    button.click()
    assert view.value is not None
    line = view.value.lines[0]
    for j in range(4):
        given, weight = view.products.parts(j)
        assert given is not None
        assert weight is not None
        assert number(cell(view, j, 4)) == pytest.approx(line.slope * given.value, rel=1e-4, abs=1e-9)
        assert number(cell(view, j, 3)) == pytest.approx(line.slope * weight.value, rel=1e-4, abs=1e-9)
    assert view.sources.isVisible()
    assert sum(row.product for row in view.arrivals.rows) == pytest.approx(view.value.slope, abs=1e-9)


def test_click_on_an_input_goes_to_who_made_it_and_back(view: ArithmeticView, qtbot: QtBot) -> None:
    select(view, qtbot, "scores")
    view.table.clicked.emit(view.products.index(3, 0))
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "act", timeout=20_000)
    assert view.value is not None
    assert view.value.index == (3,)
    assert [line.rule for line in view.value.lines] == ["tanh"]
    view.table.clicked.emit(view.products.index(0, 0))
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "hidden", timeout=20_000)
    view.back.click()
    view.back.click()
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "scores", timeout=20_000)
    assert not view.back.isEnabled()


def test_picture_shows_the_layer_and_a_click_chooses(view: ArithmeticView, qtbot: QtBot) -> None:
    assert view.value is not None
    assert view.picture.image is not None
    assert view.picture.image.width() * view.picture.image.height() >= 5
    rect = view.picture.place()
    step = rect.width() / view.picture.image.width()
    place = (rect.topLeft() + type(rect.topLeft())(step * 4.5, rect.height() / 2)).toPoint()
    QTest.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: view.value is not None and view.value.index == (4,), timeout=20_000)


def test_loss_is_the_last_station(view: ArithmeticView, qtbot: QtBot) -> None:
    view.to_loss.click()
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "loss", timeout=20_000)
    assert view.value is not None
    assert view.value.value == pytest.approx(view.value.loss, abs=1e-9)
    assert len(view.value.lines) > 3


def test_weight_that_is_written_over_is_in_the_run_and_its_effects_are_told(view: ArithmeticView, qtbot: QtBot) -> None:
    before = view.value
    assert before is not None
    old = weights(view)["hidden.weight"][0, 1].item()
    place = view.products.index(1, 2)
    assert view.products.flags(place) & Qt.ItemFlag.ItemIsEditable
    assert not view.products.flags(view.products.index(1, 1)) & Qt.ItemFlag.ItemIsEditable
    assert view.products.setData(place, "1.5")
    qtbot.waitUntil(lambda: view.value is not None and view.value.value != before.value, timeout=20_000)
    assert weights(view)["hidden.weight"][0, 1].item() == 1.5
    now = view.value
    assert now is not None
    x = now.lines[0].right[1].value
    assert now.value - before.value == pytest.approx((1.5 - old) * x, abs=1e-6)
    told = view.follows.text.text()
    assert "hidden.weight[0, 1]" in told
    assert f"loss {figure(before.loss, '.5g')} → {figure(now.loss, '.5g')}" in told
    assert f"this number {figure(before.value, '.5g')} → {figure(now.value, '.5g')}" in told
    changed = {layer.name for layer, known in zip(now.layers, before.layers, strict=True)
               if not np.array_equal(layer.values, known.values)}  # fmt: skip
    assert changed == {"hidden", "act", "scores"}
    assert not view.products.setData(place, "no number")
    assert view.follows.undo.isVisible()
    view.follows.undo.click()
    qtbot.waitUntil(lambda: view.value is not None and view.value.loss == before.loss, timeout=20_000)
    assert weights(view)["hidden.weight"][0, 1].item() == old
    assert not view.follows.isVisible()


def test_what_follows_is_told_for_the_sample_of_the_edit_alone(view: ArithmeticView, qtbot: QtBot) -> None:
    before = view.value
    assert before is not None
    assert view.products.setData(view.products.index(1, 2), "1.5")
    qtbot.waitUntil(lambda: view.value is not None and view.value.loss != before.loss, timeout=20_000)
    told = view.follows.text.text()
    sample = view.session.bridge.sample
    assert sample is not None
    view.session.bridge.set_sample(sample + 1)
    view.ask()
    qtbot.waitUntil(lambda: view.value is not None and f"sample {sample + 1}" in view.moment.text(), timeout=20_000)
    assert view.follows.text.text() == told


def test_it_says_of_which_step_and_sample_the_numbers_are(view: ArithmeticView) -> None:
    bridge = view.session.bridge
    assert view.value is not None
    expected = f"After step {bridge.num_steps}, sample {bridge.sample}: loss {figure(view.value.loss, '.5g')}"
    assert view.moment.text() == expected


def test_keys_do_what_clicks_do(view: ArithmeticView, qtbot: QtBot) -> None:
    select(view, qtbot, "scores")
    view.table.setCurrentIndex(view.products.index(3, 2))
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "act", timeout=20_000)
    view.picture.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(view.picture, key)
    qtbot.waitUntil(lambda: view.value is not None and view.value.index == (1,), timeout=20_000)
    QTest.keyClick(view.picture, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: view.value is not None and view.value.layer == "scores", timeout=20_000)


def test_weight_is_written_over_in_a_run_that_is_held(qtbot: QtBot, show: Show) -> None:
    session = Session(project())
    made = ArithmeticView(session)
    show(made, 1100, 360)  # room for five digits
    session.bridge.step()
    qtbot.waitUntil(lambda: made.value is not None and session.bridge.state == "paused", timeout=20_000)
    qtbot.waitUntil(lambda: session.bridge.num_steps == 1, timeout=20_000)
    before = made.value
    assert before is not None
    assert made.products.setData(made.products.index(0, 2), "-2")
    unit = before.index[0]
    qtbot.waitUntil(lambda: made.value is not None and made.value.lines[0].left[0].value == -2.0, timeout=20_000)
    assert session.bridge.state == "paused"
    assert session.bridge.num_steps == 1
    assert f"hidden.weight[{unit}, 0]" in made.follows.text.text()
    session.bridge.resume()
    qtbot.waitUntil(lambda: session.bridge.state == "ended", timeout=20_000)
    session.bridge.shutdown()


@pytest.mark.parametrize("rule", ["dot", "max", "tanh", "sigmoid", "root_reciprocal", "exp"])
def test_formulas_can_be_drawn_with_their_numbers(rule: str, qtbot: QtBot) -> None:
    parts = tuple(Operand("x", value, 0.5, "input", "h", (0,)) for value in (0.25, -1e-7, 3.0, 4e9, 5.0))
    left = parts if rule in ("dot", "max") else parts[:1]
    line = Worked("z", rule, left, parts if rule == "dot" else (), parts[:1] if rule == "dot" else (), 0.5, -0.1, 2.0)
    for tex in (forward_tex(line), backward_tex(line)):
        for text in texts_of(split(tex)):
            assert formula_svg.__wrapped__(text, "#000000").startswith(b"<svg"), text
    assert number_tex(0.25) in forward_tex(line)


def test_formulas_are_cut_into_few_pieces_that_come_again() -> None:
    """Whatever the numbers, nothing but digits and signs is new."""

    def pieces(first: float) -> set[str]:
        parts = tuple(Operand("x", first * scale, 0.5, "input", "h", (0,)) for scale in (1.0, -1e-7, 3.0, 4e9))
        found: set[str] = set()
        for rule in (*FUNCTIONS, "dot", "max"):
            left = parts if rule in ("dot", "max") else parts[:1]
            line = Worked("z", rule, left, parts if rule == "dot" else (), (), first, -first, first)
            for tex in (forward_tex(line), backward_tex(line)):
                found |= set(texts_of(split(tex)))
        return found

    alphabet = {*"0123456789.-()", r"\cdot"}
    assert pieces(0.1234) - alphabet == pieces(98.76) - alphabet


def test_parts_of_a_formula_stand_side_by_side() -> None:
    assert split(r"z = e^{-0.5} + 1 / \sqrt{2.25}") == (
        Piece("z"), Gap(5.0), Piece("="), Gap(5.0), Piece("e"), Raised((Piece("-"), Number("0.5"))), Gap(4.0),
        Piece("+"), Gap(4.0), Number("1"), Gap(2.0), Piece("/"), Gap(2.0), Root((Number("2.25"),)),
    )  # fmt: skip


def test_formula_comes_without_holding_the_window_up(qtbot: QtBot, show: Show) -> None:
    line = FormulaLine()
    show(line, 500, 48)
    line.show_tex(r"\Psi_{new} = 0.25 \cdot \Xi + 17")
    qtbot.waitUntil(lambda: line.is_set, timeout=20_000)
    assert line.setting is not None
    width = line.setting.box.width()
    line.show_tex(r"\Psi_{new} = 0.25 \cdot \Xi + 1717")
    assert line.is_set  # of known pieces it is set at once
    assert line.setting.box.width() > width + 10
    image = line.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 200, 2) for y in range(0, 48, 2)}) > 3


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number_tex(value) for value in (0.25, -0.0, 1e-7, -3.2e12)] == [
        "0.25", "0", r"1 \cdot 10^{-7}", r"-3.2 \cdot 10^{12}"
    ]  # fmt: skip


def test_window_weights_and_products_are_pictures_of_the_convolution(
    qtbot: QtBot, trained: Session, show: Show
) -> None:
    made = ArithmeticView(trained)
    show(made, 1100, 360)  # room for five digits
    qtbot.waitUntil(lambda: made.value is not None, timeout=20_000)
    value = made.value
    assert value is not None
    assert value.layer == "conv"
    window, weights_, products = windows_of(value.lines[0])
    handover = trained.bridge.handover
    assert handover is not None
    kernel = handover.take()["conv.weight"][value.index[0], 0].numpy()
    assert weights_.values == pytest.approx(kernel, abs=1e-6)
    assert trained.bridge.dataset is not None
    assert trained.bridge.sample is not None
    picture = trained.bridge.dataset.inputs[trained.bridge.sample][0]
    height, width = kernel.shape
    row, column = value.index[1:]
    patch = picture[row : row + height, column : column + width]
    assert window.values == pytest.approx(patch, abs=1e-6)
    assert products.values == pytest.approx(patch * kernel, abs=1e-6)
    assert len(made.window_tiles.images) == 3
    made.channel.setValue(1)
    qtbot.waitUntil(lambda: made.value is not None and made.value.index[0] == 1, timeout=20_000)


def test_every_picture_of_a_solid_is_reached(qtbot: QtBot, train: Train, show: Show) -> None:
    b = Builder("Solid")
    h = b.add("Reshape", b.input("picture", shape=(1, 8, 8)), shape=(1, 4, 4, 4))
    h = b.add("Conv3d", h, out_channels=2, kernel_size=2, name="solid")
    b.output(b.add("Linear", b.add("Flatten", h), out_features=10), name="digit")
    session = train(b.project(data={"name": "digits8"}, recipe={"epochs": 1, "batch_size": 512}))
    made = ArithmeticView(session)
    show(made, 1100, 360)  # room for five digits
    qtbot.waitUntil(lambda: made.value is not None and made.value.layer == "solid", timeout=20_000)
    assert made.channel.isVisible()
    assert made.channel.maximum() == 2 * 3 - 1
    made.channel.setValue(4)
    qtbot.waitUntil(lambda: made.value is not None and made.value.index[:2] == (1, 1), timeout=20_000)
    assert made.picture.number_at(2, 0) == (1, 1, 2, 0)
    assert made.value is not None
    assert made.picture._values is not None
    assert np.array_equal(made.picture._values, made.value.values[1, 1])


@pytest.mark.parametrize("width", [360, 660, 728, 900, 1071])
def test_the_tables_are_never_wider_than_their_place(view: ArithmeticView, qtbot: QtBot, width: int) -> None:
    view.ways.chosen.emit("backward")
    view.resize(width, 700)
    QApplication.processEvents()
    for table in (view.table, view.sources):
        columns = table.model().columnCount()
        wide = sum(table.columnWidth(column) for column in range(columns))
        assert wide <= table.viewport().width()
        longest = table.fontMetrics().horizontalAdvance(figure(-1.23456e-12, f".{view.products.digits}g"))
        assert all(longest < table.columnWidth(column) for column in range(1, columns))


def test_a_picture_of_a_layer_keeps_its_shape(view: ArithmeticView) -> None:
    seen = view.value
    assert seen is not None
    view.picture.resize(300, 600)
    solid = msgspec.structs.replace(seen, shape=(2, 28, 28), index=(0, 3, 4), values=np.zeros((2, 28, 28)))
    view.picture.show_numbers(solid)
    assert view.picture.place().width() == view.picture.place().height()


def test_the_number_is_told_whole_in_a_narrow_place(view: ArithmeticView, qtbot: QtBot) -> None:
    for width, apart in ((600, True), (860, False), (640, True), (1200, False)):
        view.resize(width, 700)
        QApplication.processEvents()
        assert (view.ways.y() > view.where.geometry().bottom()) is apart
        assert view.where.toolTip() == ""
        assert view.ways.geometry().right() < view.to_loss.x() < width
