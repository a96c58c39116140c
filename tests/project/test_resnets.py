"""The residual networks have the numbers of their papers, and follow one definition."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

import nnstudio
from nnstudio.compiler.plan import make_plan
from nnstudio.core.edits import set_param
from nnstudio.core.resources import resource
from nnstudio.project.builder import Builder
from nnstudio.project.definitions import with_drawing
from nnstudio.project.document import Project
from nnstudio.project.resnets import cifar_resnet20, resnet18, resnet34, resnet50
from nnstudio.ui.session import Session


@pytest.mark.parametrize(
    ("draw", "parameters", "buffers", "most"),
    [
        (resnet18, 11_689_512, 9_620, 20),
        (resnet34, 21_797_672, 17_060, 20),
        (resnet50, 25_557_032, 53_173, 20),
        (cifar_resnet20, 269_722, 1_395, 20),
    ],
)
def test_counts_are_the_published_ones(draw: Callable[[], Project], parameters: int, buffers: int, most: int) -> None:
    compiled = nnstudio.compile(draw())
    assert compiled.problems == ()
    assert (compiled.num_parameters, compiled.num_buffers) == (parameters, buffers)
    assert len(compiled.project.graph.nodes) <= most


def test_the_real_module_has_as_many() -> None:
    module = nnstudio.compile(resnet18()).module
    assert sum(p.numel() for p in module.parameters()) == 11_689_512
    assert sum(b.numel() for b in module.buffers()) == 9_620


def test_one_edit_changes_all_sixteen_bottlenecks_and_one_undo_restores_them(qtbot: QtBot) -> None:
    session = Session(nnstudio.load(resource("examples", "resnet50.nns")))
    before = session.project
    kernels = _middle_kernels(session)
    assert kernels == [(3, 3)] * 16
    block = session.blocks["Bottleneck"]
    middle = block.graph.by_name["conv2"].id
    wider = set_param(set_param(block.graph, middle, "kernel_size", 5), middle, "padding", 2)
    session.commit("Wider kernels", project=with_drawing(session.project, "Bottleneck", wider))
    assert session.graph is before.graph
    assert session.analysis.ok
    widths = [64] * 3 + [128] * 4 + [256] * 6 + [512] * 3
    assert session.analysis.num_parameters == 25_557_032 + sum(width * width * 16 for width in widths)
    assert _middle_kernels(session) == [(5, 5)] * 16
    session.undo()
    assert session.project is before
    assert session.analysis.num_parameters == 25_557_032
    assert session.undo_label is None


def _middle_kernels(session: Session) -> list[object]:
    """Return what every copy of the bottleneck constructs in its middle."""
    plan = make_plan(session.graph, session.blocks, session.analysis)
    modules = [
        step.module for stage in plan.steps for copy in stage.copies for step in copy.steps if step.name == "conv2"
    ]
    kernels = [dict(module.kwargs)["kernel_size"] for module in modules if module is not None]
    return [(size, size) if isinstance(size, int) else size for size in kernels]


def mobilenet_v2() -> Project:
    """Sandler and others, 2018, as torchvision builds it."""
    b = Builder("MobileNetV2")
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("Conv2d", h, out_channels=32, kernel_size=3, stride=2, padding=1, bias=False)
    h = b.add("ReLU6", b.add("BatchNorm2d", h))
    h = b.add("SeparableConv", h, channels=16)
    for channels, copies, stride in ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)):
        h = b.add("InvertedResidual", h, channels=channels, repeat=copies, stride=stride)
    h = b.add("Conv2d", h, out_channels=1280, kernel_size=1, bias=False)
    h = b.add("GlobalAvgPool2d", b.add("ReLU6", b.add("BatchNorm2d", h)))
    b.output(b.add("Linear", b.add("Dropout", h, p=0.2), out_features=1000))
    return b.project()


def densenet121() -> Project:
    """Huang and others, 2016, as torchvision builds it."""
    b = Builder("DenseNet-121")
    h = b.input("image", shape=(3, 224, 224))
    h = b.add("Conv2d", h, out_channels=64, kernel_size=7, stride=2, padding=3, bias=False)
    h = b.add("MaxPool2d", b.add("ReLU", b.add("BatchNorm2d", h)), kernel_size=3, stride=2, padding=1)
    for layers in (6, 12, 24):
        h = b.add("Transition", b.add("DenseBlock", h, layers=layers))
    h = b.add("ReLU", b.add("BatchNorm2d", b.add("DenseBlock", h, layers=16)))
    b.output(b.add("Linear", b.add("GlobalAvgPool2d", h), out_features=1000))
    return b.project()


@pytest.mark.parametrize(
    ("draw", "parameters", "shape"),
    [(mobilenet_v2, 3_504_872, (1280, 7, 7)), (densenet121, 7_978_856, (1024, 7, 7))],
)
def test_blocks_of_the_library_make_published_networks(
    draw: Callable[[], Project], parameters: int, shape: tuple[int, ...]
) -> None:
    compiled = nnstudio.compile(draw())
    assert compiled.problems == ()
    assert compiled.num_parameters == parameters
    last = [node.name for node in compiled.project.graph.nodes if compiled.shapes[node.name][1:] == (7, 7)][-1]
    assert compiled.shapes[last] == shape
