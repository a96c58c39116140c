"""Colours for how a layer's gradient compares with that at the output: vanishing blue, healthy grey, exploding red."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtGui import QColor

from nnstudio.core.words import tr
from nnstudio.ui import theme

DECADES: Final = 4.0
"""Powers of ten to the full colours."""


def flow_colour(ratio: float) -> QColor:
    """Return the colour for a gradient divided by that at the output; grey near 1."""
    colours = theme.current()
    if not math.isfinite(ratio):
        return colours.err
    if ratio <= 0.0:
        return _vanishing()
    power = max(-1.0, min(1.0, math.log10(ratio) / DECADES))
    return theme.blend(_vanishing() if power < 0.0 else colours.err, colours.edge, 1.0 - abs(power))


def flow_word(ratio: float | None) -> str:
    """Say what a ratio of the first layer's gradient to the last one's means."""
    if ratio is None:
        return ""
    if not math.isfinite(ratio) or ratio > 1e3:
        return tr("exploding")
    return tr("vanishing") if ratio < 1e-3 else tr("healthy")


def _vanishing() -> QColor:
    return theme.current().family("rec") if theme.current().dark else theme.current().accent
