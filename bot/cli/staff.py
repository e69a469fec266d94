"""``bot staff``: who may use the staff page."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Annotated

import typer
from sqlalchemy import select

from bot.api import staff_accounts as staff
from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.storage import StaffMember, Store

app = typer.Typer(no_args_is_help=True, help="Who may use the staff page.")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]


@app.command("add")
def add(
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
) -> None:
    """Take somebody into the staff, and print a password for them, this once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else staff.generated_password()
    try:
        with _store().write() as session:
            staff.add(session, name, password, getpass.getuser())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is on the staff." if password_stdin else password)


@app.command("list")
def list_staff(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List who is on the staff, and since when."""
    with _store().read() as session:
        members = session.scalars(select(StaffMember).order_by(StaffMember.name)).all()
    rows = [{"name": each.name, "created_at": each.created_at.isoformat()} for each in members]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']}  {row['created_at']}")
    if not rows:
        typer.echo("Nobody yet: the staff page is closed.")


@app.command("remove")
def remove(name: Name) -> None:
    """Take somebody out of the staff; their next request is refused."""
    try:
        with _store().write() as session:
            staff.remove(session, name, getpass.getuser())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is no longer on the staff.")


def _store() -> Store:
    return build(load_settings()).store
