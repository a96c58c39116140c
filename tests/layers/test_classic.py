"""The classic networks do what their papers say: gates, perceptrons, LeNet-5, Hopfield's and Boltzmann's machines."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import torch
from torch import nn

import nnstudio
from nnstudio.core.resources import resource
from nnstudio.layers.catalog import catalog
from nnstudio.layers.kinds.table_conv2d import LENET5
from nnstudio.layers.kinds.threshold_neuron import read_weights
from nnstudio.layers.modules.hopfield import Hopfield
from nnstudio.layers.modules.perceptron import Perceptron
from nnstudio.layers.modules.rbf_output import RBFOutput
from nnstudio.layers.modules.restricted_boltzmann import RestrictedBoltzmann
from nnstudio.layers.modules.subsampling import Subsampling
from nnstudio.layers.modules.table_conv2d import TableConv2d
from nnstudio.layers.modules.threshold_neuron import ThresholdNeuron
from nnstudio.layers.spec import Signal
from nnstudio.project.builder import Builder
from nnstudio.project.examples import lenet5_1998
from tests.layers.cases import classic
from tests.layers.oracle import judge


def corners(count: int) -> torch.Tensor:
    """Return all vectors of 0 and 1 of this length: (2^n, n), in the order of counting."""
    return torch.tensor(list(product((0.0, 1.0), repeat=count)))


# Threshold neurons


@pytest.mark.parametrize(
    ("num_inputs", "largest", "num_functions"), [(2, 1, 14), (3, 2, 104)], ids=["two inputs", "three inputs"]
)
def test_a_neuron_has_the_separable_functions(num_inputs: int, largest: int, num_functions: int) -> None:
    found = set()
    points = corners(num_inputs)
    for weights in product(range(-largest, largest + 1), repeat=num_inputs):
        for half in range(-2 * num_inputs * largest - 1, 2 * num_inputs * largest + 2, 2):
            neuron = ThresholdNeuron(tuple(map(float, weights)), half / 2)
            found.add(tuple(neuron(points).flatten().tolist()))
    assert len(found) == num_functions
    if num_inputs == 2:
        every = set(product((0.0, 1.0), repeat=4))
        assert every - found == {(0.0, 1.0, 1.0, 0.0), (1.0, 0.0, 0.0, 1.0)}


def test_three_neurons_make_xor() -> None:
    b = Builder("XOR")
    x = b.input("bits", shape=(2,))
    some = b.add("ThresholdNeuron", x, weights="1 1", threshold=0.5)
    both = b.add("ThresholdNeuron", x, weights="1 1", threshold=1.5)
    b.output(b.add("ThresholdNeuron", b.add("Concat", some, both), weights="1 -1", threshold=0.5))
    compiled = nnstudio.compile(b.project())
    assert compiled.problems == ()
    assert compiled.module(corners(2)).flatten().tolist() == [0, 1, 1, 0]
    assert (compiled.num_parameters, compiled.num_buffers) == (0, 9)


def test_a_neuron_fires_at_its_threshold() -> None:
    assert ThresholdNeuron((1.0, 1.0), 2.0)(corners(2)).flatten().tolist() == [0, 0, 0, 1]


def test_in_1943_an_inhibitory_input_is_a_veto() -> None:
    points = corners(3)
    counted, silenced = (ThresholdNeuron((1.0, 1.0, -1.0), 1.0, veto)(points).flatten() for veto in (False, True))
    assert counted.tolist() == [0, 0, 1, 0, 1, 0, 1, 1]
    assert silenced.tolist() == [0, 0, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1 to 64 weights are needed"),
        ("1 " * 65, "1 to 64 weights are needed"),
        ("1, two", "two is no number from -1000 to 1,000"),
        ("nan", "nan is no number from -1000 to 1,000"),
        ("1001", "1001 is no number from -1000 to 1,000"),
    ],
)
def test_weights_that_are_none_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_weights(text)
    with pytest.raises(ValueError, match="weights: expected"):
        catalog()["ThresholdNeuron"].settings({"weights": text})


# The perceptron and its rule


def learn(answers: tuple[int, ...], epochs: int) -> tuple[Perceptron, list[int]]:
    """Teach one unit a gate by Rosenblatt's rule from zero; return it and its mistakes in each epoch."""
    unit = Perceptron(2, 1, bipolar=True)
    nn.init.zeros_(unit.weight)
    nn.init.zeros_(unit.bias)
    mistakes = []
    with torch.no_grad():
        for _ in range(epochs):
            count = 0
            for x, y in zip(corners(2), answers, strict=True):
                if y * (unit.weight @ x + unit.bias) <= 0:
                    unit.weight.add_(y * x)
                    unit.bias.add_(y)
                    count += 1
            mistakes.append(count)
    return unit, mistakes


