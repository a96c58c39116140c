"""What normalisation, activations and noise compute, beyond the shapes that every layer is tried for."""

from __future__ import annotations

from math import exp
from typing import Any

import pytest
import torch
from torch import nn

from nnstudio.layers.catalog import catalog
from nnstudio.layers.spec import Signal
from tests.layers import oracle


def judged(kind: str, params: dict[str, Any], *tensors: torch.Tensor) -> torch.Tensor:
    """Return what a layer, fresh and training, makes of real tensors."""
    torch.manual_seed(0)
    (result,), _ = oracle.judge(kind, catalog()[kind].settings(params), list(tensors), "cpu")
    return result


def made(kind: str, params: dict[str, Any], *signals: Signal) -> nn.Module:
    """Construct a layer's module."""
    spec = catalog()[kind]
    assert spec.module is not None
    return oracle.construct(spec.module(spec.settings(params), *signals))


@pytest.fixture
def images() -> torch.Tensor:
    torch.manual_seed(2)
    return 3 * torch.randn(5, 6, 4, 7) + 2


@pytest.mark.parametrize(
    ("kind", "params", "together"),
    [
        ("BatchNorm2d", {}, (0, 2, 3)),
        ("LayerNorm", {}, (3,)),
        ("LayerNorm", {"num_axes": 3}, (1, 2, 3)),
        ("GroupNorm", {"num_groups": 1}, (1, 2, 3)),
        ("GroupNorm", {"num_groups": 6}, (2, 3)),
        ("InstanceNorm2d", {}, (2, 3)),
    ],
)
def test_numbers_that_are_normalised_together_have_mean_0_and_variance_1(
    images: torch.Tensor, kind: str, params: dict[str, Any], together: tuple[int, ...]
) -> None:
    y = judged(kind, params, images)
    mean, variance = y.mean(together), y.var(together, correction=0)
    torch.testing.assert_close(mean, torch.zeros_like(mean), atol=1e-5, rtol=0)
    torch.testing.assert_close(variance, torch.ones_like(variance), atol=1e-4, rtol=0)


def test_rms_norm_keeps_the_mean_and_brings_squares_to_1(images: torch.Tensor) -> None:
    y = judged("RMSNorm", {}, images)
    squares = y.square().mean(3)
    torch.testing.assert_close(squares, torch.ones_like(squares), atol=1e-4, rtol=0)
    assert bool((torch.sign(y) == torch.sign(images)).all())


def test_without_momentum_all_batches_count_the_same() -> None:
    norm = made("BatchNorm1d", {"momentum": None}, Signal((4,)))
    torch.manual_seed(1)
    batches = [torch.randn(8, 4) + step for step in range(3)]
    for batch in batches:
        norm(batch)
    torch.testing.assert_close(norm.get_buffer("running_mean"), torch.stack([b.mean(0) for b in batches]).mean(0))


def test_without_running_averages_evaluation_uses_the_batch(images: torch.Tensor) -> None:
    norm = made("BatchNorm2d", {"track_running_stats": False}, Signal((6, 4, 7)))
    torch.testing.assert_close(norm.eval()(images), norm.train()(images))


def test_a_channel_is_damped_by_its_neighbours() -> None:
    x = torch.zeros(1, 5, 1)
    x[0, 2], x[0, 3] = 1.0, 3.0
    y = judged("LocalResponseNorm", {"size": 3, "alpha": 3.0, "beta": 1.0, "k": 2.0}, x)
    torch.testing.assert_close(y[0, :, 0], torch.tensor([0.0, 0.0, 1 / 12, 3 / 12, 0.0]))


def test_channels_are_dropped_as_a_whole(images: torch.Tensor) -> None:
    y = judged("Dropout2d", {"p": 0.5}, images)
    dropped = (y == 0).flatten(2)
    assert bool((dropped.all(2) | ~dropped.any(2)).all())
    assert 0 < int(dropped.all(2).sum()) < 30


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize(
    ("shape", "axis", "dim"),
    [((5,), None, 1), ((4, 5), None, 2), ((3, 4, 5), None, 1), ((4, 5), 0, 1), ((4, 5), -2, 1)],
)
def test_shares_add_up_along_the_axis(kind: str, shape: tuple[int, ...], axis: int | None, dim: int) -> None:
    torch.manual_seed(3)
    y = judged(kind, {"axis": axis}, torch.randn(2, *shape))
    total = (y if kind == "Softmax" else y.exp()).sum(dim)
    torch.testing.assert_close(total, torch.ones_like(total))


