"""A .pt2 file: torch opens it in a process without this program, and it computes what the drawing does."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import Plan, make_plan
from nnstudio.compiler.pt2 import write_pt2
from nnstudio.compiler.tracing import ExportError, example_inputs, trace
from tests.compiler.drawings import lenet, memory
from tests.compiler.examples import compiled, small_examples

CHECK = """
import sys
import torch

for name, cases in torch.load("given.pt", weights_only=True).items():
    program = torch.export.load(f"{name}.pt2").module()
    for inputs, expected in cases:
        with torch.no_grad():
            outputs = program(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        for one, other in zip(outputs, expected, strict=True):
            error = (one - other).abs().max() / other.abs().max().clamp(min=1e-9)  # a threshold may give zeros only
            assert error < 1e-5, (name, len(inputs[0]), error)
    print(name)
assert not [name for name in sys.modules if name.startswith("nnstudio")]
"""


def write_and_open(networks: Mapping[str, tuple[Plan, torch.nn.Module]], folder: Path) -> None:
    """Write networks, and compare what they compute in one process without this program."""
    given: dict[str, list[tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]]] = {}
    for name, (plan, module) in networks.items():
        (folder / f"{name}.pt2").write_bytes(write_pt2(plan, module, {"name": name}))
        given[name] = []
        for batch in (1, 4):
            inputs = example_inputs(plan, batch, seed=batch)
            with torch.no_grad():
                outputs = module(*inputs)
            given[name].append((inputs, outputs if isinstance(outputs, tuple) else (outputs,)))
    torch.save(given, folder / "given.pt")
    (folder / "check.py").write_text(CHECK, "utf-8")
    command = [sys.executable, "-I", "-W", "ignore", "check.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == list(given)


def test_networks_give_the_same_numbers_without_the_program(tmp_path: Path) -> None:
    plan = make_plan(memory(), {})
    examples = {name: (compiled(name).plan, compiled(name).module) for name in small_examples()}
    write_and_open({**examples, "memory": (plan, link(plan))}, tmp_path)


def test_the_file_says_what_it_is_and_nothing_of_the_computer() -> None:
    plan = make_plan(lenet(), {})
    with zipfile.ZipFile(io.BytesIO(write_pt2(plan, link(plan), {"name": "LeNet"}))) as archive:
        (note,) = [name for name in archive.namelist() if name.endswith("notes/name")]
        assert archive.read(note) == b"LeNet"
        assert not [name for name in archive.namelist() if sys.prefix.encode() in archive.read(name)]


def test_a_network_that_cannot_be_traced_is_told_in_one_line() -> None:
    class Stubborn(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if bool((x.sum() > 0).item()) else -x

    with pytest.raises(ExportError) as caught:
        trace(make_plan(lenet(), {}), Stubborn())
    assert str(caught.value).startswith("This network cannot be traced: ")
    assert "\n" not in str(caught.value)


def test_a_network_that_cannot_be_run_is_told_in_one_line() -> None:
    with pytest.raises(ExportError, match="This network cannot be run: "):
        trace(make_plan(lenet(), {}), torch.nn.Linear(3, 3))
