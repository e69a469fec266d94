"""``bot staff``: the members who may use the staff page."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import segno
import typer
from sqlalchemy import select

from bot.api import staff_accounts as staff
from bot.api import staff_codes
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
    """Add a staff member, and print their password and the key of their one-time codes this once."""
    services = build(load_settings())
    try:
        password = _typed_password() if password_stdin else staff.generated_password()
        with services.store.write() as session:
            staff.add(session, name, password, actor(), role)
            address = staff_codes.enrol(session, services.vault, name, actor())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is on the staff." if password_stdin else password)
    show_key(address)


@app.command("code")
def code(name: Name) -> None:
    """Give a staff member a new key for one-time codes, and print it this once; they are signed out."""
    services = build(load_settings())
    try:
        with services.store.write() as session:
            address = staff_codes.enrol(session, services.vault, name, actor())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    show_key(address)


@app.command("list")
def list_staff(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the staff members, with their role, the day they were added, and whether they have a key for codes."""
    with _store().read() as session:
        members = session.scalars(select(StaffMember).order_by(StaffMember.name)).all()
    rows = [
        {
            "name": each.name,
            "role": each.role,
            "created_at": each.created_at.isoformat(),
            "has_key": each.code_key is not None,
        }
        for each in members
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        missing = "" if row["has_key"] else "  no key for codes yet: bot staff code NAME"
        typer.echo(f"{row['name']}  {row['role']}  {row['created_at']}{missing}")
    if not rows:
        typer.echo("Nobody yet: the staff page is closed.")


@app.command("remove")
def remove(name: Name) -> None:
    """Remove a staff member; they are signed out at once."""
    try:
        with _store().write() as session:
            staff.remove(session, name, actor())
    except staff.StaffError as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{name} is no longer on the staff.")


def show_key(address: str) -> None:
    """Print the address of a key, and in a terminal its QR code."""
    typer.echo(address)
    if sys.stdout.isatty():
        segno.make_qr(address).terminal(compact=True)


def _typed_password() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise staff.StaffError("The password is no text in UTF-8.") from None


def _store() -> Store:
    return build(load_settings()).store
