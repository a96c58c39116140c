"""``python scripts/look.py FOLDER``: pictures of the Design page in every size, scale, theme and language, to look at.

A correct drawing (a residual network) and a wrong one, with the list of problems open; a contact sheet shows all at
once. Each scale is a process of its own, as Qt asks for the scale once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((1280, 720), (2560, 1440))
"""Logical pixels: at scale 2 a picture has twice as many each way."""
SCALES = ("1", "2")
THEMES = ("light", "dark", "contrast")
LANGUAGES = ("en", "zh_CN")
DRAWINGS = ("residual", "wrong")
_THUMB = 640
_CAPTION = 24

if TYPE_CHECKING:
    from nnstudio.project.document import Project


def main(folder: Path) -> None:
    """Write all pictures and the contact sheet."""
    folder.mkdir(parents=True, exist_ok=True)
    for scale in SCALES:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
        paths = [str(ROOT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        subprocess.run([sys.executable, __file__, str(folder), scale], env=environment, check=True)
    print(folder / "contact.png")


def take(folder: Path, scale: str) -> None:
    """Take the pictures of one scale; those of the last are put together with the others."""
    from nnstudio.ui import theme
    from nnstudio.ui.app import make_application
    from nnstudio.ui.language import speak
    from nnstudio.ui.session import Session
    from nnstudio.ui.window import MainWindow

    application = make_application()
    for language, colours, drawing, size in product(LANGUAGES, THEMES, DRAWINGS, SIZES):
        speak(language)
        theme.set_theme(colours)
        session = Session(_wrong() if drawing == "wrong" else _residual())
        window = MainWindow(session, remember=False)
        window.resize(*size)
        window.show()
        for _ in range(20):
            application.processEvents()
        if drawing == "wrong":
            window.actions_["problems"].trigger()
            window.actions_["next_problem"].trigger()
        else:
            session.select(node.id for node in session.graph.nodes if node.kind == "Conv2d")
            session.select(sorted(session.selection)[:1])
        for _ in range(20):
            application.processEvents()
        name = f"{drawing}-{language}-{colours}-{size[0]}x{size[1]}-at-{scale}.png"
        window.grab().save(str(folder / name))
        session.bridge.shutdown()
        window.close()
        window.deleteLater()
    if scale == SCALES[-1]:
        _contact(folder)


def _contact(folder: Path) -> None:
    """Put all pictures on one sheet."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    files = sorted(path for path in folder.glob("*-at-*.png"))
    across = 2 * len(SIZES) * len(THEMES) // 2
    high = _THUMB * 9 // 16 + _CAPTION
    sheet = QImage(across * _THUMB, -(-len(files) // across) * high, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#808080"))
    painter = QPainter(sheet)
    painter.setPen(QColor("white"))
    for number, path in enumerate(files):
        corner = QPoint(number % across * _THUMB, number // across * high)
        thumb = QImage(str(path)).scaledToWidth(_THUMB - 8, Qt.TransformationMode.SmoothTransformation)
        thumb.setDevicePixelRatio(1.0)
        painter.drawText(corner + QPoint(6, 16), path.stem)
        painter.drawImage(corner + QPoint(4, _CAPTION), thumb)
    painter.end()
    sheet.save(str(folder / "contact.png"))


def _residual() -> Project:
    from nnstudio.project.examples import EXAMPLES

    return EXAMPLES["residual-digits"]()


def _wrong() -> Project:
    """Return a small network with a window that is too large, a layer that leads nowhere and one without its wire."""
    from nnstudio.core import edits
    from nnstudio.project.builder import Builder

    b = Builder("Mistakes")
    image = b.input("image", shape=(1, 28, 28))
    h = b.add("Conv2d", image, out_channels=16, kernel_size=5)
    b.add("Conv2d", image, out_channels=4)
    h = b.add("MaxPool2d", b.add("ReLU", h), kernel_size=32)
    h = b.add("Linear", b.add("Flatten", h), out_features=10)
    b.output(h, name="digit")
    project = b.project(data={"name": "digits8"})
    graph, _ = edits.add_node(project.graph, "BatchNorm2d", "norm", xy=(640.0, 420.0))
    return edits.replace(project, graph=graph)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        take(Path(sys.argv[1]), sys.argv[2])
    else:
        main(Path(sys.argv[1] if len(sys.argv) > 1 else "looks"))
