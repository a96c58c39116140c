"""What the program is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

import nnstudio
from nnstudio.core.words import tr
from nnstudio.ui.controls import label
from nnstudio.ui.icons import app_icon


class About(QDialog):
    """Name, version, licence, and the versions of what it stands on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(tr("About NN Studio"))
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(64, 64))
        texts = QVBoxLayout()
        texts.setSpacing(6)
        texts.addWidget(label(f"NN Studio {nnstudio.__version__}", "title"))
        texts.addWidget(label(tr("Draw a neural network; the drawing is the program."), wrap=True))
        texts.addWidget(label(tr("It works offline and opens no connection. MIT licence."), mute=True, wrap=True))
        texts.addSpacing(4)
        versions = label(_versions(), "small", mute=True, wrap=True)
        versions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts.addWidget(versions)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        buttons = QDialogButtonBox()
        close = QPushButton(tr("Close"))
        buttons.addButton(close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        page = QVBoxLayout(self)
        page.setContentsMargins(24, 22, 24, 18)
        page.setSpacing(18)
        page.addLayout(row)
        page.addWidget(buttons)
        close.setDefault(True)
        self.setMinimumWidth(460)


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for name, package in (("PySide6", "PySide6-Essentials"), ("PyTorch", "torch"), ("NumPy", "numpy")):
        try:
            found.append(f"{name} {version(package)}")
        except PackageNotFoundError:
            found.append(tr("{name} missing", name=name))
    return " · ".join(found)
