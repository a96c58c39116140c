"""What is in a plot or a view, as a file: its picture as PNG or SVG, its numbers as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Curve = tuple[str, npt.NDArray[np.float64], npt.NDArray[np.float64]]

_SHARP = 2
"""Pixels of a PNG per logical pixel."""
_TITLE = 28
"""Height of the line with the title, in logical pixels."""


def csv_text(what: str, curves: Iterable[Curve]) -> str:
    """Return all points as a table ``curve, epoch, value``, with every digit of them."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("curve", "epoch", what))
    for name, x, y in curves:
        table.writerows((name, repr(float(epoch)), repr(float(value))) for epoch, value in zip(x, y, strict=True))
    return out.getvalue()


def picture_bytes(widget: QWidget, suffix: str, title: str = "") -> bytes:
    """Return a widget's picture; ``suffix`` is ``.png`` or ``.svg``, and that is made of lines and text.

    A title stands in a line of its own above it.
    """
    size = widget.size() + QSize(0, _TITLE if title else 0)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".svg":
        from PySide6.QtSvg import QSvgGenerator  # of no use before somebody asks

        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(QPoint(), size))
        generator.setTitle(title or widget.accessibleName())
        painter = QPainter(generator)
        _paint(painter, widget, size, title)
        painter.end()
    else:
        image = QImage(size * _SHARP, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_SHARP)
        painter = QPainter(image)
        _paint(painter, widget, size, title)
        painter.end()
        QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def _paint(painter: QPainter, widget: QWidget, size: QSize, title: str) -> None:
    layout = widget.layout()
    if layout is not None:
        layout.activate()  # what asked for more room a moment ago has it in the picture
    painter.fillRect(QRect(QPoint(), size), theme.current().panel)
    if title:
        painter.setFont(theme.font("heading"))
        painter.setPen(theme.current().text)
        painter.drawText(QRect(4, 0, size.width() - 8, _TITLE), Qt.AlignmentFlag.AlignVCenter, title)
    widget.render(painter, QPoint(0, _TITLE if title else 0))


def write_plot(path: Path, widget: QWidget, what: str, curves: Iterable[Curve]) -> None:
    """Write a plot as its file's ending says; see `write_shown`."""
    write_shown(path, widget, lambda: csv_text(what, curves))


def write_shown(path: Path, widget: QWidget, table: Callable[[], str], title: str = "") -> None:
    """Write what a widget shows as its file's ending says: its picture, or the numbers, which ``table`` gives as text.

    Raises:
        FileError: the file cannot be written.
        ValueError: the ending is none of ``.png``, ``.svg`` and ``.csv``.
    """
    from nnstudio.project.store import write_atomically

    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg", ".csv"):
        raise ValueError(f"{path.name}: expected a name that ends in .png, .svg or .csv")
    write_atomically(path, table().encode() if suffix == ".csv" else picture_bytes(widget, suffix, title))
