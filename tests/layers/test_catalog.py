"""How kinds of layers are found."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import FAMILIES


def test_kinds_come_in_the_order_of_the_palette() -> None:
    families, found = tuple(FAMILIES), list(catalog().values())
    places = [(families.index(spec.family), spec.place) for spec in found]
    assert places == sorted(places)
    assert list(catalog()) == [spec.kind for spec in found]
    assert len(catalog()) == len(found) > 20


@pytest.mark.parametrize("name", ["conv2d", "CONV2D", "Conv_2d", "../Conv2d", "__init__", "", "os"])
def test_only_the_kinds_own_name_finds_it(name: str) -> None:
    assert name not in catalog()
    assert catalog().get(name) is None


def test_only_the_kind_that_is_asked_for_is_loaded() -> None:
    program = (
        "import sys; from nnstudio.layers.catalog import catalog; catalog()['Linear'];"
        "print(sorted(name for name in sys.modules if name.startswith('nnstudio.layers.kinds.')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['nnstudio.layers.kinds.linear']"
