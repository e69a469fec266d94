"""``bot outbox``: waiting and failed jobs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.tables import AsJson, print_rows
from bot.core.settings import load_settings
from bot.jobs.outbox import OutboxError, retry, unfinished_rows
from bot.runtime.container import build

outbox = typer.Typer(no_args_is_help=True, help="List waiting jobs, and retry failed ones.")

_COLUMNS = ["id", "kind", "subject", "state", "attempts", "next_attempt_at", "last_error"]


@outbox.command("list")
def list_entries(
    failed: Annotated[bool, typer.Option("--failed", help="Only failed jobs.")] = False, as_json: AsJson = False
) -> None:
    """List unfinished jobs, the longest overdue first."""
    with build(load_settings()).store.read() as session:
        rows = unfinished_rows(session, failed=failed)
    print_rows(rows, as_json, _COLUMNS)


@outbox.command("retry")
def retry_entries(
    entry_id: Annotated[int | None, typer.Argument(metavar="ID", min=1, max=2**31 - 1, help="The entry's id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All failed jobs.")] = False,
) -> None:
    """Retry failed jobs; a running bot starts within seconds."""
    if (entry_id is not None) == every:
        raise SystemExit("Give the id of an entry, or --all.")
    with build(load_settings()).store.write() as session:
        try:
            number = retry(session, entry_id)
        except OutboxError as error:
            raise SystemExit(str(error)) from None
    typer.echo(f"{number} {'entry is' if number == 1 else 'entries are'} tried again.")
