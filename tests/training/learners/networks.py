"""Networks for the tests of learners, drawn as people draw them, and ways to train them."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

import nnstudio
from nnstudio.compiler.link import link
from nnstudio.project.builder import Builder
from nnstudio.training.learners.base import Learner


def linked(builder: Builder, seed: int = 0) -> nn.Module:
    """Return the module of a drawing."""
    return link(nnstudio.compile(builder.project()).plan, seed=seed)


def unit(kind: str = "Perceptron", inputs: int = 2, units: int = 1) -> nn.Module:
    """Return threshold units that start at zero, drawn as one layer or as two."""
    b = Builder("unit")
    h = b.input("x", shape=(inputs,))
    if kind == "Perceptron":
        h = b.add("Perceptron", h, out_features=units, start="zeros")
    else:
        h = b.add("Step", b.add("Linear", h, out_features=units, start="zeros"))
    b.output(h)
    return linked(b)


def memory(units: int, steps: int = 10) -> nn.Module:
    """Return an empty Hopfield network."""
    b = Builder("memory")
    b.output(b.add("Hopfield", b.input("x", shape=(units,)), steps=steps))
    return linked(b)


def machine(visible: int, hidden: int, seed: int = 0) -> nn.Module:
    """Return a Boltzmann machine."""
    b = Builder("machine")
    b.output(b.add("RestrictedBoltzmann", b.input("x", shape=(visible,)), out_features=hidden, name="rbm"))
    return linked(b, seed)


def deep(depth: int, width: int, inputs: int, outputs: int, seed: int = 0) -> nn.Module:
    """Return sigmoid layers in a row, and a dense one behind them."""
    b = Builder("deep")
    h = b.input("x", shape=(inputs,))
    for _ in range(depth):
        h = b.add("Sigmoid", b.add("Linear", h, out_features=width))
    b.output(b.add("Linear", h, out_features=outputs))
    return linked(b, seed)


def same_after_a_break(
    module: nn.Module,
    make: Callable[[nn.Module], Learner],
    batches: list[tuple[Tensor, Tensor]],
    *,
    epochs: int,
    at: tuple[int, int],
) -> bool:
    """Train twice, once with a break before batch ``at`` (epoch, number), and say whether all bits agree at the end.

    At the break, module and learner are made anew from copies of their states.
    """
    ends = []
    for breaks in (False, True):
        now = copy.deepcopy(module)
        learner = make(now)
        for epoch in range(1, epochs + 1):
            learner.begin_epoch(epoch)
            for number, (inputs, targets) in enumerate(batches):
                if breaks and (epoch, number) == at:
                    weights = {name: value.clone() for name, value in now.state_dict().items()}
                    state = {key: value.clone() for key, value in learner.state().items()}
                    now = copy.deepcopy(module)
                    now.load_state_dict(weights)
                    learner = make(now)
                    learner.load_state(state)
                learner.step(inputs, targets)
        ends.append({**now.state_dict(), **{f"learner {key}": value for key, value in learner.state().items()}})
    first, second = ends
    return first.keys() == second.keys() and all(torch.equal(first[key], second[key]) for key in first)
