"""The recipe: every setting of a run, checked and frozen. What each means stands in `nnstudio.training.settings`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from nnstudio.core.graph import Value

Learner = Literal["backprop", "perceptron", "hebb", "pseudo_inverse", "contrastive_divergence", "pretraining"]
Loss = Literal[
    "cross_entropy",
    "bce",
    "nll",
    "mse",
    "mae",
    "huber",
    "kl",
    "hinge",
    "rbf",
    "detection",
    "segmentation",
    "vae",
]
Optimizer = Literal["sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "lbfgs"]
Schedule = Literal["constant", "step", "exponential", "cosine", "one_cycle", "plateau"]
Device = Literal["cpu", "cuda", "mps"]
Precision = Literal["float32", "bf16"]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How a network is trained; meaning, limits and formula of each setting stand in `RECIPE_SETTINGS`."""

    learner: Learner = "backprop"
    cd_steps: int = 1
    pretraining_epochs: int = 10
    pretraining_rate: float = 0.1

    loss: Loss = "cross_entropy"
    label_smoothing: float = 0.0
    class_weights: Literal["none", "balanced"] = "none"
    huber_delta: float = 1.0
    rbf_margin: float = 1.0
    dice_share: float = 0.5
    box_weight: float = 5.0
    empty_weight: float = 0.5
    beta: float = 1.0

    optimizer: Optimizer = "adam"
    learning_rate: float = 0.003
    momentum: float = 0.9
    nesterov: bool = False
    beta1: float = 0.9
    beta2: float = 0.999
    smoothing: float = 0.99
    rho: float = 0.9
    lbfgs_iterations: int = 10
    lbfgs_history: int = 10

    schedule: Schedule = "constant"
    warmup_steps: int = 0
    step_every: int = 10
    step_factor: float = 0.1
    decay_rate: float = 0.95
    lowest_share: float = 0.0
    rise_share: float = 0.3
    start_divisor: float = 25.0
    end_divisor: float = 10_000.0
    plateau_patience: int = 5
    plateau_factor: float = 0.1

    weight_decay: float = 0.0
    l1: float = 0.0
    clipping: Literal["none", "norm", "value"] = "none"
    clip_at: float = 1.0
    early_stopping: bool = False
    patience: int = 5
    min_delta: float = 0.0
    keep_best: bool = True

    batch_size: int = 64
    shuffle: bool = True
    epochs: int = 20
    top_k: int = 5
    seed: int = 0

    device: Device = "cpu"
    precision: Precision = "float32"
    channels_last: bool = False
    deterministic: bool = False
    compile: bool = False


def recipe_of(settings: Mapping[str, Value]) -> Recipe:
    """Check what a project says about training and fill in the defaults.

    Raises:
        ValueError: a setting is unknown or has a value that cannot be; says what was expected and what came.
    """
    if not settings:
        return Recipe()
    # The form is made when it is asked for: a window that shows a new drawing does without.
    from nnstudio.data.settings import check_settings
    from nnstudio.training.settings.form import RECIPE_FIELDS

    return msgspec.convert(check_settings(RECIPE_FIELDS, settings), Recipe)
