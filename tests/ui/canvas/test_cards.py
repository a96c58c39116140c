"""What cards say and show: problems with their mends, pictures at any zoom, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from nnstudio.core.edits import add_node
from nnstudio.core.graph import Edge, Graph, Node, Value
from nnstudio.core.words import set_language
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.project.document import Project
from nnstudio.ui import theme
from nnstudio.ui.canvas.card import Style, arrange, paint_card
from nnstudio.ui.canvas.face import Face, Trouble
from nnstudio.ui.canvas.geometry import BEND, CARD_HEIGHT, CARD_WIDTH
from nnstudio.ui.canvas.message import Message
from nnstudio.ui.canvas.overview import Batch, tint
from nnstudio.ui.controls import problem_label
from tests.ui.canvas.conftest import Make, row
from tests.ui.canvas.hand import Hand, assert_obeys

if TYPE_CHECKING:
    pass

WRONG = row(
    ("image", "Input", {"shape": (1, 8, 8)}),
    ("flat", "Flatten", {}),
    ("conv", "Conv2d", {"out_channels": 4}),
    ("scores", "Output", {}),
)


def face(title: str, name: str, line: str, copies: int = 1) -> Face:
    return Face(
        kind="Dropout2d",
        family="norm",
        title=title,
        name=name,
        line=line,
        shape="16×8×8",
        parameters="0",
        inputs=("input",),
        outputs=("output",),
        copies=copies,
    )


# Titles, names and settings


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_title_of_a_layer_or_block_is_cut(language: str) -> None:
    set_language(language)
    style = Style(theme.current())
    titles = [str(spec.title) for spec in catalog().values()] + [str(block.title) for block in LIBRARY.values()]
    assert [title for title in titles if arrange(face(title, "x", ""), style).title != title] == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_settings_of_a_new_layer_are_never_cut_in_a_word(language: str) -> None:
    set_language(language)
    style = Style(theme.current())
    for spec in catalog().values():
        words = arrange(face(str(spec.title), f"{spec.stem}1", spec.line(spec.settings({}))), style)
        assert not words.line.endswith("…"), spec.kind
        assert words.name.endswith("1"), spec.kind  # what tells it from its like; the font decides on the rest


def test_a_name_makes_room_for_the_settings() -> None:
    style = Style(theme.current())
    assert arrange(face("Conv2d", "stem", "16 @ 3×3"), style).is_beside
    behind = arrange(face("Average pool", "pool_1", "mean of 2×2"), style)
    assert (behind.is_beside, behind.name, behind.line) == (False, "pool_1", "mean of 2×2")
    shorter = arrange(face("Inception", "inception3a", "1×1 channels 64 · Before 3×3 96"), style)
    assert shorter.line == "1×1 channels 64"
    assert shorter.name.startswith("in")
    assert shorter.name.endswith("a")
    assert "…" in shorter.name
    left_out = arrange(face("Residual block", "stage_two", "Channels 16 · Stride 1"), style)
    assert left_out.line == "Channels 16"
    assert left_out.name.startswith("st")  # how much of it fits depends on the font
    assert left_out.name.endswith("wo")


def test_a_title_that_is_too_long_by_far_ends_in_dots() -> None:
    words = arrange(face("A block that a person gave a whole sentence", "x", "", copies=12), Style(theme.current()))
    assert words.title.endswith("…")
    assert words.narrowed == 0.76
    assert words.copies == " × 12"


# Problems


def test_a_click_on_the_mend_mends(make: Make) -> None:
    hand = make(WRONG)
    session, item = hand.canvas.session, hand.canvas.node_item("conv")
    assert item.face.trouble is not None
    assert item.face.is_wrong
    assert "Conv2d needs channels × height × width" in item.face.trouble.message
    assert item.boundingRect().height() > CARD_HEIGHT + 30.0
    (fix,) = item.face.trouble.fixes
    place = item.link_place(0)
    assert place is not None
    hand.move(place)
    assert hand.canvas.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    hand.click(place)
    assert hand.undo_label() == fix
    assert session.analysis.ok
    assert hand.canvas.node_item("conv").face.trouble is None
    assert item.boundingRect().height() < CARD_HEIGHT + 30.0
    session.undo()
    assert hand.canvas.node_item("conv").face.is_wrong
    assert_obeys(hand.canvas)


def test_a_press_on_the_mend_that_ends_elsewhere_does_nothing(make: Make) -> None:
    hand = make(WRONG)
    place = hand.canvas.node_item("conv").link_place(0)
    assert place is not None
    hand.drag(place, place + QPointF(0.0, 200.0))
    assert hand.undo_label() is None


def test_the_wire_into_a_wrong_layer_is_red(make: Make) -> None:
    hand = make(WRONG)
    wrong = {wire.edge.target for wire in hand.canvas.board.wires.values() if wire.is_wrong}
    assert wrong == {"conv"}
    place = hand.canvas.node_item("conv").link_place(0)
    assert place is not None
    hand.click(place)
    assert not any(wire.is_wrong for wire in hand.canvas.board.wires.values())


def test_what_is_only_unfinished_is_no_mistake(make: Make) -> None:
    hand = make(Project())
    hand.drop("Conv2d", QPointF(300.0, 100.0))
    trouble = hand.canvas.node_item(hand.id("conv_1")).face.trouble
    assert trouble is not None
    assert trouble.tone == "open"
    hand.drop("Output", QPointF(600.0, 100.0))
    trouble = hand.canvas.node_item(hand.id("conv_1")).face.trouble
    assert trouble is not None
    assert trouble.tone == "open", "it leads to no Output"
    hand.drag(hand.port("conv_1", "output", output=True), hand.port("output_1", "input"))
    assert hand.canvas.node_item(hand.id("conv_1")).face.is_wrong, "now the model needs it"


def test_a_warning_is_amber_on_the_card_from_near_and_far_and_in_the_inspector(make: Make) -> None:
    hand = make(
        row(
            ("image", "Input", {"shape": (8,)}),
            ("once", "ReLU", {}),
            ("twice", "ReLU", {}),
            ("dense", "Linear", {"out_features": 2}),
            ("scores", "Output", {}),
        )
    )
    found = hand.canvas.node_item("twice").face
    assert found.trouble is not None
    assert found.trouble.tone == "doubtful"
    assert found.is_doubtful
    assert not found.is_wrong
    style = Style(theme.current())
    assert style.tone("doubtful") == style.outline(found) == theme.current().warn != theme.current().err
    scene = hand.canvas.board
    batch = Batch(scene, {"twice": QRectF(0.0, 0.0, 10.0, 10.0)}, ())
    assert (len(batch.doubtful), len(batch.wrong)) == (1, 0)
    (problem,) = hand.canvas.session.analysis.problems
    words = problem_label(problem)
    words.ensurePolished()
    assert words.palette().color(words.foregroundRole()) == theme.current().warn
    mistake = problem_label(msgspec.structs.replace(problem, severity="error"))
    mistake.ensurePolished()
    assert mistake.palette().color(mistake.foregroundRole()) == theme.current().err


def test_a_long_problem_is_broken_into_lines_and_its_links_are_found(qapp: object) -> None:
    trouble = Trouble("much to say " * 20, ("one mend with many words in it to break", "another 😀 mend"), "wrong")
    message = Message(trouble, Style(theme.current()), CARD_HEIGHT)
    assert message.rect.right() < CARD_WIDTH + BEND, "a wire that leads back runs past the words"
    for link in message.links:
        for rect in link.rects:
            assert message.rect.contains(rect)
            assert message.link_at(rect.center()) == link.index
    assert message.link_at(message.rect.topLeft()) is None


@pytest.mark.parametrize("fix", ["Connect conv_2 to it", "把 conv_2 接上"])
def test_a_mend_stands_on_one_line_where_it_fits(qapp: object, fix: str) -> None:
    for before in range(30):
        message = Message(Trouble("x" * before, (fix, fix), "open"), Style(theme.current()), CARD_HEIGHT)
        assert [len(link.rects) for link in message.links] == [1, 1]


# Faces


def test_a_card_says_title_name_settings_shape_and_parameters(hand: Hand) -> None:
    face = hand.canvas.node_item("conv").face
    assert (face.title, face.name, face.line) == ("Conv2d", "conv", "4 @ 3×3")
    assert (face.shape, face.parameters) == ("4×6×6", "40")
    assert face.spoken == "Conv2d, conv, 4 @ 3×3, 4×6×6"


def test_an_unknown_shape_is_a_dash(make: Make) -> None:
    hand = make(WRONG)
    assert hand.canvas.node_item("conv").face.shape == "—"
    assert hand.canvas.node_item("scores").face.shape == "—"


def test_a_layer_that_leads_nowhere_is_faded(make: Make) -> None:
    graph, _ = add_node(WRONG.graph, "Tanh", "tanh_")
    hand = make(Project(graph=graph))
    face = hand.canvas.node_item(hand.id("tanh_1")).face
    assert face.faded


def test_a_block_says_its_title_its_settings_and_its_copies(make: Make) -> None:
    params: dict[str, Value] = {"block": "ResidualBlock", "repeat": 3, "channels": 32, "stride": 2}
    node = Node(id="stage", kind="Block", name="stage_1", params=params)
    hand = make(Project(graph=Graph(nodes=(node,)), blocks=(LIBRARY["ResidualBlock"].block,)))
    face = hand.canvas.node_item("stage").face
    assert (face.title, face.copies, face.is_block) == ("Residual block", 3, True)
    assert face.line == "Channels 32 · Stride 2"


def test_a_kind_nobody_knows_is_shown_by_its_name(make: Make) -> None:
    hand = make(Project(graph=Graph(nodes=(Node(id="a", kind="Hologram", name="holo"),))))
    assert hand.canvas.node_item("a").face.title == "Hologram"
    hand.canvas.grab()


def test_a_card_with_many_ports_grows(make: Make) -> None:
    hand = make()
    hand.canvas.commands.add("Concat", (500.0, 300.0))
    heights = []
    for number in range(1, 7):
        hand.canvas.commands.connect(Edge("conv", "output", hand.id("concat_1"), f"input_{number}"))
        heights.append(hand.canvas.node_item(hand.id("concat_1")).face.height)
    assert heights == sorted(heights)
    assert heights[-1] > heights[0] == CARD_HEIGHT
    assert_obeys(hand.canvas)


# Nothing is clipped


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", ["a", "a_rather_long_name_for_one_layer", "W" * 40])
def test_no_text_leaves_its_card(qapp: object, language: str, name: str) -> None:
    set_language(language)
    style = Style(theme.current())
    for spec in catalog().values():
        face = Face(
            kind=spec.kind,
            family=spec.family,
            title=str(spec.title),
            name=name,
            line=spec.line(spec.settings({})),
            shape="1024×1024×1024×1024",
            parameters="123,456,789,012",
            inputs=("a", "b"),
            outputs=("c",),
            copies=12,
        )
        inside = painted(face, style)
        assert inside, f"{spec.kind}: paint beyond the card"


def painted(face: Face, style: Style) -> bool:
    """Whether nothing but ports, outline and sheets is painted outside of the card."""
    margin = 60
    picture = QImage(int(CARD_WIDTH) + 2 * margin, int(CARD_HEIGHT) + 2 * margin, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.translate(margin, margin)
    paint_card(painter, face, None, style, 1.0)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillRect(QRectF(0, 0, CARD_WIDTH, CARD_HEIGHT).adjusted(-8, -8, 8, 8), Qt.GlobalColor.black)
    painter.end()
    blank = QImage(picture.size(), picture.format())
    blank.fill(Qt.GlobalColor.transparent)
    return picture == blank


# Live tiles


@pytest.mark.parametrize("zoom", [4.0, 1.3, 1.0, 0.5, 0.3, 0.2, 0.1, 0.05])
def test_every_zoom_paints_cards_where_they_are(hand: Hand, zoom: float) -> None:
    canvas = hand.canvas
    canvas.show_place(zoom, canvas.node_item("conv").card.center())
    card = canvas.viewportTransform().mapRect(canvas.node_item("conv").card)
    picture = canvas.grab().toImage()
    stripe = QPointF(card.left() + max(0.5, 3.0 * zoom), card.center().y()).toPoint()
    wanted = canvas.board.style_.theme.family("conv")
    got = picture.pixelColor(stripe)
    assert abs(got.hue() - wanted.hue()) <= 12
    assert got.saturation() > 60


def test_from_far_away_a_drag_shows_cards_where_the_hand_is(hand: Hand) -> None:
    canvas = hand.canvas
    canvas.show_place(0.2, canvas.node_item("conv").card.center())
    hand.carry(hand.card("relu"), hand.card("relu") + QPointF(0.0, 800.0))
    card = canvas.viewportTransform().mapRect(canvas.node_item("relu").card)
    picture = canvas.grab().toImage()
    face = canvas.node_item("relu").face
    ground = tint(canvas.board.style_, (face.family, face.is_quiet), canvas.zoom)
    assert picture.pixelColor(card.topRight().toPoint() + QPoint(-3, 3)).name() == ground.name()
    hand.release(hand.card("relu"))
    assert_obeys(canvas)


def test_sprites_are_shared_between_frames_and_dropped_when_there_are_too_many(make: Make) -> None:
    hand = make()
    board = hand.canvas.board
    hand.canvas.grab()
    count = len(board.sprites)
    hand.canvas.grab()
    assert len(board.sprites) == count
    hand.canvas.session.select(["conv"])
    hand.canvas.grab()
    marked = len(board.sprites)
    assert marked == count + 1  # what marks a selected card, kept for all of its form
    hand.canvas.session.select(())
    hand.canvas.grab()
    hand.canvas.session.select(["conv"])
    hand.canvas.grab()
    assert len(board.sprites) == marked
    board.sprites._budget = 1
    hand.canvas.show_place(0.5, QPointF(300.0, 50.0))
    hand.canvas.grab()
    assert len(board.sprites) == 1


def test_the_keyboards_ring_covers_nothing(hand: Hand) -> None:
    canvas = hand.canvas
    hand.key(Qt.Key.Key_Right)
    canvas.session.select(["image"])
    assert canvas.node_item("image").is_focused
    before = canvas.grab().toImage()
    hand.click(hand.card("image"))
    after = canvas.grab().toImage()
    inner = canvas.viewportTransform().mapRect(canvas.node_item("image").card.adjusted(6, 6, -6, -6)).toRect()
    assert before.copy(inner) == after.copy(inner)
    assert before != after
