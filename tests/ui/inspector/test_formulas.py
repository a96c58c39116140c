"""No formula is cut off, or far larger than what stands in it: those of layers, of settings and of the drill."""

from __future__ import annotations

import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QRect, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from nnstudio.layers.catalog import catalog
from nnstudio.training.drill.functions import FUNCTIONS
from nnstudio.training.metric_words import METRICS
from nnstudio.training.settings.form import RECIPE_SETTINGS
from nnstudio.ui.insight.typeset import split, texts_of
from nnstudio.ui.inspector.formula import formula_svg

ROUND = 12
"""Pixels around a picture in which nothing may be painted."""
LOOSE = 8
"""Pixels of a picture that may stay empty on a side."""


def lines_of_settings() -> dict[str, str]:
    return {
        f"{setting.field.name}, {value}, line {number}": line
        for setting in RECIPE_SETTINGS
        for value, formula in setting.formulas.items()
        for number, line in enumerate(formula.lines)
    }


def pieces_of_the_drill() -> dict[str, str]:
    texts = {text for function in FUNCTIONS.values() for text in texts_of(split(function.tex.format(x="x")))}
    return {f"piece {text}": text for text in sorted(texts)}


FORMULAS = {
    **{kind: spec.formula for kind, spec in catalog().items() if spec.formula},
    **lines_of_settings(),
    **{f"{name}, line {number}": line for name, metric in METRICS.items()
       for number, line in enumerate(metric.formula.lines)},
    **pieces_of_the_drill(),
}  # fmt: skip


def ink(tex: str) -> tuple[QRect, QRect]:
    """Return where a formula is painted, and the room that its picture claims, in pixels."""
    renderer = QSvgRenderer(QByteArray(formula_svg(tex, "#000000")))
    room = renderer.viewBoxF()
    renderer.setViewBox(room.adjusted(-ROUND, -ROUND, ROUND, ROUND))
    size = room.size().toSize()
    image = QImage(size.width() + 2 * ROUND, size.height() + 2 * ROUND, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    dark = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine()) < 128
    rows, columns = (np.flatnonzero(dark[:, : image.width()].any(axis)).tolist() for axis in (1, 0))
    assert rows, tex
    return (
        QRect(columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1),
        QRect(ROUND, ROUND, size.width(), size.height()),
    )


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_fills_its_picture_and_no_more(qapp: QApplication, name: str) -> None:
    painted, room = ink(FORMULAS[name])
    assert room.adjusted(-1, -1, 1, 1).contains(painted), (painted, room)
    assert room.height() - painted.height() < LOOSE
    assert room.width() - painted.width() < 2 * LOOSE
    assert painted.height() < 150, "higher than the inspector has room for"


def test_two_threads_put_formulas_in_print_as_one_does() -> None:
    """ziamath seeks and reads in one font file for all: the window's and the drill's thread must take turns."""
    texts = sorted(FORMULAS.values(), key=len)[40:200:16]
    render = formula_svg.__wrapped__
    alone = [render(text, "#000000") for text in texts]
    begin = threading.Barrier(2)

    def all_of(order: list[str]) -> list[bytes]:
        begin.wait()
        return [render(text, "#000000") for text in order]

    with ThreadPoolExecutor(2) as pool:
        found = pool.map(all_of, (texts, texts[::-1]))
        assert [next(found), next(found)[::-1]] == [alone, alone]


def test_formulas_are_put_in_print_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ziamath: Any = importlib.import_module("ziamath")
    plain, at_work, met = ziamath.Latex, threading.Lock(), []

    def watched(tex: str, **options: Any) -> Any:
        is_alone = at_work.acquire(blocking=False)
        if not is_alone:
            met.append(tex)
        picture = plain(tex, **options)
        if is_alone:
            at_work.release()
        return picture

    monkeypatch.setattr(ziamath, "Latex", watched)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: formula_svg.__wrapped__(str(number), "#000000"), range(40)))
    assert not met
