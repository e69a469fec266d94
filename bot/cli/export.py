"""``bot export``: the registrations, for the site."""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import select

from bot.api.mentor_report import EXPORT_COLUMNS, export_row
from bot.cli.tables import AsCsv, AsJson, print_csv, print_json
from bot.core.settings import load_settings
from bot.runtime.container import build
from bot.storage import Mentor


def export(
    as_csv: AsCsv = False,
    as_json: AsJson = False,
    submitted: Annotated[bool, typer.Option("--submitted", help="Only submitted registrations.")] = False,
) -> None:
    """Print registrations with their answers, as CSV or JSON.

    The newest is last, and no date of birth is among them. In CSV,
    a text that a spreadsheet would take for a formula gets a leading '.
    """
    if as_json and as_csv:
        raise SystemExit("Choose one of --json and --csv.")
    services = build(load_settings())
    wanted = select(Mentor).order_by(Mentor.created_at, Mentor.id)
    if submitted:
        wanted = wanted.where(Mentor.submitted_at.is_not(None))
    with services.store.read() as session:
        rows = [export_row(session, mentor, services.photos) for mentor in session.scalars(wanted)]
    if as_json:
        print_json(rows)
    else:
        print_csv(rows, EXPORT_COLUMNS)
