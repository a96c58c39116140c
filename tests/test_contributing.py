"""The guide's new layer is a real one: its file, its icon and its line of test hold what the guide says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import torch
from hypothesis import given, settings
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer

from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerSpec, Signal
from tests.layers.oracle import construct, numbers
from tests.layers.strategies import Case

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "CONTRIBUTING.md").read_text("utf-8")


def part(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


def loaded(file: Path, text: str) -> ModuleType:
    """Write a file as the guide says and load it."""
    file.write_text(text, "utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def guided_spec(folder: Path) -> LayerSpec:
    spec = loaded(folder / "celu.py", part("python")).SPEC
    assert isinstance(spec, LayerSpec)
    return spec


def test_the_layer_of_the_guide_is_as_torch_has_it(tmp_path: Path) -> None:
    spec = guided_spec(tmp_path)
    assert spec.kind not in catalog(), "the guide adds a layer that is there already"
    head = "from hypothesis import strategies as st\nfrom tests.layers.strategies import *\n"
    working = loaded(tmp_path / "cases.py", f"{head}WORKING = {{\n{part('py')}}}\n").WORKING
    assert list(working) == [spec.kind]

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(working[spec.kind])
    def try_it(case: Case) -> None:
        params, (x,) = case
        assert x is not None
        values = spec.settings(params)
        assert spec.module is not None
        with torch.device("meta"):
            y = construct(spec.module(values, x))(torch.zeros(2, *map(int, numbers(x).shape)))
        assert numbers(spec.shape(values, x)) == Signal(tuple(y.shape[1:]))  # type: ignore[arg-type]

    try_it()


def test_the_layer_of_the_guide_says_only_what_differs(tmp_path: Path) -> None:
    spec = guided_spec(tmp_path)
    made = spec.module
    assert made is not None
    said = [dict(made(spec.settings(params), Signal(())).kwargs) for params in ({}, {"alpha": 1}, {"alpha": 0.5})]
    assert said == [{}, {}, {"alpha": 0.5}]


def test_the_icon_of_the_guide_is_plain(qapp: object) -> None:
    assert 'viewBox="0 0 24 24"' in part("svg")
    assert 'stroke="currentColor"' in part("svg")
    assert QSvgRenderer(QByteArray(part("svg").encode())).isValid()


def test_names_the_guide_mentions_exist() -> None:
    paths = re.findall(r"`((?:nnstudio|tests|scripts|resources|docs)/[A-Za-z0-9_/.]+)`", GUIDE)
    assert len(paths) > 5
    for path in paths:
        if "celu" not in path.lower():
            assert (ROOT / path).exists(), path


def test_layers_the_guide_mentions_exist() -> None:
    files = set(re.findall(r"`([a-z_0-9]+\.py)`", GUIDE))
    assert {"conv2d.py", "step.py"} <= files
    homes = [
        ROOT / "nnstudio" / "layers" / "kinds",
        ROOT / "nnstudio" / "layers" / "modules",
        ROOT / "nnstudio" / "layers" / "library",
        ROOT / "nnstudio" / "project",
    ]
    for file in files:
        assert any((home / file).exists() for home in homes), file
