"""Plan to readable Python: what a person takes home. It needs torch and nothing of this program.

The network is one class, every block one more. Copies of a block that differ only in numbers share a class, and
those numbers become its arguments; copies that differ in what they do get a class each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from nnstudio.compiler.expressions import Scope, call_text
from nnstudio.compiler.plan import Plan, Step, Value
from nnstudio.core.names import name_fault
from nnstudio.layers.code import EXPRESSIONS, Apply, Call, Expression, Literal, parts
from nnstudio.layers.own import own_source
from nnstudio.layers.spec import Signal

_SHORT = ("x", "y", "z", "u", "v", "w")
"""Names for what flows; where they run out a value is called after its layer."""

_WIDTH = 100
Slot = Callable[[str, Literal], str]
_SLOT = re.compile("\0([0-9]+)\0")


def write_source(plan: Plan, name: str) -> str:
    """Write a plan as a Python module with one class for the network.

    The class constructs the same modules under the same names in the same order as `link`, and computes the same
    steps in the same order: equal weights give bit-equal outputs.

    Args:
        plan: what to write.
        name: the drawing's name; the class is called after it.
    """
    classes = _Classes(name, plan)
    body = _body(plan, classes)
    network = _class_text(classes.network, body.filled({}), body.commented(), (), _shapes_text(plan))
    imports = sorted({line for own in classes.own for line in own.imports})
    head = "\n".join([f'"""{classes.network}, drawn in NN Studio."""\n', *imports, *([""] if imports else [])])
    head += "\nimport torch\nfrom torch import nn\n"
    return "\n\n".join([head, *(own.text for own in classes.own), *classes.texts(), network])


def class_name(name: str, otherwise: str) -> str:
    """Turn any name into a class name: ``LeNet-5`` becomes ``LeNet5``."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    text = "".join(word[0].upper() + word[1:] for word in words)[:60]
    return otherwise if not text or name_fault(text) is not None else text


@dataclass(frozen=True, slots=True)
class _Body:
    """Lines of a class; in ``init`` every literal is taken out, and a mark stands for its place in ``slots``."""

    init: tuple[str, ...]
    forward: tuple[str, ...]
    arguments: tuple[str, ...]
    slots: tuple[Literal, ...]
    hints: tuple[str, ...]
    num_results: int
    shapes: tuple[str, ...]

    def filled(self, names: Mapping[int, str]) -> tuple[str, ...]:
        """Put the literals back into ``init``, or the names of arguments in their place."""
        return tuple(
            _SLOT.sub(lambda match: names.get(int(match[1]), repr(self.slots[int(match[1])])), line)
            for line in self.init
        )

    def commented(self) -> _Body:
        """Return this body with the shape that every line gives as a comment behind it."""
        width = min(72, max((len(line) for line in self.forward), default=0))
        pairs = zip(self.forward, self.shapes, strict=True)
        lines = tuple(f"{line:<{width}}  # {shape}" if shape else line for line, shape in pairs)
        return replace(self, forward=lines)


@dataclass(slots=True)
class _Variant:
    """One class that some copies of a block share."""

    title: str
    bodies: list[_Body]
    plans: list[Plan]

    def varying(self) -> dict[str, tuple[int, ...]]:
        """Return argument name -> the slots that it fills: those whose numbers are alike in every copy."""
        rows = [body.slots for body in self.bodies]
        groups: dict[tuple[Literal, ...], list[int]] = {}
        for slot in range(len(rows[0])):
            column = tuple(row[slot] for row in rows)
            if any(value != column[0] for value in column):
                groups.setdefault(column, []).append(slot)
        named: dict[str, tuple[int, ...]] = {}
        for column, slots in groups.items():
            stem = self._parameter(column) or self.bodies[0].hints[slots[0]]
            name, number = stem, 2
            while name in named or name_fault(name) is not None:
                name, number = f"{stem}_{number}", number + 1
            named[name] = tuple(slots)
        return named

    def _parameter(self, column: tuple[Literal, ...]) -> str | None:
        """Return the parameter of the block that has just these values, if one has."""
        for name in self.plans[0].values:
            if tuple(plan.values[name] for plan in self.plans) == column:
                return name
        return None


