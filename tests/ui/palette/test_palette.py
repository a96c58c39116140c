"""The palette: search in two languages, activation by mouse and keys, what a drag carries."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from nnstudio.core.words import set_language
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES
from nnstudio.ui.palette.list import MIME, card_picture, mime_data
from nnstudio.ui.palette.model import best, found, offers
from nnstudio.ui.palette.panel import Palette
from nnstudio.ui.session import Session


@pytest.fixture
def palette(qtbot: QtBot, session: Session) -> Palette:
    made = Palette(session)
    qtbot.addWidget(made)
    made.resize(212, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def search(palette: Palette) -> QLineEdit:
    found = palette.findChild(QLineEdit, "palette_search")
    assert found is not None
    return found


def keys(palette: Palette) -> list[str]:
    return [offer.key for offer in palette.list.offers()]


def click_place(palette: Palette, key: str) -> QPoint:
    return palette.list.visualRect(palette.list.index_of(key)).center()


def test_everything_that_can_be_drawn_is_offered_once(palette: Palette) -> None:
    shown = keys(palette)
    assert set(shown) == set(catalog()) | {f"Block:{name}" for name in LIBRARY}
    assert len(shown) == len(set(shown))


def test_families_stand_in_their_order_with_blocks_last() -> None:
    families = [offer.family for offer in offers()]
    assert families == sorted(families, key=list(FAMILIES).index)
    for family in FAMILIES:
        blocks = [offer.key.startswith("Block:") for offer in offers() if offer.family == family]
        assert blocks == sorted(blocks)
    merging = [offer.key for offer in offers() if offer.family == "merge"]
    assert merging[0] == "Add"
    assert "Block:ResidualBlock" in merging


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("conv2", {"Conv2d"}),
        ("Linear", {"Linear"}),
        ("全连接", {"Linear", "Embedding"}),
        ("  DENSE  ", {"Linear", "Embedding"}),
        ("残差块", {"Block:ResidualBlock"}),
        ("pool avg", {"AvgPool2d", "AdaptiveAvgPool2d"}),
        ("no such layer", set()),
    ],
)
def test_search_knows_kinds_and_both_languages(palette: Palette, query: str, found: set[str]) -> None:
    search(palette).setText(query)
    shown = keys(palette)
    assert sorted(shown) == sorted(offer.key for offer in offers() if offer.matches(query))
    assert found <= set(shown)
    assert bool(shown) == bool(found)
    assert "LSTM" not in shown


def test_enter_in_the_search_places_the_likeliest(qtbot: QtBot, palette: Palette) -> None:
    QTest.keyClicks(search(palette), "flat")
    with qtbot.waitSignal(palette.activated) as caught:
        QTest.keyClick(search(palette), Qt.Key.Key_Return)
    assert caught.args == ["Flatten"]


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("linear", ["Linear", "Bilinear"]),
        ("dense", ["Linear", "Block:DenseBlock", "Embedding"]),
        ("max", ["MaxPool2d", "MaxPool1d", "Maximum", "GlobalMaxPool2d", "Softmax"]),
        ("output", ["Output", "RBFOutput"]),
        ("conv", ["Conv2d", "Conv1d", "ConvTranspose2d", "TableConv2d"]),
        ("relu", ["ReLU", "ReLU6", "LeakyReLU"]),
        ("pool avg", ["AvgPool2d", "GlobalAvgPool2d", "AvgPool1d"]),
        ("全连接", ["Linear", "Embedding"]),
        ("卷积", ["Conv2d", "Conv1d"]),
        ("jj", ["Conv2d", "Conv1d"]),
        ("qlj", ["Linear"]),
        ("zdch", ["MaxPool2d", "MaxPool1d"]),
    ],
)
def test_what_is_called_so_goes_before_what_holds_it_somewhere(query: str, order: list[str]) -> None:
    ranked = [offer.key for offer in found(query)]
    assert [key for key in ranked if key in order] == order
    offer = best(query)
    assert offer is not None
    assert offer.key == order[0]
    assert best("   ") is None


def test_a_double_click_places(qtbot: QtBot, palette: Palette) -> None:
    place = click_place(palette, "Conv2d")
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(palette.activated) as caught:
        QTest.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == ["Conv2d"]


def test_keys_go_from_the_search_into_the_list_and_place(qtbot: QtBot, palette: Palette) -> None:
    search(palette).setFocus()
    QTest.keyClick(search(palette), Qt.Key.Key_Down)
    qtbot.waitUntil(palette.list.hasFocus)
    QTest.keyClick(palette.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.activated) as caught:
        QTest.keyClick(palette.list, Qt.Key.Key_Return)
    assert caught.args == ["Output"]


def test_escape_empties_the_search(palette: Palette) -> None:
    QTest.keyClicks(search(palette), "xyz")
    assert keys(palette) == []
    QTest.keyClick(search(palette), Qt.Key.Key_Escape)
    assert len(keys(palette)) == len(offers())


# Folding


def click_heading(palette: Palette, family: str) -> None:
    place = palette.list.visualRect(palette.list.heading_of(family)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_heading_folds_its_family(palette: Palette, session: Session) -> None:
    assert session.view.folded == frozenset()
    click_heading(palette, "dense")
    assert session.view.folded == {"dense"}
    assert not {"Linear", "Embedding"} & set(keys(palette))
    assert {"Input", "Conv2d"} <= set(keys(palette))
    assert palette.list.heading_of("dense").data(Qt.ItemDataRole.AccessibleTextRole) == "Dense, folded"
    click_heading(palette, "dense")
    assert session.view.folded == frozenset()
    assert palette.list.heading_of("dense").data(Qt.ItemDataRole.AccessibleTextRole) == "Dense, open"
    assert len(keys(palette)) == len(offers())


def test_keys_fold_and_unfold(palette: Palette) -> None:
    shown = palette.list
    shown.setCurrentIndex(shown.index_of("Embedding"))
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.currentIndex() == shown.heading_of("dense")
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.folded == {"dense"}
    QTest.keyClick(shown, Qt.Key.Key_Left)
    assert shown.folded == {"dense"}
    QTest.keyClick(shown, Qt.Key.Key_Down)
    assert shown.currentIndex() == shown.heading_of("conv")
    QTest.keyClick(shown, Qt.Key.Key_Up)
    QTest.keyClick(shown, Qt.Key.Key_Right)
    assert shown.folded == frozenset()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(shown, key)
    assert shown.folded == frozenset()
    QTest.keyClick(shown, Qt.Key.Key_Space)
    assert shown.folded == {"dense"}


def test_a_search_opens_what_it_finds(palette: Palette, session: Session) -> None:
    click_heading(palette, "dense")
    QTest.keyClicks(search(palette), "embedding")
    assert keys(palette) == ["Embedding", "EmbeddingBag"]
    click_heading(palette, "dense")
    assert keys(palette) == ["Embedding", "EmbeddingBag"]
    QTest.keyClick(search(palette), Qt.Key.Key_Escape)
    assert "Embedding" not in keys(palette)
    assert session.view.folded == {"dense"}


def test_a_palette_that_is_built_anew_keeps_what_is_folded(qtbot: QtBot, palette: Palette, session: Session) -> None:
    for family in FAMILIES:
        palette.list.set_folded(family, True)
    assert keys(palette) == []
    again = Palette(session)
    qtbot.addWidget(again)
    assert keys(again) == []
    QTest.keyClick(search(again), Qt.Key.Key_Down)
    assert again.list.currentIndex() == again.list.heading_of("io")


def test_a_drag_carries_the_key_under_a_card() -> None:
    offer = offers()[0]
    assert mime_data(offer.key).data(MIME).data() == b"Input"
    picture = card_picture(offer, 2.0)
    assert picture.devicePixelRatio() == 2.0
    assert picture.toImage().pixelColor(4, 44).alpha() == 255


def test_a_new_palette_speaks_the_language_of_the_day(qtbot: QtBot, session: Session) -> None:
    set_language("zh_CN")
    palette = Palette(session)
    qtbot.addWidget(palette)
    assert palette.list.index_of("Conv2d").data() == "二维卷积"
