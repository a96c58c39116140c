"""Saliency and Grad-CAM are the gradients that their formulas name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from nnstudio.training.scene import Scene
from nnstudio.training.studies.saliency import GradCam, Heat, Saliency, Salient
from nnstudio.training.studies.scores import score_of
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


def _gradient(scene: Scene, row: int, rule: Callable[[torch.Tensor], torch.Tensor]) -> tuple[float, torch.Tensor]:
    """Return the value of a rule for the network's answer, and its gradient by the sample, straight from autograd."""
    scene.module.eval()
    x = torch.from_numpy(scene.dataset.inputs[[row]]).requires_grad_()
    score = rule(scene.module(x)[0])
    return score.item(), torch.autograd.grad(score, x)[0][0].double()


def test_of_a_mask_the_scores_of_a_class_are_added_up() -> None:
    scene = scene_of(example("unet"), training=8, validation=4)
    found = see(Saliency(2, target=3), scene, Salient)
    score, gradient = _gradient(scene, 2, lambda scores: scores[3].sum())
    assert found.score == pytest.approx(score, rel=1e-5)
    assert found.gradient == pytest.approx(gradient.numpy(), abs=1e-6)
    assert found.strength == pytest.approx(gradient.abs().amax(0).numpy(), abs=1e-6)
    scene.module.eval()
    said = scene.module(torch.from_numpy(scene.dataset.inputs[[2]]))[0].argmax(0)
    sizes = [int((said == number).sum()) for number in range(1, 4)]
    assert see(Saliency(2), scene, Salient).target == (1 + sizes.index(max(sizes)) if any(sizes) else 0)


def test_of_boxes_the_shares_of_a_class_are_added_up() -> None:
    scene = scene_of(example("shape-detector"), training=8, validation=4)
    found = see(Saliency(1, target=2), scene, Salient)
    score, gradient = _gradient(scene, 1, lambda cells: (cells[0].sigmoid() * cells[5:].softmax(0)[2]).sum())
    assert found.score == pytest.approx(score, rel=1e-5)
    assert found.gradient == pytest.approx(gradient.numpy(), rel=1e-4, abs=1e-7)


def test_of_a_text_the_next_sign_is_asked_about() -> None:
    scene = scene_of(example("poet"), training=8, validation=4)
    found = see(Saliency(2, target=7), scene, Salient)
    embedding = scene.module.get_submodule("embedding_1")
    scene.module.eval()
    kept: list[torch.Tensor] = []
    hook = embedding.register_forward_hook(lambda _module, _args, value: kept.append(value))
    score = scene.module(torch.from_numpy(scene.dataset.inputs[[2]]))[0, -1, 7]
    hook.remove()
    gradient = torch.autograd.grad(score, kept[0])[0][0]
    assert found.score == pytest.approx(score.item(), rel=1e-5)
    assert found.strength == pytest.approx(gradient.double().norm(dim=1).numpy(), rel=1e-4, abs=1e-9)
    assert found.strength.shape == scene.dataset.inputs[2].shape


@pytest.mark.parametrize(("name", "target"), [("unet", 1), ("shape-detector", 0)])
def test_grad_cam_of_pictures_for_pictures(name: str, target: int) -> None:
    scene = scene_of(example(name), training=8, validation=4)
    found = see(GradCam(1, target=target), scene, Heat)
    sizes = {layer: see(GradCam(1, layer, target), scene, Heat).heat.size for layer in found.layers}
    assert found.heat.size == min(sizes.values()), "where the most is gathered"
    maps: dict[str, torch.Tensor] = {}
    x = torch.from_numpy(scene.dataset.inputs[[1]]).requires_grad_()
    scene.module.eval()
    output = scene.inside.look(x, maps.__setitem__, gradients=True)
    score, _ = score_of(scene.dataset.task, output, target)
    value = maps[found.layer]
    gradient = torch.autograd.grad(score, value)[0][0].double()
    wanted = (gradient.mean(dim=(1, 2))[:, None, None] * value[0].detach().double()).sum(0).clamp_min(0.0)
    assert found.heat == pytest.approx(wanted.numpy(), rel=1e-4, abs=1e-6)


def test_samples_that_come_out_again_have_no_class() -> None:
    with pytest.raises(ValueError, match="gives its samples again"):
        Saliency(1).see(scene_of(example("autoencoder")))
