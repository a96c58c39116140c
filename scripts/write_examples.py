"""Draw the examples and their thumbnails anew into ``resources/examples``; tests compare them with what lies there."""

from __future__ import annotations

import os

from nnstudio.core.resources import resource
from nnstudio.project.examples import ALL
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode


def main() -> None:
    """Write every example, and its thumbnail for each theme."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from nnstudio.ui.app import make_application
    from nnstudio.ui.exports.thumbnails import THEMES, encode_thumbnail, paint_thumbnail, thumbnail_path

    make_application()
    thumbnail_path("any", dark=False).parent.mkdir(exist_ok=True)
    for name, draw in ALL.items():
        project = draw()
        path = resource("examples", f"{name}.nns")
        write_atomically(path, encode(project))
        for theme in THEMES:
            picture = encode_thumbnail(paint_thumbnail(project, theme))
            write_atomically(thumbnail_path(name, dark=theme == "dark"), picture)
        print(path.name)


if __name__ == "__main__":
    main()
