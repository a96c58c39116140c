"""The formats that a drawing can be exported to, as values: the command line and the menu are made from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from nnstudio.core.words import Words


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """One format.

    Attributes:
        key: what the command line calls it.
        title: what the menu says.
        summary: one line on what it is for.
        suffix: of its files.
        kind: what a file dialog calls such files.
        is_picture: whether it shows the drawing; then it needs Qt, and may have errors in it.
        is_text: whether it can be printed.
        has_weights: whether it carries weights, trained ones if there are any.
        is_slow: whether writing it takes seconds, so that the window lets a process of its own do it.
    """

    key: str
    title: Words
    summary: Words
    suffix: str
    kind: Words
    is_picture: bool = False
    is_text: bool = False
    has_weights: bool = False
    is_slow: bool = False


_PYTHON_CODE = Words("Python code", "Python 代码")

_FORMATS = (
    Format(
        key="python",
        title=Words("Python code…", "Python 代码…"),
        summary=Words("the network as readable PyTorch code", "网络的可读 PyTorch 代码"),
        suffix=".py",
        kind=_PYTHON_CODE,
        is_text=True,
    ),
    Format(
        key="script",
        title=Words("Training script…", "训练脚本…"),
        summary=Words(
            "network, data and recipe as one script that trains", "网络、数据和训练方案合成一个可直接训练的脚本"
        ),
        suffix=".py",
        kind=_PYTHON_CODE,
    ),
    Format(
        key="onnx",
        title=Words("ONNX…", "ONNX…"),
        summary=Words("for running the network in other programs", "供其他程序运行该网络"),
        suffix=".onnx",
        kind=Words("ONNX networks", "ONNX 网络"),
        has_weights=True,
        is_slow=True,
    ),
    Format(
        key="pt2",
        title=Words("PyTorch program (.pt2)…", "PyTorch 程序（.pt2）…"),
        summary=Words("for torch.export.load, without any code", "供 torch.export.load 读取，无需任何代码"),
        suffix=".pt2",
        kind=Words("PyTorch programs", "PyTorch 程序"),
        has_weights=True,
        is_slow=True,
    ),
    Format(
        key="weights",
        title=Words("Weights (safetensors)…", "权重（safetensors）…"),
        summary=Words("the numbers alone, by the names of state_dict", "仅权重数值，以 state_dict 的键命名"),
        suffix=".safetensors",
        kind=Words("Weights", "权重"),
        has_weights=True,
    ),
    Format(
        key="svg",
        title=Words("SVG picture…", "SVG 图…"),
        summary=Words("the drawing as lines, for the web and for editing", "矢量图，适合网页和再编辑"),
        suffix=".svg",
        kind=Words("SVG pictures", "SVG 图"),
        is_picture=True,
    ),
    Format(
        key="png",
        title=Words("PNG picture…", "PNG 图…"),
        summary=Words("the drawing as pixels", "位图"),
        suffix=".png",
        kind=Words("PNG pictures", "PNG 图"),
        is_picture=True,
    ),
    Format(
        key="pdf",
        title=Words("PDF page…", "PDF 页面…"),
        summary=Words("the drawing as a page of its own size, for papers", "按图尺寸生成的页面，适合论文"),
        suffix=".pdf",
        kind=Words("PDF pages", "PDF 页面"),
        is_picture=True,
    ),
    Format(
        key="tikz",
        title=Words("LaTeX figure (TikZ)…", "LaTeX 插图（TikZ）…"),
        summary=Words("the drawing as LaTeX that can be edited", "可编辑的 LaTeX 图"),
        suffix=".tex",
        kind=Words("LaTeX files", "LaTeX 文件"),
        is_picture=True,
        is_text=True,
    ),
)

FORMATS: Mapping[str, Format] = MappingProxyType({entry.key: entry for entry in _FORMATS})
"""Every format by its key, in the menu's order."""