@pytest.mark.parametrize(
    ("answers", "num_mistakes", "clean", "weights", "bias"),
    [
        ((-1, -1, -1, 1), 18, 9, [3, 2], -4),
        ((-1, 1, 1, 1), 9, 6, [2, 2], -1),
        ((1, 1, 1, -1), 18, 9, [-3, -2], 4),
    ],
    ids=["AND", "OR", "NAND"],
)
def test_the_perceptron_rule_finds_a_line(
    answers: tuple[int, ...], num_mistakes: int, clean: int, weights: list[int], bias: int
) -> None:
    unit, mistakes = learn(answers, 12)
    assert sum(mistakes) == num_mistakes
    assert mistakes.index(0) + 1 == clean
    assert (unit.weight[0].tolist(), unit.bias.item()) == (weights, bias)
    assert tuple(unit(corners(2)).flatten().tolist()) == answers


def test_the_perceptron_never_learns_xor() -> None:
    unit, mistakes = learn((-1, 1, 1, -1), 50)
    assert mistakes == [4 if epoch else mistakes[0] for epoch in range(50)]
    assert [*unit.weight[0].tolist(), unit.bias.item()] == [0, 0, 0]


@pytest.mark.parametrize(("levels", "low"), [("binary", 0), ("bipolar", -1)])
def test_a_perceptron_answers_yes_above_zero(levels: str, low: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 3)
    settings = catalog()["Perceptron"].settings({"out_features": 2, "levels": levels})
    (answers,), _ = judge("Perceptron", settings, [x], "cpu")
    assert set(answers.flatten().tolist()) == {low, 1}
    unit = Perceptron(3, 2)
    assert torch.equal(unit(x), (nn.functional.linear(x, unit.weight, unit.bias) > 0).float())


# What gradients do not move


@pytest.mark.parametrize("kind", ["Perceptron", "RBFOutput", "RestrictedBoltzmann", "Subsampling", "TableConv2d"])
def test_gradients_move_all_weights_but_those_that_other_rules_train(kind: str) -> None:
    modules: dict[str, nn.Module] = {
        "Perceptron": Perceptron(5, 3),
        "RBFOutput": RBFOutput(5, 3, seed=0, trained=True),
        "RestrictedBoltzmann": RestrictedBoltzmann(5, 3),
        "Subsampling": Subsampling(6),
        "TableConv2d": TableConv2d(LENET5, 3),
    }
    torch.manual_seed(0)
    module = modules[kind]
    x = torch.randn(2, 6, 8, 8) if kind in ("Subsampling", "TableConv2d") else torch.randn(2, 5)
    torch.autograd.backward(module(x.requires_grad_()).square().sum())
    still = {name for name, weight in module.named_parameters() if weight.grad is None or not bool(weight.grad.any())}
    assert still == set(classic.UNMOVED.get(kind, ()))


@pytest.mark.parametrize("module", [ThresholdNeuron((1.0, -1.0), 0.5, True), Hopfield(2, 3, ("X.",)), Perceptron(2, 3)])
def test_hard_steps_give_a_gradient_of_zero_and_not_none(module: nn.Module) -> None:
    x = torch.randn(4, 2, requires_grad=True)
    torch.autograd.backward(module(x).sum())
    assert x.grad is not None
    assert not bool(x.grad.any())


# LeNet-5


