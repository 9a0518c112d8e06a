"""The choices that a browser remembers."""

from azora import Service, operation
from azora_web.contracts import (
    FormTried,
    LanguageSet,
    SetLanguage,
    SetTheme,
    ThemeSet,
    TryForm,
)


class Choices(Service):
    @operation("POST /language", public=True, idempotent=True)
    def set_language(self, request: SetLanguage) -> LanguageSet:
        """Read the campus in this language."""
        return LanguageSet(language=request.language)

    @operation("POST /theme", public=True, idempotent=True)
    def set_theme(self, request: SetTheme) -> ThemeSet:
        """Show the campus in these colours."""
        return ThemeSet(theme="" if request.theme == "auto" else request.theme)

    @operation("POST /trial", permission="web.read_styleguide", http=False)
    def try_form(self, request: TryForm) -> FormTried:
        """Take the style guide's form; what was right is forgotten."""
        return FormTried()
