"""Gate traces: what the gates of an LSTM or a GRU do at each place of a sample, computed from the layer's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from nnstudio.core.words import tr
from nnstudio.training.studies.base import Scene, Study
from nnstudio.training.studies.samples import check_sample, tokens_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor

    from nnstudio.training.calls import Call


class Gates(msgspec.Struct, frozen=True, eq=False):
    """Gates over the places of one sample.

    Attributes:
        sample: row of the data set.
        layer: the recurrent layer, with the number of the level, and ← for backward reading, where it has several.
        layers: all of the network.
        traces: by name ``(T, H)``: i, f, o, g, c, h of an LSTM; r, z, n, h of a GRU. Of backward reading, place t is
            still that of the sample.
        tokens: the sample's signs, where it is a row of signs; else empty.
    """

    sample: int
    layer: str
    layers: tuple[str, ...]
    traces: dict[str, npt.NDArray[np.float64]]
    tokens: tuple[int, ...]


class GateTraces(Study, frozen=True):
    """Follows the gates of one recurrent layer through one sample.

    Attributes:
        sample: row of the data set.
        layer: its name; empty for the first one.
    """

    sample: int
    layer: str = ""

    def see(self, scene: Scene) -> object:
        """Return `Gates`.

        Raises:
            ValueError: the network has neither LSTM nor GRU.
        """
        import torch
        from torch import nn

        from nnstudio.training.calls import Calls, is_module

        check_sample(scene.dataset, self.sample)
        inputs, _ = scene.batch((self.sample,))
        with scene.untouched(), torch.no_grad():
            calls = Calls(scene.inside.module, is_module(nn.LSTM, nn.GRU)).find(inputs)
            if not calls:
                raise ValueError(tr("This network has neither an LSTM nor a GRU, so there are no gates to see."))
            offered = {name: traces for call in calls for name, traces in _traces(call).items()}
        layer = self.layer if self.layer in offered else next(iter(offered))
        return Gates(
            sample=self.sample,
            layer=layer,
            layers=tuple(offered),
            traces={name: trace.double().cpu().numpy().copy() for name, trace in offered[layer].items()},
            tokens=tokens_of(scene.dataset, self.sample),
        )


def _traces(call: Call) -> dict[str, dict[str, Tensor]]:
    """Return the traces of every level and direction of a call, by what a person reads."""
    module = call.target
    found = {}
    for (level, backward), traces in run_gates(module, *_given(call)).items():
        name = call.layer + (f" {level + 1}" if module.num_layers > 1 else "") + (" ←" if backward else "")
        found[name] = traces
    return found


def _given(call: Call) -> tuple[Tensor, Any]:
    """Return what the first sample gives the layer: steps ``(T, D)``, cut where its sequence ends, and first states."""
    start = call.args[1] if len(call.args) > 1 else call.kwargs.get("hx")
    steps = call.args[0][0]
    lengths = call.kwargs.get("lengths")
    if lengths is not None:
        steps = steps[: max(1, min(len(steps), int(lengths[0])))]
    if isinstance(start, (tuple, list)):
        return steps, tuple(state[:, 0] for state in start)
    return steps, None if start is None else (start[:, 0],)


def run_gates(module: Any, steps: Tensor, start: Any = None) -> dict[tuple[int, bool], dict[str, Tensor]]:
    """Read ``steps (T, D)`` step by step, and return each level's and direction's gates and states ``(T, H)``.

    LSTM: i, f, o = σ(Wx + b + Uh + d), g = tanh(…), c = f⊙c + i⊙g, h = o⊙tanh c (Hochreiter and Schmidhuber 1997; the
    forget gate by Gers and others 2000). GRU: r, z = σ(…), n = tanh(Wx + b + r⊙(Uh + d)), h = (1 − z)⊙n + z⊙h (Cho and
    others 2014, in torch's form).

    Args:
        module: `torch.nn.LSTM` or `torch.nn.GRU`.
        steps: what it reads.
        start: first states ``(levels · directions, H)``: (h,), or (h, c) for an LSTM; zeros where None.
    """
    import torch
    from torch import nn

    read = _lstm if isinstance(module, nn.LSTM) else _gru
    found: dict[tuple[int, bool], dict[str, Tensor]] = {}
    for level in range(module.num_layers):
        states = []
        for backward in (False, True)[: 2 if module.bidirectional else 1]:
            weights = _weights(module, level, backward)
            place = level * (2 if module.bidirectional else 1) + backward
            zeros = steps.new_zeros(module.hidden_size)
            first = (zeros, zeros) if start is None else tuple(state[place] for state in start)
            traces = read(weights, steps.flip(0) if backward else steps, first)
            if backward:
                traces = {name: trace.flip(0) for name, trace in traces.items()}
            found[level, backward] = traces
            states.append(traces["h"])
        steps = torch.cat(states, dim=1)
    return found


def _weights(module: Any, level: int, backward: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return torch's W, U, b and d of one level; biases are zero where it has none."""
    end = f"_l{level}" + ("_reverse" if backward else "")
    w, u = getattr(module, f"weight_ih{end}"), getattr(module, f"weight_hh{end}")
    if not module.bias:
        return w, u, w.new_zeros(len(w)), w.new_zeros(len(w))
    return w, u, getattr(module, f"bias_ih{end}"), getattr(module, f"bias_hh{end}")


def _lstm(weights: tuple[Tensor, ...], steps: Tensor, start: tuple[Tensor, ...]) -> dict[str, Tensor]:
    import torch

    w, u, b, d = weights
    h, c = start
    rows = []
    for x in steps @ w.T + b:
        i, f, g, o = (x + u @ h + d).chunk(4)  # torch's order
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        rows.append(torch.stack((i, f, o, g, c, h)))
    return dict(zip("ifogch", torch.stack(rows, dim=1), strict=True))


def _gru(weights: tuple[Tensor, ...], steps: Tensor, start: tuple[Tensor, ...]) -> dict[str, Tensor]:
    import torch

    w, u, b, d = weights
    h = start[0]
    rows = []
    for x in steps @ w.T + b:
        before = u @ h + d
        (xr, xz, xn), (hr, hz, hn) = x.chunk(3), before.chunk(3)  # torch's order
        r, z = (xr + hr).sigmoid(), (xz + hz).sigmoid()
        n = (xn + r * hn).tanh()
        h = (1.0 - z) * n + z * h
        rows.append(torch.stack((r, z, n, h)))
    return dict(zip("rznh", torch.stack(rows, dim=1), strict=True))
