"""How identity says that one field of a request cannot be."""

from azora import Invalid


def refusal(field: str, code: str, detail: str, **context: str | int | float) -> Invalid:
    """An Invalid for one field, in words that people understand."""
    return Invalid(
        detail, fields=[{"field": field, "code": code, "detail": detail, "context": context}]
    )
