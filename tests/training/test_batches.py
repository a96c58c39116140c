"""Batches: the samples of an epoch in its order, laid out at once or picked one by one."""

from __future__ import annotations

import pytest
import torch

from nnstudio.training.batches import Deal, Part, cut


def some(count: int) -> Part:
    return Part(torch.arange(3.0 * count).reshape(count, 3), torch.arange(count))


@pytest.mark.parametrize(
    ("count", "size", "sizes"),
    [(8, 3, [3, 3, 2]), (7, 3, [3, 4]), (6, 3, [3, 3]), (2, 3, [2]), (1, 3, [1]), (4, 1, [1, 1, 1, 1]), (0, 3, [0])],
)
def test_batches_are_views_and_none_is_a_single_row_left_over(count: int, size: int, sizes: list[int]) -> None:
    rows = torch.arange(count)
    batches = cut(rows, size)
    assert [len(batch) for batch in batches] == sizes
    assert torch.equal(torch.cat(batches), rows)
    rows += 100
    assert torch.equal(torch.cat(batches), rows)


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("count", [6, 7, 8])
def test_every_epoch_has_its_own_order(count: int, at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    part = some(count)
    monkeypatch.setattr("nnstudio.training.batches.LAID_OUT_AT_MOST", part.num_bytes if at_once else part.num_bytes - 1)
    deal = Deal(part, 3)
    for seed in range(3):
        order = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
        deal.lay_out(order)
        for number, rows in enumerate(cut(order, 3)):
            inputs, targets = deal[number]
            assert torch.equal(inputs, part.inputs[rows])
            assert torch.equal(targets, rows)


def test_an_epoch_lies_where_the_last_one_lay() -> None:
    part = some(7)
    deal = Deal(part, 3)
    deal.lay_out(torch.arange(7))
    places = [deal[number][0].data_ptr() for number in range(2)]
    deal.lay_out(torch.arange(6, -1, -1))
    assert [deal[number][0].data_ptr() for number in range(2)] == places
    assert torch.equal(part.inputs, some(7).inputs)
