"""What people are told when something goes wrong: what happened, what is safe, what to do.

One table for the statuses of errors, one for the kinds of wrong fields; both in the reader's words.
"""

from dataclasses import dataclass
from typing import Any

from azora.errors import AzoraError, FieldError, Unavailable
from azora.shell.i18n import N_, NN_, gettext, ngettext


@dataclass(frozen=True)
class Words:
    """An error in three sentences under a title; empty ones are not said."""

    title: str
    happened: str
    safe: str
    todo: str


_SAFE = N_("Nothing you had saved is affected.")
_BY_STATUS = {
    400: Words(N_("That request is not clear"), N_("Your browser sent something we cannot read."), _SAFE,
               N_("Go back and try once more.")),
    401: Words(N_("Please sign in"), N_("This page is for people who are signed in."), _SAFE,
               N_("Sign in and come back here.")),
    403: Words(N_("You may not open this"), N_("Your account does not have the permission for it."), _SAFE,
               N_("If you need it, ask whoever runs this campus.")),
    404: Words(N_("There is nothing here"), N_("The address is wrong, or what was here has been removed."), "",
               N_("Check the address, search for it, or start from the home page.")),
    405: Words(N_("That cannot be done here"), N_("This page does not take what was sent to it."), _SAFE,
               N_("Go back and use the form on the page.")),
    409: Words(N_("Somebody else was first"), N_("This has changed since you opened the page."),
               N_("Their change is kept and yours is not yet saved."),
               N_("Look at the page again and repeat your change if it is still needed.")),
    413: Words(N_("That is too large"), N_("What you sent is larger than this page takes."), N_("It was not saved."),
               N_("Choose a smaller file.")),
    422: Words(N_("Some answers need another look"), N_("What was asked for does not fit."), _SAFE,
               N_("Correct what is marked and send it again.")),
    429: Words(N_("That was a lot at once"), N_("A limit is used up for the moment."), _SAFE,
               N_("Wait a little and try again.")),
    500: Words(N_("Something failed here"), N_("The fault is ours; it is logged with the number below."), _SAFE,
               N_("Try again. If it stays, send us the number.")),
    503: Words(N_("This part is not answering"), N_("A part of the campus is busy or being restarted."), _SAFE,
               N_("Try again in a minute.")),
    504: Words(N_("That took too long"), N_("A part of the campus did not answer in time."),
               N_("It may still have been done."), N_("Look whether it was done before you try again.")),
}  # fmt: skip
_NOT_KNOWN = N_("Whether your change arrived is not known.")
_LOOK_FIRST = N_("Look whether it was done before you try again.")

_FIELD_WORDS = {
    "missing": N_("This is needed."),
    "string_type": N_("Write text here."),
    "string_pattern_mismatch": N_("This is not written in the form that is asked for."),
    "int_type": N_("Write a whole number."),
    "int_parsing": N_("Write a whole number."),
    "int_from_float": N_("Write a whole number."),
    "float_type": N_("Write a number."),
    "float_parsing": N_("Write a number."),
    "decimal_parsing": N_("Write a number."),
    "bool_parsing": N_("Choose yes or no."),
    "greater_than": N_("Write a number greater than %(gt)s."),
    "greater_than_equal": N_("Write %(ge)s or more."),
    "less_than": N_("Write a number less than %(lt)s."),
    "less_than_equal": N_("Write %(le)s or less."),
    "enum": N_("Choose one of the answers."),
    "literal_error": N_("Choose one of the answers."),
    "date_from_datetime_parsing": N_("Write a date, such as 2026-11-23."),
    "date_parsing": N_("Write a date, such as 2026-11-23."),
    "datetime_from_date_parsing": N_("Write a date and a time, such as 2026-11-23 14:30."),
    "datetime_parsing": N_("Write a date and a time, such as 2026-11-23 14:30."),
    "time_parsing": N_("Write a time, such as 14:30."),
    "uuid_parsing": N_("This number is not one of ours."),
    "url_parsing": N_("Write a whole address, such as https://example.org."),
    "model_type": N_("Choose a file."),
    "control_characters": N_("Remove the invisible characters."),
    "file_too_large": N_("Choose a smaller file."),
}  # fmt: skip
_FIELD_PLURALS = {
    "string_too_short": (*NN_("Write at least %(num)d character.", "Write at least %(num)d characters."), "min_length"),
    "string_too_long": (*NN_("Write at most %(num)d character.", "Write at most %(num)d characters."), "max_length"),
    "too_short": (*NN_("Give at least %(num)d.", "Give at least %(num)d."), "min_length"),
    "too_long": (*NN_("Give at most %(num)d.", "Give at most %(num)d."), "max_length"),
}  # fmt: skip


def words_for(error: AzoraError) -> Words:
    """What to tell the reader of an error, in the reader's language."""
    words = _BY_STATUS.get(error.status) or _BY_STATUS[500 if error.status >= 500 else 400]
    safe, todo = words.safe, words.todo
    if isinstance(error, Unavailable) and error.sent == "unknown":
        safe, todo = _NOT_KNOWN, _LOOK_FIRST
    return Words(gettext(words.title), gettext(words.happened), gettext(safe), gettext(todo))


def field_words(wrong: FieldError) -> str:
    """What to tell the reader of one wrong field: by its code, else the detail that came with it."""
    code, context = wrong.get("code", ""), wrong.get("context") or {}
    if code in _FIELD_PLURALS:
        singular, plural, limit = _FIELD_PLURALS[code]
        if isinstance(context.get(limit), int):
            return ngettext(singular, plural, int(context[limit]))
    if code in _FIELD_WORDS:
        return _filled(_FIELD_WORDS[code], context)
    detail = wrong.get("detail")
    return gettext(detail) if detail else gettext("This is not right.")


def form_words(error: AzoraError) -> str:
    """One sentence for an error of a form as a whole: its own detail where it has one for people."""
    if error.status >= 500 or not error.detail:
        words = words_for(error)
        return " ".join(filter(None, (words.happened, words.safe, words.todo)))
    detail = gettext(error.detail)
    return detail[:1].upper() + detail[1:] + ("" if detail.endswith((".", "!", "?", "⟧")) else ".")


def _filled(message: str, context: dict[str, Any]) -> str:
    try:
        return gettext(message, **context)
    except KeyError:
        return gettext("This is not right.")
