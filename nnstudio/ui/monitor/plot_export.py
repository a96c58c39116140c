"""What is in a plot, as a file: its picture as PNG or SVG, its numbers as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QWidget

from nnstudio.ui import theme

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Curve = tuple[str, npt.NDArray[np.float64], npt.NDArray[np.float64]]

_SHARP = 2
"""Pixels of a PNG per logical pixel."""


def csv_text(what: str, curves: Iterable[Curve]) -> str:
    """Return all points as a table ``curve, epoch, value``, with every digit of them."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("curve", "epoch", what))
    for name, x, y in curves:
        table.writerows((name, repr(float(epoch)), repr(float(value))) for epoch, value in zip(x, y, strict=True))
    return out.getvalue()


def picture_bytes(widget: QWidget, suffix: str) -> bytes:
    """Return a widget's picture; ``suffix`` is ``.png`` or ``.svg``, and that is made of lines and text."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".svg":
        from PySide6.QtSvg import QSvgGenerator  # of no use before somebody asks

        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(widget.size())
        generator.setViewBox(QRect(0, 0, widget.width(), widget.height()))
        generator.setTitle(widget.accessibleName())
        painter = QPainter(generator)
        painter.fillRect(widget.rect(), theme.current().panel)
        widget.render(painter, QPoint())
        painter.end()
    else:
        image = QImage(widget.size() * _SHARP, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_SHARP)
        image.fill(theme.current().panel)
        painter = QPainter(image)
        widget.render(painter, QPoint())
        painter.end()
        QImageWriter(buffer, b"png").write(image)
    return bytes(buffer.data().data())


def write_plot(path: Path, widget: QWidget, what: str, curves: Iterable[Curve]) -> None:
    """Write a plot as its file's ending says.

    Raises:
        FileError: the file cannot be written.
        ValueError: the ending is none of ``.png``, ``.svg`` and ``.csv``.
    """
    from nnstudio.project.store import write_atomically

    suffix = path.suffix.lower()
    if suffix not in (".png", ".svg", ".csv"):
        raise ValueError(f"{path.name}: expected a name that ends in .png, .svg or .csv")
    write_atomically(path, csv_text(what, curves).encode() if suffix == ".csv" else picture_bytes(widget, suffix))
