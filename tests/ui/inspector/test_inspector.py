"""The inspector: forms commit, refuse, merge and follow; numbers are worked out; nothing is rich text."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.core import edits
from nnstudio.core.graph import Edge, Value, freeze_params
from nnstudio.data.catalog import entries
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.project.builder import Builder
from nnstudio.ui import theme
from nnstudio.ui.controls import unbroken
from nnstudio.ui.inspector.form import NodeForm
from nnstudio.ui.inspector.formula import FormulaView, formula_svg
from nnstudio.ui.inspector.panel import Inspector
from nnstudio.ui.inspector.parts import NumberGrid
from nnstudio.ui.inspector.summary import DrawingSummary, SeveralSelected
from nnstudio.ui.session import Session

W = TypeVar("W", bound=QWidget)


@pytest.fixture
def inspector(qtbot: QtBot, session: Session) -> Inspector:
    made = Inspector(session)
    qtbot.addWidget(made)
    made.resize(292, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def child(inspector: Inspector, kind: type[W], name: str) -> W:
    found = inspector.page.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def select(session: Session, *names: str) -> None:
    session.select(session.graph.by_name[name].id for name in names)


def param(session: Session, name: str, key: str) -> Value:
    return session.graph.by_name[name].params.get(key)


def rows(inspector: Inspector) -> dict[str, str]:
    return dict(child(inspector, NumberGrid, "numbers").rows())


def type_into(editor: QWidget, text: str) -> None:
    editor.setFocus()
    line = editor if isinstance(editor, QLineEdit) else editor.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(editor, text)


def test_the_page_follows_the_selection(inspector: Inspector, session: Session) -> None:
    assert isinstance(inspector.page, DrawingSummary)
    select(session, "conv_1")
    assert isinstance(inspector.page, NodeForm)
    select(session, "conv_1", "relu_1")
    assert isinstance(inspector.page, SeveralSelected)
    session.commit("Remove", edits.remove_nodes(session.graph, session.selection))
    assert isinstance(inspector.page, DrawingSummary)


def test_typing_a_number_is_one_step(inspector: Inspector, session: Session) -> None:
    before = session.project
    select(session, "conv_1")
    type_into(child(inspector, QSpinBox, "field_out_channels"), "12")
    assert param(session, "conv_1", "out_channels") == 12
    assert session.undo_label == "Set Output channels of conv_1"
    session.undo()
    assert session.project is before
    assert child(inspector, QSpinBox, "field_out_channels").value() == 4


def test_coming_back_to_a_field_begins_a_new_step(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    box = child(inspector, QSpinBox, "field_out_channels")
    type_into(box, "5")
    box.clearFocus()
    type_into(box, "6")
    session.undo()
    assert param(session, "conv_1", "out_channels") == 5


def test_a_refused_number_is_told_and_not_taken(inspector: Inspector, session: Session) -> None:
    before = session.project
    select(session, "conv_1")
    box = child(inspector, QSpinBox, "field_out_channels")
    type_into(box, "0")
    fault = child(inspector, QLabel, "fault_field_out_channels")
    assert fault.text() == "Output channels: expected a whole number from 1 to 65,536, got 0"
    assert fault.isVisible()
    assert session.project is before
    type_into(box, "3")
    assert not fault.isVisible()


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("3 × 5", (3, 5)), ("1x7", (1, 7))])
def test_a_size_is_typed(inspector: Inspector, session: Session, text: str, value: Value) -> None:
    select(session, "conv_1")
    line = child(inspector, QLineEdit, "field_kernel_size")
    type_into(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert param(session, "conv_1", "kernel_size") == value


def test_half_a_size_is_told_only_when_the_person_is_done(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    line = child(inspector, QLineEdit, "field_kernel_size")
    fault = child(inspector, QLabel, "fault_field_kernel_size")
    type_into(line, "3 × x")
    assert not fault.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert fault.isVisible()
    assert fault.text().startswith("Kernel size: expected")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not fault.isVisible()
    assert line.text() == "3 × 3"


def test_a_word_can_be_chosen_in_place_of_a_size(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    box = child(inspector, QComboBox, "field_padding")
    box.setCurrentIndex(0)
    box.textActivated.emit("same")
    assert param(session, "conv_1", "padding") == "same"
    assert box.currentText() == "same"


def test_a_tick_and_a_choice(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    QTest.mouseClick(child(inspector, QCheckBox, "field_bias"), Qt.MouseButton.LeftButton)
    assert param(session, "conv_1", "bias") is False
    box = child(inspector, QComboBox, "field_padding_mode")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert param(session, "conv_1", "padding_mode") == "reflect"


def test_the_default_is_not_written_down(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    type_into(child(inspector, QSpinBox, "field_out_channels"), "16")
    assert "out_channels" not in session.graph.by_name["conv_1"].params


def test_a_field_shows_what_a_file_says_wrongly(inspector: Inspector, session: Session) -> None:
    node = session.graph.by_name["conv_1"]
    bad = msgspec.structs.replace(node, params=freeze_params({"out_channels": "many"}))
    session.commit("Spoil", edits.set_node(session.graph, bad))
    select(session, "conv_1")
    assert child(inspector, QLabel, "fault_field_out_channels").text().endswith("got 'many'")


def test_renaming(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    line = child(inspector, QLineEdit, "field_name")
    fault = child(inspector, QLabel, "fault_field_name")
    type_into(line, "relu_1")
    assert fault.isVisible()
    assert "relu_1" in fault.text()
    type_into(line, "for")
    assert fault.isVisible()
    type_into(line, "stem")
    assert not fault.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "stem" in session.graph.by_name
    assert session.undo_label == "Rename conv_1 to stem"


def test_a_typed_name_counts_when_another_layer_is_selected(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    type_into(child(inspector, QLineEdit, "field_name"), "stem")
    select(session, "relu_1")
    assert "stem" in session.graph.by_name


def test_numbers_are_worked_out(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1")
    assert rows(inspector) == {
        "Input": "1 × 8 × 8",
        "Output": "4 × 6 × 6",
        "Parameters": "4·(1·3·3) + 4 = 40",
        "Multiply–adds": "1,296",
        "Activations": "576 bytes a sample",
        "Receptive field": "3 × 3",
    }


def test_numbers_that_cannot_be_known_are_left_out(inspector: Inspector, session: Session) -> None:
    session.commit("Remove", edits.remove_nodes(session.graph, [session.graph.by_name["image"].id]))
    select(session, "conv_1")
    assert rows(inspector) == {"Input": "—", "Output": "—"}


def test_a_mend_is_one_click(inspector: Inspector, session: Session) -> None:
    graph, id_ = edits.add_node(session.graph, "Conv2d", "conv_")
    graph = edits.connect(graph, Edge(graph.by_name["flatten_1"].id, "output", id_, "input"))
    session.commit("Add", graph)
    session.select([id_])
    problems = session.analysis.by_node[id_]
    assert problems[0].fixes
    QTest.mouseClick(child(inspector, QToolButton, "fix"), Qt.MouseButton.LeftButton)
    assert session.undo_label == problems[0].fixes[0].label
    assert session.analysis.facts[id_].outputs


def test_the_drawing_is_summed_up(inspector: Inspector, session: Session) -> None:
    assert rows(inspector) == {
        "Layers": "6",
        "Parameters": "1,490",
        "Multiply–adds": "2,736",
        "Connections": "2,890",
        "Weights": "6.0 kB",
        "Activations": "1.8 kB a sample",
        "Batch of 64": "113 kB",
    }
    line = child(inspector, QLineEdit, "field_project_name")
    type_into(line, "Tiny")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.project.name == "Tiny"
    assert session.undo_label == "Rename the drawing"


def test_several_layers_are_counted(inspector: Inspector, session: Session) -> None:
    select(session, "conv_1", "dense_1")
    assert rows(inspector) == {"Parameters": "1,490", "Multiply–adds": "2,736"}


def test_text_from_a_file_is_never_rich(inspector: Inspector, session: Session) -> None:
    node = msgspec.structs.replace(session.graph.by_name["relu_1"], kind="<img src='x'><b>Evil")
    session.commit("Spoil", edits.set_node(session.graph, node))
    select(session, "relu_1")
    labels = inspector.findChildren(QLabel)
    assert any("<img" in label.text() for label in labels)
    assert {label.textFormat() for label in labels if label.text()} == {Qt.TextFormat.PlainText}


def test_a_block_has_a_form(inspector: Inspector, session: Session) -> None:
    graph, id_ = edits.add_node(session.graph, "Block", "stage_", {"block": "ResidualBlock"})
    project = msgspec.structs.replace(session.project, graph=graph, blocks=(LIBRARY["ResidualBlock"].block,))
    session.commit("Add", project=project)
    session.select([id_])
    type_into(child(inspector, QSpinBox, "field_repeat"), "3")
    type_into(child(inspector, QSpinBox, "field_channels"), "32")
    assert dict(session.graph.by_id[id_].params) == {"block": "ResidualBlock", "repeat": 3, "channels": 32}


@pytest.mark.parametrize("kind", [kind for kind, spec in catalog().items() if spec.formula])
def test_every_formula_is_painted(qtbot: QtBot, kind: str) -> None:
    view = FormulaView(catalog()[kind].formula)
    qtbot.addWidget(view)
    view.resize(max(view.sizeHint().width(), 40), view.sizeHint().height())
    picture = QImage(view.size(), QImage.Format.Format_ARGB32)
    picture.fill(theme.current().panel)
    view.render(picture)
    ink = theme.current().text.rgb()
    assert any(picture.pixel(x, y) == ink for x in range(picture.width()) for y in range(picture.height()))
    assert b"<use" not in formula_svg(catalog()[kind].formula, "#000000")


@pytest.mark.parametrize("kind", list(catalog()))
def test_every_kind_has_a_form(inspector: Inspector, session: Session, kind: str) -> None:
    graph, id_ = edits.add_node(session.graph, kind, "made_")
    session.commit("Add", graph)
    session.select([id_])
    assert isinstance(inspector.page, NodeForm)
    names = {editor.objectName() for editor in inspector.page.findChildren(QWidget)}
    assert {f"field_{parameter.name}" for parameter in catalog()[kind].params} <= names


def told_of_data(inspector: Inspector) -> list[str]:
    assert isinstance(inspector.page, DrawingSummary)
    texts = [line.text() for line in inspector.page.findChildren(QLabel)]
    return texts[texts.index("Learns from") + 1 :][:2]


def test_the_summary_names_the_chosen_data_or_says_that_none_is_chosen(inspector: Inspector, session: Session) -> None:
    session.select([])
    project = session.project
    session.commit("Choose", project=msgspec.structs.replace(project, data=freeze_params({"name": "iris"})))
    assert told_of_data(inspector) == [str(entries()["iris"].title), str(entries()["iris"].summary)]
    session.commit("Choose", project=msgspec.structs.replace(project, data=freeze_params({"name": "clouds"})))
    assert told_of_data(inspector) == ["clouds", "This version does not know this data set."]
    session.commit("Choose none", project=msgspec.structs.replace(project, data=freeze_params({})))
    assert told_of_data(inspector) == ["No data chosen yet", "Choose some on the Train page."]
    b = Builder("Fits")
    b.output(b.add("Linear", b.add("Flatten", b.input("image", shape=(1, 32, 32))), out_features=10))
    session.begin(b.project(), None)
    title = str(entries()["digits32"].title)
    assert "×" in title
    assert told_of_data(inspector) == ["No data chosen yet", unbroken(f"Train would use {title}, which fits.")]


def test_the_summary_of_an_empty_drawing_names_no_data(qtbot: QtBot, empty_session: Session) -> None:
    inspector = Inspector(empty_session)
    qtbot.addWidget(inspector)
    assert told_of_data(inspector) == ["No data chosen yet", "Choose some on the Train page."]
