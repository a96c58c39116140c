"""The story on the screen: pictures of each layer, guesses, and the sentence."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.training.studies.story import Told
from nnstudio.ui import theme
from nnstudio.ui.imagery import shades
from nnstudio.ui.insight.story import StoryView, chapter_image, chapter_text, strongest, turning_point
from nnstudio.ui.session import Session
from tests.ui.insight.conftest import Show


def test_a_story_is_told_layer_by_layer(trained: Session, show: Show, qtbot: QtBot) -> None:
    view = show(StoryView(trained), 1000, 300)
    assert isinstance(view, StoryView)
    qtbot.waitUntil(lambda: view.seen is not None and view.seen.finished, timeout=20_000)
    assert view.seen is not None
    told = view.seen.value
    assert isinstance(told, Told)
    assert [chapter.layer for chapter in told.chapters] == ["image", "conv", "act", "flat", "scores"]
    assert str(told.truth) in view.caption.text()
    for number, chapter in enumerate(told.chapters):
        told_here = view.strip.describe(view.strip.place(number).center())
        assert told_here == chapter_text(chapter, tuple("0123456789"))
        assert f"{100 * chapter.right:.1f} %" in told_here
    place = view.strip.place(0)
    qtbot.waitUntil(lambda: view.strip.rect().contains(place.toRect()))
    picture = view.strip.grab().toImage()
    assert told.chapters[0].guess is not None
    bar_y = 18 + 104 + 10 + 18 + 2
    edge = place.left() + place.width() * told.chapters[0].right
    assert picture.pixel(int(edge) - 2, bar_y) == theme.current().accent.rgb()
    assert picture.pixel(int(edge) + 2, bar_y) == theme.current().line.rgb()
    QTest.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=view.strip.place(1).center().toPoint())
    assert trained.selection == {trained.graph.by_name["conv"].id}
    point = turning_point(told)
    assert point is None or point in {chapter.layer for chapter in told.chapters}


def test_maps_are_the_strongest_four() -> None:
    value = np.stack([np.full((3, 3), strength, dtype=np.float32) for strength in (1, 5, 2, 4, 3)])
    value[:, 0, 0] = 0.0
    assert [float(tile.max()) for tile in strongest(value)] == [5.0, 4.0, 3.0, 2.0]
    image = chapter_image(value, first=False)
    scale = image.width() // 7
    wanted = shades(value[[1]], 0.0, 5.0)[0]
    assert image.pixel(0, 0) == int(wanted[0, 0])
    assert image.pixel(scale, scale) == int(wanted[1, 1])


@pytest.mark.parametrize("shape", [(5,), (), (4, 6), (2, 3, 4, 5)])
def test_every_shape_has_a_picture(shape: tuple[int, ...]) -> None:
    assert not chapter_image(np.ones(shape, dtype=np.float32), first=False).isNull()
