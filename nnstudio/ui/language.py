"""The language of the window: our own texts, and Qt's in its file dialog and its menus of text fields."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from nnstudio.core.words import language, set_language, tr

_translators: list[QTranslator] = []


class _Rest(QTranslator):
    """What Qt's own catalogue leaves in English in its file dialog."""

    def translate(
        self, context: str, source_text: str, /, disambiguation: str | None = None, n: int = -1
    ) -> str | None:  # fmt: skip
        """Return our words for a text of Qt's; None for those that are not ours to say."""
        if context != "QFileDialog":
            return None
        match source_text.replace("&", ""):
            case "Look in:":
                return tr("Folder:")
            case "Files of type:":
                return tr("Kind of file:")
        return None

    def isEmpty(self) -> bool:
        """There is something in it."""
        return False


def speak(code: str) -> None:
    """Speak one of `nnstudio.core.words.LANGUAGES` from now on; what is shown already stays as it is.

    Raises:
        ValueError: the language is unknown.
    """
    set_language(code)
    while _translators:
        QCoreApplication.removeTranslator(_translators.pop())
    if language() == "zh_CN":
        translator = QTranslator()
        if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            for one in (_Rest(), translator):  # the last is asked first
                QCoreApplication.installTranslator(one)
                _translators.append(one)
