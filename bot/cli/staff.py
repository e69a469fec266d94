"""``bot staff``: the members who may use the staff page."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from sqlalchemy import select

from bot.api import staff_accounts as staff
from bot.cli.person import actor
from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.storage import StaffMember, Store

app = typer.Typer(no_args_is_help=True, help="List, add and remove the members who may use the staff page.")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]


@app.command("add")
def add(
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    role: Annotated[
        staff.Role,
        typer.Option(help="read: see checks. decide: also decide them. administer: also export the list."),
    ] = staff.Role.DECIDE,
) -> None:
    """Add a staff member, and print their password this once."""
    try:
        password = _typed_password() if password_stdin else staff.generated_password()
        with _store().write() as session:
            staff.add(session, name, password, actor(), role)
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is on the staff." if password_stdin else password)


@app.command("list")
def list_staff(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the staff members, with their role and the day they were added."""
    with _store().read() as session:
        members = session.scalars(select(StaffMember).order_by(StaffMember.name)).all()
    rows = [{"name": each.name, "role": each.role, "created_at": each.created_at.isoformat()} for each in members]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']}  {row['role']}  {row['created_at']}")
    if not rows:
        typer.echo("Nobody yet: the staff page is closed.")


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a staff member; their next request is refused."""
    try:
        with _store().write() as session:
            staff.remove(session, name, actor())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is no longer on the staff.")


def _typed_password() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise staff.StaffError("The password is no text in UTF-8.") from None


def _store() -> Store:
    return build(load_settings()).store
