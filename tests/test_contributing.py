"""The guide's new layer is a real one: its file, its icon and its line of test hold what the guide says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import torch

from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import LayerSpec, Signal

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "CONTRIBUTING.md").read_text("utf-8")


def part(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert isinstance(found, str)
    return found


def guided_spec(folder: Path) -> LayerSpec:
    file = folder / "gelu.py"
    file.write_text(part("python"), "utf-8")
    spec = importlib.util.spec_from_file_location("gelu", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert isinstance(module.SPEC, LayerSpec)
    return module.SPEC


def test_the_layer_of_the_guide_works(tmp_path: Path) -> None:
    spec = guided_spec(tmp_path)
    assert spec.kind not in catalog(), "the guide adds a layer that is there already"
    made = spec.module
    assert made is not None
    settings = spec.settings({"approximate": "tanh"})
    x = Signal((3, "T"))
    assert spec.shape(settings, x) == x
    built = made(settings, x)
    assert built.target == "nn.GELU"
    assert isinstance(torch.nn.GELU(**dict(built.kwargs)), torch.nn.Module)  # type: ignore[arg-type]


def test_the_icon_of_the_guide_is_plain() -> None:
    assert 'viewBox="0 0 24 24"' in part("svg")
    assert 'stroke="currentColor"' in part("svg")


def test_names_the_guide_mentions_exist() -> None:
    for path in re.findall(r"`((?:nnstudio|tests|scripts|resources)/[a-z_/.]+)`", GUIDE):
        if "gelu" not in path:
            assert (Path(__file__).resolve().parents[1] / path).exists(), path
