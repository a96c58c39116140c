"""The field of a setting within a block: a value, or how it follows from the block's parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from nnstudio.compiler.values import fill
from nnstudio.core.graph import Scalar, Value, freeze_params, is_expression
from nnstudio.core.words import tr
from nnstudio.layers.parameters import Bool, Choice, Float, Int, Parameter, Text
from nnstudio.ui.inspector.fields import make_field
from nnstudio.ui.inspector.typed_fields import TypedField


class ExpressionField(TypedField):
    """Takes ``=2*channels`` as well as what the setting's own field takes.

    Args:
        parameter: the setting.
        values: gives what the names in an expression stand for now.
        chain: whether there may be one value for each copy of a block, such as ``64, 128``.
    """

    def __init__(self, parameter: Parameter, values: Callable[[], Mapping[str, Scalar]], *, chain: bool) -> None:
        words: tuple[str, ...] = ()
        if isinstance(parameter, Bool):
            words = (tr("yes"), tr("no"))
        elif isinstance(parameter, Choice):
            words = parameter.options
        super().__init__(parameter, words)
        self._values = values
        self._chain = chain
        plain = make_field(parameter)
        self._plain = plain if isinstance(plain, TypedField) else None
        plain.setParent(self)
        plain.hide()
        self.line.setToolTip(_help(parameter, values(), chain=chain))
        self.line.stepped.connect(self._on_stepped)

    def show_value(self, value: Value) -> None:
        """Show the text from its beginning on."""
        super().show_value(value)
        if not self.line.hasFocus():
            self.line.setCursorPosition(0)

    def read(self, text: str) -> Value:
        """Read an expression, a value, or several with commas between them."""
        bare = text.strip()
        parts = _split(bare)
        if len(parts) > 1 and (self._chain or any(map(is_expression, parts))):
            return tuple(map(self._read_part, parts))
        if is_expression(bare) or self._plain is None:
            return self._read_part(bare)
        return self._plain.read(bare)

    def write(self, value: Value) -> str:
        """Write an expression as it is, and several values with commas between them."""
        if isinstance(value, tuple) and (self._chain or any(map(is_expression, value))):
            return ", ".join(map(self._write_one, value))
        return self._write_one(value)

    def check(self, value: Value) -> object:
        """Work an expression out with what its names stand for now, and check what comes of it."""
        name = self.parameter.name
        filled = fill(freeze_params({name: value}), self._values(), {name: self.parameter})[name]
        if self._chain and isinstance(filled, tuple):
            return tuple(map(self.parameter.check, filled))
        return self.parameter.check(filled)

    def fits(self, _value: Value) -> bool:
        """Show whatever there is."""
        return True

    def _same(self, first: Value, second: Value) -> bool:
        if first == second:
            return type(first) is type(second)
        parts = [part for value in (first, second) for part in (value if isinstance(value, tuple) else (value,))]
        return not any(map(is_expression, parts)) and super()._same(first, second)

    def _read_part(self, text: str) -> Scalar:
        if isinstance(self.parameter, Bool):
            return {tr("yes"): True, tr("no"): False}.get(text, text)
        if isinstance(self.parameter, (Text, Choice)):
            return text
        if re.fullmatch("-?[0-9]{1,9}", text):
            return int(text)
        return float(text) if re.fullmatch(r"-?[0-9]*\.[0-9]+", text) else text

    def _write_one(self, value: Value) -> str:
        if is_expression(value):
            return value
        if isinstance(value, bool):
            return tr("yes") if value else tr("no")
        return self._plain.write(value) if self._plain is not None else str(value)

    def _on_stepped(self, direction: int) -> None:
        now = self.read(self.line.text())
        if isinstance(self.parameter, (Int, Float)) and isinstance(now, (int, float)) and not isinstance(now, bool):
            step = 1 if isinstance(self.parameter, Int) else self.parameter.step
            value = max(self.parameter.low, min(self.parameter.high, round(now + direction * step, 12)))
            self.line.setText(self.write(value))
            self.offer(value)


def _split(text: str) -> list[str]:
    """Split where a comma or × stands outside of brackets, as a function has commas too."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth <= 0 and sign in ",;×":
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()] or [""]


def _help(parameter: Parameter, values: Mapping[str, Scalar], *, chain: bool) -> str:
    texts = [str(parameter.help)]
    if values:
        names = ", ".join(values)
        texts.append(tr("It can follow from {names}: write =2*{name}.", names=names, name=next(iter(values))))
    if chain:
        texts.append(tr("Of a chain of copies each may have its own: 64, 128, 256."))
    return "\n".join(texts)