class _Classes:
    """The classes of all blocks in a network, found from the inside out."""

    def __init__(self, name: str, plan: Plan) -> None:
        self._variants: dict[tuple[str, tuple[str, ...], tuple[str, ...]], _Variant] = {}
        self._of_plan: dict[int, tuple[_Variant, _Body]] = {}
        found: dict[int, tuple[int, str, Plan]] = {}
        _collect(plan, found)
        plans = [plan, *(copy for _, _, copy in found.values())]
        self.own = tuple(own_source(used) for used in sorted(set(chain(*map(_own_classes, plans)))))
        self._taken = {defined for own in self.own for defined in own.names}
        self.network = class_name(name, "Network")
        while self.network in self._taken:
            self.network += "Network"
        for _, block, inner in sorted(found.values(), key=lambda entry: entry[0]):
            self._add(block, inner)

    def _add(self, block: str, plan: Plan) -> None:
        """Learn one copy; all copies within it are known already."""
        body = _body(plan, self)
        key = (block, body.init, body.forward)
        variant = self._variants.get(key)
        if variant is None:
            variant = self._variants[key] = _Variant(self._title(block), [], [])
        variant.bodies.append(body)
        variant.plans.append(plan)
        self._of_plan[id(plan)] = (variant, body)

    def construction(self, plan: Plan) -> tuple[str, Mapping[str, Literal]]:
        """Return the class of one copy and the arguments it is made with."""
        variant, body = self._of_plan[id(plan)]
        return variant.title, {name: body.slots[slots[0]] for name, slots in variant.varying().items()}

    def texts(self) -> Iterator[str]:
        """Write every class, inner ones first."""
        for variant in self._variants.values():
            named = variant.varying()
            body = variant.bodies[0]
            fill = {slot: name for name, slots in named.items() for slot in slots}
            kinds = tuple(f"{name}: {_type(body.slots[slots[0]])}" for name, slots in named.items())
            yield _class_text(variant.title, body.filled(fill), body, kinds, ())

    def _title(self, block: str) -> str:
        stem = class_name(block, "Block")
        taken = {self.network, *self._taken, *(variant.title for variant in self._variants.values())}
        title, number = stem, 2
        while title in taken:
            title, number = f"{stem}{number}", number + 1
        return title


def _collect(plan: Plan, found: dict[int, tuple[int, str, Plan]]) -> int:
    """Gather every copy of a block with its height; return the height of ``plan`` itself."""
    height = 0
    for step in plan.steps:
        for copy in step.copies:
            known = found.get(id(copy))
            inner = known[0] if known else _collect(copy, found)
            found[id(copy)] = (inner, step.block, copy)
            height = max(height, inner + 1)
    return height


def _own_classes(plan: Plan) -> Iterator[str]:
    """Name the classes of our own that a plan uses, without those of the blocks in it."""
    for step in plan.steps:
        for part in (step.module, *step.forward):
            if isinstance(part, EXPRESSIONS):
                yield from (call.target.removeprefix("own.") for call in _calls(part) if call.target[:4] == "own.")


def _calls(expression: Expression) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
    for part in parts(expression):
        if isinstance(part, EXPRESSIONS):
            yield from _calls(part)


