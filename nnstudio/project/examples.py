"""The example projects, drawn with the Builder; ``resources/examples`` holds what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nnstudio.core.graph import Params
from nnstudio.project.builder import Builder
from nnstudio.project.document import Project
from nnstudio.project.networks import classic, images, sequences, small
from nnstudio.project.resnets import cifar_resnet20, depth, resnet18, resnet34, resnet50


def lenet5() -> Project:
    """LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998.

    As it is built today: full wiring in the second convolution and max pooling instead of trained averages; 61,706
    parameters.
    """
    b = Builder("LeNet-5 on digits")
    h = b.input("digits", shape=(1, 32, 32))
    for channels in (6, 16):
        h = b.add("Conv2d", h, out_channels=channels, kernel_size=5)
        h = b.add("Tanh", h)
        h = b.add("MaxPool2d", h, kernel_size=2)
    h = b.add("Flatten", h)
    for units in (120, 84):
        h = b.add("Linear", h, out_features=units)
        h = b.add("Tanh", h)
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="digit")
    recipe: Params = {"optimizer": "adamw", "learning_rate": 0.004, "weight_decay": 0.1, "epochs": 20}
    return b.project(data={"name": "digits32"}, recipe=recipe)


def lenet5_1998() -> Project:
    """Draw LeNet-5 as the paper of 1998 has it: 60,000 trained parameters, and 840 fixed numbers in the codes.

    Sums are squashed in every layer up to F6. The paper's loss, equation 9, pulls the right distance down and pushes
    the others up, as far as the margin; its way of stepping, with second derivatives, was another than Adam.
    """
    b = Builder("LeNet-5 of 1998")
    h = b.input("digits", shape=(1, 32, 32))
    h = b.add("ScaledTanh", b.add("Conv2d", h, out_channels=6, kernel_size=5, name="c1"))
    h = b.add("ScaledTanh", b.add("Subsampling", h, name="s2"))
    h = b.add("ScaledTanh", b.add("TableConv2d", h, table="lenet5", name="c3"))
    h = b.add("ScaledTanh", b.add("Subsampling", h, name="s4"))
    h = b.add("ScaledTanh", b.add("Conv2d", h, out_channels=120, kernel_size=5, name="c5"))
    h = b.add("Flatten", h)
    h = b.add("ScaledTanh", b.add("Linear", h, out_features=84, name="f6"))
    b.output(b.add("RBFOutput", h, name="distances"), name="digit")
    recipe: Params = {
        "loss": "rbf",
        "rbf_margin": 5.0,
        "learning_rate": 0.006,
        "schedule": "cosine",
        "epochs": 20,
    }
    return b.project(data={"name": "digits32"}, recipe=recipe)


def residual() -> Project:
    """Draw a small residual network; He, Zhang, Ren, Sun: Deep residual learning for image recognition, 2015."""
    b = Builder("Residual network on digits")
    h = b.input("digits", shape=(1, 8, 8))
    h = b.add("Conv2d", h, out_channels=16, kernel_size=3, padding=1, bias=False, name="stem")
    h = b.add("BatchNorm2d", h)
    h = b.add("ReLU", h)
    h = b.add("ResidualBlock", h, channels=16, repeat=2, name="stage_1")
    h = b.add("ResidualBlock", h, channels=32, stride=2, repeat=2, name="stage_2")
    h = b.add("AdaptiveAvgPool2d", h, output_size=1)
    h = b.add("Flatten", h)
    b.output(b.add("Linear", h, out_features=10, name="logits"), name="digit")
    return b.project(data={"name": "digits8"}, recipe={"epochs": 12, "learning_rate": 0.002})


def lstm() -> Project:
    """Draw a network with a memory; Hochreiter, Schmidhuber: Long short-term memory, 1997."""
    b = Builder("LSTM that remembers a letter")
    h = b.input("signs", shape=(24,), element="index")
    h = b.add("Embedding", h, num_embeddings=8, embedding_dim=16)
    steps, _, _ = b.add("LSTM", h, hidden_size=32)
    h = b.add("LastStep", steps)
    b.output(b.add("Linear", h, out_features=4, name="logits"), name="letter")
    return b.project(data={"name": "memory"}, recipe={"epochs": 15, "learning_rate": 0.003})


def iris() -> Project:
    """Draw the smallest useful classifier."""
    b = Builder("Iris flowers")
    h = b.input("flower", shape=(4,))
    h = b.add("Linear", h, out_features=16)
    h = b.add("ReLU", h)
    b.output(b.add("Linear", h, out_features=3, name="logits"), name="species")
    return b.project(data={"name": "iris"}, recipe={"epochs": 60, "learning_rate": 0.01, "batch_size": 16})


def moons() -> Project:
    """Draw two hidden layers that bend a line around two half circles."""
    b = Builder("Two moons")
    h = b.input("point", shape=(2,))
    for units in (16, 16):
        h = b.add("Linear", h, out_features=units)
        h = b.add("Tanh", h)
    b.output(b.add("Linear", h, out_features=2, name="logits"), name="moon")
    return b.project(data={"name": "moons"}, recipe={"epochs": 30, "learning_rate": 0.01, "batch_size": 32})


EXAMPLES: Mapping[str, Callable[[], Project]] = {
    "lenet5-digits": lenet5,
    "lenet5-1998": lenet5_1998,
    "residual-digits": residual,
    "depth-digits": depth,
    "lstm-memory": lstm,
    "iris": iris,
    "moons": moons,
    "xor": small.xor,
    "densenet-digits": images.densenet,
    "mobilenet-digits": images.mobilenet,
    "transformer-memory": sequences.transformer_classifier,
    "two-spirals": small.two_spirals,
    "sine": small.sine,
    "unet": images.unet,
    "shape-detector": images.detector,
    "seq2seq-attention": sequences.sequence_to_sequence,
    "parity": sequences.parity,
    "character-gpt": sequences.character_gpt,
    "poet": sequences.poet,
    "autoencoder": small.autoencoder,
    "vae": small.variational_autoencoder,
    "perceptron-and": classic.perceptron_and,
    "perceptron-xor": classic.perceptron_xor,
    "hopfield-digits": classic.hopfield,
    "boltzmann-bars": classic.boltzmann,
    "pretrained-digits": classic.pretrained,
}
"""How each example that trains on data of the program is drawn, by the name of its file."""

PUBLISHED: Mapping[str, Callable[[], Project]] = {
    "resnet18": resnet18,
    "resnet34": resnet34,
    "resnet50": resnet50,
    "cifar-resnet20": cifar_resnet20,
    "alexnet-towers": images.alexnet_towers,
    "alexnet": images.alexnet,
    "vgg11": images.vgg11,
    "vgg16": images.vgg16,
    "googlenet": images.googlenet,
}
"""How networks are drawn that are there to be looked into: the program brings no data for them, or no such task."""

ALL: Mapping[str, Callable[[], Project]] = {**EXAMPLES, **PUBLISHED}
