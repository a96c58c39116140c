"""Saliency and Grad-CAM are the gradients that their formulas name."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.training.studies.saliency import GradCam, Heat, Saliency, Salient
from tests.training.studies.subjects import digits, example, points, scene_of, see


def test_gradient_is_the_rate_at_which_the_score_changes() -> None:
    scene = scene_of(points())
    scene.module.double().eval()
    scene.batch = lambda rows: (torch.from_numpy(scene.dataset.inputs[list(rows)]).double(), torch.zeros(1))  # type: ignore[method-assign]
    found = see(Saliency(3, target=1), scene, Salient)
    x = torch.from_numpy(scene.dataset.inputs[[3]]).double()
    for axis in range(2):
        step = torch.zeros(1, 2, dtype=torch.float64)
        step[0, axis] = 1e-5
        rate = (scene.module(x + step) - scene.module(x - step))[0, 1].item() / 2e-5
        assert found.gradient[axis] == pytest.approx(rate, abs=1e-9)
        assert found.strength[axis] == abs(found.gradient[axis])
    assert found.score == pytest.approx(scene.module(x)[0, 1].item(), abs=1e-12)


def test_picture_and_answer_of_the_network() -> None:
    scene = scene_of(digits())
    found = see(Saliency(5), scene, Salient)
    scene.module.eval()
    x = torch.from_numpy(scene.dataset.inputs[[5]]).requires_grad_()
    scores = scene.module(x)
    assert found.target == int(scores.argmax())
    gradient = torch.autograd.grad(scores[0, found.target], x)[0][0]
    assert np.array_equal(found.gradient, gradient.double().numpy())
    assert np.array_equal(found.strength, gradient.abs().amax(0).double().numpy())
    assert np.array_equal(found.inputs, scene.dataset.inputs[5])


def test_tokens_get_the_length_of_the_gradient_of_their_vectors() -> None:
    scene = scene_of(example("lstm-memory"))
    found = see(Saliency(2, target=1), scene, Salient)
    assert found.gradient.shape == (24, 16)
    assert found.strength == pytest.approx(np.linalg.norm(found.gradient, axis=1))
    assert found.strength.shape == (24,)
    embedding = scene.module.get_submodule("embedding_1")
    scene.module.eval()
    kept: list[torch.Tensor] = []
    hook = embedding.register_forward_hook(lambda _module, _args, value: kept.append(value))
    score = scene.module(torch.from_numpy(scene.dataset.inputs[[2]]))[0, 1]
    hook.remove()
    assert found.gradient == pytest.approx(torch.autograd.grad(score, kept[0])[0][0].numpy(), abs=1e-9)


def test_grad_cam_is_the_weighted_sum_of_the_maps() -> None:
    scene = scene_of(digits())
    found = see(GradCam(5, layer="conv_1", target=4), scene, Heat)
    assert found.layers == ("conv_1", "norm_1", "relu_1")
    scene.module.eval()
    module = scene.module
    x = torch.from_numpy(scene.dataset.inputs[[5]])
    maps = module.get_submodule("conv_1")(x)
    rest = module.get_submodule("relu_1")(module.get_submodule("norm_1")(maps)).flatten(1)
    score = module.get_submodule("scores")(rest)[0, 4]
    gradient = torch.autograd.grad(score, maps)[0][0]
    wanted = sum(gradient[channel].mean() * maps[0, channel] for channel in range(4))
    assert isinstance(wanted, torch.Tensor)
    assert found.heat == pytest.approx(wanted.clamp_min(0).detach().numpy(), abs=1e-6)
    assert found.score == pytest.approx(score.item(), rel=1e-5)


def test_grad_cam_looks_at_the_last_maps_by_itself() -> None:
    assert see(GradCam(1), scene_of(digits()), Heat).layer == "relu_1"


def test_grad_cam_needs_maps() -> None:
    with pytest.raises(ValueError, match="maps"):
        GradCam(1).see(scene_of(points()))
