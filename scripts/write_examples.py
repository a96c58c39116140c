"""``python scripts/write_examples.py``: draw the examples and their pictures anew into ``resources/examples``.

Prints what has changed, so that nothing printed means nothing to commit; tests compare what lies there with the
drawings. A picture stays as it is where nobody would see a difference: a few pixels are rounded anew each time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever else is installed

from nnstudio.core.resources import resource
from nnstudio.project.examples import ALL
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode

ROOT = Path(__file__).resolve().parents[1]
UNSEEN = 32
"""How far colours may be apart, from 0 to 255 per channel: a rounded pixel is up to 13 off, another letter 100."""


def main() -> None:
    """Write every example and its thumbnail for each theme, and remove those that no drawing is for."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # the same pictures whatever screen there is
    from nnstudio.ui.app import make_application
    from nnstudio.ui.exports.thumbnails import THEMES, encode_thumbnail, paint_thumbnail, thumbnail_path

    make_application()
    left = {*resource("examples").glob("*.nns"), *resource("examples", "thumbnails").glob("*.png")}
    for name, draw in ALL.items():
        project = draw()
        path = resource("examples", f"{name}.nns")
        left.discard(path)
        data = encode(project)
        if not path.exists() or path.read_bytes() != data:
            write(path, data)
        for theme in THEMES:
            path = thumbnail_path(name, dark=theme == "dark")
            left.discard(path)
            data = encode_thumbnail(paint_thumbnail(project, theme))
            if not path.exists() or not look_alike(path.read_bytes(), data):
                write(path, data)
    for path in sorted(left):
        path.unlink()
        print(f"{path.relative_to(ROOT)} is gone")


def write(path: Path, data: bytes) -> None:
    """Write a file and say so."""
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, data)
    print(path.relative_to(ROOT))


def look_alike(one: bytes, other: bytes) -> bool:
    """Say whether two thumbnails are of the same drawing and look the same."""
    import numpy as np
    from PySide6.QtGui import QImage

    from nnstudio.ui.exports.thumbnails import DRAWN

    images = [QImage.fromData(data).convertToFormat(QImage.Format.Format_RGB32) for data in (one, other)]
    if images[0].size() != images[1].size() or images[0].text(DRAWN) != images[1].text(DRAWN):
        return False
    first, second = (np.frombuffer(image.constBits(), dtype=np.uint8).astype(np.int16) for image in images)
    return int(np.abs(first - second).max()) <= UNSEEN


if __name__ == "__main__":
    main()
