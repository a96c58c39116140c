"""What a recipe does in each step and each epoch, as lines of Python for training scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nnstudio.core.words import tr
from nnstudio.training.recipe import Optimizer, Recipe

OPTIMIZERS: Final[Mapping[Optimizer, str]] = {
    "sgd": (
        "torch.optim.SGD(\n        weights, lr=options.learning_rate, momentum={momentum}, nesterov={with_nesterov}, "
        "weight_decay={weight_decay}, fused=True\n    )"
    ),
    "adam": (
        "torch.optim.Adam(\n        weights, lr=options.learning_rate, betas=({beta1}, {beta2}), "
        "weight_decay={weight_decay}, fused=True\n    )"
    ),
    "adamw": (
        "torch.optim.AdamW(\n        weights, lr=options.learning_rate, betas=({beta1}, {beta2}), "
        "weight_decay={weight_decay}, fused=True\n    )"
    ),
    "rmsprop": (
        "torch.optim.RMSprop(weights, lr=options.learning_rate, alpha={smoothing}, weight_decay={weight_decay})"
    ),
    "adagrad": "torch.optim.Adagrad(weights, lr=options.learning_rate, weight_decay={weight_decay})",
    "adadelta": "torch.optim.Adadelta(weights, lr=options.learning_rate, rho={rho}, weight_decay={weight_decay})",
    "lbfgs": (
        "torch.optim.LBFGS(\n        weights, lr=options.learning_rate, max_iter={lbfgs_iterations}, "
        'history_size={lbfgs_history},\n        line_search_fn="strong_wolfe",\n    )'
    ),
}
"""The recipe's optimizers."""

_SHARES: Final[Mapping[str, str]] = {
    "constant": "    return 1.0",
    "plateau": "    return 1.0",
    "step": "    return {step_factor} ** (done // steps_per_epoch // {step_every})",
    "exponential": "    return {decay_rate} ** (done // steps_per_epoch)",
    "cosine": (
        "    whole = max(1, epochs * steps_per_epoch - {warmup_steps})\n"
        "    return {lowest_share} + (1 - {lowest_share}) * (1 + math.cos(math.pi * min(1.0, done / whole))) / 2"
    ),
    "one_cycle": (
        "    whole = max(1, epochs * steps_per_epoch - {warmup_steps})\n"
        "    done, top = min(done, whole - 1), {rise_share} * whole - 1\n"
        "    if done <= top:\n"
        "        first, last, part = 1 / {start_divisor}, 1.0, done / top if top else 1.0\n"
        "    else:\n"
        "        first, last = 1.0, 1 / {start_divisor} / {end_divisor}\n"
        "        part = (done - top) / (whole - 1 - top) if whole - 1 > top else 1.0\n"
        "    return last + (first - last) / 2 * (1 + math.cos(math.pi * part))"
    ),
}


_CHECK: Final = (
    "if not math.isfinite(loss.item()):",
    '    raise SystemExit("The loss is no finite number any more: a smaller --learning-rate usually helps.")',
)
_TOTAL: Final = "total += loss.item() * len(rows)"


