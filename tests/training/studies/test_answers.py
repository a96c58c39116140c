"""Answers of the validation samples: the matrix, the losses and the order of mistakes are those of the network."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from nnstudio.training.studies import rolling
from nnstudio.training.studies.answers import Answered, Answers
from nnstudio.training.studies.base import Unfinished
from tests.training.studies.subjects import digits, example, scene_of, see


def test_counts_losses_and_confidence_are_those_of_the_network() -> None:
    scene = scene_of(digits())
    found = see(Answers(), scene, Answered)
    rows = scene.dataset.validation
    scene.module.eval()
    with torch.no_grad():
        scores = scene.module(torch.from_numpy(scene.dataset.inputs[rows]))
    truth = torch.from_numpy(scene.dataset.targets[rows])
    assert found.rows.tolist() == rows.tolist()
    assert found.truth.tolist() == truth.tolist()
    assert found.answer.tolist() == scores.argmax(1).tolist()
    assert found.confidence == pytest.approx(scores.softmax(1).amax(1).numpy(), rel=1e-5)
    assert found.losses == pytest.approx(functional.cross_entropy(scores, truth, reduction="none").numpy(), rel=1e-5)
    for right in range(10):
        for said in range(10):
            wanted = int(((truth == right) & (scores.argmax(1) == said)).sum())
            assert found.counts[right, said] == wanted == len(found.cell(right, said))
    assert found.counts.sum() == found.total == len(rows)
    worst = [float(found.losses[index]) for index in found.worst()]
    assert worst == sorted(worst, reverse=True)


def test_a_cell_opens_its_samples() -> None:
    scene = scene_of(digits())
    found = see(Answers(), scene, Answered)
    right, said = np.unravel_index(int(found.counts.argmax()), found.counts.shape)
    for row in found.cell(int(right), int(said)):
        assert scene.dataset.targets[row] == right
        assert found.answer[found.rows.tolist().index(row)] == said


def test_slices_go_round_and_all_are_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rolling, "SLICE", 0.0)
    scene = scene_of(digits(), validation=80)
    first = Answers().see(scene)
    assert isinstance(first, Unfinished)
    assert isinstance(first.value, Answered)
    assert (len(first.value.rows), first.value.since) == (32, -1)
    whole = see(Answers(), scene, Answered)
    assert (len(whole.rows), whole.since) == (80, 7)
    scene.step = 8
    part = Answers().see(scene)
    assert isinstance(part, Unfinished)
    assert isinstance(part.value, Answered)
    assert (len(part.value.rows), part.value.since) == (80, 7)
    assert see(Answers(), scene, Answered).since == 8


def test_values_have_no_confusion() -> None:
    with pytest.raises(ValueError, match="classes"):
        Answers().see(scene_of(example("xor")))


@pytest.mark.parametrize("name", ["xor", "vae"])
def test_losses_are_told_of_every_task(name: str) -> None:
    scene = scene_of(example(name), validation=12)
    found = see(Answers(any_task=True), scene, Answered)
    assert (len(found.answer), found.counts.shape, len(found.losses)) == (0, (0, 0), 12)
    if name == "xor":
        scene.module.eval()
        with torch.no_grad():
            given = scene.module(torch.from_numpy(scene.dataset.inputs[found.rows]))
        wanted = scene.dataset.targets[found.rows]
        assert found.losses == pytest.approx(np.square(given.numpy() - wanted).mean(axis=1), rel=1e-5)
