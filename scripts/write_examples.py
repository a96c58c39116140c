"""Draw the example projects anew into ``resources/examples``; a test compares them with what lies there."""

from __future__ import annotations

from nnstudio.core.resources import resource
from nnstudio.project.examples import ALL
from nnstudio.project.store import write_atomically
from nnstudio.project.writer import encode


def main() -> None:
    """Write every example."""
    for name, draw in ALL.items():
        path = resource("examples", f"{name}.nns")
        write_atomically(path, encode(draw()))
        print(path.name)


if __name__ == "__main__":
    main()
