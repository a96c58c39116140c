"""The language of the window: our own texts, and Qt's in its file dialog and its menus of text fields."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from nnstudio.core.words import language, set_language

_translator: QTranslator | None = None


def speak(code: str) -> None:
    """Speak one of `nnstudio.core.words.LANGUAGES` from now on; what is shown already stays as it is.

    Raises:
        ValueError: the language is unknown.
    """
    global _translator
    set_language(code)
    if _translator is not None:
        QCoreApplication.removeTranslator(_translator)
        _translator = None
    if language() == "zh_CN":
        translator = QTranslator()
        if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(translator)
            _translator = translator
