"""Colours, fonts and the look of controls: one theme is current at a time, read from ``resources/themes``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from string import Template
from typing import Literal

import msgspec
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from nnstudio.core.resources import resource
from nnstudio.core.words import Words, language

THEMES: Mapping[str, Words] = {
    "light": Words("Light", "浅色"),
    "dark": Words("Dark", "深色"),
    "contrast": Words("High contrast", "高对比度"),
}
"""Themes by name, in the order of the menu."""

FontKind = Literal["body", "strong", "small", "caption", "heading", "title", "mono"]

_CHINESE = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei")
_MONO = ("JetBrains Mono", "Cascadia Mono", "SF Mono", "DejaVu Sans Mono", "Noto Sans Mono", "Menlo", "Consolas")
_SIZES: Mapping[FontKind, tuple[int, QFont.Weight]] = {
    "body": (13, QFont.Weight.Normal),
    "strong": (13, QFont.Weight.DemiBold),
    "small": (12, QFont.Weight.Normal),
    "caption": (11, QFont.Weight.DemiBold),
    "heading": (13, QFont.Weight.DemiBold),
    "title": (16, QFont.Weight.DemiBold),
    "mono": (12, QFont.Weight.Normal),
}


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of one theme.

    Attributes:
        name: its key in `THEMES`.
        dark: whether light text stands on dark ground.
        bg: the canvas and the ground behind cards; also the inside of input fields.
        panel: side panels, bars and the dock.
        raised: cards, buttons, menus.
        line: hairlines.
        text: what is read.
        mute: what is read second.
        accent: the one colour that says "here": selection, focus, links, the first curve.
        ok: good news.
        err: bad news.
        grid: the canvas' dots and a plot's grid.
        warn: doubtful news.
        hover: the ground of what the pointer is over.
        primary: ground of the one button that matters; ``on_primary`` is its text.
        edge: wires.
        index: ports of positions in a table, and a tint of wires that carry them.
        block: tint and outline of block frames.
        families: layer families' colours by the keys of `nnstudio.layers.spec.FAMILIES`.
    """

    name: str
    dark: bool
    bg: QColor
    panel: QColor
    raised: QColor
    line: QColor
    text: QColor
    mute: QColor
    accent: QColor
    ok: QColor
    err: QColor
    grid: QColor
    warn: QColor
    hover: QColor
    primary: QColor
    on_primary: QColor
    edge: QColor
    index: QColor
    block: QColor
    families: Mapping[str, QColor]

    def family(self, key: str) -> QColor:
        """Return the colour of a layer family; a family nobody has named yet is grey like the ends of the network."""
        return self.families.get(key, self.families["io"])


@cache
def load_theme(name: str) -> Theme:
    """Read one of `THEMES`.

    Raises:
        ValueError: there is no theme of this name.
    """
    if name not in THEMES:
        raise ValueError(f"theme: expected one of {', '.join(THEMES)}, got {name!r}")
    entries = json.loads(resource("themes", f"{name}.json").read_text("utf-8"))
    return Theme(
        name=name,
        dark=entries["dark"],
        families={key: QColor(value) for key, value in entries["families"].items()},
        **{key: QColor(value) for key, value in entries["colours"].items()},
    )


_current: Theme | None = None


def current() -> Theme:
    """Return the theme that new widgets and painters use; light until another is set."""
    return _current or load_theme("light")


def set_theme(name: str) -> Theme:
    """Make ``name`` the current theme and dress the application in it.

    Widgets read colours in their constructors, so the window builds its contents anew after this.

    Raises:
        ValueError: there is no theme of this name.
    """
    global _current
    _current = load_theme(name)
    application = QApplication.instance()
    if isinstance(application, QApplication):
        _font_families.cache_clear()
        application.setPalette(palette(_current))
        application.setFont(font("body"))
        application.setStyleSheet(style_sheet(_current))
    return _current


def palette(theme: Theme) -> QPalette:
    """Return the theme as Fusion's palette."""
    role, faded = QPalette.ColorRole, QPalette.ColorGroup.Disabled
    colours = QPalette()
    for name, colour in {
        role.Window: theme.panel,
        role.WindowText: theme.text,
        role.Base: theme.bg,
        role.AlternateBase: theme.hover,
        role.Text: theme.text,
        role.PlaceholderText: theme.mute,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.err,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.primary,
        role.HighlightedText: theme.on_primary,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.hover,
        role.Midlight: theme.line,
        role.Mid: theme.line,
        role.Dark: theme.line,
        role.Shadow: theme.line,
        role.Accent: theme.accent,
    }.items():
        colours.setColor(name, colour)
    for name in (role.WindowText, role.Text, role.ButtonText):
        colours.setColor(faded, name, blend(theme.mute, theme.panel, 0.45))
    return colours


def blend(over: QColor, under: QColor, share: float) -> QColor:
    """Mix two colours; ``share`` 0 gives ``over``, 1 gives ``under``."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        over.redF() * keep + under.redF() * share,
        over.greenF() * keep + under.greenF() * share,
        over.blueF() * keep + under.blueF() * share,
    )


def ink_on(ground: QColor) -> QColor:
    """Return black or white, whichever is read more easily on a colour: the contrast is then 4.5 or more (WCAG 2)."""

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    light = 0.2126 * linear(ground.redF()) + 0.7152 * linear(ground.greenF()) + 0.0722 * linear(ground.blueF())
    return QColor("#000000" if (light + 0.05) ** 2 > 1.05 * 0.05 else "#ffffff")


@cache
def _font_families(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the families for text and for code, without those this machine lacks: Qt searches long for those."""
    known = frozenset(QFontDatabase.families())
    system = tuple(QGuiApplication.font().families())
    chinese = tuple(name for name in _CHINESE if name in known)
    text = (*chinese, *system) if code == "zh_CN" else (*system, *chinese)
    inter = ("Inter",) if "Inter" in known else ()
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).families()
    mono = next(((name,) for name in _MONO if name in known), tuple(fixed))
    return tuple(dict.fromkeys((*inter, *text))), tuple(dict.fromkeys((*mono, *chinese)))


def font(kind: FontKind = "body") -> QFont:
    """Return the font for a kind of text; sizes are in pixels at 100 % scale.

    Inter where it is installed, else the system's font. Chinese families are named, so that a Japanese face is
    not taken for Chinese text.
    """
    size, weight = _SIZES[kind]
    text, mono = _font_families(language())
    made = QFont()
    made.setFamilies(list(mono if kind == "mono" else text))
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


def style_sheet(theme: Theme) -> str:
    """Return the few rules that Fusion's palette cannot say: hairlines, flat fields, page switch, primary button."""
    names = ["bg", "panel", "raised", "line", "text", "mute", "accent", "hover", "err", "warn", "primary", "on_primary"]
    colours = {name: getattr(theme, name).name() for name in names}
    colours["pressed"] = blend(theme.primary, theme.text, 0.15).name()
    colours["faded"] = blend(theme.mute, theme.panel, 0.45).name()
    for picture in ("arrow", "onward", "tick"):
        colours[picture] = resource("themes", f"{picture}-{theme.name}.svg").as_posix()
    return _Rules(resource("themes", "controls.qss").read_text("utf-8")).substitute(colours)


class _Rules(Template):
    delimiter = "@"
