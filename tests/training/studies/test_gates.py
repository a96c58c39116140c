"""Gates read step by step give what torch's own layers give."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from nnstudio.training.studies.gates import Gates, GateTraces, run_gates
from tests.training.studies.subjects import example, points, scene_of, see


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2}, {"num_layers": 2, "bidirectional": True}, {"bias": False}])
@pytest.mark.parametrize("started", [False, True])
def test_states_equal_those_of_torch(kind: Any, options: dict[str, Any], started: bool) -> None:
    torch.manual_seed(1)
    module = kind(3, 5, batch_first=True, **options).double()
    steps = torch.randn(9, 3, dtype=torch.float64)
    levels = module.num_layers * (2 if module.bidirectional else 1)
    start = tuple(torch.randn(levels, 5, dtype=torch.float64) for _ in range(2 if kind is nn.LSTM else 1))
    given = None
    if started:
        given = (start[0][:, None], start[1][:, None]) if kind is nn.LSTM else start[0][:, None]
    with torch.no_grad():
        wanted, last = module(steps[None], given)
        found = run_gates(module, steps, start if started else None)
    top = [found[module.num_layers - 1, backward]["h"] for backward in (False, True)[: 1 + module.bidirectional]]
    assert torch.cat(top, dim=1).numpy() == pytest.approx(wanted[0].numpy(), abs=1e-9)
    if kind is nn.LSTM:
        place = levels - 1 - module.bidirectional
        assert found[module.num_layers - 1, False]["c"][-1].numpy() == pytest.approx(
            last[1][place, 0].numpy(), abs=1e-9
        )
        assert set(found[0, False]) == {"i", "f", "o", "g", "c", "h"}
    else:
        assert set(found[0, False]) == {"r", "z", "n", "h"}


def test_an_lstm_in_its_network() -> None:
    scene = scene_of(example("lstm-memory"))
    found = see(GateTraces(3), scene, Gates)
    assert (found.layer, found.layers) == ("lstm_1", ("lstm_1",))
    assert list(found.tokens) == scene.dataset.inputs[3].tolist()
    values: dict[str, torch.Tensor] = {}
    scene.module.eval()
    scene.inside.look(torch.from_numpy(scene.dataset.inputs[[3]]), values.__setitem__)
    assert found.traces["h"] == pytest.approx(values["lstm_1"][0].numpy(), abs=1e-5)
    for gate in "ifo":
        assert np.all((found.traces[gate] > 0) & (found.traces[gate] < 1))


def test_networks_without_gates_say_so() -> None:
    with pytest.raises(ValueError, match="gates"):
        GateTraces(0).see(scene_of(points()))
