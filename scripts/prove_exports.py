"""Try every example through every export that computes, the large ones too, and print how far each is from torch.

``python scripts/prove_exports.py [NAME…]`` prints a row per example: the exported code in a clean process (same keys,
same counts, bit-equal outputs in training and in evaluation), ONNX in onnxruntime at two batch sizes and .pt2 as
relative errors, weights out and in, and one epoch of the training script in a clean process. The tests do the same for
the small examples only.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.compiler.onnx import write_onnx
from nnstudio.compiler.plan import Plan
from nnstudio.compiler.pt2 import write_pt2
from nnstudio.compiler.source import write_source
from nnstudio.compiler.tracing import example_inputs
from nnstudio.compiler.weights import load_weights, write_weights
from nnstudio.core.resources import resource
from nnstudio.exports.writing import export
from nnstudio.project.document import Project

BATCHES = (1, 3)
_ROW = "{:<22} {:>12} {:>10} {:>9} {:>6} {:>9} {:>6} {:>8} {:>7}"
_TAKEN_HOME = """
import hashlib, importlib.util, json, sys
import torch

torch.set_num_threads(1)
spec = importlib.util.spec_from_file_location("taken_home", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
torch.manual_seed(1)
network = getattr(module, sys.argv[2])()
inputs = torch.load(sys.argv[3], weights_only=True)
found = {"keys": list(network.state_dict()), "count": sum(weight.numel() for weight in network.parameters())}
for mode in (False, True):
    network.train(mode)
    torch.manual_seed(2)
    with torch.no_grad():
        outputs = network(*inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    found[str(mode)] = [hashlib.sha256(output.numpy().tobytes()).hexdigest() for output in outputs]
assert not [name for name in sys.modules if name.startswith("nnstudio")]
print(json.dumps(found))
"""
"""Run in a process that knows nothing of the program; equal seeds give equal weights there and here."""


def main(names: list[str]) -> int:
    """Print the table; 1 when something is not as it should be."""
    names = names or sorted(path.stem for path in resource("examples").glob("*.nns"))
    print(_ROW.format("example", "parameters", "code", "ONNX", "s", "pt2", "s", "weights", "script"))
    good = True
    for name in names:
        project = nnstudio.load(resource("examples", f"{name}.nns"))
        row, holds = prove(project)
        print(_ROW.format(name, *row), flush=True)
        good = good and holds
    return 0 if good else 1


def prove(project: Project) -> tuple[list[str], bool]:
    """Try one project; return the cells of its row, and whether all of them hold."""
    compiled = nnstudio.compile(project)
    plan = compiled.plan
    module = link(plan, seed=1).eval()
    with tempfile.TemporaryDirectory() as folder:
        alike = _same_code(project, plan, Path(folder))
        onnx, onnx_seconds = timed(lambda: _onnx_error(plan, module, Path(folder)))
        pt2, pt2_seconds = timed(lambda: _pt2_error(plan, module))
        same = _same_weights(plan, module, Path(folder) / "w.safetensors")
        trains, script_seconds = timed(lambda: _trains(project, Path(folder) / "study"))
    cells = [
        f"{compiled.num_parameters:,}",
        "bit-equal" if alike else "DIFFERS",
        f"{onnx:.1e}",
        f"{onnx_seconds:.1f}",
        f"{pt2:.1e}",
        f"{pt2_seconds:.1f}",
        "equal" if same else "DIFFER",
        f"{script_seconds:.1f}s" if trains else "FAILS",
    ]
    return cells, alike and onnx < 1e-5 and pt2 < 1e-5 and same and trains


def _same_code(project: Project, plan: Plan, folder: Path) -> bool:
    """Run the exported code in a clean process, and compare keys, counts and every bit of the outputs."""
    network = link(plan, seed=1)
    inputs = example_inputs(plan, 2, seed=5)
    (folder / "net.py").write_text(write_source(plan, project.name), "utf-8")
    torch.save(inputs, folder / "inputs.pt")
    title = re.findall(r"^class (\w+)", (folder / "net.py").read_text("utf-8"), re.MULTILINE)[-1]
    command = [sys.executable, "-I", "-c", _TAKEN_HOME, str(folder / "net.py"), title, str(folder / "inputs.pt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return False
    expected: dict[str, object] = {"keys": list(network.state_dict())}
    expected["count"] = sum(weight.numel() for weight in network.parameters())
    for mode in (False, True):
        network.train(mode)
        torch.manual_seed(2)
        with torch.no_grad():
            outputs = _several(network(*inputs))
        expected[str(mode)] = [hashlib.sha256(output.numpy().tobytes()).hexdigest() for output in outputs]
    return bool(json.loads(done.stdout) == expected)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what ``work`` gives, and how many seconds it took."""
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _onnx_error(plan: Plan, module: torch.nn.Module, folder: Path) -> float:
    path = folder / "net.onnx"
    path.write_bytes(write_onnx(plan, module, {}))
    session = import_module("onnxruntime").InferenceSession(str(path), providers=["CPUExecutionProvider"])

    def run(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        given = {name: value.numpy() for (name, _), value in zip(plan.inputs, inputs, strict=True)}
        return tuple(map(torch.from_numpy, session.run([name for name, _ in plan.outputs], given)))

    return max(_error(plan, module, run, batch) for batch in BATCHES)


def _pt2_error(plan: Plan, module: torch.nn.Module) -> float:
    program: Any = torch.export.load(io.BytesIO(write_pt2(plan, module, {}))).module()
    return max(_error(plan, module, program, batch) for batch in BATCHES)


def _error(plan: Plan, module: torch.nn.Module, other: Callable[..., Any], batch: int) -> float:
    """Return the largest difference of an output, relative to the largest number in it."""
    inputs = example_inputs(plan, batch, seed=batch)
    with torch.no_grad():
        expected, got = module(*inputs), other(*inputs)
    pairs = zip(_several(expected), _several(got), strict=True)
    return max(float((one - two).abs().max() / one.abs().max().clamp(min=1e-30)) for one, two in pairs)


def _several(outputs: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _same_weights(plan: Plan, module: torch.nn.Module, path: Path) -> bool:
    path.write_bytes(write_weights(module.state_dict(), {}))
    other = link(plan, seed=2)
    load_weights(other, path)
    state = other.state_dict()
    return all(torch.equal(value, state[name]) for name, value in module.state_dict().items())


def _trains(project: Project, folder: Path) -> bool:
    script = export(project, "script", folder)[0]
    command = [sys.executable, "-I", str(script), "--epochs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode == 0 and "epoch 1/1  loss " in done.stdout


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    sys.exit(main(sys.argv[1:]))
