"""Studies of texts, boxes, masks, samples drawn again and curves: they tell what the tensors say, without a trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from nnstudio.project.builder import Builder
from nnstudio.project.examples import EXAMPLES
from nnstudio.training.boxes import boxes_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies import writing
from nnstudio.training.studies.base import Study, Unfinished
from nnstudio.training.studies.fit import Curve, Fit
from nnstudio.training.studies.pictured import Boxes, Masks, Reconstructions
from nnstudio.training.studies.writing import Writing, Written
from tests.training.studies.scenes import convolution, scene_of


def scene(name: str) -> Scene:
    """Put an example before its data, after five steps of gradient descent."""
    made = scene_of(EXAMPLES[name]())
    optimizer = torch.optim.Adam(made.module.parameters(), 0.01)
    for start in range(0, 160, 32):
        inputs, targets = made.batch(tuple(range(start, start + 32)))
        optimizer.zero_grad()
        made.objective.loss(made.module(inputs), targets).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return made


def finish(study: Study, there: Scene) -> Any:
    while isinstance(value := study.see(there), Unfinished):
        pass
    return value


@pytest.mark.parametrize(
    ("name", "study"),
    [
        ("character-gpt", Writing(length=5)),
        ("poet", Writing(length=5)),
        ("shape-detector", Boxes((3, 1))),
        ("unet", Masks((3, 1))),
        ("autoencoder", Reconstructions((3, 1))),
        ("vae", Reconstructions((3, 1))),
        ("sine", Fit()),
    ],
)
def test_no_trace_is_left(name: str, study: Study) -> None:
    there = scene(name)
    there.module.train()
    state = {key: value.clone() for key, value in there.module.state_dict().items()}
    gradients = [weight.grad for weight in there.module.parameters()]
    chance = torch.get_rng_state()
    finish(study, there)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(torch.equal(value, state[key]) for key, value in there.module.state_dict().items())
    assert all(weight.grad is before for weight, before in zip(there.module.parameters(), gradients, strict=True))
    assert there.module.training


@pytest.mark.parametrize("study", [Writing(), Boxes((1,)), Masks((1,)), Reconstructions((1,)), Fit()])
def test_other_tasks_are_refused_in_words(study: Study) -> None:
    with pytest.raises(ValueError, match="This view is for"):
        study.see(scene_of(convolution()))


@pytest.mark.parametrize("name", ["character-gpt", "poet"])
def test_the_likeliest_sign_follows_at_temperature_0(name: str) -> None:
    there = scene(name)
    beginning = there.dataset.classes[5] + there.dataset.classes[7]
    found = finish(Writing(temperature=0, beginning=beginning, length=4), there)
    assert isinstance(found, Written)
    assert (found.beginning, len(found.text), found.before) == (beginning, 4, "")
    there.module.eval()
    text = beginning
    for sign in found.text:
        numbers = [there.dataset.classes.index(one) for one in text]
        # What stands behind a place cannot change what is said there.
        numbers += [0] * (there.dataset.shape[0] - len(numbers))
        with torch.no_grad():
            scores = there.module(torch.tensor([numbers]))
        assert there.dataset.classes[int(scores[0, len(text) - 1].argmax())] == sign
        text += sign


def test_slices_make_one_text_and_the_next_begins_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    there = scene("poet")
    whole = finish(Writing(length=6), there)
    there.desk.clear()
    monkeypatch.setattr(writing, "SLICE", 0.0)
    steps = [Writing(length=6).see(there) for _ in range(6)]
    assert all(isinstance(step, Unfinished) for step in steps[:5])
    assert [len(step.value.text) for step in steps[:5]] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]
    assert steps[5] == whole
    there.step += 1
    again = Writing(length=6).see(there)
    assert isinstance(again, Unfinished)
    assert isinstance(again.value, Written)
    assert (again.value.before, again.value.since) == (whole.text, there.step)


def test_a_seed_gives_the_same_text_and_another_another() -> None:
    there = scene("poet")
    first, again, other = (finish(Writing(1.0, seed=seed, length=12), there) for seed in (0, 0, 1))
    assert first.text == again.text != other.text


@pytest.mark.parametrize("both", [False, True])
def test_who_reads_backwards_too_is_found_out(both: bool) -> None:
    b = Builder("reader")
    h = b.add("Embedding", b.input("signs", shape=("T",), element="index"), num_embeddings=690, embedding_dim=8)
    h, _ = b.add("GRU", h, hidden_size=8, bidirectional=both)
    b.output(b.add("Linear", h, out_features=690), name="next")
    there = scene_of(b.project(data={"name": "poems"}))
    assert finish(Writing(length=2), there).looks_ahead is both


@pytest.mark.parametrize("name", ["character-gpt", "poet"])
def test_examples_only_look_back(name: str) -> None:
    assert finish(Writing(length=2), scene(name)).looks_ahead is False


def test_boxes_are_those_of_the_surest_cells() -> None:
    there = scene("shape-detector")
    (found,) = Boxes((5,), surest=-1.0).see(there)
    there.module.eval()
    with torch.no_grad():
        grid = there.module(torch.from_numpy(there.dataset.inputs[[5]]))
    cells = boxes_of(grid)[0].reshape(-1, 4)
    share, label = grid[0, 5:].softmax(0).reshape(3, -1).max(0)
    scores = grid[0, 0].sigmoid().reshape(-1) * share
    best = int(scores.argmax())
    first = found.found[0]
    assert first.label == int(label[best])
    assert (first.x, first.y, first.width, first.height) == pytest.approx(cells[best].tolist(), abs=1e-6)
    assert first.score == pytest.approx(float(scores[best]), abs=1e-6)
    true = there.dataset.targets[5]
    assert [(box.label, box.x) for box in found.truth] == [(int(row[0]), row[1]) for row in true if row[0] >= 0]
    assert np.array_equal(found.image, there.dataset.inputs[5])


def test_masks_take_the_highest_score() -> None:
    there = scene("unet")
    found = Masks((9, 4)).see(there)
    there.module.eval()
    with torch.no_grad():
        said = there.module(torch.from_numpy(there.dataset.inputs[[9, 4]])).argmax(1).numpy()
    for one, answer, row in zip(found, said, (9, 4), strict=True):
        assert np.array_equal(one.said, answer)
        assert np.array_equal(one.truth, there.dataset.targets[row])
        assert one.right == (answer == there.dataset.targets[row]).mean()


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_what_comes_out_stands_beside_the_sample(name: str) -> None:
    there = scene(name)
    (one,) = Reconstructions((7,)).see(there)
    there.module.eval()
    with torch.no_grad():
        output = there.module(torch.from_numpy(there.dataset.inputs[[7]]))
    again = (output if isinstance(output, torch.Tensor) else output[0])[0].numpy()
    if name == "autoencoder":  # the code of a VAE is drawn by chance
        assert np.array_equal(one.again, again)
    assert np.array_equal(one.original, there.dataset.inputs[7])
    assert one.off == pytest.approx(((one.again - one.original) ** 2).mean())


def test_the_curve_is_what_the_network_gives() -> None:
    there = scene("sine")
    found = Fit(points=11).see(there)
    assert isinstance(found, Curve)
    there.module.eval()
    with torch.no_grad():
        y = there.module(torch.from_numpy(found.x[:, None]))[:, 0].numpy()
    assert np.array_equal(found.y, y)
    assert found.x[0] < there.dataset.inputs.min()
    assert found.x[-1] > there.dataset.inputs.max()
