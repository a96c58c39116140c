"""The recipe's form: what it shows, when it shows it, and what it says of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from nnstudio.core import words
from nnstudio.core.graph import Value, freeze_params
from nnstudio.training.recipe import Recipe, recipe_of
from nnstudio.training.schedules import share_of_rate
from nnstudio.training.settings.form import RECIPE_SETTINGS, SETTING_BY_NAME, matters
from nnstudio.ui import theme
from nnstudio.ui.inspector.formula import FormulaView, formula_svg
from nnstudio.ui.monitor.explanation import NameLabel, words_of
from nnstudio.ui.monitor.recipe_form import RecipeForm
from nnstudio.ui.monitor.schedule_picture import SchedulePicture
from nnstudio.ui.session import Session
from tests.ui.monitor.conftest import Show

WIDTH = 264
"""What the Train page has for a formula, in pixels."""


@pytest.fixture
def form(session: Session, show: Show) -> RecipeForm:
    importlib.import_module("ziamath")
    session.view.recipe_open = frozenset(RECIPE_HEADINGS)
    made = show(RecipeForm(session), WIDTH, 1400)
    assert isinstance(made, RecipeForm)
    return made


RECIPE_HEADINGS = {setting.heading for setting in RECIPE_SETTINGS}


def set_recipe(session: Session, **recipe: Value) -> None:
    session.commit("edit", project=msgspec.structs.replace(session.project, recipe=freeze_params(recipe)))


def seen(form: RecipeForm) -> set[str]:
    return {setting.name for setting in RECIPE_SETTINGS if form.field(setting.name).isVisibleTo(form)}


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"optimizer": "sgd"},
        {"loss": "huber", "schedule": "plateau", "early_stopping": True},
        {"learner": "hebb"},
        {"learner": "pretraining", "optimizer": "lbfgs", "clipping": "norm"},
    ],
    ids=lambda recipe: "-".join(map(str, recipe)) or "default",
)
def test_only_what_counts_is_shown(form: RecipeForm, session: Session, recipe: dict[str, Value]) -> None:
    set_recipe(session, **recipe)
    assert seen(form) == {setting.name for setting in RECIPE_SETTINGS if matters(setting.name, recipe)}


def test_what_was_good_on_the_way_to_a_wrong_number_does_not_stay(form: RecipeForm, session: Session) -> None:
    field = form.field("learning_rate")
    line = field.editor
    assert isinstance(line, QLineEdit)
    before = session.project
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "1e9")
    assert recipe_of(session.project.recipe).learning_rate == 1.0, "each good number is handed on at once"
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.project == before
    assert (line.text(), bool(field.fault)) == ("1e9", True)
    line.selectAll()
    QTest.keyClicks(line, "0.5")
    QTest.keyClick(line, Qt.Key.Key_Return)
    line.selectAll()
    QTest.keyClicks(line, "5x")
    line.clearFocus()
    assert recipe_of(session.project.recipe).learning_rate == 0.5
    session.undo()
    assert session.project == before


def test_what_counts() -> None:
    assert not matters("nesterov", {})
    assert matters("nesterov", {"optimizer": "sgd"})
    assert not matters("nesterov", {"optimizer": "sgd", "learner": "hebb"})
    assert matters("cd_steps", {"learner": "contrastive_divergence"})
    assert not matters("learning_rate", {"learner": "pseudo_inverse"})
    assert not matters("patience", {})
    assert matters("patience", {"early_stopping": True})
    rules = [rule for setting in RECIPE_SETTINGS for rule in setting.when]
    for rule in rules:
        for value in rule.among:
            SETTING_BY_NAME[rule.name].field.check(value)


def test_every_setting_is_explained_and_every_formula_fits_the_page(qtbot: QtBot) -> None:
    for setting in RECIPE_SETTINGS:
        options = getattr(setting.field, "options", None)
        assert setting.field.help.en.endswith("."), setting.name
        assert setting.field.help.zh.endswith("。"), setting.name
        for option, formula in setting.formulas.items():
            assert options is None or option in (*options, ""), (setting.name, option)
            for line in formula.lines:
                view = FormulaView(line)
                qtbot.addWidget(view)
                assert view.sizeHint().width() <= 1.12 * WIDTH, (setting.name, line)
                assert view.sizeHint().height() <= 90, (setting.name, line)
    for name in ("learner", "loss", "optimizer", "schedule"):
        assert set(SETTING_BY_NAME[name].formulas) == set(getattr(SETTING_BY_NAME[name].field, "options", ()))


def test_the_formula_follows_the_choice(form: RecipeForm, session: Session) -> None:
    explanation = form.sections["loss"].form.explanation("loss")
    assert explanation.formula == SETTING_BY_NAME["loss"].formulas["cross_entropy"]
    form.field("loss").edited.emit("mae")
    assert session.project.recipe["loss"] == "mae"
    assert explanation.formula == SETTING_BY_NAME["loss"].formulas["mae"]
    (view,) = [part for part in explanation.findChildren(FormulaView) if part.isVisibleTo(explanation)]
    assert view.accessibleName() == SETTING_BY_NAME["loss"].formulas["mae"].tex
    assert formula_svg(view.accessibleName(), theme.current().text.name())


def test_a_click_on_a_name_says_what_it_means(form: RecipeForm) -> None:
    rows = form.sections["optimizer"].form
    explanation = rows.explanation("learning_rate")
    (name,) = [part for part in rows.findChildren(NameLabel) if part.text() == "Learning rate"]
    assert not explanation.isVisibleTo(form)
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert explanation.is_open
    assert words_of(explanation).startswith("How far one step goes.")
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)
    assert not explanation.isVisibleTo(form)


def test_the_question_mark_of_a_heading_explains_its_choice(form: RecipeForm) -> None:
    ask = form.findChild(NameLabel, "ask_optimizer")
    assert ask is not None
    QTest.mouseClick(ask, Qt.MouseButton.LeftButton)
    said = words_of(form.sections["optimizer"].form.explanation("optimizer"))
    assert said.endswith("Source: Kingma, Ba: Adam, 2015.")


def test_headings_fold_and_stay_folded(session: Session, show: Show) -> None:
    first = show(RecipeForm(session), WIDTH, 900)
    assert isinstance(first, RecipeForm)
    assert {key for key, section in first.sections.items() if section.is_open} == {"loss", "optimizer", "run"}
    button = first.findChild(QToolButton, "recipe_schedule")
    assert button is not None
    button.click()
    assert first.sections["schedule"].form.isVisibleTo(first)
    again = show(RecipeForm(session), WIDTH, 900)
    assert isinstance(again, RecipeForm)
    assert again.sections["schedule"].is_open


def test_a_folded_heading_says_what_is_set(session: Session, show: Show) -> None:
    form = show(RecipeForm(session), WIDTH, 900)
    assert isinstance(form, RecipeForm)
    assert form.sections["schedule"].summary == "constant"
    assert form.sections["regularisation"].summary == "usual"
    set_recipe(session, schedule="cosine", warmup_steps=20, l1=0.01, early_stopping=True, device="cuda", shuffle=False)
    assert form.sections["schedule"].summary == "cosine, Warm-up steps 20"
    assert form.sections["regularisation"].summary == "L1 0.01, Early stopping"
    assert form.sections["machine"].summary == "NVIDIA graphics card (CUDA)"
    assert "Shuffled off" in form.sections["run"].summary


def test_a_folded_heading_tells_what_is_wrong(session: Session, show: Show) -> None:
    form = show(RecipeForm(session), WIDTH, 900)
    assert isinstance(form, RecipeForm)
    set_recipe(session, precision="half", loss="square")
    assert form.sections["machine"].summary == "Precision: expected one of “float32”, “bfloat16, mixed”, got 'half'"
    assert form.field("loss").fault.startswith("Loss: expected one of")
    set_recipe(session)
    assert form.sections["machine"].summary == "processor (CPU)"


@pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine", "one_cycle", "plateau"])
def test_the_picture_of_a_schedule_is_the_schedule(qtbot: QtBot, name: str) -> None:
    recipe = recipe_of({"schedule": name, "warmup_steps": 10, "epochs": 12})
    picture = SchedulePicture()
    qtbot.addWidget(picture)
    picture.show_recipe(recipe, 5)
    assert picture.points == tuple(share_of_rate(step, recipe, 5) for step in range(60))
    picture.resize(240, 64)
    accent = theme.current().accent
    image = picture.grab().toImage()
    painted = [
        y
        for y in range(image.height())
        for x in (image.width() - 4,)
        if image.pixelColor(x, y) != image.pixelColor(0, 0)
    ]
    assert painted
    assert accent.isValid()
    picture.show_recipe(Recipe(epochs=1), 1)
    assert picture.points == (1.0,)
    assert not picture.grab().isNull()


def test_the_curve_falls_where_the_schedule_falls(qtbot: QtBot) -> None:
    picture = SchedulePicture()
    qtbot.addWidget(picture)
    picture.resize(240, 64)
    picture.show_recipe(recipe_of({"schedule": "cosine", "epochs": 10}), 20)
    image, accent = picture.grab().toImage(), theme.current().accent

    def height(x: int) -> float:
        near = [
            y
            for y in range(image.height())
            if abs(image.pixelColor(x, y).hue() - accent.hue()) < 12 and image.pixelColor(x, y).saturation() > 80
        ]
        return sum(near) / len(near)

    columns = (60, 100, 140, 180, 220)
    heights = [height(x) for x in columns]
    assert heights == sorted(heights)
    assert heights[-1] - heights[0] > 25


@pytest.fixture(params=["light", "dark", "contrast"])
def themed(request: pytest.FixtureRequest) -> Iterator[str]:
    theme.set_theme(request.param)
    yield request.param
    theme.set_theme("light")


def test_it_shows_in_every_theme_and_language(themed: str, session: Session, show: Show) -> None:
    for code in ("en", "zh_CN"):
        words.set_language(code)
        try:
            made = show(RecipeForm(session), WIDTH, 900)
            assert made.minimumSizeHint().width() <= WIDTH, themed
            assert not made.grab().isNull()
        finally:
            words.set_language("en")


def test_a_folded_heading_is_told_below_it_where_it_is_too_long_beside_it(
    session: Session, show: Show, qtbot: QtBot
) -> None:
    form = show(RecipeForm(session), WIDTH, 900)
    assert isinstance(form, RecipeForm)
    section = form.sections["learner"]
    assert section._head.indexOf(section._summary) >= 0
    set_recipe(session, learner="contrastive_divergence", cd_steps=5)
    assert not section.is_open
    assert section._column.indexOf(section._summary) == 1
    qtbot.waitUntil(lambda: section._summary.toolTip() == "")  # it is read whole
    assert section.summary == "contrastive divergence, Gibbs steps 5"
    set_recipe(session)
    assert section._head.indexOf(section._summary) >= 0
