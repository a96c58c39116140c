"""Small networks that show one idea each."""

from __future__ import annotations

from nnstudio.core.graph import Params
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project


def xor() -> Project:
    """Rumelhart, Hinton, Williams: Learning representations by back-propagating errors, 1986: two hidden units.

    One unit alone cannot tell the corners of a square apart by their diagonal; 2-2-1 can, with 9 parameters.
    """
    b = Builder("XOR with two hidden units")
    h = b.input("corner", shape=(2,))
    h = b.add("Tanh", b.add("Linear", h, out_features=2, name="hidden"))
    b.output(b.add("Linear", h, out_features=1, name="answer"), name="is_odd")
    recipe: Params = {"loss": "mse", "learning_rate": 0.05, "epochs": 60, "batch_size": 16}
    return b.project(data={"name": "xor"}, recipe=recipe)


def autoencoder() -> Project:
    """Hinton, Salakhutdinov: Reducing the dimensionality of data with neural networks, 2006, in small.

    Everything that comes out has to pass through eight numbers.
    """
    b = Builder("Autoencoder")
    h = b.add("Flatten", b.input("digit", shape=(1, 8, 8)))
    h = b.add("ReLU", b.add("Linear", h, out_features=32))
    h = b.add("Tanh", b.add("Linear", h, out_features=8, name="bottleneck"))
    h = b.add("ReLU", b.add("Linear", h, out_features=32))
    h = b.add("Linear", h, out_features=64)
    b.output(b.add("Reshape", h, shape=(1, 8, 8)), name="again")
    recipe: Params = {"loss": "mse", "learning_rate": 0.003, "epochs": 30}
    return b.project(data={"name": "digit_pictures"}, recipe=recipe)


def variational_autoencoder() -> Project:
    """Kingma, Welling: Auto-encoding variational Bayes, 2013.

    Gives the picture again, and the mean and the spread of its code.
    """
    b = Builder("Variational autoencoder")
    h = b.add("Flatten", b.input("digit", shape=(1, 8, 8)))
    h = b.add("ReLU", b.add("Linear", h, out_features=64))
    mean = b.add("Linear", h, out_features=2, name="mean")
    spread = b.add("Linear", h, out_features=2, name="log_var")
    h = b.add("Sampling", mean, spread)
    h = b.add("ReLU", b.add("Linear", h, out_features=64))
    h = b.add("Linear", h, out_features=64)
    b.output(b.add("Reshape", h, shape=(1, 8, 8)), name="again")
    b.output(mean, name="code_mean")
    b.output(spread, name="code_log_var")
    # The squared error of a sample is a sum over 64 pixels; a smaller share of the divergence keeps digits apart.
    recipe: Params = {"loss": "vae", "beta": 0.1, "learning_rate": 0.003, "epochs": 40}
    return b.project(data={"name": "digit_pictures"}, recipe=recipe)


def sine() -> Project:
    """Bend a line at many places.

    Leshno, Lin, Pinkus, Schocken: Multilayer feedforward networks with a nonpolynomial activation function can
    approximate any function, 1993.
    """
    b = Builder("A curve through points")
    h = b.input("x", shape=(1,))
    for name in ("hidden_1", "hidden_2"):
        h = b.add("ReLU", b.add("Linear", h, out_features=48, name=name))
    b.output(b.add("Linear", h, out_features=1, name="y"), name="curve")
    recipe: Params = {"loss": "mse", "learning_rate": 0.01, "schedule": "cosine", "epochs": 100, "batch_size": 16}
    return b.project(data={"name": "sine"}, recipe=recipe)


def two_spirals() -> Project:
    """Lang, Witbrock: Learning to tell two spirals apart, 1988."""
    b = Builder("Two spirals")
    h = b.input("point", shape=(2,))
    for units in (32, 32, 32):
        h = b.add("Tanh", b.add("Linear", h, out_features=units))
    b.output(b.add("Linear", h, out_features=2, name="scores"), name="arm")
    recipe: Params = {"learning_rate": 0.01, "epochs": 60, "batch_size": 32}
    return b.project(data={"name": "two_spirals"}, recipe=recipe)
