"""Losses against sums worked out number by number, in float64."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from nnstudio.training.boxes import boxes_of
from nnstudio.training.losses import LOSSES, answers, balanced_weights, loss_value, shares
from nnstudio.training.recipe import Recipe
from nnstudio.training.settings.form import SETTING_BY_NAME
from nnstudio.training.suits import SUITS

EXACT = 1e-12


def scores(batch: int = 5, classes: int = 4) -> Tensor:
    return 2 * torch.randn(batch, classes, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


CLASSES = torch.tensor([3, 0, 1, 1, 2])
VALUES = torch.linspace(-3, 4, 20, dtype=torch.float64).reshape(5, 4)


def logs(row: list[float]) -> list[float]:
    total = sum(math.exp(z) for z in row)
    return [math.log(math.exp(z) / total) for z in row]


def per_row(rule: Callable[[list[float], int], float]) -> float:
    found = [rule(row, int(right)) for row, right in zip(scores().tolist(), CLASSES, strict=True)]
    return sum(found) / len(found)


def per_number(rule: Callable[[float, float], float], target: Tensor) -> float:
    pairs = list(zip(scores().flatten().tolist(), target.flatten().tolist(), strict=True))
    return sum(rule(y, t) for y, t in pairs) / len(pairs)


def check(value: Tensor, expected: float) -> None:
    assert value.ndim == 0
    assert value.dtype == torch.float64
    assert value.item() == pytest.approx(expected, abs=EXACT, rel=EXACT)


def test_cross_entropy() -> None:
    check(loss_value("cross_entropy", scores(), CLASSES, Recipe()), per_row(lambda row, right: -logs(row)[right]))


def test_cross_entropy_with_smooth_labels() -> None:
    def smooth(row: list[float], right: int) -> float:
        return -sum(((0.9 if c == right else 0.0) + 0.1 / 4) * value for c, value in enumerate(logs(row)))

    check(loss_value("cross_entropy", scores(), CLASSES, Recipe(label_smoothing=0.1)), per_row(smooth))


def test_cross_entropy_with_class_weights() -> None:
    weights = balanced_weights(CLASSES, 4).double()
    assert weights.tolist() == [1.25, 0.625, 1.25, 1.25], "5 samples / (4 classes · how many of this class)"
    each = [-logs(row)[c] * weights[c].item() for row, c in zip(scores().tolist(), CLASSES.tolist(), strict=True)]
    expected = sum(each) / weights[CLASSES].sum().item()
    check(loss_value("cross_entropy", scores(), CLASSES, Recipe(), weights), expected)
    check(loss_value("nll", scores().log_softmax(1), CLASSES, Recipe(loss="nll"), weights), expected)


def test_a_class_that_is_missing_weighs_one_so_that_validation_has_a_mean() -> None:
    weights = balanced_weights(torch.tensor([0, 0, 2]), 3)
    assert weights.tolist() == [0.5, 1.0, 1.0]
    assert loss_value("nll", torch.log(torch.tensor([[0.5, 0.25, 0.25]])), torch.tensor([1]), Recipe(), weights) > 0


def test_binary_cross_entropy() -> None:
    target = functional.one_hot(CLASSES, 4).double()

    def rule(z: float, t: float) -> float:
        share = 1 / (1 + math.exp(-z))
        return -(t * math.log(share) + (1 - t) * math.log(1 - share))

    check(loss_value("bce", scores(), target, Recipe()), per_number(rule, target))


def test_negative_log_likelihood() -> None:
    check(loss_value("nll", scores(), CLASSES, Recipe()), per_row(lambda row, right: -row[right]))


def test_errors_of_values() -> None:
    check(loss_value("mse", scores(), VALUES, Recipe()), per_number(lambda y, t: (y - t) ** 2, VALUES))
    check(loss_value("mae", scores(), VALUES, Recipe()), per_number(lambda y, t: abs(y - t), VALUES))


@pytest.mark.parametrize("delta", [0.3, 1.0, 50.0])
def test_huber_is_a_parabola_inside_and_a_line_outside(delta: float) -> None:
    def rule(y: float, t: float) -> float:
        r = abs(y - t)
        return r * r / 2 if r <= delta else delta * (r - delta / 2)

    check(loss_value("huber", scores(), VALUES, Recipe(huber_delta=delta)), per_number(rule, VALUES))


def test_kullback_leibler() -> None:
    wanted = VALUES.softmax(1)
    rows = zip(scores().tolist(), wanted.tolist(), strict=True)
    expected = sum(t * (math.log(t) - z) for row, right in rows for z, t in zip(row, right, strict=True)) / 5
    check(loss_value("kl", scores(), wanted, Recipe()), expected)
    one_hot = functional.one_hot(CLASSES, 4).double()
    check(loss_value("kl", scores(), one_hot, Recipe()), per_row(lambda row, right: -row[right]))


def test_hinge() -> None:
    def rule(row: list[float], right: int) -> float:
        return sum(max(0.0, 1 - row[right] + z) for c, z in enumerate(row) if c != right) / 4

    check(loss_value("hinge", scores(), CLASSES, Recipe()), per_row(rule))


@pytest.mark.parametrize("margin", [0.0, 1.0, 30.0])
def test_rbf_loss_of_lenet5(margin: float) -> None:
    distances = 3 * scores().abs()

    def rule(row: list[float], right: int) -> float:
        return row[right] + math.log(math.exp(-margin) + sum(math.exp(-y) for y in row))

    rows = zip(distances.tolist(), CLASSES.tolist(), strict=True)
    expected = sum(rule(row, right) for row, right in rows) / 5
    check(loss_value("rbf", distances, CLASSES, Recipe(rbf_margin=margin)), expected)


@pytest.mark.parametrize("name", ["cross_entropy", "nll", "hinge", "rbf", "kl"])
def test_places_count_like_samples(name: str) -> None:
    assert name in LOSSES
    kind = Recipe(loss=name).loss  # type: ignore[arg-type]
    output, target = scores(30).reshape(5, 6, 4).transpose(1, 2), torch.arange(30).reshape(5, 6) % 4
    flat, each = output.transpose(1, 2).reshape(30, 4), target.reshape(30)
    if kind == "kl":
        target, each = functional.one_hot(target, 4).transpose(1, 2).double(), functional.one_hot(each, 4).double()
    check(loss_value(kind, output, target, Recipe()), loss_value(kind, flat, each, Recipe()).item())


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_segmentation_mixes_pixels_and_areas(share: float) -> None:
    output = torch.randn(2, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    target = torch.arange(40).reshape(2, 4, 5) % 2  # the third class is nowhere
    p, entropy, inside, sums = output.softmax(1).numpy(), 0.0, np.zeros(3), np.zeros(3)
    for (b, y, x), c in np.ndenumerate(target.numpy()):
        entropy -= math.log(p[b, c, y, x]) / 40
        inside[c] += p[b, c, y, x]
        sums[c] += 1
        sums += p[b, :, y, x]
    dice = 1 - (2 * inside[:2] / sums[:2]).mean()
    check(loss_value("segmentation", output, target, Recipe(dice_share=share)), (1 - share) * entropy + share * dice)


def test_detection_counts_objects_boxes_and_classes() -> None:
    output = torch.randn(1, 7, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(5))
    boxes = torch.tensor([[[1.0, 0.7, 0.2, 0.3, 0.4], [-1.0, 0, 0, 0, 0]]], dtype=torch.float64)
    recipe = Recipe(box_weight=3.0, empty_weight=0.25)
    s = 1 / (1 + np.exp(-output[0].numpy()))
    expected = 0.0
    for y in range(2):
        for x in range(2):
            if (y, x) == (0, 1):  # the middle 0.7, 0.2 lies there, 0.4 from the left and from the top of the cell
                place = (s[1, y, x] - 0.4) ** 2 + (s[2, y, x] - 0.4) ** 2
                size = (math.sqrt(s[3, y, x]) - math.sqrt(0.3)) ** 2 + (math.sqrt(s[4, y, x]) - math.sqrt(0.4)) ** 2
                expected += -math.log(s[0, y, x]) + 3.0 * (place + size) - logs(output[0, 5:, y, x].tolist())[1]
            else:
                expected += -0.25 * math.log(1 - s[0, y, x])
    check(loss_value("detection", output, boxes, recipe), expected)
    middle_x, middle_y, width, height = boxes_of(output)[0, 0, 1].tolist()
    assert (middle_x, middle_y) == pytest.approx(((1 + s[1, 0, 1]) / 2, s[2, 0, 1] / 2))
    assert (width, height) == pytest.approx((s[3, 0, 1], s[4, 0, 1]))


def test_of_two_objects_in_one_cell_the_later_one_counts_and_an_empty_picture_is_fine() -> None:
    output = torch.randn(1, 7, 2, 2, dtype=torch.float64)
    first, second = [0.0, 0.1, 0.1, 0.5, 0.5], [1.0, 0.2, 0.3, 0.2, 0.2]
    both = loss_value("detection", output, torch.tensor([[first, second]], dtype=torch.float64), Recipe())
    one = loss_value("detection", output, torch.tensor([[second]], dtype=torch.float64), Recipe())
    check(both, one.item())
    none = loss_value("detection", output, torch.full((1, 2, 5), -1.0, dtype=torch.float64), Recipe())
    check(none, 0.5 * functional.softplus(output[:, 0]).sum().item())


def test_vae() -> None:
    rebuilt, wanted = scores(), VALUES
    mean, log_variance = scores(5, 3), scores(5, 3) / 2
    expected = 0.0
    for y, t, m, v in zip(rebuilt.tolist(), wanted.tolist(), mean.tolist(), log_variance.tolist(), strict=True):
        expected += sum((a - b) ** 2 for a, b in zip(y, t, strict=True)) / 5
        expected += 0.7 * sum(a * a + math.exp(b) - b - 1 for a, b in zip(m, v, strict=True)) / 2 / 5
    check(loss_value("vae", (rebuilt, mean, log_variance), wanted, Recipe(beta=0.7)), expected)
    with pytest.raises(ValueError, match="three Outputs"):
        loss_value("vae", rebuilt, wanted, Recipe())


def test_every_loss_has_a_rule_a_formula_and_a_task() -> None:
    names = SETTING_BY_NAME["loss"].field.options  # type: ignore[union-attr]
    assert {*LOSSES, "vae"} == set(names) == set(SETTING_BY_NAME["loss"].formulas)
    assert {loss for losses in SUITS.values() for loss in losses} == set(names)


def test_answers_and_shares() -> None:
    assert answers("cross_entropy", scores()).tolist() == scores().argmax(1).tolist()
    assert answers("rbf", scores()).tolist() == scores().argmin(1).tolist()
    for name in ("cross_entropy", "segmentation", "rbf"):
        assert torch.allclose(shares(name, scores()).sum(1), torch.ones(5, dtype=torch.float64))
    assert torch.allclose(shares("nll", scores().log_softmax(1)), scores().softmax(1))
    assert torch.allclose(shares("bce", scores()), scores().sigmoid())
    assert shares("mse", scores()).equal(scores())


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_gradients_are_right(name: str) -> None:
    kind = Recipe(loss=name).loss  # type: ignore[arg-type]
    output = 0.7 * torch.randn(3, 7, 2, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    target: Tensor = torch.arange(12).reshape(3, 2, 2) % 7
    if name == "detection":
        target = torch.tensor([[[1.0, 0.7, 0.2, 0.3, 0.4]]] * 3, dtype=torch.float64)
    elif name in ("bce", "mse", "mae", "huber", "kl"):
        target = functional.one_hot(target, 7).movedim(-1, 1).double()
    output.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss_value(kind, x, target, Recipe(huber_delta=0.5)), (output,))
