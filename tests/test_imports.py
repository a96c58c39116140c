"""Which modules need what: every headless room works without Qt, and most of them without torch."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import nnstudio
from nnstudio.layers import modules
from nnstudio.training import tasks

ROOT = Path(nnstudio.__file__).resolve().parents[1]

NEEDS_TORCH = frozenset(
    {
        *(
            f"nnstudio.compiler.importers.{name}"
            for name in ("calls", "leaves", "module", "rules", "trace", "values", "walk")
        ),
        *(f"nnstudio.compiler.importers.onnx.{name}" for name in ("axes", "emit", "network", "operators")),
        *(
            f"nnstudio.compiler.importers.rules.{name}"
            for name in ("arithmetic", "axes", "layers", "positions", "sequences")
        ),
        "nnstudio.compiler.link",
        "nnstudio.training.batches",
        "nnstudio.training.chance",
        "nnstudio.training.course",
        "nnstudio.training.calls",
        "nnstudio.training.boxes",
        "nnstudio.training.devices",
        *(f"nnstudio.training.drill.{name}" for name in ("frozen", "graph", "moves", "reader", "unroll", "writer")),
        "nnstudio.training.diagnosis.doctor",
        "nnstudio.training.diagnosis.signs",
        "nnstudio.training.inside",
        *(
            f"nnstudio.training.learners.{name}"
            for name in (
                "attention",
                "backprop",
                "chain",
                "contrastive",
                "hebb",
                "make",
                "memory",
                "parts",
                "perceptron",
                "pretraining",
                "pooling",
                "program",
                "quick",
                "stopping",
            )
        ),
        "nnstudio.training.loop",
        "nnstudio.training.losses",
        "nnstudio.training.machine",
        "nnstudio.training.metrics",
        "nnstudio.training.optimizers",
        "nnstudio.training.own_losses",
        "nnstudio.training.probe",
        *(f"nnstudio.training.tasks.{module.name}" for module in pkgutil.iter_modules(tasks.__path__)),
        "nnstudio.training.scene",
        "nnstudio.training.tables",
        *(f"nnstudio.layers.modules.{module.name}" for module in pkgutil.iter_modules(modules.__path__)),
    }
)
"""Modules that import torch at the top; everything else reaches them inside functions only."""

BLOCKER = """
import importlib, importlib.abc, json, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocker())
failed = {{}}
for name in {names!r}:
    try:
        importlib.import_module(name)
    except ImportError as error:
        failed[name] = str(error)
print(json.dumps(failed))
"""


def all_modules() -> list[str]:
    found = pkgutil.walk_packages(nnstudio.__path__, "nnstudio.", onerror=lambda name: None)
    return sorted(module.name for module in found if not module.name.endswith("__main__"))


def headless() -> list[str]:
    return [name for name in all_modules() if not name.startswith("nnstudio.ui")]


def import_without(names: list[str], blocked: set[str]) -> dict[str, str]:
    """Import modules in a fresh process where some packages do not exist; return what failed."""
    script = BLOCKER.format(names=names, blocked=blocked)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    failed: dict[str, str] = json.loads(done.stdout)
    return failed


def modules_after(statement: str) -> set[str]:
    script = f"import sys, json\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_headless_rooms_need_neither_qt_nor_torch() -> None:
    names = [name for name in headless() if name not in NEEDS_TORCH]
    assert len(names) > 60
    blocked = {"PySide6", "shiboken6", "pyqtgraph", "torch"}
    assert import_without(names, blocked) == {}


def test_modules_made_of_torch_need_no_qt() -> None:
    assert set(headless()) >= NEEDS_TORCH
    assert import_without(sorted(NEEDS_TORCH), {"PySide6", "shiboken6", "pyqtgraph"}) == {}


def test_the_list_of_modules_made_of_torch_is_exact() -> None:
    assert set(import_without(sorted(NEEDS_TORCH), {"torch"})) == NEEDS_TORCH


def test_the_document_and_its_files_need_no_numpy() -> None:
    rooms = ("nnstudio.core", "nnstudio.layers", "nnstudio.project")
    names = [name for name in headless() if name.startswith(rooms) and name not in NEEDS_TORCH]
    assert import_without([*names, "nnstudio.api"], {"numpy", "torch", "safetensors", "PySide6"}) == {}


def test_importing_the_package_loads_next_to_nothing() -> None:
    loaded = modules_after("import nnstudio")
    assert {name for name in loaded if name.startswith("nnstudio")} == {"nnstudio"}
    assert not loaded & {"msgspec", "numpy", "torch", "PySide6"}


def test_the_names_of_the_door_are_there() -> None:
    assert {"Builder", "load", "compile", "Compiled", "CompileError"} <= set(dir(nnstudio))
    assert nnstudio.Builder.__module__ == "nnstudio.project.builder"


def test_the_command_line_is_quick_to_start() -> None:
    loaded = modules_after("from nnstudio.cli.main import main\nmain(['--version'])")
    assert not loaded & {"numpy", "torch", "PySide6", "nnstudio.api"}


def test_nothing_is_heavy_before_the_first_window() -> None:
    loaded = modules_after("import nnstudio.ui.app")
    assert not loaded & {"numpy", "torch", "pyqtgraph", "ziamath"}


def test_the_window_starts_without_a_source_being_read() -> None:
    script = (
        "import builtins, linecache, nnstudio.ui.app\n"
        "print(sum('nnstudio' in file for file in linecache.cache), builtins.__import__.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    count, way = done.stdout.split()
    assert count == "0", "PySide6 looks into each imported module for its own name again"
    assert "feature" not in way, "PySide6 looks into each imported module for its own name again"
    loaded = modules_after("import nnstudio.ui.app")
    assert "dataclasses" not in loaded, "making its classes costs several milliseconds before the first window"
