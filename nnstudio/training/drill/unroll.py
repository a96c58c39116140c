"""A recurrent layer step by step in float64, with the slopes of the loss at every state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from nnstudio.training.drill.sheet import Number, Sheet

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """States after each step.

    Attributes:
        state, memory: ``(T, H)``; memory is zero but for LSTM.
        state_slope, memory_slope: how fast the loss changes with each, through all that comes later.
    """

    state: Array
    memory: Array
    state_slope: Array
    memory_slope: Array

    def seeds(self, sheet: Sheet, result: Number, index: tuple[int, ...]) -> dict[Number, float]:
        """Return where the way back through one step begins: at its state, and at the memory by what comes later."""
        step, unit = index
        slope = float(self.state_slope[step, unit])
        seeds = {result: slope}
        memory = next((line.result for line in sheet.lines if line.result.symbol == "c"), None)
        if memory is not None:
            gate = next(line.result.value for line in sheet.lines if line.result.symbol == "o")
            here = slope * gate * (1.0 - float(np.tanh(memory.value)) ** 2)
            seeds[memory] = float(self.memory_slope[step, unit]) - here
        return seeds


def unroll(module: Any, inputs: Tensor, slopes: Any) -> Unrolled:
    """Go through one sequence by the cell's own formulas.

    Args:
        module: an RNN, LSTM or GRU of one layer that reads one way, batch first.
        inputs: ``(1, T, D)`` float64.
        slopes: of the loss at the layer's outputs, as ``{0: at all states, 1: at the last state, 2: at the last
            memory}``; None where it does not depend on them.
    """
    weights = {name: value.detach() for name, value in module.named_parameters()}
    size = module.hidden_size
    state = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    memory = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    states, memories = [], []
    zero = torch.zeros(1, dtype=torch.float64)
    with torch.enable_grad():
        for x in inputs[0]:
            told = weights["weight_ih_l0"] @ x + weights.get("bias_ih_l0", zero)
            own = weights["weight_hh_l0"] @ state + weights.get("bias_hh_l0", zero)
            if isinstance(module, torch.nn.LSTM):
                i, f, g, o = (told + own).split(size)
                memory = f.sigmoid() * memory + i.sigmoid() * g.tanh()
                state = o.sigmoid() * memory.tanh()
            elif isinstance(module, torch.nn.GRU):
                r, z = (told + own)[: 2 * size].sigmoid().split(size)
                n = (told[2 * size :] + r * own[2 * size :]).tanh()
                state = (1 - z) * n + z * state
            else:
                state = (told + own).relu() if module.nonlinearity == "relu" else (told + own).tanh()
            states.append(state)
            memories.append(memory)
        parts = slopes if isinstance(slopes, dict) else {0: slopes}
        loss = sum((states[-1] * 0).sum() for _ in range(1))
        if parts.get(0) is not None:
            loss = loss + (torch.stack(states) * parts[0][0]).sum()
        if parts.get(1) is not None:
            loss = loss + (states[-1] * parts[1].reshape(-1)).sum()
        if parts.get(2) is not None:
            loss = loss + (memories[-1] * parts[2].reshape(-1)).sum()
        wanted = [*states, *(memories if isinstance(module, torch.nn.LSTM) else [])]
        found = torch.autograd.grad(loss, wanted, allow_unused=True)
    zeros = torch.zeros(size, dtype=torch.float64)
    steep = [zeros if slope is None else slope for slope in found]
    count = len(states)

    def table(rows: list[Tensor]) -> Array:
        array: Array = torch.stack(rows).detach().numpy()
        return array

    later = steep[count:] or [zeros] * count
    return Unrolled(table(states), table(memories), table(steep[:count]), table(later))
