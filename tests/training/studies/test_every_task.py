"""Every study on a network of every task: it answers, or says in words why it cannot. Anything else would end a run."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from contextlib import suppress
from typing import Any

import pytest

from nnstudio.project.examples import EXAMPLES
from nnstudio.training import studies
from nnstudio.training.scene import Scene
from nnstudio.training.studies.base import Study
from tests.training.studies.scenes import scene_of

TASKS = ("parity", "poet", "vae", "unet", "shape-detector", "sine")


def every_study() -> list[type[Study]]:
    """Return all studies there are."""
    found = []
    for module in pkgutil.iter_modules(studies.__path__):
        parts = vars(importlib.import_module(f"{studies.__name__}.{module.name}"))
        found += [
            part
            for part in parts.values()
            if inspect.isclass(part) and issubclass(part, Study) and part.__module__.endswith(f".{module.name}")
        ]
    return [study for study in found if study is not Study]


def question(study: type[Study], layer: str) -> Study:
    """Return a study of a layer and of the first rows."""
    usual: dict[str, Any] = {"layer": layer, "layers": (layer,), "sample": 3, "row": 3, "index": (0,), "kernel": 0}
    kinds = inspect.get_annotations(study)
    usual["rows"] = (1, 2) if "tuple" in str(kinds.get("rows")) else 8
    return study(**{name: usual[name] for name in study.__struct_fields__ if name in usual})


@pytest.fixture(scope="module", params=TASKS)
def scene(request: pytest.FixtureRequest) -> tuple[Scene, list[str]]:
    """Return a new network before its data, and its layers' names."""
    project = EXAMPLES[request.param]()
    layers = [node.name for node in project.graph.nodes if node.kind not in ("Input", "Output")]
    return scene_of(project), layers


@pytest.mark.parametrize("study", every_study(), ids=lambda study: study.__name__)
def test_it_answers_or_says_why_not(scene: tuple[Scene, list[str]], study: type[Study]) -> None:
    there, layers = scene
    for layer in (layers[0], layers[-1]):
        with suppress(ValueError):
            question(study, layer).see(there)
