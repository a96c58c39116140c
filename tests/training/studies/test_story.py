"""The story of a sample: values are the network's, guesses those of the nearest mean."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.training.studies.story import Story, Told
from tests.training.studies.subjects import Trace, digits, example, scene_of, see


def test_values_and_nearest_means() -> None:
    scene = scene_of(digits())
    before = Trace(scene)
    told = see(Story(3, means=60, tries=40), scene, Told)
    before.assert_same()
    assert [chapter.layer for chapter in told.chapters] == [
        "image",
        "conv_1",
        "norm_1",
        "relu_1",
        "flat",
        "drop_1",
        "scores",
    ]
    data = scene.dataset
    scene.module.eval()
    x = torch.from_numpy(data.inputs[[3]])
    with torch.no_grad():
        scores = scene.module(x)
    assert np.array_equal(told.chapters[0].value, data.inputs[3])
    assert told.chapters[-1].value == pytest.approx(scores[0].numpy(), abs=1e-6)
    assert told.output == pytest.approx(scores.softmax(1)[0].numpy(), abs=1e-6)
    assert (told.answer, told.truth) == (int(scores.argmax()), int(data.targets[3]))
    assert told.loss == pytest.approx(-float(scores.log_softmax(1)[0, told.truth]), rel=1e-5)
    flat = data.inputs.reshape(len(data.inputs), -1)
    means = {kind: flat[[r for r in data.training if data.targets[r] == kind]].mean(axis=0) for kind in range(10)}

    def nearest(row: int) -> int:
        return min(means, key=lambda kind: float(np.square(flat[row] - means[kind]).sum()))

    assert told.chapters[0].guess == nearest(3)
    share = np.mean([nearest(row) == data.targets[row] for row in data.validation])
    assert told.chapters[0].right == pytest.approx(share)


def test_without_classes_there_are_no_guesses() -> None:
    told = see(Story(3), scene_of(example("xor")), Told)
    assert told.answer is None
    assert all(chapter.guess is None for chapter in told.chapters)
