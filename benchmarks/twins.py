"""Networks of the examples, written by hand as one would without the program: what drawn ones are measured against.

The parameters of each come in the order of the drawing's layers, so that weights can be handed over one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from threading import get_native_id

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.common import waited
from nnstudio.data.catalog import load
from nnstudio.project.document import Project
from nnstudio.project.examples import ALL
from nnstudio.training.recipe import recipe_of


class LeNet5(nn.Module):
    """What `nnstudio.project.examples.lenet5` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.pool = nn.MaxPool2d(2)
        self.dense1, self.dense2, self.logits = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) -> (B, 10)."""
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(torch.tanh(self.conv2(x)))
        x = torch.tanh(self.dense2(torch.tanh(self.dense1(x.flatten(1)))))
        scores: Tensor = self.logits(x)
        return scores


class Residual(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, before: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or before != channels:
            self.shortcut = nn.Sequential(nn.Conv2d(before, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, channels, H / stride, W / stride)."""
        y = self.norm2(self.conv2(functional.relu(self.norm1(self.conv1(x)))))
        return functional.relu(y + self.shortcut(x))


class ResNet(nn.Module):
    """What `nnstudio.project.examples.residual` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm = nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.stages = nn.Sequential(Residual(16, 16, 1), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 32, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.logits = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 8, 8) -> (B, 10)."""
        x = self.stages(functional.relu(self.norm(self.stem(x))))
        scores: Tensor = self.logits(self.pool(x).flatten(1))
        return scores


class Reader(nn.Module):
    """What `nnstudio.project.examples.lstm` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.memory, self.logits = nn.Embedding(8, 16), nn.LSTM(16, 32, batch_first=True), nn.Linear(32, 4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T) -> (B, 4)."""
        steps, _ = self.memory(self.table(x))
        scores: Tensor = self.logits(steps[:, -1])
        return scores


class Moons(nn.Module):
    """What `nnstudio.project.examples.moons` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.dense1, self.dense2, self.logits = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 2) -> (B, 2)."""
        scores: Tensor = self.logits(torch.tanh(self.dense2(torch.tanh(self.dense1(x)))))
        return scores


class Autoencoder(nn.Module):
    """What `nnstudio.project.networks.small.autoencoder` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.code = nn.Linear(64, 32), nn.Linear(32, 8)
        self.decode, self.picture = nn.Linear(8, 32), nn.Linear(32, 64)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 8, 8) -> (B, 1, 8, 8)."""
        code = torch.tanh(self.code(functional.relu(self.encode(x.flatten(1)))))
        again: Tensor = self.picture(functional.relu(self.decode(code)))
        return again.view(-1, 1, 8, 8)


class DenseLayer(nn.Module):
    """Adds a few channels to all that came before."""

    def __init__(self, channels: int, growth: int, width: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, width * growth, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(width * growth), nn.Conv2d(width * growth, growth, 3, 1, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C + growth, H, W)."""
        y = self.conv1(functional.relu(self.norm1(x)))
        y = self.conv2(functional.relu(self.norm2(y)))
        return torch.cat([x, y], dim=1)


class DenseNet(nn.Module):
    """What `nnstudio.project.networks.images.densenet` draws."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(1, 16, 3, 2, 1, bias=False)]
        channels = 16
        for block in range(3):
            for _ in range(3):
                layers.append(DenseLayer(channels, 8, 2))
                channels += 8
            if block < 2:
                layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1, bias=False)]
                layers.append(nn.AvgPool2d(2))
                channels //= 2
        self.layers = nn.Sequential(*layers, nn.BatchNorm2d(channels), nn.ReLU())
        self.scores = nn.Linear(channels, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) -> (B, 10)."""
        scores: Tensor = self.scores(self.layers(x).mean(dim=(2, 3)))
        return scores


class InvertedResidual(nn.Module):
    """Wide inside, narrow outside, with a way around where shapes agree."""

    def __init__(self, before: int, channels: int, stride: int, expand: int) -> None:
        super().__init__()
        wide = before * expand
        self.layers = nn.Sequential(
            nn.Conv2d(before, wide, 1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU6(),
            nn.Conv2d(wide, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.passes = stride == 1 and before == channels

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) -> (B, channels, H / stride, W / stride)."""
        y: Tensor = self.layers(x)
        return x + y if self.passes else y