@pytest.mark.parametrize(
    ("shape", "axis", "dim"), [((6,), None, 1), ((4, 6), None, 2), ((6, 4, 5), None, 1), ((6, 5), 0, 1)]
)
def test_the_second_half_of_the_features_gates_the_first(shape: tuple[int, ...], axis: int | None, dim: int) -> None:
    torch.manual_seed(3)
    x = torch.randn(2, *shape)
    first, second = x.narrow(dim, 0, 3), x.narrow(dim, 3, 3)
    torch.testing.assert_close(judged("GLU", {"axis": axis}, x), first * torch.sigmoid(second))


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        ("ReLU6", {}, [0, 0, 0, 0.5, 6]),
        ("PReLU", {"init": 0.5}, [-4, -0.5, 0, 0.5, 8]),
        ("SELU", {}, [1.7581 * (exp(-8) - 1), 1.7581 * (exp(-1) - 1), 0, 0.5254, 8.4056]),
        ("GELU", {}, [0, -0.1587, 0, 0.3457, 8]),
        ("GELU", {"approximate": "tanh"}, [0, -0.1588, 0, 0.3457, 8]),
        ("SiLU", {}, [-8 / (1 + exp(8)), -0.2689, 0, 0.3112, 7.9973]),
        ("Mish", {}, [-0.0027, -0.3034, 0, 0.3753, 8]),
        ("Hardswish", {}, [0, -1 / 3, 0, 0.2917, 8]),
        ("Softplus", {}, [0.0003, 0.3133, 0.6931, 0.9741, 8.0003]),
        ("Softplus", {"beta": 2.0, "threshold": 0.5}, [0, 0.0635, 0.3466, 0.5, 8]),
        ("Hardtanh", {"min_val": -2.0, "max_val": 3.0}, [-2, -1, 0, 0.5, 3]),
        ("Step", {}, [0, 0, 0, 1, 1]),
    ],
)
def test_activations_follow_their_formula(kind: str, params: dict[str, Any], expected: list[float]) -> None:
    y = judged(kind, params, torch.tensor([[-8.0, -1.0, 0.0, 0.5, 8.0]]))
    torch.testing.assert_close(y, torch.tensor([expected], dtype=torch.float32), atol=1e-4, rtol=0)


def test_a_step_lets_no_gradient_through() -> None:
    x = torch.randn(2, 3, requires_grad=True)
    y = judged("Step", {}, x)
    assert y.dtype == torch.float32
    assert not y.requires_grad


def test_prelu_learns_a_slope_for_each_channel() -> None:
    slopes = made("PReLU", {"per_channel": True}, Signal((3, 4, 4)))
    slopes(-torch.ones(2, 3, 4, 4) * torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1)).sum().backward()
    gradient = slopes.get_parameter("weight").grad
    assert gradient is not None
    assert gradient.tolist() == [-32, -64, -96]


def test_noise_is_added_only_while_training() -> None:
    noise = made("GaussianNoise", {"std": 0.5}, Signal((1000,)))
    x = torch.full((10, 1000), 3.0)
    torch.manual_seed(4)
    added = noise(x) - x
    assert float(added.mean()) == pytest.approx(0, abs=0.02)
    assert float(added.std()) == pytest.approx(0.5, abs=0.02)
    assert noise.eval()(x) is x


def test_a_code_is_drawn_while_training_and_is_the_mean_afterwards() -> None:
    sampling = made("Sampling", {}, Signal((1000,)), Signal((1000,)))
    mean = torch.full((10, 1000), 2.0, requires_grad=True)
    log_var = torch.full((10, 1000), -1.0, requires_grad=True)
    torch.manual_seed(4)
    z = sampling(mean, log_var)
    assert float(z.detach().mean()) == pytest.approx(2, abs=0.02)
    assert float(z.detach().std()) == pytest.approx(exp(-0.5), abs=0.02)
    z.square().sum().backward()
    assert mean.grad is not None
    assert log_var.grad is not None
    torch.testing.assert_close(mean.grad, 2 * z)
    torch.testing.assert_close(log_var.grad, z * (z - mean))
    assert sampling.eval()(mean, log_var) is mean
