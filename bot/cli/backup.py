"""``bot backup`` and ``bot restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.person import actor
from bot.core.data_folder import StartError
from bot.core.pages import in_words
from bot.core.settings import load_settings
from bot.runtime.backup import BackupError, Restored, Restoring, make_backup


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, outside the data folder.")],
) -> None:
    """Back the database and the photos up into one file.

    The bot may run meanwhile. The keys are not in it: keep them elsewhere.
    """
    try:
        manifest = make_backup(load_settings(), file)
    except BackupError as error:
        raise SystemExit(str(error)) from None
    photos = len(manifest.files) - 1
    typer.echo(f"{file}: {manifest.registrations} registrations, {photos} photo files, ledger at {manifest.head}.")
    typer.echo("The keys are not in it. Keep a copy of them apart from it: docs/how-to/backup.md")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `bot backup` wrote.")],
    erased: Annotated[
        Path | None, typer.Option("--erased", help="A file with ids of mentors to erase again, one a line.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Replace the database and the photos by a backup.

    Mentors who were erased since are erased again. Stop the bot first.
    """
    settings = load_settings()
    try:
        restoring = Restoring(settings, file)
        manifest = restoring.manifest()
        ids = {line.strip() for line in erased.read_text().splitlines()} if erased else set()
        if not yes:
            typer.confirm(
                f"Replace database and photos of {settings.data_dir} by the backup of {in_words(manifest.made_at)} "
                f"with {manifest.registrations} registrations? What was written since is lost",
                abort=True,
            )
        restored = restoring.restore(ids, actor())
    except (BackupError, StartError) as error:
        raise SystemExit(str(error)) from None
    _tell(restored)


def _tell(restored: Restored) -> None:
    verdict = restored.verdict
    typer.echo(f"The backup of {in_words(restored.manifest.made_at)} is restored.")
    typer.echo(f"{len(restored.erased)} mentors were erased again, because they were erased after the backup.")
    for each in restored.erased:
        for one in each.found:
            typer.echo(f"Of {each.mentor_id} something is left: {one.what}: {one.file}", err=True)
    if not restored.knows_erasures:
        typer.echo(
            "There was no former database to read, so erasures after the backup are not known. If there were any, "
            "run: bot erase ID",
            err=True,
        )
    if restored.lost_consents:
        typer.echo(f"{restored.lost_consents} consents that were given after the backup are lost.", err=True)
    if verdict.problem:
        raise SystemExit(f"Record {verdict.position} of the ledger is bad: {verdict.problem}.")
    typer.echo(f"{verdict.records} records in the ledger, all as they were written.")
