"""Every loss of every task is written out: its number and all slopes equal autograd in float64 within 1e-9."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.core.graph import Value
from nnstudio.data.dataset import Task
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.training.drill.frozen import LOSS, Frozen
from nnstudio.training.drill.sheet import Sheet
from nnstudio.training.suits import SUITS, TAKES_LOGARITHMS
from tests.training.studies.scenes import scene_of

CLOSE = 1e-9


def drawing(task: Task, loss: str, **recipe: Value) -> Project:
    """The smallest network for a task; losses of logarithms get those of shares."""
    b, axis = Builder("Loss"), -1
    if task == "classification":
        data, h = "iris", b.add("Linear", b.input("x", shape=(4,)), out_features=3)
    elif task == "regression":
        data, h = "xor", b.add("Linear", b.input("x", shape=(2,)), out_features=1)
    elif task == "sequence":
        signs = b.input("x", shape=("T",), element="index")
        data, h = "parity", b.add("Embedding", signs, num_embeddings=2, embedding_dim=2)
    elif task == "segmentation":
        picture = b.input("x", shape=(1, 32, 32))
        data, h, axis = "shape_masks", b.add("Conv2d", picture, out_channels=4, kernel_size=1), 0
    elif task == "detection":
        picture = b.input("x", shape=(1, 32, 32))
        data, h = "shape_boxes", b.add("Conv2d", picture, out_channels=8, kernel_size=8, stride=8)
    else:
        data, h = "digit_pictures", b.add("Conv2d", b.input("x", shape=(1, 8, 8)), out_channels=1, kernel_size=1)
    if loss == "vae":
        flat = b.add("Flatten", h)
        codes = [b.add("Linear", flat, out_features=3) for _ in range(2)]
    b.output(b.add("LogSoftmax", h, axis=axis) if loss in TAKES_LOGARITHMS else h, name="y")
    for number, code in enumerate(codes if loss == "vae" else ()):
        b.output(code, name=f"code_{number}")
    return b.project(data={"name": data}, recipe={"loss": loss, **recipe})


def check(project: Project, row: int = 2) -> None:
    """Hold the number and all its slopes against autograd."""
    frozen, sheet = Frozen(scene_of(project, seed=1), row), Sheet()
    result = frozen.write(sheet, LOSS, ())
    assert result.value == pytest.approx(frozen.loss.item(), abs=CLOSE)
    outputs = next(node for node in frozen.graph.graph.nodes if node.op == "output").all_input_nodes
    told = {(leaf.origin.name, leaf.origin.index): leaf.slope for leaf in sheet.leaves}
    for node in outputs:
        tensor = frozen.graph.env[node]
        slope = frozen._loss_slope(node)
        exact = np.zeros(tuple(tensor.shape[1:])) if slope is None else slope[0].numpy()
        for place in np.ndindex(*exact.shape):
            origin = frozen.origin(node, place)
            assert told.get((origin.name, origin.index), 0.0) == pytest.approx(exact[place], abs=CLOSE)


TASKS: tuple[Task, ...] = ("classification", "regression", "sequence", "reconstruction", "segmentation", "detection")


@pytest.mark.parametrize(("task", "loss"), [(task, loss) for task in TASKS for loss in SUITS[task]])
def test_every_loss_of_every_task(task: Task, loss: str) -> None:
    check(drawing(task, loss))


@pytest.mark.parametrize(
    ("task", "settings"),
    [
        ("classification", {"loss": "cross_entropy", "label_smoothing": 0.2}),
        ("classification", {"loss": "cross_entropy", "label_smoothing": 0.2, "class_weights": "balanced"}),
        ("sequence", {"loss": "cross_entropy", "class_weights": "balanced"}),
        ("sequence", {"loss": "nll", "class_weights": "balanced"}),
        ("regression", {"loss": "huber", "huber_delta": 0.1}),
        ("classification", {"loss": "rbf", "rbf_margin": 3.0}),
        ("segmentation", {"loss": "segmentation", "dice_share": 1.0}),
        ("segmentation", {"loss": "segmentation", "dice_share": 0.0}),
        ("segmentation", {"loss": "segmentation", "dice_share": 0.3, "class_weights": "balanced"}),
        ("detection", {"loss": "detection", "box_weight": 2.0, "empty_weight": 1.5}),
        ("reconstruction", {"loss": "vae", "beta": 4.0}),
    ],
)
def test_settings_of_losses_count(task: Task, settings: dict[str, Value]) -> None:
    check(drawing(task, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["shape-detector", "unet", "vae", "parity", "character-gpt", "autoencoder"])
def test_losses_of_examples(name: str) -> None:
    check(ALL[name]())


def test_too_large_a_loss_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.training.drill.losses.MOST", 2)
    with pytest.raises(ValueError, match="3 numbers is not written out"):
        check(drawing("classification", "mse"))
