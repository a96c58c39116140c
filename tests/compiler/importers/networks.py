"""Networks as people write them, for the importers to read."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812  (as everybody writes it)
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        y: Tensor = self.relu(out)
        return y


class ResNet18(nn.Module):
    """He, Zhang, Ren, Sun, 2015; for images of any size."""

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, padding=1)
        self.layer1 = nn.Sequential(BasicBlock(64, 64), BasicBlock(64, 64))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256))
        self.layer4 = nn.Sequential(BasicBlock(256, 512, 2), BasicBlock(512, 512))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        y: Tensor = self.fc(torch.flatten(self.avgpool(x), 1))
        return y


class SelfAttention(nn.Module):
    """Attention by hand: matrix products and a softmax."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        batch, steps, width = x.shape
        size = width // self.heads
        q = self.query(x).view(batch, steps, self.heads, size).transpose(1, 2)
        k = self.key(x).view(batch, steps, self.heads, size).transpose(1, 2)
        v = self.value(x).view(batch, steps, self.heads, size).permute(0, 2, 1, 3)
        attention = F.softmax(q @ k.transpose(-2, -1) / math.sqrt(size), dim=-1)
        y: Tensor = self.out((attention @ v).transpose(1, 2).contiguous().view(batch, steps, width))
        return y


class EncoderBlock(nn.Module):
    """Attention and two dense layers, each beside a shortcut."""

    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = SelfAttention(width, heads)
        self.dense1, self.dense2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + F.dropout(self.attention(self.norm1(x)), 0.1, self.training)
        y: Tensor = x + self.dense2(F.gelu(self.dense1(self.norm2(x))))
        return y


class HandTransformer(nn.Module):
    """An encoder without any of torch's Transformer modules."""

    def __init__(self, words: int = 50, width: int = 32, steps: int = 16, classes: int = 5) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.positions = nn.Parameter(0.02 * torch.randn(1, steps, width))
        self.blocks = nn.ModuleList(EncoderBlock(width, 4, 64) for _ in range(2))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens) + self.positions
        for block in self.blocks:
            x = block(x)
        y: Tensor = self.head(self.norm(x).mean(dim=1))
        return y


class TorchTransformer(nn.Module):
    """An encoder of torch's own layers, batch first or steps first."""

    def __init__(self, *, batch_first: bool = True) -> None:
        super().__init__()
        self.batch_first = batch_first
        self.embedding = nn.Embedding(50, 32)
        layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=batch_first, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(32), enable_nested_tensor=False)
        self.head = nn.Linear(32, 5)

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embedding(tokens)
        found = self.encoder(x)[:, 0] if self.batch_first else self.encoder(x.transpose(0, 1))[-1]
        y: Tensor = self.head(found)
        return y


class Reader(nn.Module):
    """An LSTM, with what people do to its final states."""

    def __init__(self, *, both: bool, batch_first: bool) -> None:
        super().__init__()
        self.batch_first, self.both = batch_first, both
        self.embedding = nn.Embedding(50, 8)
        self.lstm = nn.LSTM(8, 16, num_layers=2, batch_first=batch_first, bidirectional=both)
        self.head = nn.Linear(32 if both else 16, 3)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        x = self.embedding(tokens)
        if not self.batch_first:
            x = x.permute(1, 0, 2)
        states, (h, _) = self.lstm(x)
        last = states[:, -1] if self.batch_first else states[-1]
        return self.head(torch.cat([h[-2], h[-1]], dim=1) if self.both else h[-1]), last


class FunctionalLeNet(nn.Module):
    """LeNet-5 with functions for everything without weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(torch.tanh(self.conv2(x)), kernel_size=2)
        x = x.view(x.size(0), -1)
        x = torch.sigmoid(self.fc1(x)) * 2.0 - 1
        return F.log_softmax(self.fc3(self.fc2(x).clamp(min=0)), dim=1)


class Unusual(nn.Module):
    """What no layer computes stands in the middle of what layers do."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 6), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cumsum(self.first(x), dim=1)
        y: Tensor = self.second(F.relu(x))
        return y


class Branching(nn.Module):
    """Python asks what the numbers are."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) if x.sum() > 0 else x


class Counting(nn.Module):
    """Python asks for a length, which symbolic tracing cannot follow and export can."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(x.shape[1] // 2):
            x = F.relu(self.layer(x))
        return x


