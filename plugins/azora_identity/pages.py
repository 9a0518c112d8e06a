"""Identity's pages: signing in and out, one's own account, and the people of the campus."""

from azora import Form, Page, Part
from azora_identity.domain import (
    CHANGE_PASSWORD,
    CONFIRM_SIGN_IN,
    USE_ACCOUNT,
    USE_SECOND_FACTOR,
)

PERSON = "/people/{id}"

PAGES = [
    Page(
        "/sign-in",
        "Sign in",
        "sign_in.html",
        forms={"sign_in": Form("identity.sign_in", then="{next}")},
    ),
    Page(
        "/first-run",
        "Set up your campus",
        "first_run.html",
        parts={"first_run": Part("identity.read_first_run")},
        forms={"begin_campus": Form("identity.begin_campus", then="{next}")},
    ),
    Page(
        "/sign-in/code",
        "Confirm your sign-in",
        "sign_in_code.html",
        permission=CONFIRM_SIGN_IN,
        forms={"confirm_sign_in": Form("identity.confirm_sign_in", then="{next}")},
    ),
    Page(
        "/account/second-factor",
        "Second factor",
        "second_factor.html",
        permission=USE_SECOND_FACTOR,
        parts={"factor": Part("identity.read_second_factor")},
        forms={
            "begin": Form("identity.begin_second_factor", then=""),
            "turn_on": Form("identity.turn_on_second_factor", then=""),
            "renew": Form("identity.renew_recovery_codes", then=""),
            "turn_off": Form(
                "identity.turn_off_second_factor", then="/account/second-factor?notice=changed"
            ),
        },
    ),
    Page(
        "/sign-out",
        "Sign out",
        "sign_out.html",
        forms={"sign_out": Form("identity.sign_out", then="/sign-in?notice=signed-out")},
    ),
    Page(
        "/account",
        "Your account",
        "account.html",
        permission=USE_ACCOUNT,
        parts={
            "me": Part("identity.me"),
            "sessions": Part("identity.list_sessions"),
            "tokens": Part("identity.list_tokens"),
            "permissions": Part("identity.list_permissions"),
        },
        forms={
            "change_profile": Form("identity.change_profile", then="/account?notice=saved"),
            "revoke_session": Form("identity.revoke_session", then="/account"),
            "revoke_other_sessions": Form("identity.revoke_other_sessions", then="/account"),
            "create_token": Form("identity.create_token", then=""),
            "revoke_token": Form("identity.revoke_token", then="/account?notice=removed"),
        },
    ),
    Page(
        "/account/password",
        "Change your password",
        "password.html",
        permission=CHANGE_PASSWORD,
        parts={"me": Part("identity.me")},
        forms={"change_password": Form("identity.change_password", then="{next}")},
    ),
    Page(
        "/people",
        "People",
        "people.html",
        permission="identity.read_accounts",
        nav=80,
        parts={"accounts": Part("identity.list_accounts")},
    ),
    Page(
        "/people/new",
        "Create an account",
        "new_account.html",
        permission="identity.manage_accounts",
        parts={"roles": Part("identity.list_roles")},
        forms={"create_account": Form("identity.create_account", then="")},
    ),
    Page(
        PERSON,
        "Person",
        "person.html",
        permission="identity.read_accounts",
        parts={"account": Part("identity.read_account"), "roles": Part("identity.list_roles")},
        forms={
            "grant_role": Form("identity.grant_role", then=PERSON),
            "revoke_role": Form("identity.revoke_role", then=PERSON),
            "sign_out_account": Form("identity.sign_out_account", then=PERSON),
            "deactivate_account": Form("identity.deactivate_account", then=PERSON),
            "act_as": Form("identity.act_as", then="{next}"),
            "reset_second_factor": Form("identity.reset_second_factor", then=PERSON),
            "reactivate_account": Form("identity.reactivate_account", then=PERSON),
        },
    ),
]
