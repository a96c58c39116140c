"""Names of layers: they become attributes, state_dict keys and code, so they are Python identifiers."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection
from functools import lru_cache

from nnstudio.core.words import tr

MAX_LENGTH = 64

_MODULE_WORDS = (
    "add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu cuda "
    "delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward "
    "get_buffer get_extra_state get_parameter get_submodule graph half ipu load_state_dict meta modules mtia "
    "named_buffers named_children named_modules named_parameters parameters print_readable recompile "
    "register_backward_hook register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook "
    "register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule shape_env share_memory "
    "state_dict T_destination to to_empty to_folder train training type xpu zero_grad "
)
MODULE_ATTRIBUTES = frozenset(_MODULE_WORDS.split())
"""What `torch.nn.Module` and `torch.fx.GraphModule` call their own; a layer of that name would hide it."""

CODE_NAMES = frozenset({"self", "torch", "nn", "math", "Tensor", "super", "range", "len", "int", "float", "tuple"})
"""What exported code uses by name."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def name_fault(name: str) -> str | None:
    """Say why ``name`` cannot name a layer, or None when it can."""
    return None if _is_good(name) else _fault_of(name)


@lru_cache(maxsize=4096)
def _is_good(name: str) -> bool:
    """Say whether a name is fine; every edit asks it of every layer."""
    return _fault_of(name) is None


def _fault_of(name: str) -> str | None:
    if len(name) > MAX_LENGTH:
        return tr("A name has at most {count} characters.", count=MAX_LENGTH)
    if not _IDENTIFIER.match(name):
        return tr(
            "A name starts with a letter and has only letters, digits and _ after it: {name!r} does not.", name=name
        )
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return tr("{name!r} is a word of the Python language.", name=name)
    if name in MODULE_ATTRIBUTES or name in CODE_NAMES:
        return tr("{name!r} already means something in PyTorch code.", name=name)
    return None


def unique_name(stem: str, taken: Collection[str]) -> str:
    """Return the first of ``stem``, ``stem_1``… that is free; a stem that ends in ``_`` always gets a number."""
    if not stem.endswith("_") and stem not in taken and name_fault(stem) is None:
        return stem
    base = stem.rstrip("_")
    match = re.fullmatch(r"(.*?)_(\d+)", base)
    if match and match[1]:
        base = match[1]
    base = base[: MAX_LENGTH - 8]
    number = 1
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"