class MobileNet(nn.Module):
    """What `nnstudio.project.networks.images.mobilenet` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 8, 3, 2, 1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU6(),
            InvertedResidual(8, 8, 1, 1),
            InvertedResidual(8, 12, 2, 4),
            InvertedResidual(12, 12, 1, 4),
            InvertedResidual(12, 24, 2, 4),
            InvertedResidual(24, 24, 1, 4),
            nn.Conv2d(24, 64, 1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU6(),
        )
        self.scores = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 1, 32, 32) -> (B, 10)."""
        scores: Tensor = self.scores(self.layers(x).mean(dim=(2, 3)))
        return scores


class Transformer(nn.Module):
    """What `nnstudio.project.networks.sequences.transformer_classifier` draws."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(8, 32)
        # Lists, since a module's own parameters would come before those of the table.
        self.token, self.places = nn.ParameterList([torch.zeros(32)]), nn.ParameterList([torch.zeros(25, 32)])
        self.encoder1 = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)
        self.encoder2 = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)
        self.norm, self.scores = nn.LayerNorm(32), nn.Linear(32, 4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 24) -> (B, 4)."""
        h = self.table(x)
        h = torch.cat([self.token[0].expand(len(h), 1, 32), h], dim=1) + self.places[0]
        scores: Tensor = self.scores(self.norm(self.encoder2(self.encoder1(h))[:, 0]))
        return scores


TWINS: tuple[tuple[str, str, Callable[[], nn.Module]], ...] = (
    ("LeNet-5", "lenet5-digits", LeNet5),
    ("residual network", "residual-digits", ResNet),
    ("LSTM", "lstm-memory", Reader),
    ("two moons", "moons", Moons),
    ("autoencoder", "autoencoder", Autoencoder),
    ("DenseNet", "densenet-digits", DenseNet),
    ("MobileNetV2", "mobilenet-digits", MobileNet),
    ("Transformer", "transformer-memory", Transformer),
)
"""What each is called, the example that draws it, and the class that a person would write."""

ROWS: Mapping[str, Callable[[], nn.Module]] = {
    "xor": lambda: nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)),
    "iris": lambda: nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3)),
}
"""Examples that are one layer after the other."""


def loop_by_hand(project: Project, *, validates: bool = False) -> Callable[[float], float]:
    """Return what trains an example for some seconds as one would without the program, and tells its steps per second.

    Time in which the system ran other programs in its place does not count.

    The samples are tensors in memory, shuffled by their numbers, and the optimizer is torch's as it comes.

    Args:
        project: which example.
        validates: try the validation samples after each epoch, as the program does and most scripts do.
    """
    (name,) = (key for key, make in ALL.items() if make().name == project.name)
    make = ROWS.get(name) or next(make for _, example, make in TWINS if example == name)
    data, recipe = load(project.data), recipe_of(project.recipe)
    inputs, targets = torch.from_numpy(data.inputs[data.training]), torch.from_numpy(data.targets[data.training])
    held, wanted = torch.from_numpy(data.inputs[data.validation]), torch.from_numpy(data.targets[data.validation])
    network = make()
    optimizer = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate)
    compare = functional.mse_loss if recipe.loss == "mse" else functional.cross_entropy

    def validate() -> tuple[float, float]:
        network.eval()
        loss = right = 0.0
        with torch.no_grad():
            for start in range(0, len(held), recipe.batch_size):
                rows = slice(start, start + recipe.batch_size)
                scores = network(held[rows])
                loss += compare(scores, wanted[rows]).item()
                if recipe.loss == "cross_entropy":
                    right += (scores.argmax(1) == wanted[rows]).sum().item()
        network.train()
        return loss, right

    def steps() -> Iterator[float]:
        while True:
            order = torch.randperm(len(inputs))
            for start in range(0, len(inputs), recipe.batch_size):
                rows = order[start : start + recipe.batch_size]
                optimizer.zero_grad()
                loss = compare(network(inputs[rows]), targets[rows])
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                yield loss.item()
            if validates:
                validate()

    going = steps()

    def train(seconds: float) -> float:
        begun, count = time.perf_counter(), 0
        lost = waited(get_native_id())
        while time.perf_counter() - begun < seconds:
            next(going)
            count += 1
        return count / (time.perf_counter() - begun - (waited(get_native_id()) - lost))

    return train


def hand_over(drawn: nn.Module, twin: nn.Module) -> None:
    """Copy weights in the order of their layers, which is the same in both.

    Raises:
        ValueError: they have not as many weights.
    """
    with torch.no_grad():
        for source, target in zip(drawn.parameters(), twin.parameters(), strict=True):
            target.copy_(source)
