"""Identity's pages: signing in and out, one's own account, and the people of the campus."""

from azora import Form, Page, Part

from azora_identity.domain import CHANGE_PASSWORD, USE_ACCOUNT

PAGES = [
    Page(
        "/sign-in",
        "Sign in",
        "sign_in.html",
        forms={"sign_in": Form("identity.sign_in", then="{next}")},
    ),
    Page(
        "/sign-out",
        "Sign out",
        "sign_out.html",
        forms={"sign_out": Form("identity.sign_out", then="/sign-in")},
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
        },
        forms={
            "change_profile": Form("identity.change_profile", then="/account"),
            "revoke_session": Form("identity.revoke_session", then="/account"),
            "revoke_other_sessions": Form("identity.revoke_other_sessions", then="/account"),
            "create_token": Form("identity.create_token", then=""),
            "revoke_token": Form("identity.revoke_token", then="/account"),
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
        parts={
            "accounts": Part("identity.list_accounts"),
            "roles": Part("identity.list_roles"),
        },
        forms={
            "create_account": Form("identity.create_account", then=""),
            "grant_role": Form("identity.grant_role", then="/people"),
            "revoke_role": Form("identity.revoke_role", then="/people"),
            "deactivate_account": Form("identity.deactivate_account", then="/people"),
            "reactivate_account": Form("identity.reactivate_account", then="/people"),
        },
    ),
]
