"""The form of the recipe: all its settings in their order, and which of them matter now."""

from __future__ import annotations

from collections.abc import Mapping

from nnstudio.core.graph import Value
from nnstudio.layers.parameters import Parameter
from nnstudio.training.settings.learner import LEARNER_SETTINGS
from nnstudio.training.settings.loss import LOSS_SETTINGS
from nnstudio.training.settings.optimizer import OPTIMIZER_SETTINGS
from nnstudio.training.settings.regularisation import REGULARISATION_SETTINGS
from nnstudio.training.settings.run import MACHINE_SETTINGS, RUN_SETTINGS
from nnstudio.training.settings.schedule import SCHEDULE_SETTINGS
from nnstudio.training.settings.setting import Setting

RECIPE_SETTINGS: tuple[Setting, ...] = (
    *LEARNER_SETTINGS,
    *LOSS_SETTINGS,
    *OPTIMIZER_SETTINGS,
    *SCHEDULE_SETTINGS,
    *REGULARISATION_SETTINGS,
    *RUN_SETTINGS,
    *MACHINE_SETTINGS,
)
"""Every setting, heading by heading."""

RECIPE_FIELDS: tuple[Parameter, ...] = tuple(setting.field for setting in RECIPE_SETTINGS)
"""Their fields alone."""

SETTING_BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in RECIPE_SETTINGS}


def matters(name: str, settings: Mapping[str, Value]) -> bool:
    """Say whether a setting changes anything, given what a project says; what it says nothing of has its default."""

    def holds(other: str, among: tuple[Value, ...]) -> bool:
        field = SETTING_BY_NAME[other].field
        return settings.get(other, field.default) in among

    return all(holds(rule.name, rule.among) for rule in SETTING_BY_NAME[name].when)
