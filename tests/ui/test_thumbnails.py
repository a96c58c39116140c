"""Every example has a picture that shows it as the canvas draws it, in light and in dark."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from nnstudio.core.resources import resource
from nnstudio.core.words import language, set_language
from nnstudio.project.examples import ALL
from nnstudio.project.gallery import GALLERY
from nnstudio.ui import theme
from nnstudio.ui.exports.thumbnails import (
    DRAWN,
    SHARPNESS,
    SIZE,
    THEMES,
    drawn,
    encode_thumbnail,
    paint_thumbnail,
    thumbnail_path,
)

COARSE = 64
"""Width at which two pictures are compared: letters of another font are then grey as these are."""


def stored(name: str, theme_name: str) -> QImage:
    return QImage(str(thumbnail_path(name, dark=theme_name == "dark")))


def distance(one: QColor, other: QColor) -> int:
    """Return how far two colours are apart, all channels together."""
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


def difference(one: QImage, other: QImage) -> float:
    """Return the mean difference per channel, from 0 to 255, of two pictures seen from afar."""
    gap = count = 0
    small = [
        image.convertToFormat(QImage.Format.Format_RGB32).scaledToWidth(
            COARSE, Qt.TransformationMode.SmoothTransformation
        )
        for image in (one, other)
    ]
    for x in range(COARSE):
        for y in range(small[0].height()):
            gap += distance(small[0].pixelColor(x, y), small[1].pixelColor(x, y))
            count += 3
    return gap / count


@pytest.mark.parametrize("name", [example.name for example in GALLERY])
def test_every_example_has_its_pictures(qapp: QApplication, name: str) -> None:
    for theme_name in THEMES:
        path = thumbnail_path(name, dark=theme_name == "dark")
        assert path.stat().st_size < 25_000
        image = stored(name, theme_name)
        assert image.size() == SIZE * SHARPNESS
        assert image.text(DRAWN) == drawn(ALL[name]()), "run scripts/write_examples.py"
        ground = theme.load_theme(theme_name).bg
        corner = image.pixelColor(2, 2)
        assert distance(ground, corner) <= 12
        bands = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
        assert len(bands) > 10  # something is drawn


def test_no_picture_is_left_over() -> None:
    wanted = {thumbnail_path(example.name, dark=dark).name for example in GALLERY for dark in (False, True)}
    assert {path.name for path in resource("examples", "thumbnails").iterdir()} == wanted


@pytest.mark.parametrize("theme_name", THEMES)
@pytest.mark.parametrize("name", ["xor", "moons"])
def test_a_picture_shows_the_drawing_as_it_is(qapp: QApplication, name: str, theme_name: str) -> None:
    set_language("zh_CN")
    try:
        again = paint_thumbnail(ALL[name](), theme_name)
        assert language() == "zh_CN"
    finally:
        set_language("en")
    other = "moons" if name == "xor" else "xor"
    assert difference(stored(name, theme_name), again) < 1.5
    assert difference(stored(other, theme_name), again) > 3.0
    kept = QImage.fromData(encode_thumbnail(again))
    assert difference(kept, again) < 1.0