def test_lenet5_has_the_numbers_of_its_paper() -> None:
    compiled = nnstudio.compile(lenet5_1998())
    assert compiled.problems == ()
    parameters = {
        name: sum(weight.numel() for weight in compiled.module.get_submodule(name).parameters())
        for name in ("c1", "s2", "c3", "s4", "c5", "f6", "distances")
    }
    assert parameters == {"c1": 156, "s2": 12, "c3": 1_516, "s4": 32, "c5": 48_120, "f6": 10_164, "distances": 0}
    assert compiled.num_parameters == sum(weight.numel() for weight in compiled.module.parameters()) == 60_000
    assert compiled.module.get_buffer("distances.codes").numel() == 840
    shapes = {name: compiled.shapes[name] for name in parameters}
    assert shapes == {
        "c1": (6, 28, 28),
        "s2": (6, 14, 14),
        "c3": (16, 10, 10),
        "s4": (16, 5, 5),
        "c5": (120, 1, 1),
        "f6": (84,),
        "distances": (10,),
    }


def test_lenet5_has_the_connections_of_its_paper() -> None:
    """With 1 for every weight, bias and input, a unit adds up to the number of its connections."""
    module = nnstudio.compile(lenet5_1998()).module
    connections = {}
    for name, arriving in {
        "c1": (1, 32, 32),
        "s2": (6, 28, 28),
        "c3": (6, 14, 14),
        "s4": (16, 10, 10),
        "c5": (16, 5, 5),
        "f6": (120,),
    }.items():
        layer = module.get_submodule(name)
        for weight in layer.parameters():
            nn.init.ones_(weight)
        connections[name] = int(layer(torch.ones(1, *arriving)).sum())
    module.get_buffer("distances.codes").zero_()
    connections["distances"] = int(module.get_submodule("distances")(torch.ones(1, 84)).sum())
    assert connections == {
        "c1": 122_304,
        "s2": 5_880,
        "c3": 151_600,
        "s4": 2_000,
        "c5": 48_120,
        "f6": 10_164,
        "distances": 840,
    }
    assert sum(connections.values()) == 340_908


def test_the_table_is_that_of_the_paper() -> None:
    feeds = ["".join(str(place) for place, sign in enumerate(row) if sign == "X") for row in LENET5]
    paper = "012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345"
    assert feeds == paper.split()


def test_a_link_less_saves_a_kernel() -> None:
    spec = catalog()["TableConv2d"]
    table = (LENET5[0].replace("X", ".", 1), *LENET5[1:])
    assert spec.cost(spec.settings({"table": table}), Signal((6, 14, 14))).parameters == 1_491


def test_a_table_convolution_is_a_convolution_with_zeros_between() -> None:
    torch.manual_seed(0)
    module = TableConv2d(LENET5, (5, 3), stride=2, padding=1)
    dense = torch.zeros(16, 6, 5, 3)
    for weight, kernels, row in zip(module.weight, dense, LENET5, strict=True):
        kernels[[sign == "X" for sign in row]] = weight.detach()[0]
    x = torch.randn(2, 6, 9, 9)
    assert torch.equal(module(x), nn.functional.conv2d(x, dense, module.bias, stride=2, padding=1))


def test_a_full_table_begins_as_wide_as_a_convolution_of_torch() -> None:
    torch.manual_seed(0)
    kernels = torch.cat([weight.flatten() for weight in TableConv2d(("X" * 6,) * 50, 5).weight])
    usual = nn.Conv2d(6, 50, 5).weight
    assert kernels.abs().max() <= 150**-0.5
    assert kernels.std().item() == pytest.approx(usual.std().item(), rel=0.05)


def test_subsampling_adds_up_and_begins_with_means() -> None:
    x = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert Subsampling(1)(x).flatten().tolist() == [2.5, 4.5, 10.5, 12.5]
    module = Subsampling(1)
    nn.init.constant_(module.weight, 2)
    nn.init.constant_(module.bias, -1)
    assert module(x).flatten().tolist() == [19, 35, 83, 99]
    nn.init.ones_(module.weight)
    means = Subsampling(1, (2, 4), mean=True)
    assert means(x).flatten().tolist() == [3.5, 11.5]


