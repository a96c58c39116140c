"""Every kind and every family has a picture that can be tinted and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from nnstudio.core.resources import resource
from nnstudio.layers.blocks import LIBRARY
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES

NAMES = [*(("kinds", kind) for kind in (*catalog(), "Block")), *(("families", family) for family in FAMILIES)]
NAMES += [("blocks", name) for name in LIBRARY]
PLAIN = {"svg", "path", "rect", "circle"}


@pytest.mark.parametrize(("folder", "name"), NAMES)
def test_icon_is_a_plain_picture_in_the_current_colour(folder: str, name: str) -> None:
    text = resource("icons", folder, f"{name}.svg").read_text("utf-8")
    root = ElementTree.fromstring(text)  # noqa: S314  our own file
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke") == "currentColor"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= PLAIN
    for element in root.iter():
        assert element.get("fill", "none") in ("none", "currentColor")
        assert not any(key.startswith("on") or "href" in key for key in element.attrib)


def test_icons_look_different(qapp: object) -> None:
    seen: dict[bytes, str] = {}
    for folder, name in NAMES:
        image = QImage(24, 24, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        renderer = QSvgRenderer(QByteArray(resource("icons", folder, f"{name}.svg").read_bytes()))
        assert renderer.isValid()
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        pixels = bytes(image.constBits())
        assert any(pixels), f"{name} is empty"
        assert pixels not in seen, f"{name} looks like {seen.get(pixels)}"
        seen[pixels] = f"{folder}/{name}"


def test_no_icon_is_left_over() -> None:
    for folder in ("kinds", "families", "blocks"):
        known = {name for place, name in NAMES if place == folder}
        assert {file.stem for file in resource("icons", folder).glob("*")} == known
