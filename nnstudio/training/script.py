"""A whole training script to take home: the network, its data and its recipe as one file that needs torch and numpy.

The script does what `nnstudio.training.course` does, in the same order and from the same seed: on a processor its
losses are those of the run in the window. What a loss is in code says `script_losses`, what the other settings of the
recipe do `script_steps`.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import msgspec

from nnstudio.compiler.plan import Plan, Value
from nnstudio.compiler.source import write_source
from nnstudio.compiler.tracing import vocabularies
from nnstudio.core.words import tr
from nnstudio.data.dataset import NUMBERED
from nnstudio.layers.spec import Signal
from nnstudio.training import script_text
from nnstudio.training.recipe import Recipe
from nnstudio.training.script_losses import Objective, objective_of, own_text, weights_of
from nnstudio.training.script_steps import Steps
from nnstudio.training.suits import SUITS

if TYPE_CHECKING:
    from nnstudio.data.dataset import Dataset


_CALLED = (
    "argparse cut detection_loss functional load_data loss_of main make_up_data math num_right numpy os pathlib "
    "rbf_loss read_options segmentation_loss share_of_rate try_out vae_loss"
)
NAMES = frozenset(_CALLED.split())
"""What the script calls its own parts; no class of a layer may bear such a name."""

MADE_UP = 64
"""Samples of made-up data."""
_WORK = 2 * 10**11
"""Multiply-adds that one epoch on made-up data may take: some seconds on one core."""
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class Script:
    """A script, and the data that belong beside it.

    Attributes:
        text: Python.
        data: bytes of a .npz file; None where the script makes its data up.
    """

    text: str
    data: bytes | None


def write_script(
    plan: Plan, name: str, recipe: Recipe, data: Dataset | str, *, files: tuple[str, str], macs: int | None = None
) -> Script:
    """Write a training script.

    Args:
        plan: the network. Where the data are made up it must have no free lengths.
        name: the drawing's name.
        recipe: how it is trained.
        data: what it learns from; or why there are no data that fit, as a sentence, and then they are made up.
        files: names of the script's own file and of the data's, which it looks for beside itself.
        macs: multiply-adds of one sample, for choosing how many samples are made up.

    Raises:
        ValueError: the network has nothing to train, the loss has no meaning for the data, or the recipe asks for
            another learner than back-propagation.
    """
    script_file, data_file = files
    steps = Steps(recipe, has_validation=not isinstance(data, str))
    imports, classes, network = _taken_apart(write_source(plan, name))
    part = _made_up(plan, recipe, data, macs) if isinstance(data, str) else _given(data, recipe, data_file)
    about = [f"{_plain(name)}: a network drawn in NN Studio, with its data and its recipe.", part.about]
    if isinstance(data, str) and (lost := _lost(recipe)):
        about.append(f"What the recipe says of {lost} is left out: made-up data have nothing for it.")
    fields = {
        "network": network,
        "classes": classes.strip("\n"),
        "data": part.data,
        "loss": part.loss,
        "schedule": steps.schedule,
        "epochs": recipe.epochs,
        "batch_size": part.batch_size,
        "learning_rate": recipe.learning_rate,
        "seed": recipe.seed,
        "device": recipe.device,
    }
    body = script_text.BODY.format(**fields) + "\n".join(_main(part, network, steps)) + script_text.END
    head = script_text.HEAD.format(
        about="\n\n".join(fill(line, 98) for line in about), file=script_file, imports=_imports(imports, body)
    )
    # Parts come and go; between two of them there are always two empty lines.
    return Script(re.sub(r"\n{4,}", "\n\n\n", head + body), None if isinstance(data, str) else _packed(data))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What differs between scripts: the function that gives the data, and the loss."""

    about: str
    data: str
    loss: str
    batch_size: int
    has_right: bool
    is_given: bool
    many: bool = False


def _given(data: Dataset, recipe: Recipe, data_file: str) -> _Part:
    """Read a bundled data set from the file beside the script."""
    if recipe.loss not in SUITS[data.task]:
        text = tr("The loss {loss} has no meaning for {data}.", loss=recipe.loss, data=data.title)
        raise ValueError(text)
    objective = objective_of(recipe, data.task, data.num_outputs, weights_of(recipe, data))
    kind = "table positions, int64" if data.element == "index" else "float32"
    if data.task == "classification":
        truth = f"class numbers (N,), int64, for {', '.join(data.classes)}"
    elif data.task in NUMBERED:
        truth = f"class numbers {_tuple('N', *data.targets.shape[1:])}, int64, of {data.num_outputs}"
    else:
        truth = f"values {_tuple('N', *data.targets.shape[1:])}, float32"
    note = f"Inputs {_tuple('N', *data.shape)}, {kind}; targets are {truth}."
    return _Part(
        about=f"The data are {data.title.en}: {data_file} has to lie beside this file.",
        data=script_text.GIVEN.format(title=data.title.en, note=_folded(note, 4), file=data_file),
        loss=_loss(objective),
        batch_size=recipe.batch_size,
        has_right=bool(objective.right),
        is_given=True,
    )


