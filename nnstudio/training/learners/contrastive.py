"""Contrastive divergence: what the data show becomes more likely, what the machine dreams up becomes less so."""

from __future__ import annotations

import msgspec
import torch
from torch import Tensor, nn

from nnstudio.core.words import tr
from nnstudio.layers.own import own_class
from nnstudio.training.learners.base import Step
from nnstudio.training.learners.parts import arriving, layers_of
from nnstudio.training.learners.stopping import Stopping
from nnstudio.training.recipe import Recipe

MOMENTUM = 0.5
"""How much of the last change goes on into the next one, as the practical guide advises to begin with."""


class Machine(msgspec.Struct):
    """A restricted Boltzmann machine: energy E(v, h) = −a·v − b·h − hᵀWv.

    Attributes:
        weight: W ``(H, V)``.
        hidden_bias: b ``(H,)``.
        visible_bias: a ``(V,)``.
    """

    weight: Tensor
    hidden_bias: Tensor
    visible_bias: Tensor

    @property
    def parts(self) -> tuple[Tensor, Tensor, Tensor]:
        """All that is trained."""
        return self.weight, self.hidden_bias, self.visible_bias

    def hidden(self, visible: Tensor) -> Tensor:
        """Return the probabilities of the hidden units: (B, V) -> (B, H)."""
        return torch.sigmoid(visible @ self.weight.T + self.hidden_bias)

    def visible(self, hidden: Tensor) -> Tensor:
        """Return the probabilities of the visible units: (B, H) -> (B, V)."""
        return torch.sigmoid(hidden @ self.weight + self.visible_bias)


class Divergence:
    """Changes one machine by CD-k with momentum (Hinton 2002, and his practical guide of 2010).

    The gradient of the log-likelihood is ⟨h vᵀ⟩ under the data less ⟨h vᵀ⟩ under the machine; the latter is taken after
    k rounds of drawing hidden units for the visible ones and visible units for these, begun at the data.

    Args:
        machine: its tensors are changed in place.
        steps: k.
        momentum: how much of the last change goes on into the next one.
        decay: how much of the weights is taken away, times the rate.
        chance: where random numbers come from.
        grey: whether visible units may lie between 0 and 1, as ink does: then they take their probabilities, undrawn.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        steps: int,
        momentum: float,
        decay: float,
        chance: torch.Generator,
        grey: bool = False,
    ) -> None:
        self._grey = grey
        self._machine = machine
        self._steps = steps
        self._momentum = momentum
        self._decay = decay
        self._chance = chance
        self.speed = [torch.zeros_like(part) for part in machine.parts]

    def step(self, visible: Tensor, rate: float) -> float:
        """Learn from ``visible (B, V)``, each from 0 to 1; return the mean squared error of their reconstruction."""
        machine, count = self._machine, len(visible)
        hidden = machine.hidden(visible)
        error = float(((machine.visible(hidden) - visible) ** 2).mean())
        dreamt, told = visible, hidden
        for _ in range(self._steps):
            likely = machine.visible(self._draw(told))
            dreamt = likely if self._grey else self._draw(likely)
            told = machine.hidden(dreamt)
        gradients = (
            (hidden.T @ visible - told.T @ dreamt) / count - self._decay * machine.weight,
            (hidden - told).mean(0),
            (visible - dreamt).mean(0),
        )
        for part, speed, gradient in zip(machine.parts, self.speed, gradients, strict=True):
            speed.mul_(self._momentum).add_(gradient, alpha=rate)
            part.add_(speed)
        return error

    def _draw(self, probabilities: Tensor) -> Tensor:
        """Return 1 with these probabilities, else 0. Chance is drawn on the processor, alike for every device."""
        draws = torch.rand(probabilities.shape, generator=self._chance).to(probabilities.device)
        return (draws < probabilities).to(probabilities.dtype)


class ContrastiveDivergence:
    """Trains every Boltzmann machine of a drawing on what arrives at it; all other layers stay as they are.

    Args:
        module: its weights are on their device already.
        recipe: gives rate, weight decay, the number of steps k, and the seed, and says whether to stop early.

    Raises:
        ValueError: the module has no Boltzmann machine.
    """

    def __init__(self, module: nn.Module, recipe: Recipe) -> None:
        self._module = module
        self._layers = boltzmann_layers(module)
        self._rate = recipe.learning_rate
        self._stopping = Stopping(module, recipe)
        self._chance = torch.Generator().manual_seed(recipe.seed)
        self._rules = [
            Divergence(
                machine_of(layer),
                steps=recipe.cd_steps,
                momentum=MOMENTUM,
                decay=recipe.weight_decay,
                chance=self._chance,
            )
            for layer in self._layers
        ]

    @property
    def rate(self) -> float:
        """The learning rate that the next step takes."""
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Take another learning rate from the next step on."""
        self._rate = rate

    def begin_epoch(self, epoch: int) -> str:
        """Note the number: every epoch is like the others."""
        self._stopping.begin_epoch(epoch)
        return ""

    def step(self, inputs: Tensor, targets: Tensor) -> Step:
        """Learn from what arrives; the loss is the mean squared error of reconstructions, over all machines."""
        visible = [arriving(self._module, layer, inputs) for layer in self._layers]
        with torch.no_grad():
            errors = [rule.step(rows, self._rate) for rule, rows in zip(self._rules, visible, strict=True)]
        return Step(sum(errors) / len(errors))

    def end_epoch(self, validation_loss: float) -> str:
        """Go on as before, or stop early if asked to: the loss is the error of what was rebuilt."""
        return self._stopping.end_epoch(validation_loss)

    def state(self) -> dict[str, Tensor]:
        """Return the learning rate, the momentum's memory and where chance stands."""
        state = {"rate": torch.tensor(self._rate, dtype=torch.float64), "chance": self._chance.get_state()}
        for number, rule in enumerate(self._rules):
            state.update({f"{number}.{part}": speed.clone() for part, speed in enumerate(rule.speed)})
        return {**state, **self._stopping.state()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave, bit for bit."""
        self._stopping.load_state(state)
        self._rate = state["rate"].item()
        self._chance.set_state(state["chance"].cpu())
        for number, rule in enumerate(self._rules):
            for part, speed in enumerate(rule.speed):
                speed.copy_(state[f"{number}.{part}"])


def boltzmann_layers(module: nn.Module) -> list[nn.Module]:
    """Return the Boltzmann machines of a network in the order of the forward pass.

    Raises:
        ValueError: there is none.
    """
    kind: type[nn.Module] = own_class("RestrictedBoltzmann")
    found = layers_of(module, kind)
    if not found:
        raise ValueError(tr("Contrastive divergence trains Boltzmann machines: add such a layer."))
    return found


def machine_of(layer: nn.Module) -> Machine:
    """Return the numbers of a Boltzmann layer, to be changed in place."""
    parts = dict(layer.named_parameters())
    return Machine(parts["weight"].data, parts["hidden_bias"].data, parts["visible_bias"].data)