class _Names:
    """Which local name holds which value; a name is free again once nothing needs its value."""

    def __init__(self, plan: Plan) -> None:
        self._left = Counter(value for step in plan.steps for value in step.inputs)
        self._left.update(value for _, value in plan.outputs)
        self._name: dict[Value, str] = {Value(name): name for name, _ in plan.inputs}
        self._held = Counter({name: self._left[Value(name)] for name, _ in plan.inputs})
        self._arguments = {name for name, _ in plan.inputs}

    def use(self, value: Value) -> str:
        """Return the text of a value and count down how often it is still needed."""
        name = self._name[value]
        self._held[name.partition("[")[0]] -= 1
        return name

    def needed(self, value: Value) -> int:
        """Return how often a value is needed from now on."""
        return self._left[value]

    def give(self, step: Step, index: int, first: str) -> str:
        """Choose the name of a new value: that of the step's first input if it is free now, else the next free one."""
        value = Value(step.name, index)
        choices = ([first] if first not in self._arguments else []) + [n for n in _SHORT if n not in self._arguments]
        name = next((choice for choice in choices if self._held[choice] <= 0), None) or self.fresh(step.name)
        self.bind(value, name)
        return name

    def fresh(self, name: str) -> str:
        """Return ``name``, or with underscores behind it where that holds something that is still needed."""
        while self._held[name] > 0 or name in self._arguments:
            name += "_"
        return name

    def bind(self, value: Value, text: str) -> None:
        """Say where a value is found."""
        self._name[value] = text
        holder = text.partition("[")[0]
        self._held[holder] = max(0, self._held[holder]) + self._left[value]


def _body(plan: Plan, classes: _Classes) -> _Body:
    """Write the lines of one class."""
    slots: list[Literal] = []
    hints: list[str] = []

    def slot(hint: str, value: Literal) -> str:
        slots.append(value)
        hints.append(hint)
        return f"\0{len(slots) - 1}\0"

    init: list[str] = []
    forward: list[str] = []
    shapes: list[str] = []
    names = _Names(plan)
    for step in plan.steps:
        if step.copies:
            init += _construct_block(step, classes, slot)
        elif step.module is not None:
            init.append(f"self.{step.name} = {call_text(step.module, partial(_slot, slot, step.module))}")
            init += _begin(step)
        for line, signal in _compute(step, names):
            forward.append(line)
            shapes.append(_shape_comment(signal))
    results = [names.use(value) for _, value in plan.outputs]
    forward.append(f"return {', '.join(results)}")
    shapes.append("")
    arguments = tuple(name for name, _ in plan.inputs)
    return _Body(tuple(init), tuple(forward), arguments, tuple(slots), tuple(hints), len(results), tuple(shapes))


def _begin(step: Step) -> Iterator[str]:
    """Give the lines that change a new module's starting weights, and that freeze it."""
    if step.start is not None:
        arguments = ", ".join(["weight", *map(repr, step.start.args), *(f"{k}={v!r}" for k, v in step.start.kwargs)])
        yield f"for name, weight in self.{step.name}.named_parameters():"
        yield "    if weight.dim() > 1:"
        yield f"        {step.start.target}({arguments})"
        yield '    elif "bias" in name:'
        yield "        nn.init.zeros_(weight)"
        if step.start.then:
            yield f"self.{step.name}.{step.start.then}()"
    if step.frozen:
        yield f"self.{step.name}.requires_grad_(False)"


def _slot(slot: Slot, call: Call, place: str, value: Literal) -> str:
    return slot(_hint(call, place), value)


def _construct_block(step: Step, classes: _Classes, slot: Slot) -> list[str]:
    texts: list[str] = []
    for copy in step.copies:
        title, arguments = classes.construction(copy)
        texts.append(f"{title}({', '.join(f'{name}={slot(name, value)}' for name, value in arguments.items())})")
    if len(texts) == 1:
        return [f"self.{step.name} = {texts[0]}"]
    return [f"self.{step.name} = nn.Sequential(", *(f"    {text}," for text in texts), ")"]


