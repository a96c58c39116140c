"""Studies of perceptron, memory and Boltzmann machine say what the tensors say, and leave no trace."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nnstudio.data.tables import gate
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.training.control import Control
from nnstudio.training.course import Course
from nnstudio.training.learners.perceptron import mistake_bound
from nnstudio.training.recipe import recipe_of
from nnstudio.training.scene import Scene
from nnstudio.training.studies.base import Study
from nnstudio.training.studies.boltzmann import BoltzmannStudy, best_likelihood
from nnstudio.training.studies.perceptron import PerceptronStudy
from nnstudio.training.studies.recall import RecallStudy, settle
from nnstudio.training.taps import Taps
from tests.training.studies.scenes import scene_of


class Looking(Taps):
    """Keeps the scene of a run."""

    scene: Scene | None = None

    def attach(self, look, scene=None):  # type: ignore[no-untyped-def]
        super().attach(look, scene)
        self.scene = scene


def after(project: Project, epochs: int | None = None, study: Study | None = None) -> tuple[Scene, Course]:
    """Train a project, asking a study again and again, and return the scene at the end."""
    before = scene_of(project)
    settings = {**project.recipe, **({} if epochs is None else {"epochs": epochs})}
    taps = Looking()
    course = Course(before.module, before.dataset, recipe_of(settings), taps=taps)
    for _ in course.run(Control()):
        if study is not None and taps.scene is not None:
            study.see(taps.scene)
    assert taps.scene is not None
    return taps.scene, course


def same_with_and_without(project: Project, study: Study, epochs: int) -> bool:
    first, second = (after(project, epochs, asked)[1].state() for asked in (None, study))
    pairs = [(first.weights, second.weights), (first.learner, second.learner)]
    return all(a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a) for a, b in pairs)


@pytest.mark.parametrize(("name", "bound"), [("and", 51), ("or", 27), ("nand", 51)])
def test_bound_of_the_gates(name: str, bound: float) -> None:
    """R² = 3; the widest margins of the gates with (x, 1) are 1/√17 and 1/3."""
    inputs, targets = map(torch.from_numpy, gate(name))  # type: ignore[arg-type]
    assert mistake_bound(inputs, targets[:, 0] * 2 - 1) == pytest.approx(bound, abs=1e-5)


def test_no_bound_where_no_line_parts() -> None:
    inputs, targets = map(torch.from_numpy, gate("xor"))
    assert mistake_bound(inputs, targets[:, 0] * 2 - 1) is None


def test_perceptron_is_seen_with_its_mistakes() -> None:
    scene, _ = after(ALL["perceptron-and"]())
    seen = PerceptronStudy().see(scene)
    assert (seen.weight.tolist(), seen.bias) == ([3, 2], -4)
    assert seen.points.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert seen.signs.tolist() == [-1, -1, -1, 1]
    assert seen.sums.tolist() == [-4, -2, -1, 1]
    assert (sum(seen.mistakes), len(seen.mistakes)) == (18, 9)
    assert seen.bound == pytest.approx(51, abs=1e-5)
    assert seen.parted


def test_perceptron_at_xor_has_no_bound() -> None:
    scene, _ = after(ALL["perceptron-xor"](), epochs=5)
    seen = PerceptronStudy().see(scene)
    assert (seen.bound, seen.parted, seen.mistakes) == (None, False, (4,) * 5)


def test_recall_returns_and_its_energy_falls() -> None:
    scene, course = after(ALL["hopfield-digits"]())
    (weight,) = (buffer.double().numpy() for buffer in course.module.buffers())
    for row in range(3):
        seen = RecallStudy(row=row, damage=0.1, seed=3).see(scene)
        assert (seen.stored, seen.held, seen.settled) == (3, 3, True)
        assert np.array_equal(seen.pattern, scene.dataset.targets[row])
        assert (seen.states[0] != seen.pattern).sum() == 6
        assert seen.overlaps[0] == pytest.approx(1 - 12 / 64)
        assert (np.diff(seen.energies) < 0).all()
        assert seen.energies[-1] == pytest.approx(-(seen.states[-1] @ weight @ seen.states[-1]) / 2, abs=1e-9)
        settled = course.module(torch.from_numpy(seen.states[:1]))
        assert np.array_equal(settled[0].numpy(), seen.states[-1])
    assert seen.overlaps[-1] == 1


def test_settling_is_what_the_layer_does() -> None:
    chance = np.random.default_rng(0)
    ties = chance.normal(size=(12, 12))
    weight = (ties + ties.T) * (1 - np.eye(12))
    state = chance.choice([-1.0, 1.0], 12)
    states, energies, settled = settle(weight, state, 50)
    assert settled
    assert energies[0] == pytest.approx(-state @ weight @ state / 2)
    assert energies[-1] == pytest.approx(-states[-1] @ weight @ states[-1] / 2)
    assert (np.sign(weight @ states[-1]) == states[-1]).all()


def test_machine_is_seen_as_its_tensors_are() -> None:
    scene, course = after(ALL["boltzmann-bars"](), epochs=30)
    seen = BoltzmannStudy(rows=(0, 5)).see(scene)
    parts = dict(course.module.get_submodule("rbm").named_parameters())
    assert np.array_equal(seen.filters, parts["weight"].detach().numpy())
    assert np.array_equal(seen.shown, scene.dataset.inputs[[0, 5]])
    with torch.no_grad():
        again = course.module(torch.from_numpy(seen.shown))
    assert np.allclose(seen.again, again.numpy(), atol=1e-6)
    assert seen.hidden.shape == (2, 16)
    assert seen.likelihood is not None
    assert -6.5 < seen.likelihood < seen.best == pytest.approx(-np.log(14))


def test_best_likelihood_is_minus_the_entropy() -> None:
    rows = torch.tensor([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    assert best_likelihood(rows) == pytest.approx(-(0.5 * np.log(2) + 0.5 * np.log(4)))


@pytest.mark.parametrize(
    ("name", "study", "epochs"),
    [
        ("perceptron-and", PerceptronStudy(), 9),
        ("hopfield-digits", RecallStudy(row=1, damage=0.2), 1),
        ("boltzmann-bars", BoltzmannStudy(rows=(0, 1)), 20),
    ],
)
def test_looking_leaves_no_trace(name: str, study: Study, epochs: int) -> None:
    assert same_with_and_without(ALL[name](), study, epochs)


@pytest.mark.parametrize("study", [PerceptronStudy(), RecallStudy(), BoltzmannStudy(rows=(0,))])
def test_other_drawings_are_refused(study: Study) -> None:
    with pytest.raises(ValueError, match=r"asks for a Perceptron|Hopfield layer|Boltzmann machine"):
        study.see(scene_of(ALL["iris"]()))