class Shared(nn.Module):
    """One layer, called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(torch.tanh(self.layer(x)))
        return y


class InPlace(nn.Module):
    """What changes its argument changes it for those who read it later, too."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = self.layer(x)
        F.relu(y, inplace=True)
        y.mul_(0.5)
        return torch.cat((y, x), dim=-1)


class Attending(nn.Module):
    """torch's attention: to itself, to something else, and without looking ahead."""

    def __init__(self, *, causal: bool = False, cross: bool = False) -> None:
        super().__init__()
        self.causal, self.cross = causal, cross
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
        self.norm = nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(6) if self.causal else None
        key = torch.tanh(x) if self.cross else x
        found, _ = self.attention(x, key, key, attn_mask=mask, need_weights=False)
        y: Tensor = self.norm(x + found)
        return y


class Positioned(nn.Module):
    """Positions as people write them: a slice of a parameter, a table of rows, a buffer of waves."""

    waves: Tensor

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.embedding, self.rows = nn.Embedding(50, 8), nn.Embedding(20, 8)
        self.table = nn.Parameter(torch.randn(1, 20, 8))
        steps = torch.arange(20).unsqueeze(1)
        angles = steps * torch.exp(torch.arange(0, 8, 2) * (-math.log(10_000) / 8))
        self.register_buffer("waves", torch.stack((angles.sin(), angles.cos()), dim=2).flatten(1))

    def forward(self, tokens: Tensor) -> Tensor:
        x: Tensor = self.embedding(tokens)
        steps = tokens.size(1)
        if self.way == "slice":
            return x + self.table[:, :steps]
        if self.way == "rows":
            rows: Tensor = self.rows(torch.arange(steps))
            return x + rows
        return x + self.waves[:steps]


class Convolved(nn.Module):
    """Convolutions in one and three dimensions, and a few more kinds of layers."""

    def __init__(self, *, grouped: bool = True) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(4, 8, 3, padding="same"),
            nn.BatchNorm1d(8),
            nn.GELU(approximate="tanh"),
            nn.MaxPool1d(2),
            nn.ConvTranspose1d(8, 4, 2, stride=2),
            nn.GroupNorm(2, 4) if grouped else nn.BatchNorm1d(4),
            nn.PReLU(),
            nn.Dropout(0.3),
            nn.Unflatten(2, (4, 8)),
            nn.Upsample(scale_factor=2, mode="nearest"),
            nn.AvgPool2d(2, count_include_pad=False),
            nn.Flatten(),
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y


class VisionTransformer(nn.Module):
    """Patches, a class token, positions, torch's encoder, and a trained scale."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.positions = nn.Parameter(torch.randn(1, 17, 16))
        self.scale = nn.Parameter(torch.tensor(1.7))
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.head = nn.Linear(16, 4)

    def forward(self, image: Tensor) -> Tensor:
        x = self.patches(image).flatten(2).transpose(1, 2)
        x = torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1) + self.positions
        y: Tensor = self.head(self.scale * self.encoder(x)[:, 0])
        return y


class SmallGPT(nn.Module):
    """One causal block with packed projections and torch's attention function."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(20, 16), nn.Embedding(8, 16)
        self.norm, self.packed, self.out = nn.LayerNorm(16), nn.Linear(16, 48), nn.Linear(16, 16)
        self.head = nn.Linear(16, 20, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        _, steps = tokens.size()
        x = self.words(tokens) + self.places(torch.arange(steps, device=tokens.device))
        q, k, v = self.packed(self.norm(x)).split(16, dim=2)
        q, k, v = (part.view(-1, steps, 4, 4).transpose(1, 2) for part in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).contiguous().view(-1, steps, 16))
        y: Tensor = self.head(x)
        return y


class CountingReader(nn.Module):
    """An LSTM behind Python that asks for a length, so that only export follows."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(4, 8, batch_first=True, bidirectional=True)
        self.layer = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(x.shape[1] // 4):
            x = torch.tanh(x)
        states, (h, _) = self.lstm(x)
        y: Tensor = self.layer(torch.cat((h[-2], h[-1]), dim=1) + states[:, -1])
        return y


class Translator(nn.Module):
    """An LSTM that begins where another one ended."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 8)
        self.encoder, self.decoder = nn.LSTM(8, 80, batch_first=True), nn.LSTM(8, 80, batch_first=True)
        self.head = nn.Linear(80, 20)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        _, states = self.encoder(self.words(source))
        found, _ = self.decoder(self.words(target), states)
        y: Tensor = self.head(found)
        return y
