"""Every error code that identity answers with: why it comes, and what to do."""

from azora import ErrorCode

ERRORS = [
    ErrorCode(
        "identity.cannot_act_as",
        409,
        "The account is your own, or it is closed.",
        "Act as somebody else whose account is open.",
    ),
    ErrorCode(
        "identity.campus_begun",
        409,
        "Somebody has set this campus up already: it has an administrator.",
        "Sign in, or ask them for an account.",
    ),
    ErrorCode(
        "identity.first_run_unknown",
        404,
        "The address for setting the campus up is another one.",
        "Open the one that `azora up --empty` prints at its start.",
    ),
    ErrorCode(
        "identity.wrong_code",
        422,
        "The code is wrong, belongs to another moment, or was used already.",
        "Wait for the next one; set the clock of your phone; or use a recovery code.",
    ),
    ErrorCode(
        "identity.second_factor_on",
        409,
        "The account has a second factor already.",
        "Turn it off before you set up another.",
    ),
    ErrorCode(
        "identity.second_factor_off",
        409,
        "The account has no second factor, or none was begun.",
        "Begin at /account/second-factor.",
    ),
    ErrorCode(
        "identity.second_factor_required",
        409,
        "The setting `identity.second_factor` asks this account for one.",
        "Keep it, or have the setting changed.",
    ),
    ErrorCode(
        "identity.account_not_found",
        404,
        "No account has this id or e-mail address.",
        "Search for the person at /people.",
    ),
    ErrorCode(
        "identity.beyond_owner",
        422,
        "The token would permit what its owner may not.",
        "Choose among your own permissions.",
    ),
    ErrorCode(
        "identity.beyond_reach",
        403,
        "This would give somebody more than you may do yourself.",
        "Ask an administrator.",
    ),
    ErrorCode(
        "identity.email_taken",
        409,
        "Another account has this e-mail address.",
        "Use that account, or another address.",
    ),
    ErrorCode(
        "identity.last_administrator",
        409,
        "The campus would be left without an administrator.",
        "Make somebody else an administrator first.",
    ),
    ErrorCode(
        "identity.password_too_common",
        422,
        "Passwords like this one are guessed first.",
        "Take several unrelated words.",
    ),
    ErrorCode(
        "identity.permission_unknown",
        422,
        "No installed plugin has this permission.",
        "Take one that /api/identity/permissions lists.",
    ),
    ErrorCode(
        "identity.role_in_use",
        409,
        "Somebody still holds the role.",
        "Take it from everybody first.",
    ),
    ErrorCode(
        "identity.role_is_fixed",
        409,
        "Every campus has this role as it is.",
        "Make a role of your own.",
    ),
    ErrorCode(
        "identity.role_not_found",
        404,
        "There is no role of this name.",
        "Take one that /api/identity/roles lists.",
    ),
    ErrorCode(
        "identity.session_not_found",
        404,
        "You have no session with this id, or it has ended.",
        "List your sessions again.",
    ),
    ErrorCode(
        "identity.session_required", 403, "A token may not do this.", "Sign in with your password."
    ),
    ErrorCode(
        "identity.sign_in_failed",
        401,
        "The e-mail address or the password is wrong.",
        "Check both; whoever runs the campus can give a new password.",
    ),
    ErrorCode(
        "identity.terminal_only",
        403,
        "This is done at the terminal of the campus alone.",
        "Use the `azora identity` commands there.",
    ),
    ErrorCode(
        "identity.token_not_found",
        404,
        "You have no token with this id, or it was revoked.",
        "List your tokens again.",
    ),
    ErrorCode(
        "identity.too_many_failures",
        429,
        "Too many attempts to sign in have failed.",
        "Wait for Retry-After.",
    ),
    ErrorCode(
        "identity.wrong_password", 422, "The current password is not this one.", "Type it again."
    ),
]
