"""Memory is worked out on paper before any is taken."""

from __future__ import annotations

import pytest
import torch

import nnstudio
from nnstudio.compiler.memory import bytes_text, total_memory
from nnstudio.compiler.plan import CompileError


def test_weights_beyond_the_memory_are_refused_with_the_layer_named() -> None:
    b = nnstudio.Builder("huge")
    h = b.add("Linear", b.input("x", shape=(1_000_000,)), out_features=1_000_000, name="wall")
    b.output(b.add("Linear", h, out_features=2))
    compiled = nnstudio.compile(b.project())
    assert compiled.num_parameters == 10**12 + 10**6 + 2 * 10**6 + 2
    with pytest.raises(CompileError, match=r"The weights of wall take 4\.0 TB; this computer has "):
        _ = compiled.module
    assert "class Huge" in compiled.source()


def test_the_memory_of_this_machine_is_known() -> None:
    assert 10**8 < total_memory() < 10**15


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (246_824, "247 kB"), (4 * 10**12, "4.0 TB")],
)
def test_bytes_are_written_as_people_read_them(count: int, text: str) -> None:
    assert bytes_text(count) == text


def test_activations_are_the_numbers_that_layers_give() -> None:
    b = nnstudio.Builder("two")
    x = b.input("x", shape=(1, 8, 8))
    h = b.add("Conv2d", x, out_channels=4, kernel_size=3, name="conv")
    h = b.add("Flatten", b.add("ReLU", h, name="relu"), name="flat")
    b.output(b.add("Linear", h, out_features=3, name="dense"))
    compiled = nnstudio.compile(b.project())
    seen: list[int] = []
    for module in compiled.module.children():
        module.register_forward_hook(lambda _module, _args, out: seen.append(out.numel()))
    compiled.module(torch.zeros(1, 1, 8, 8))
    assert compiled.analysis.activations == sum(seen) == 3 * 4 * 36 + 3


def test_activations_of_a_block_are_those_of_all_its_layers() -> None:
    b = nnstudio.Builder("stage")
    h = b.add("ResidualBlock", b.input("x", shape=(4, 6, 6)), channels=4, repeat=2, name="stage")
    b.output(h)
    facts = nnstudio.compile(b.project()).analysis
    # two convolutions, two norms, two ReLUs, shortcut and sum, twice
    assert facts.activations == 2 * 8 * 4 * 6 * 6


def test_a_free_length_leaves_the_memory_open() -> None:
    b = nnstudio.Builder("free")
    b.output(b.add("ReLU", b.input("x", shape=("T", 4))))
    assert nnstudio.compile(b.project()).analysis.activations is None