def _made_up(plan: Plan, recipe: Recipe, reason: str, macs: int | None) -> _Part:
    """Make random data of the right shape, where there are none that fit."""
    values = {Value(step.name, index): s for step in plan.steps for index, s in enumerate(step.outputs)}
    values |= {Value(name): signal for name, signal in plan.inputs}
    outputs = [(name, values[value]) for name, value in plan.outputs]
    trained = [(name, signal) for name, signal in outputs if signal.element == "real"]
    if not trained:
        raise ValueError(tr("The network gives no numbers that training could compare with others."))
    count = MADE_UP if not macs else max(_FEWEST, min(MADE_UP, _WORK // (3 * macs)))
    sizes = vocabularies(plan)
    many = len(plan.inputs) > 1 or len(outputs) > 1
    inputs = [(name, _random(signal, count, sizes.get(name, 2))) for name, signal in plan.inputs]
    objective, targets = _made_up_targets(recipe, trained, count, many=many)
    named_inputs, named_targets = _named(inputs, "input"), _named(targets, "target")
    lines = [f"{name} = {made}" for name, made in (*named_inputs, *named_targets)]
    if many:
        given = ", ".join(f"({', '.join(name for name, _ in named)},)" for named in (named_inputs, named_targets))
        places = [index for index, (name, _) in enumerate(outputs) if (name, _) in trained]
        loss = script_text.MANY_LOSS.format(places=_tuple(*places))
        signature = "tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]"
    else:
        given, loss = f"{named_inputs[0][0]}, {named_targets[0][0]}", _loss(objective)
        signature = "tuple[torch.Tensor, torch.Tensor]"
    return _Part(
        about=(
            "THE DATA ARE MADE UP: random numbers of the right shape, as no data set of NN Studio fits "
            f"({reason.rstrip('.')}). Put your own where it says YOUR DATA HERE."
        ),
        data=script_text.MADE_UP.format(
            reason=_folded(reason, 4),
            lines="".join(f"    {line}\n" for line in lines),
            given=given,
            signature=signature,
        ),
        loss=loss,
        batch_size=min(recipe.batch_size, max(2, count // 2)),
        has_right=not many and bool(objective.right),
        is_given=False,
        many=many,
    )


def _made_up_targets(
    recipe: Recipe, trained: list[tuple[str, Signal]], count: int, *, many: bool
) -> tuple[Objective, list[tuple[str, str]]]:
    """Return the loss for made-up data, and what makes the targets of each output that is trained.

    One row of numbers is taken for scores of classes, where the recipe's loss is one for classes.
    """
    name, signal = trained[0]
    is_for_classes = recipe.loss not in SUITS["regression"] and recipe.loss in SUITS["classification"]
    width = signal.shape[0] if is_for_classes and not many and len(signal.shape) == 1 else 0
    if isinstance(width, int) and width > 1:
        numbers = f"torch.randint({width}, ({count},), generator=chance)"
        return objective_of(recipe, "classification", width), [(name, numbers)]
    usual = recipe if recipe.loss in SUITS["regression"] else msgspec.structs.replace(recipe, loss="mse")
    return objective_of(usual, "regression", 0), [(name, _random(signal, count, 0)) for name, signal in trained]


def _lost(recipe: Recipe) -> str:
    """Return what a recipe asks for that made-up data cannot serve."""
    lost = {
        "early stopping": recipe.early_stopping,
        "the schedule that waits for the validation loss": recipe.schedule == "plateau",
        "class weights": recipe.class_weights != "none",
        "the loss": recipe.loss in ("segmentation", "detection", "vae"),
    }
    return ", ".join(name for name, asked in lost.items() if asked)


def _loss(objective: Objective) -> str:
    given = "tuple[torch.Tensor, ...]" if objective.several else "torch.Tensor"
    text = "".join(f"{own_text(name)}\n\n\n" for name in objective.own)
    text += script_text.LOSS.format(loss=objective.loss, given=given)
    return text + (script_text.NUM_RIGHT.format(right=objective.right) if objective.right else "")


def _main(part: _Part, network: str, steps: Steps) -> Iterator[str]:
    """Give the lines of the training loop."""
    if part.is_given:
        yield from (script_text.TRY_OUT_RIGHT if part.has_right else script_text.TRY_OUT).splitlines()
    yield from script_text.BEGIN.format(network=network, optimizer=steps.optimizer, shape=steps.order).splitlines()
    if part.is_given:
        yield "    (inputs, targets), (held_inputs, held_targets) = load_data()"
        yield "    count = len(inputs)"
    else:
        yield "    inputs, targets = make_up_data()"
        yield f"    count = len(inputs{'[0]' if part.many else ''})"
    yield from _indented(steps.beginning, 4)
    yield from script_text.SHUFFLE.splitlines()
    yield "        total = 0.0"
    if part.has_right:
        yield "        right = 0"
    yield f"        for rows in cut({steps.rows}, options.batch_size):"
    yield from _indented(steps.before, 12)
    if part.many:
        yield "            given = [samples[rows].to(device) for samples in inputs]"
        yield "            target = tuple(values[rows].to(device) for values in targets)"
        forward = steps.forward("*given")
        forward.append("loss = loss_of(output if isinstance(output, tuple) else (output,), target)")
    else:
        yield "            x, target = inputs[rows].to(device), targets[rows].to(device)"
        yield from _indented(steps.arranging, 12)
        forward = [*steps.forward("x"), "loss = loss_of(output, target)"]
    yield from _indented(steps.step(forward), 12)
    if part.has_right:
        yield "            right += num_right(output, target)"
    if steps.is_scheduled:
        yield "            step += 1"
    yield '        line = f"epoch {epoch}/{options.epochs}  loss {total / count:.4f}"'
    if part.has_right:
        yield '        line += f"  accuracy {right / count:.4f}"'
    if part.is_given:
        held = "held_loss, held_right" if part.has_right else "held_loss"
        yield f"        {held} = try_out(model, held_inputs, held_targets, options.batch_size, device)"
        yield '        line += f"  validation loss {held_loss:.4f}"'
        if part.has_right:
            yield '        line += f"  validation accuracy {held_right:.4f}"'
    yield "        print(line, flush=True)"
    yield from _indented(steps.after_epoch, 8)
    yield from _indented(steps.ending, 4)


def _indented(lines: list[str], width: int) -> Iterator[str]:
    for line in lines:
        yield " " * width + line if line else ""


def _random(signal: Signal, count: int, size: int) -> str:
    shape = _tuple(count, *signal.shape)
    if signal.element == "index":
        return f"torch.randint({size}, {shape}, generator=chance)"
    return f"torch.randn({shape}, generator=chance)"


def _named(parts: list[tuple[str, str]], word: str) -> list[tuple[str, str]]:
    """Name local variables: ``inputs``, or several by number with the drawing's name as a comment."""
    if len(parts) == 1:
        return [(f"{word}s", parts[0][1])]
    return [(f"{word}_{number}", f"{made}  # {name}") for number, (name, made) in enumerate(parts, 1)]


def _taken_apart(source: str) -> tuple[list[str], str, str]:
    """Return the imports of a source, all that follows them, and the name of the network's class."""
    body = ast.parse(source).body
    lines = source.splitlines()
    imports = [node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    rest = [node for node in body[1:] if node not in imports]
    first = min(min([node.lineno, *(entry.lineno for entry in getattr(node, "decorator_list", []))]) for node in rest)
    network = [node.name for node in body if isinstance(node, ast.ClassDef)][-1]
    return [ast.unparse(node) for node in imports], "\n".join(lines[first - 1 :]) + "\n", network


def _imports(those_of_classes: list[str], body: str) -> str:
    """Write the imports: those that the classes ask for, and those of ours that the script uses."""
    own = [f"import {name}" for name in ("argparse", "math", "numpy", "pathlib") if f"{name}." in body]
    own += ["import os"] if "os.environ." in body else []
    lines = {*those_of_classes, *own, "import torch", "from torch import nn", "from torch.nn import functional"}
    ordered = sorted(
        lines, key=lambda line: (line.split()[1].partition(".")[0] in ("numpy", "torch"), line[:4] == "from", line)
    )
    first = [line for line in ordered if line.split()[1].partition(".")[0] not in ("numpy", "torch")]
    return "\n".join([*first, "", *ordered[len(first) :]])


def _packed(data: Dataset) -> bytes:
    import numpy as np

    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, inputs=data.inputs, targets=data.targets, training=data.training, validation=data.validation
    )
    return buffer.getvalue()


def _tuple(*parts: object) -> str:
    return f"({', '.join(map(str, parts))}{',' if len(parts) == 1 else ''})"


def _folded(text: str, indent: int) -> str:
    """Break a text into lines; a backslash or quotes that would end the docstring lose their meaning."""
    return fill(_plain(text), 98, subsequent_indent=" " * indent)


def _plain(text: str) -> str:
    return " ".join(text.replace("\\", "/").replace('"""', "'''").split()).rstrip('"') or "Untitled"
