"""``nnstudio import``: the question before somebody's program runs, and what lies on the disk afterwards."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch
from safetensors.numpy import load_file

import nnstudio
from nnstudio.cli.main import main
from nnstudio.compiler.importers.module import build
from nnstudio.project.store import load

NET = """
import torch
from torch import nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + F.relu(self.conv(x))

class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.block, self.fc = nn.Conv2d(3, 4, 3, 2), Block(4), nn.Linear(4, classes)

    def forward(self, x):
        return self.fc(F.adaptive_avg_pool2d(self.block(self.stem(x)), 1).flatten(1))

def small():
    return Net(2)

print("noise " * 100_000)
"""


class Typist(io.StringIO):
    """A terminal at which somebody has typed an answer."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(NET, "utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "drawing.nns"


def words(net: Path | str, out: Path, *more: str) -> list[str]:
    return ["import", str(net), "-o", str(out), "--timeout", "60", *more]


def test_a_module_becomes_a_drawing_with_its_weights(net: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(f"{net}:Net", out, "--trust", "--input", "3,32,32")) == 0
    said = capsys.readouterr().out
    assert "All 7 parts were mapped." in said
    assert "bit for bit" in said
    project, weights = load(out), load_file(out.with_suffix(".safetensors"))
    assert project.name == "Net"
    assert len({node.xy for node in project.graph.nodes}) == len(project.graph.nodes)
    assert nnstudio.compile(project).num_parameters == sum(weight.size for weight in weights.values())
    made = build(project.graph, weights)
    assert made is not None
    assert made(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_the_only_network_needs_no_name_and_a_function_may_give_it(net: Path, out: Path) -> None:
    assert main(words(net, out, "--trust", "--input", "3,32,32")) == 0
    assert main(words(f"{net}:small", out, "--trust", "--input", "3,32,32")) == 0
    assert nnstudio.compile(load(out)).shapes["fc"] == (2,)


def test_without_a_terminal_nothing_runs(
    net: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert main(words(net, out)) == 2
    assert capfd.readouterr().err == ("nnstudio: Importing net.py runs it as a program. Say --trust if you trust it.\n")
    assert not out.exists()


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("", 1)])
def test_the_question_is_asked_at_a_terminal(
    net: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, status: int
) -> None:
    monkeypatch.setattr("sys.stdin", Typist(f"{answer}\n"))
    assert main(words(f"{net}:Net", out, "--input", "3,32,32")) == status
    assert "net.py is a program" in capsys.readouterr().out
    assert out.exists() == (status == 0)


def test_placeholders_are_told(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = "from torch import nn\nclass Odd(nn.Module):\n    def forward(self, x):\n        return x.cumsum(1)\n"
    (tmp_path / "odd.py").write_text(source, "utf-8")
    assert main(words(tmp_path / "odd.py", out, "--trust", "--input", "4")) == 1
    assert "placeholder: cumsum → cumsum_1: there is no layer for cumsum" in capsys.readouterr().out
    assert [node.kind for node in load(out).graph.nodes] == ["Input", "cumsum", "Output"]


@pytest.mark.parametrize("text", ["", "3,,x!", "0,4", "3,-1", "99999999"])
def test_a_shape_that_is_none_is_told(net: Path, out: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert main(words(net, out, "--trust", "--input", text)) == 2
    assert "expected lengths such as 3,224,224" in capsys.readouterr().err


def test_other_files_are_refused(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(tmp_path / "weights.pt", out)) == 2
    assert "expected a file that ends in .onnx or .py" in capsys.readouterr().err
