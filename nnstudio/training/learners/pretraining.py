"""Greedy pretraining: each layer first learns, as a Boltzmann machine, what the one before it shows."""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.training.learners.base import Learner, Step
from nnstudio.training.learners.contrastive import MOMENTUM, Divergence, Machine
from nnstudio.training.learners.parts import arriving, dense_before, is_sigmoid
from nnstudio.training.recipe import Recipe


class Pretraining:
    """Trains Dense layers with a Sigmoid behind them one by one by contrastive divergence, then all by their gradients.

    A layer's weights and biases are those of a Boltzmann machine on what arrives at it, from 0 to 1; the biases of its
    visible units are only needed meanwhile (Hinton, Osindero, Teh 2006; Bengio and others 2007).

    Args:
        module: its weights are on their device already.
        recipe: epochs per layer, their rate, and the number of steps k.
        backprop: learns in the second part.

    Raises:
        ValueError: no Dense layer has a Sigmoid behind it, or no epochs are left for back-propagation.
    """

    def __init__(self, module: nn.Module, recipe: Recipe, backprop: Learner) -> None:
        self._module = module
        self._layers = dense_before(module, is_sigmoid)
        if not self._layers:
            raise ValueError(tr("Pretraining is for Dense layers with a Sigmoid behind them; here is none."))
        self._each = recipe.pretraining_epochs
        self._epochs = pretraining_epochs(module, recipe)
        if self._epochs >= recipe.epochs:
            raise ValueError(
                tr(
                    "Pretraining takes {count} epochs ({layers} layers, {each} each), so the run needs more than that.",
                    count=self._epochs,
                    layers=len(self._layers),
                    each=self._each,
                )
            )
        self._backprop = backprop
        self._rate = recipe.pretraining_rate
        self._epoch = 1
        self._chance = torch.Generator().manual_seed(recipe.seed)
        self._biases = [torch.zeros_like(layer.weight[0].detach()) for layer in self._layers]
        self._rules = [
            Divergence(
                Machine(layer.weight.data, _bias_of(layer), bias),
                steps=recipe.cd_steps,
                momentum=MOMENTUM,
                decay=0.0,
                chance=self._chance,
                grey=True,
            )
            for layer, bias in zip(self._layers, self._biases, strict=True)
        ]

    @property
    def rate(self) -> float:
        """The learning rate of the part that is under way."""
        return self._rate if self._epoch <= self._epochs else self._backprop.rate

    def set_rate(self, rate: float) -> None:
        """Take another learning rate in the part that is under way."""
        if self._epoch <= self._epochs:
            self._rate = rate
        else:
            self._backprop.set_rate(rate)

    def begin_epoch(self, epoch: int) -> str:
        """Go on to the next layer when its time has come, and to back-propagation after the last."""
        self._epoch = epoch
        if epoch > self._epochs:
            said = self._backprop.begin_epoch(epoch - self._epochs)
            return tr("back-propagation") if epoch == self._epochs + 1 else said
        if (epoch - 1) % self._each:
            return ""
        return tr("pretraining layer {number} of {count}", number=self._turn + 1, count=len(self._layers))

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Take a step of the part that is under way; of pretraining the loss is the error of the reconstruction."""
        if self._epoch > self._epochs:
            return self._backprop.step(inputs, targets)
        visible = arriving(self._module, self._layers[self._turn], inputs)
        with torch.no_grad():
            return Step(self._rules[self._turn].step(visible, self._rate))

    def end_epoch(self, validation_loss: float) -> str:
        """Let back-propagation end the run, if it is under way."""
        return self._backprop.end_epoch(validation_loss) if self._epoch > self._epochs else ""

    def state(self) -> dict[str, Tensor]:
        """Return the epoch, where chance stands, the machines' own numbers, and back-propagation's state."""
        state = {
            "epoch": torch.tensor(self._epoch),
            "pretraining_rate": torch.tensor(self._rate, dtype=torch.float64),
            "chance": self._chance.get_state(),
        }
        for number, (rule, bias) in enumerate(zip(self._rules, self._biases, strict=True)):
            state[f"machine{number}.bias"] = bias.clone()
            state.update({f"machine{number}.{part}": speed.clone() for part, speed in enumerate(rule.speed)})
        return {**state, **{f"backprop.{key}": value for key, value in self._backprop.state().items()}}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit."""
        self._epoch = int(state["epoch"])
        self._rate = state["pretraining_rate"].item()
        self._chance.set_state(state["chance"].cpu())
        for number, (rule, bias) in enumerate(zip(self._rules, self._biases, strict=True)):
            bias.copy_(state[f"machine{number}.bias"])
            for part, speed in enumerate(rule.speed):
                speed.copy_(state[f"machine{number}.{part}"])
        head = "backprop."
        self._backprop.load_state({key[len(head) :]: value for key, value in state.items() if key.startswith(head)})

    @property
    def _turn(self) -> int:
        """Number of the layer that is being pretrained."""
        return (self._epoch - 1) // self._each


def pretraining_epochs(module: nn.Module, recipe: Recipe) -> int:
    """Return how many of a recipe's epochs the layers take before back-propagation begins."""
    return recipe.pretraining_epochs * len(dense_before(module, is_sigmoid))


def recipe_after(module: nn.Module, recipe: Recipe) -> Recipe:
    """Return the recipe of back-propagation: the epochs that are left, so that schedules end with the run."""
    return msgspec.structs.replace(recipe, epochs=max(1, recipe.epochs - pretraining_epochs(module, recipe)))


def _bias_of(layer: nn.Linear) -> Tensor:
    """Return the biases of the hidden units; those of a layer without stay at zero and are not kept."""
    if layer.bias is None:
        raise ValueError(tr("Pretraining asks for Dense layers with a bias."))
    return layer.bias.data
