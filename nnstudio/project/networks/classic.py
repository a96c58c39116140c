"""Machines that learn otherwise than by gradients, each with the data it is known by."""

from __future__ import annotations

from nnstudio.core.graph import Params
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project

_BY_HAND: Params = {"learner": "perceptron", "learning_rate": 1.0, "batch_size": 1, "shuffle": False, "epochs": 20}


def perceptron_and() -> Project:
    """Rosenblatt: The Perceptron, 1958: one unit learns AND with 18 mistakes, as by hand."""
    b = Builder("Perceptron learns AND")
    b.output(b.add("Perceptron", b.input("inputs", shape=(2,)), start="zeros", name="unit"), name="both")
    return b.project(data={"name": "gate_and"}, recipe=_BY_HAND)


def perceptron_xor() -> Project:
    """Minsky, Papert: Perceptrons, 1969: on XOR the rule comes back to zero in every epoch."""
    b = Builder("Perceptron fails at XOR")
    b.output(b.add("Perceptron", b.input("inputs", shape=(2,)), start="zeros", name="unit"), name="either")
    return b.project(data={"name": "gate_xor"}, recipe=_BY_HAND)


def hopfield() -> Project:
    """Hopfield: Neural networks and physical systems, 1982: three digits are stored, and come back when damaged."""
    b = Builder("Hopfield memory of digits")
    b.output(b.add("Hopfield", b.input("digit", shape=(64,)), name="memory"), name="recalled")
    recipe: Params = {"learner": "hebb", "batch_size": 1, "shuffle": False, "epochs": 1}
    return b.project(data={"name": "memories3"}, recipe=recipe)


def boltzmann() -> Project:
    """Hinton: Training products of experts, 2002: a machine finds out what bars and stripes have in common."""
    b = Builder("Boltzmann machine of bars")
    h = b.input("picture", shape=(9,))
    h = b.add("RestrictedBoltzmann", h, out_features=16, gives="visible", name="rbm")
    b.output(h, name="again")
    recipe: Params = {
        "learner": "contrastive_divergence",
        "cd_steps": 5,
        "learning_rate": 0.1,
        "batch_size": 14,
        "epochs": 2500,
    }
    return b.project(data={"name": "bars"}, recipe=recipe)


def pretrained() -> Project:
    """Hinton, Osindero, Teh: A fast learning algorithm for deep belief nets, 2006: five sigmoid layers that train.

    By gradients alone, from the same start, this network stays at one digit in ten.
    """
    b = Builder("Deep network, pretrained")
    h = b.add("Flatten", b.input("digits", shape=(1, 8, 8)))
    for _ in range(5):
        h = b.add("Sigmoid", b.add("Linear", h, out_features=64))
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="digit")
    recipe: Params = {
        "learner": "pretraining",
        "pretraining_epochs": 20,
        "pretraining_rate": 0.1,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "epochs": 130,
    }
    return b.project(data={"name": "digits8"}, recipe=recipe)
