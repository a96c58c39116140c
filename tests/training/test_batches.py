"""Batches: the samples of an epoch in its order, laid out at once or picked one by one."""

from __future__ import annotations

import pytest
import torch

from nnstudio.training.batches import Deal, Part


@pytest.mark.parametrize("at_once", [True, False])
def test_every_epoch_has_its_own_order(at_once: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part(torch.arange(21.0).reshape(7, 3), torch.arange(7))
    monkeypatch.setattr("nnstudio.training.batches.LAID_OUT_AT_MOST", part.num_bytes if at_once else part.num_bytes - 1)
    deal = Deal(part, 3)
    for seed in range(3):
        order = torch.randperm(7, generator=torch.Generator().manual_seed(seed))
        deal.lay_out(order)
        for number, rows in enumerate((order[:3], order[3:6], order[6:])):
            inputs, targets = deal[number]
            assert torch.equal(inputs, part.inputs[rows])
            assert torch.equal(targets, rows)


def test_an_epoch_lies_where_the_last_one_lay() -> None:
    part = Part(torch.arange(21.0).reshape(7, 3), torch.arange(7))
    deal = Deal(part, 3)
    deal.lay_out(torch.arange(7))
    places = [deal[number][0].data_ptr() for number in range(3)]
    deal.lay_out(torch.arange(6, -1, -1))
    assert [deal[number][0].data_ptr() for number in range(3)] == places
    assert torch.equal(part.inputs, torch.arange(21.0).reshape(7, 3))
