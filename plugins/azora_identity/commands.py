"""`azora identity …`: what whoever keeps the campus does at its terminal."""

import typer

from azora.cli.output import AsJson, DataDir, console, print_json


def register(cli: typer.Typer) -> None:
    """Add identity's commands."""
    cli.command("reset-password")(reset_password)


def reset_password(
    email: str = typer.Argument(metavar="EMAIL", help="E-mail address of the account."),
    data: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Replace a lost password by a one-time one, and end every session of the account."""
    from azora.cli.campus import campus

    with campus(data) as here:
        reply = here.call("identity.reset_password", {"email": email})
    if as_json:
        print_json(reply)
        return
    console().print(f"The one-time password of {reply['email']} is shown this once:", markup=False)
    console().print(f"\n  {reply['one_time_password']}\n", markup=False)
    console().print("Sign in with it and choose a new password.", markup=False)