def _compute(step: Step, names: _Names) -> Iterator[tuple[str, Signal | None]]:
    """Give the lines of ``forward`` for one step, each with the signal it makes."""
    inputs = [names.use(value) for value in step.inputs]
    first = inputs[0].partition("[")[0] if inputs else "x"
    wanted = [index for index in range(len(step.outputs)) if names.needed(Value(step.name, index))]
    if len(step.outputs) > 1 and step.copies:
        whole = names.fresh(step.name)
        yield f"{whole} = self.{step.owner}({', '.join(inputs)})", None
        for index in wanted:
            names.bind(Value(step.name, index), f"{whole}[{index}]")
        return
    scope = Scope(inputs, f"self.{step.owner}")
    calls = [call for index in wanted for call in applications(step.forward[index])]
    if len(calls) > 1 and len(set(calls)) == 1:  # one call serves several outputs
        whole = names.fresh(step.name)
        yield f"{whole} = {scope.text(calls[0])}", None
        scope = replace(scope, known={calls[0]: whole})
    for index in wanted:
        text = scope.text(step.forward[index])
        if len(wanted) > 1:
            name = names.fresh(f"{step.name}_{index}")
            names.bind(Value(step.name, index), name)
        else:
            name = names.give(step, index, first)
        yield f"{name} = {text}", step.outputs[index]


def applications(expression: Expression) -> Iterator[Apply]:
    """Give every place where the layer's module is called."""
    if isinstance(expression, Apply):
        yield expression
    for part in parts(expression):
        if isinstance(part, EXPRESSIONS):
            yield from applications(part)


def _hint(call: Call, place: str) -> str:
    """Name the argument of a constructor: by its keyword, or what torch calls the first ones."""
    last = place.rpartition(".")[2]
    if not last.isdigit():
        return last
    for part in place.split(".")[:-1]:
        inner = call.args[int(part)] if part.isdigit() else dict(call.kwargs)[part]
        assert isinstance(inner, Call)
        call = inner
    stem = "channels" if "Conv" in call.target else "features"
    return ("num_" if "Norm" in call.target else ("in_", "out_")[min(1, int(last))]) + stem


def _type(value: Literal) -> str:
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_type, value))}]"
    return type(value).__name__


def _shape_comment(signal: Signal | None) -> str:
    return "" if signal is None else " × ".join(map(str, signal.shape)) or "one number"


def _shapes_text(plan: Plan) -> tuple[str, ...]:
    """Say in the docstring what goes in and what comes out."""
    by_value = {Value(step.name, i): signal for step in plan.steps for i, signal in enumerate(step.outputs)}
    by_value |= {Value(name): signal for name, signal in plan.inputs}
    takes = [f"    {name}: {_batch_text(signal)}" for name, signal in plan.inputs]
    gives = [f"    {name}: {_batch_text(by_value[value])}" for name, value in plan.outputs]
    return ("Args:", *takes, "", "Returns:", *gives)


def _batch_text(signal: Signal) -> str:
    kind = "float32" if signal.element == "real" else "int64"
    return f"({', '.join(['batch', *map(str, signal.shape)])}) {kind}"


def _class_text(
    title: str, init: tuple[str, ...], body: _Body, arguments: tuple[str, ...], notes: tuple[str, ...]
) -> str:
    tensor = "torch.Tensor"
    takes = ", ".join(["self", *(f"{name}: {tensor}" for name in body.arguments)])
    gives = tensor if body.num_results == 1 else f"tuple[{', '.join([tensor] * body.num_results)}]"
    lines = [f"class {title}(nn.Module):"]
    if notes:
        lines += [
            '    """A network drawn in NN Studio.',
            "",
            *(f"    {note}".rstrip() for note in notes),
            '    """',
            "",
        ]
    lines += [f"    def __init__({', '.join(['self', *arguments])}) -> None:", "        super().__init__()"]
    for line in init:
        lines += [f"        {part}" for part in _wrapped(line)]
    lines += ["", f"    def forward({takes}) -> {gives}:", *(f"        {line}" for line in body.forward)]
    return "\n".join(lines) + "\n"


def _wrapped(line: str) -> list[str]:
    """Break a constructor call that is too long behind its opening bracket."""
    if len(line) <= _WIDTH - 8 or not line.endswith(")"):
        return [line]
    head, _, rest = line.partition("(")
    return [f"{head}(", f"    {rest[:-1]}", ")"]