def test_scaled_tanh_leaves_one_as_it_is() -> None:
    x = torch.tensor([[-1.0, 0.0, 1.0, 100.0]])
    (y,), _ = judge("ScaledTanh", catalog()["ScaledTanh"].settings({}), [x], "cpu")
    assert y[0].tolist() == pytest.approx([-1, 0, 1, 1.7159], abs=1e-4)


def test_the_nearest_code_wins() -> None:
    module = RBFOutput(84, 10)
    assert set(module.codes.flatten().tolist()) == {-1, 1}
    distances = module(module.codes)
    assert distances.argmin(1).tolist() == list(range(10))
    assert distances.diagonal().tolist() == [0] * 10
    flipped = int((module.codes[3] != module.codes[8]).sum())
    assert distances[3, 8] == 4 * flipped  # two units apart, squared, wherever they differ
    assert torch.equal(distances, distances.T)


def test_random_codes_go_by_their_seed() -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    first, again, other = (RBFOutput(30, 5, seed=seed).codes for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


# Hopfield's memory


def random_patterns(count: int, units: int) -> torch.Tensor:
    """Return patterns of ±1: (count, units)."""
    return 2.0 * torch.randint(2, (count, units), generator=torch.Generator().manual_seed(0)) - 1.0


def test_a_damaged_pattern_comes_back_and_the_energy_falls() -> None:
    patterns = random_patterns(3, 100)
    memory = Hopfield(100, 1)
    memory.store(patterns)
    state = patterns.clone()
    state[:, :15] *= -1
    energies = [memory.energy(state)]
    for _ in range(5):
        state = memory(state)
        energies.append(memory.energy(state))
    assert torch.equal(state, patterns)
    for before, after in pairwise(energies):
        assert bool((after <= before).all())
    assert bool((energies[-1] < energies[0]).all())


def test_no_single_move_raises_the_energy() -> None:
    torch.manual_seed(0)
    memory = Hopfield(30, 1)
    weights = torch.randn(30, 30)
    memory.weight.copy_((weights + weights.T).fill_diagonal_(0))
    state = random_patterns(20, 30)
    for unit in range(30):
        before = memory.energy(state)
        state[:, unit] = torch.sign(state @ memory.weight[unit])
        assert bool((memory.energy(state) <= before + 1e-4).all())


def test_hebbs_weights_are_symmetric_without_ties_to_oneself() -> None:
    patterns = random_patterns(4, 25)
    memory = Hopfield(25, 1)
    for pattern in patterns:  # one after the other is as good as all at once
        memory.store(pattern[None])
    expected = sum(torch.outer(pattern, pattern) for pattern in patterns) / 25
    assert isinstance(expected, torch.Tensor)
    assert torch.allclose(memory.weight, expected.fill_diagonal_(0), atol=1e-6)
    assert torch.equal(memory.weight, memory.weight.T)


@pytest.mark.parametrize(("load", "low", "high"), [(0.10, 0.99, 1.0), (0.20, 0.0, 0.6)])
def test_memory_breaks_down_when_overloaded(load: float, low: float, high: float) -> None:
    patterns = random_patterns(int(400 * load), 400)
    memory = Hopfield(400, 15)
    memory.store(patterns)
    overlap = (memory(patterns) * patterns).mean().item()
    assert low <= overlap <= high


def test_pictures_that_look_alike_crowd_each_other_out() -> None:
    digits = RBFOutput(84, 10).codes
    for count, held in ((4, True), (8, False)):
        memory = Hopfield(84, 10)
        memory.store(digits[:count])
        kept = [torch.equal(memory(digit), digit) for digit in digits[:count]]
        assert kept == [held] * count
    memory.weight.copy_((torch.linalg.pinv(digits) @ digits).fill_diagonal_(0))  # the pseudo-inverse holds all ten
    assert torch.equal(memory(digits), digits)


def test_all_at_once_may_swing() -> None:
    memory = Hopfield(2, 1, ("X.",), together=True)
    state = torch.tensor([[1.0, 1.0]])
    assert memory(state).tolist() == [[-1, -1]]
    assert memory(memory(state)).tolist() == [[1, 1]]
    assert Hopfield(2, 1, ("X.",))(state).tolist() == [[-1, 1]]


def test_an_untaught_memory_only_reads_signs() -> None:
    assert Hopfield(3, 5)(torch.tensor([[0.5, 0.0, -2.0]])).tolist() == [[1, -1, -1]]


# The restricted Boltzmann machine


def test_free_energy_sums_over_all_hidden_states() -> None:
    torch.manual_seed(0)
    machine = RestrictedBoltzmann(4, 3)
    for weight in machine.parameters():
        nn.init.normal_(weight)
    visible, hidden = corners(4), corners(3)
    energy = (
        -(visible @ machine.visible_bias)[:, None]
        - (hidden @ machine.hidden_bias)[None]
        - visible @ machine.weight.T @ hidden.T
    )
    assert torch.allclose(machine.free_energy(visible), -torch.logsumexp(-energy, 1), atol=1e-5)
    likely = torch.softmax(-energy, 1)
    assert torch.allclose(machine(visible), likely @ hidden, atol=1e-5)
    back = torch.softmax(-energy, 0)
    assert torch.allclose(machine.visible_of(hidden), back.T @ visible, atol=1e-5)


def bars_and_stripes() -> torch.Tensor:
    """Return the 14 pictures of 3×3 in which whole rows or whole columns are black: (14, 9)."""
    lines = corners(3)
    bars = lines[:, :, None].expand(8, 3, 3).reshape(8, 9)
    stripes = lines[:, None, :].expand(8, 3, 3).reshape(8, 9)
    pictures: torch.Tensor = torch.unique(torch.cat([bars, stripes]), dim=0)
    return pictures


def log_likelihood(machine: RestrictedBoltzmann, data: torch.Tensor) -> float:
    """Return the mean over the data of log p(v), all 2^9 pictures counted."""
    every = -machine.free_energy(corners(9))
    return float((-machine.free_energy(data) - torch.logsumexp(every, 0)).mean())


def test_contrastive_divergence_learns_bars_and_stripes() -> None:
    torch.manual_seed(0)
    data = bars_and_stripes()
    assert data.shape == (14, 9)
    machine = RestrictedBoltzmann(9, 12)
    with torch.no_grad():
        assert log_likelihood(machine, data) == pytest.approx(-6.24, abs=0.02)
        for _ in range(3_000):
            seen, dreamt = machine(data), machine.sample(data)
            told = machine(dreamt)
            machine.weight.add_((seen.T @ data - told.T @ dreamt) / 14, alpha=0.1)
            machine.visible_bias.add_((data - dreamt).mean(0), alpha=0.1)
            machine.hidden_bias.add_((seen - told).mean(0), alpha=0.1)
        assert -3.9 < log_likelihood(machine, data) < -2.639
        assert (machine.reconstruct(data) - data).abs().mean() < 0.2


def test_a_machine_may_give_its_inputs_again() -> None:
    torch.manual_seed(0)
    machine = RestrictedBoltzmann(9, 5, again=True)
    rows = torch.rand(20, 9)
    assert torch.equal(machine(rows), machine.reconstruct(rows))


def test_samples_are_black_or_white() -> None:
    torch.manual_seed(0)
    samples = RestrictedBoltzmann(9, 5).sample(torch.rand(20, 9))
    assert samples.shape == (20, 9)
    assert set(samples.flatten().tolist()) == {0, 1}


def test_the_program_counts_the_connections_of_lenet_as_its_paper_does() -> None:
    analysis = nnstudio.compile(nnstudio.load(resource("examples", "lenet5-1998.nns"))).analysis
    counted = {node.name: analysis.facts[node.id].connections for node in analysis.graph.nodes}
    published = {"c1": 122_304, "s2": 5_880, "c3": 151_600, "s4": 2_000, "c5": 48_120, "f6": 10_164, "distances": 840}
    assert {name: counted[name] for name in published} == published
    assert (analysis.num_parameters, analysis.connections) == (60_000, 340_908)
