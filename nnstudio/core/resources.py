"""Where the program's data files lie: beside the package in a checkout, inside it once installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def resources_folder() -> Path:
    """Return the folder with icons, themes, translations, examples and data sets.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "resources", package.parent / "resources"):
        if (folder / "translations").is_dir():
            return folder
    raise FileNotFoundError(f"NN Studio's resources folder is missing beside {package}; install the program again")


def resource(*parts: str) -> Path:
    """Return the path of one data file, for example ``resource("icons", "app.svg")``."""
    return resources_folder().joinpath(*parts)
