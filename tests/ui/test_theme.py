"""Themes: every colour is there, text can be read on its ground, and Chinese is written in a Chinese face."""

from __future__ import annotations

import pytest
from msgspec.structs import fields
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtWidgets import QApplication

from nnstudio.core.words import set_language
from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES
from nnstudio.ui import theme
from nnstudio.ui.canvas.card import Style
from nnstudio.ui.icons import app_icon, kind_icon
from nnstudio.ui.theme import blend


def luminance(colour: QColor) -> float:
    """Return the relative luminance as WCAG 2 defines it."""

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(first: QColor, second: QColor) -> float:
    """Return the contrast ratio, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_every_token_is_a_colour(name: str) -> None:
    loaded = theme.load_theme(name)
    assert loaded.name == name
    colours = [getattr(loaded, field.name) for field in fields(loaded)]
    assert all(colour.isValid() for colour in colours if isinstance(colour, QColor))
    assert set(FAMILIES) <= set(loaded.families)


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_text_can_be_read(name: str) -> None:
    now = theme.load_theme(name)
    for ground in (now.bg, now.panel, now.raised, now.hover):
        assert contrast(now.text, ground) >= 7
        assert contrast(now.mute, ground) >= 4.5
    for told in (now.ok, now.err, now.warn, now.accent):
        assert contrast(told, now.panel) >= 4.5
    for told in (now.err, now.warn):  # under a card
        assert contrast(told, now.bg) >= 4.5
    assert contrast(now.mute, blend(now.block, now.raised, 0.92)) >= 4.5, "on the card of a block"
    quiet = Style(now).quiet
    assert contrast(quiet, now.raised) >= 4.5
    assert contrast(quiet, now.bg) >= 4.5  # nearly that of a skipped card
    assert contrast(now.on_primary, now.primary) >= 4.5


def test_ink_can_be_read_on_any_colour() -> None:
    for hue in range(0, 360, 20):
        for light in range(0, 256, 15):
            ground = QColor.fromHsl(hue, 180, light)
            assert contrast(theme.ink_on(ground), ground) >= 4.5


def test_themes_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="expected one of light, dark, contrast, got 'pink'"):
        theme.set_theme("pink")


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_a_theme_dresses_the_application(qapp: QApplication, name: str) -> None:
    now = theme.set_theme(name)
    assert theme.current() is now
    assert qapp.palette().window().color() == now.panel
    assert "@" not in qapp.styleSheet().replace("an at sign", "")


def test_chinese_is_written_in_a_chinese_face(qapp: QApplication) -> None:
    known = set(QFontDatabase.families())
    set_language("zh_CN")
    theme.set_theme("light")
    families = theme.font("body").families()
    chinese = [name for name in ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei") if name in known]
    assert [name for name in families if name in chinese] == chinese
    if "Inter" in known:
        assert families[0] == "Inter"
    assert set(families) <= known | set(qapp.font().families())


@pytest.mark.parametrize("kind", [*catalog(), "Block", "NoSuchKind"])
def test_every_kind_has_a_picture_in_its_colour(kind: str) -> None:
    picture = kind_icon(kind, QColor("#ff0000"), 16, 2.0)
    assert picture.width() == 32
    image = picture.toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 200
    }
    assert "#ff0000" in colours


def test_the_program_has_a_picture() -> None:
    assert {(size.width(), size.height()) for size in app_icon().availableSizes()} >= {(16, 16), (256, 256)}
