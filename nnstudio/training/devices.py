"""Devices: where a run works."""

from __future__ import annotations

import torch

from nnstudio.core.words import tr
from nnstudio.training.recipe import Device


def find_device(name: Device) -> torch.device:
    """Return the device a recipe asks for.

    Raises:
        ValueError: this computer has no such device, or this torch cannot use it.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            tr("No NVIDIA graphics card can be used here; choose the processor (CPU) as the device of the recipe.")
        )
    if name == "mps" and not torch.backends.mps.is_available():
        raise ValueError(
            tr("No Apple graphics can be used here; choose the processor (CPU) as the device of the recipe.")
        )
    return torch.device(name)


def available_devices() -> tuple[Device, ...]:
    """Return the devices that a run can use here; the processor is always the first."""
    found: list[Device] = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)
