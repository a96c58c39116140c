"""The harness itself: every kind passes a few trials, and what is wrong on purpose is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from nnstudio.compiler.link import link
from nnstudio.compiler.plan import Plan
from nnstudio.compiler.source import write_source
from nnstudio.core.words import Words
from nnstudio.layers.catalog import _Catalog, catalog
from nnstudio.layers.kinds import linear
from nnstudio.layers.parameters import Float
from nnstudio.layers.spec import Cost, LayerError, LayerSpec, Settings, Signal
from tests.layers import harness, trials

CASES = 3
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")


@pytest.mark.parametrize("kind", list(catalog()))
def test_every_kind_agrees_with_torch(kind: str) -> None:
    verdict = harness.judge(kind, CASES, seed=1)
    assert verdict.num_cases == CASES
    assert not verdict.disagreements, verdict.line()


def test_cases_are_as_many_as_are_asked_for_and_alike_for_a_seed() -> None:
    drawn = harness.draw_cases("Conv2d", 30, seed=5)
    assert len(drawn) == 30
    assert repr(drawn) == repr(harness.draw_cases("Conv2d", 30, seed=5)) != repr(harness.draw_cases("Conv2d", 30, 6))
    assert len(harness.draw_cases("Subtract", 30, seed=5)) == 30


def _wider(p: Settings, x: Signal) -> Signal:
    return Signal((*x.shape[:-1], p.out_features + 1))


def _costlier(p: Settings, x: Signal) -> Cost:
    cost = linear.cost(p, x)
    return Cost(parameters=cost.parameters + 1, macs=cost.macs, arithmetic=f"{cost.arithmetic} + 1")


def _unlike(p: Settings, x: Signal) -> Cost:
    cost = linear.cost(p, x)
    return Cost(parameters=cost.parameters, macs=cost.macs, arithmetic=f"2·({cost.arithmetic})")


def _gruff(_p: Settings, _x: Signal) -> Signal:
    raise LayerError("no")


def _broken(_p: Settings, _x: Signal) -> Signal:
    raise KeyError("layer")


_UNITS = Float(
    name="out_features", default=4, low=-200, high=200, label=Words("Units", "单元数"), help=Words("H.", "说。")
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"shape": _wider}, "shape: ours"),
        ({"cost": _costlier}, "parameters and buffers: ours"),
        ({"cost": _unlike}, "comes to"),
        ({"shape": _gruff}, "a refusal that is no sentence: no"),
        ({"shape": _broken}, "KeyError: 'layer'"),
        ({"help": Words("Help.", "")}, "the help is missing in Chinese"),
        ({"summary": Words("", "摘要。")}, "the summary is missing in English"),
        ({"formula": ""}, "formula or source is missing"),
        ({"params": (_UNITS, linear.SPEC.params[1])}, "out_features=-99.5 is taken"),
    ],
)
def test_faults_of_a_layer_are_found(changes: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The shared settings for weights are added anew.
    faulty = replace(linear.SPEC, **{"params": linear.SPEC.params[:-3], **changes})
    found = _Catalog.__getitem__

    def get(self: _Catalog, kind: str) -> LayerSpec:
        return faulty if kind == "Linear" else found(self, kind)

    monkeypatch.setattr(_Catalog, "__getitem__", get)
    verdict = harness.judge("Linear", 8)
    assert any(told in sentence for sentence in verdict.disagreements), verdict.line()


def _doubled(plan: Plan, name: str) -> str:
    return write_source(plan, name).replace("return ", "return 2 * ")


def _renamed(plan: Plan, name: str) -> str:
    return write_source(plan, name).replace("self.layer", "self.other")


def _unseeded(plan: Plan, seed: int | None = None) -> Any:
    return link(plan, None if seed is None else seed + 1)


def _thawed(plan: Plan, seed: int | None = None) -> Any:
    return link(plan, seed).requires_grad_(True)


@pytest.mark.parametrize(
    ("name", "fault", "told"),
    [
        ("write_source", _doubled, "the exported code gives other bits"),
        ("write_source", _renamed, "fresh weights: keys"),
        ("link", _unseeded, "fresh weights: layer.weight differs"),
        ("link", _thawed, "is not frozen"),
    ],
)
def test_faults_of_the_compiler_are_found(
    name: str, fault: Callable[..., Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, name, fault)
    verdict = harness.judge("Linear", 20)
    assert any(told in sentence for sentence in verdict.disagreements), verdict.line()


def test_the_command_prints_a_line_per_kind_and_the_sum(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert harness.main(["--cases", "4", "--kind", "ReLU", "Linear"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ReLU", "Linear", "2"]
    assert lines[-1] == "2 kinds, 8 cases, 0 disagreements"
    monkeypatch.setattr(trials, "write_source", _doubled)
    assert harness.main(["--cases", "4", "--kind", "Linear"]) == 1
    assert "the exported code gives other bits" in capsys.readouterr().out
