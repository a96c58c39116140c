"""Views of answers: their pictures hold the numbers of the network, and clicks lead to samples."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.core.words import figure
from nnstudio.data.catalog import load
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.training.studies.answers import Answered
from nnstudio.training.studies.attention import Attention
from nnstudio.training.studies.gates import Gates
from nnstudio.training.studies.saliency import Heat, Salient
from nnstudio.ui import theme
from nnstudio.ui.figures import sign_text
from nnstudio.ui.imagery import shades
from nnstudio.ui.insight.attention import AttentionView, edge
from nnstudio.ui.insight.classes import sign_names
from nnstudio.ui.insight.confusion import ConfusionView
from nnstudio.ui.insight.gates import GatesView, gate_name
from nnstudio.ui.insight.mistakes import MistakesView
from nnstudio.ui.insight.relevance import Relevance
from nnstudio.ui.insight.saliency import GradCamView, SaliencyView
from nnstudio.ui.insight.signed import signed_image
from nnstudio.ui.insight.view import StudyView
from nnstudio.ui.session import Session
from tests.ui.insight.conftest import Look, Show, Train


def readers() -> Project:
    """Return a network that reads rows of signs with an LSTM and with attention."""
    b = Builder("Readers")
    h = b.input("signs", shape=(24,), element="index")
    h = b.add("Embedding", h, num_embeddings=8, embedding_dim=8, name="embedding")
    h = b.add("MultiheadAttention", h, num_heads=2, name="heads")[0]
    h = b.add("LSTM", h, hidden_size=6, name="memory")[1]
    b.output(b.add("Linear", h, out_features=4, name="scores"))
    return b.project(data={"name": "memory", "validation": 0.9}, recipe={"epochs": 1, "batch_size": 100})


def test_matrix_is_painted_and_opens_samples(trained: Session, look: Look) -> None:
    view = look(ConfusionView(trained))
    assert isinstance(view, ConfusionView)
    assert view.seen is not None
    answered = view.seen.value
    assert isinstance(answered, Answered)
    picture = view.matrix.grab().toImage()
    for truth in range(10):
        for answer in range(10):
            corner = view.matrix.cell(truth, answer).topLeft().toPoint()
            wanted = view.matrix.colour(truth, answer)
            assert picture.pixel(corner.x() + 2, corner.y() + 2) == wanted.rgb(), (truth, answer)
    assert view.matrix.colour(3, 3) != view.matrix.colour(3, 4)
    right, said = divmod(int(answered.counts.argmax()), 10)
    place = view.matrix.cell(right, said).center()
    assert view.matrix.describe(place) == f"truth {right}, answer {said}: {answered.counts[right, said]}"
    QTest.mouseClick(view.matrix, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert [thumb.row for thumb in view.thumbs.field.thumbs] == list(answered.cell(right, said))
    QTest.mouseClick(view.thumbs.field, Qt.MouseButton.LeftButton, pos=view.thumbs.field.place(1).center())
    assert trained.bridge.sample == view.thumbs.field.thumbs[1].row
    QTest.keyClick(view.thumbs.field, Qt.Key.Key_Left)
    assert trained.bridge.sample == view.thumbs.field.thumbs[0].row
    QTest.keyClick(view.matrix, Qt.Key.Key_Right)
    assert view.matrix.chosen == (right, min(9, said + 1))


def test_worst_mistakes_come_first(trained: Session, look: Look) -> None:
    view = look(MistakesView(trained))
    assert isinstance(view, MistakesView)
    assert view.seen is not None
    answered = view.seen.value
    assert isinstance(answered, Answered)
    place = int(answered.losses.argmax())
    first = view.thumbs.field.thumbs[0]
    assert first.row == answered.rows[place]
    assert first.bad == (answered.answer[place] != answered.truth[place])
    assert first.second == f"{100 * answered.confidence[place]:.1f} %, loss {answered.losses[place]:.3g}"
    losses = {int(row): loss for row, loss in zip(answered.rows, answered.losses, strict=True)}
    shown = [losses[thumb.row] for thumb in view.thumbs.field.thumbs]
    assert shown == sorted(answered.losses, reverse=True)[: len(shown)]


def test_saliency_is_painted_pixel_by_pixel(trained: Session, look: Look, qtbot: QtBot) -> None:
    view = look(SaliencyView(trained))
    assert isinstance(view, SaliencyView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Salient)
    assert value.sample == trained.bridge.sample
    _is_painted(view.relevance, value.strength)
    view.target.setCurrentIndex(4)
    view.target.picked.emit()
    qtbot.waitUntil(lambda: view.seen is not None and view.seen.value is not value)
    asked = view.seen.value
    assert isinstance(asked, Salient)
    assert asked.target == 3
    assert "output for 3" in view.caption.text()
    trained.bridge.set_sample(7)
    qtbot.waitUntil(lambda: view.seen is not None and getattr(view.seen.value, "sample", 0) == 7)


def test_grad_cam_is_painted_for_the_layer_chosen(trained: Session, look: Look, qtbot: QtBot) -> None:
    view = look(GradCamView(trained))
    assert isinstance(view, GradCamView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Heat)
    assert (value.layer, value.layers) == ("act", ("conv", "act"))
    _is_painted(view.relevance, value.heat)
    view.layer.setCurrentText("conv")
    view.layer.activated.emit(view.layer.currentIndex())
    qtbot.waitUntil(lambda: view.seen is not None and getattr(view.seen.value, "layer", "") == "conv")


def _is_painted(relevance: Relevance, strength: np.ndarray) -> None:
    place = relevance.places()[1]
    picture = relevance.grab(place.toAlignedRect()).toImage()
    wanted = shades(strength, 0.0, float(strength.max()))
    rows, columns = strength.shape
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 0.5) * place.width() / columns, (row + 0.5) * place.height() / rows
            assert picture.pixel(int(x), int(y)) == int(wanted[row, column]), (row, column)


def test_heads_and_gates_are_painted(train: Train, look: Look) -> None:
    session = train(readers())
    view = look(AttentionView(session))
    assert isinstance(view, AttentionView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Attention)
    for head in range(2):
        QTest.mouseClick(view.heads, Qt.MouseButton.LeftButton, pos=view.heads.place(head).center().toPoint())
        assert view.chart.image is not None
        wanted = shades(value.weights[head], 0.0, float(value.weights[head].max()))
        found = [[view.chart.image.pixel(column, row) for column in range(24)] for row in range(24)]
        assert np.array_equal(found, wanted)
    room = view.chart.room()
    cell = room.width() / 24
    told = view.chart.describe(QPointF(room.left() + 5.5 * cell, room.top() + 2.5 * cell))
    assert figure(value.weights[1, 2, 5], ".4f") in told
    assert f"step 3 ({value.tokens[2]})" in told

    gates = look(GatesView(session))
    assert isinstance(gates, GatesView)
    assert gates.seen is not None
    traces = gates.seen.value
    assert isinstance(traces, Gates)
    for letter in "ifo":
        found = [[gates.strips.images[letter].pixel(step, unit) for step in range(24)] for unit in range(6)]
        assert np.array_equal(found, shades(traces.traces[letter].T, 0.0, 1.0))
        line = gates.strips.mean_line(letter)
        room = gates.strips.strip(letter)
        assert (room.bottom() - line[3].y()) / room.height() == pytest.approx(traces.traces[letter][3].mean())
    assert gates.strips.images["h"].pixel(4, 2) == signed_image(traces.traces["h"].T, 1.0).pixel(4, 2)
    room = gates.strips.strip("f")
    told = gates.strips.describe(QPointF(room.left() + 7.5 * room.width() / 24, room.top() + 1.5 * room.height() / 6))
    assert told.startswith(f"{gate_name('f')}, place 8")
    assert told.endswith(figure(traces.traces["f"][7, 1], ".4f"))


def test_signs_and_numbers_are_bars(train: Train, look: Look) -> None:
    view = look(SaliencyView(train(readers())))
    assert isinstance(view, SaliencyView)
    assert view.seen is not None
    value = view.seen.value
    assert isinstance(value, Salient)
    strongest = int(value.strength.argmax())
    bar = view.relevance.bar(strongest)
    pixel = view.relevance.grab().toImage().pixelColor(int(bar.center().x()), int(bar.top()) + 3)
    assert pixel == theme.current().accent
    told = view.relevance.describe(bar.center())
    assert told.endswith(figure(value.strength[strongest], ".4g"))
    assert view.caption.text().endswith(f"longest bar is {figure(value.strength[strongest], '.3g')}")


@pytest.mark.parametrize(
    ("kind", "told"),
    [(AttentionView, "no attention"), (GatesView, "no gates"), (GradCamView, "")],
    ids=lambda x: str(x),
)
def test_what_does_not_fit_says_why(trained: Session, look: Look, kind: type[StudyView], told: str) -> None:
    view = look(kind(trained))
    assert view._note.isVisible() == bool(told)
    assert told in view._note.text()


def test_edges_name_steps() -> None:
    assert edge(("4", "5"), 2) == ("4", "5")
    assert edge(("4", "5"), 3) == ("•", "4", "5")
    assert edge((), 3) == ("1", "2", "3")


def test_letters_of_a_text_are_read_as_letters() -> None:
    dataset = load({"name": "story"})
    tokens = dataset.inputs[0][:5].tolist()
    wanted = tuple(sign_text(dataset.classes[token]) for token in tokens)
    assert sign_names(dataset, tokens) == wanted
    assert sign_names(load({"name": "memory"}), (4, 5)) == ("4", "5")


def test_what_matters_in_a_text_stands_above_its_letters(qtbot: QtBot, show: Show) -> None:
    picture = Relevance("What matters")
    show(picture, 400, 120)
    picture.show_relevance(np.array([7, 8, 9]), np.array([0.5, 0.25, 1.0]), signs=("a", "␣", "b"))
    heights = [picture.bar(number) for number in range(3)]
    assert picture.describe(heights[1].center()) == "2: holds ␣, counts 0.25"