class Steps:
    """The lines that a recipe adds to the training loop; each of its texts is empty where nothing is asked for.

    Args:
        recipe: how it is trained.
        has_validation: whether there are samples to validate on; without, nothing follows the validation loss.

    Raises:
        ValueError: another learner than back-propagation.
    """

    def __init__(self, recipe: Recipe, *, has_validation: bool) -> None:
        if recipe.learner != "backprop":
            text = tr("A training script is written for back-propagation only; choose it as the learner of the recipe.")
            raise ValueError(text)
        self._recipe = recipe
        self._values = {name: repr(getattr(recipe, name)) for name in recipe.__struct_fields__}
        self._values["with_nesterov"] = repr(recipe.nesterov and recipe.momentum > 0)
        self.is_scheduled = recipe.schedule not in ("constant", "plateau") or recipe.warmup_steps > 0
        self.has_plateau = recipe.schedule == "plateau" and has_validation
        self.stops_early = recipe.early_stopping and has_validation
        self.is_search = recipe.optimizer == "lbfgs"

    @property
    def optimizer(self) -> str:
        """The expression that makes it."""
        return OPTIMIZERS[self._recipe.optimizer].format(**self._values)

    @property
    def schedule(self) -> str:
        """The function that says which share of the rate a step takes."""
        if not self.is_scheduled:
            return ""
        warm = self._recipe.warmup_steps
        lines = [
            "def share_of_rate(step: int, steps_per_epoch: int, epochs: int) -> float:",
            '    """Return which share of the learning rate a step takes; the first is 0."""',
        ]
        if warm:
            lines += [f"    if step < {warm}:", f"        return (step + 1) / {warm}"]
        lines += (
            [f"    done = step - {warm}" if warm else "    done = step"] if self._recipe.schedule in _USE_DONE else []
        )
        return "\n".join([*lines, _SHARES[self._recipe.schedule].format(**self._values), "", "", ""])

    @property
    def beginning(self) -> list[str]:
        """Lines before the first epoch, once model, optimizer and data are there."""
        lines = []
        if self._recipe.deterministic:
            lines += ['os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")']
            lines += ["torch.use_deterministic_algorithms(True)"]
        if self._recipe.compile:
            lines.append("compiled = torch.compile(model)")
        if self.is_scheduled:
            lines += ["steps_per_epoch = len(cut(torch.arange(count), options.batch_size))", "step = 0"]
        if self.has_plateau:
            lines += ["share, lowest, stalled = 1.0, math.inf, 0"]
        if self.stops_early:
            lines += ["best, best_epoch, waited = math.inf, 0, 0"]
        return lines

    @property
    def before(self) -> list[str]:
        """Lines at the begin of a step."""
        shares = ["share_of_rate(step, steps_per_epoch, options.epochs)"] if self.is_scheduled else []
        shares += ["share"] if self.has_plateau else []
        if not shares:
            return []
        lines = ["for group in optimizer.param_groups:"]
        lines.append(f'    group["lr"] = options.learning_rate * {" * ".join(shares)}')
        return lines

    def forward(self, inputs: str) -> list[str]:
        """Lines that make ``output`` of the inputs."""
        model = "compiled" if self._recipe.compile else "model"
        if self._recipe.precision == "float32":
            return [f"output = {model}({inputs})"]
        return [
            "with torch.autocast(device.type, torch.bfloat16):",
            f"    output = {model}({inputs})",
            "output = output.float() if isinstance(output, torch.Tensor) else tuple(part.float() for part in output)",
        ]

    @property
    def order(self) -> str:
        """What comes behind the model's making, for another order in memory."""
        return ".to(memory_format=torch.channels_last)" if self._recipe.channels_last else ""

    @property
    def arranging(self) -> list[str]:
        """Lines that bring the inputs ``x`` into the order in memory that the recipe asks for."""
        if not self._recipe.channels_last:
            return []
        return ["if x.ndim == 4:", "    x = x.contiguous(memory_format=torch.channels_last)"]

    @property
    def rows(self) -> str:
        """The expression for the order of an epoch's samples."""
        return "torch.randperm(count, generator=shuffler)" if self._recipe.shuffle else "torch.arange(count)"

    def step(self, forward: list[str]) -> list[str]:
        """Lines from the inputs to the changed weights.

        Args:
            forward: lines that make ``output`` and ``loss``.
        """
        if not self.is_search:
            return [
                *forward,
                *_CHECK,
                "optimizer.zero_grad()",
                "loss.backward()",
                *self.shaping,
                "optimizer.step()",
                _TOTAL,
            ]
        tried = ["optimizer.zero_grad()", *forward, "first.append(output)", *_CHECK, "loss.backward()", *self.shaping]
        return [
            "first = []",
            "",
            "def try_out_batch() -> torch.Tensor:",
            *(f"    {line}" for line in (*tried, "return loss")),
            "",
            "loss = optimizer.step(try_out_batch)",
            "output = first[0]",
            _TOTAL,
        ]

    @property
    def shaping(self) -> list[str]:
        """Lines between the gradients and the step."""
        recipe, lines = self._recipe, []
        if recipe.l1 > 0:
            lines += ["for weight in weights:", "    if weight.grad is not None:"]
            lines += [f"        weight.grad.add_(weight.detach().sign(), alpha={recipe.l1})"]
        if recipe.clipping != "none":
            clip = "norm_" if recipe.clipping == "norm" else "value_"
            lines.append(f"nn.utils.clip_grad_{clip}(weights, {recipe.clip_at})")
        return lines

    @property
    def after_epoch(self) -> list[str]:
        """Lines behind the validation of an epoch."""
        recipe, lines = self._recipe, []
        if self.has_plateau:
            lines += [
                "lowest, stalled = (held_loss, 0) if held_loss < lowest else (lowest, stalled + 1)",
                f"if stalled > {recipe.plateau_patience}:",
                f"    share, stalled = share * {recipe.plateau_factor}, 0",
            ]
        if self.stops_early:
            lines += [
                f"if held_loss < best - {recipe.min_delta}:",
                "    best, best_epoch, waited = held_loss, epoch, 0",
            ]
            if recipe.keep_best:
                lines.append("    kept = {name: value.detach().clone() for name, value in model.state_dict().items()}")
            lines += ["else:", "    waited += 1", f"if waited >= {recipe.patience}:"]
            lines += ['    print(f"stopped: no lower validation loss for {waited} epochs")', "    break"]
        return lines

    @property
    def ending(self) -> list[str]:
        """Lines behind the last epoch."""
        if self.stops_early and self._recipe.keep_best:
            return ["if best_epoch:", "    model.load_state_dict(kept)"]
        return []


_USE_DONE: Final = frozenset({"step", "exponential", "cosine", "one_cycle"})
