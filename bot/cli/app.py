"""The commands of ``bot``."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from bot.api.mentor_report import (
    DELETED,
    SEALED,
    RegistrationError,
    check_row,
    find_registration,
    registration_details,
    registration_row,
)
from bot.checks.providers.base import ProviderError
from bot.checks.service import CheckError, find_check, reveal_date_of_birth
from bot.cli import form as form_commands
from bot.cli import staff
from bot.cli.backup import backup, restore
from bot.cli.doctor import doctor
from bot.cli.export import export
from bot.cli.funnel import funnel
from bot.cli.lines import batches
from bot.cli.outbox import outbox
from bot.cli.person import actor
from bot.cli.search import search
from bot.cli.tables import AsJson, in_words, print_json, print_rows
from bot.core.data_folder import StartError, one_instance
from bot.core.organisation import ORGANISATION
from bot.core.settings import load_settings
from bot.dialogue.model import rasa, start_rasa, train
from bot.i18n.catalogue import catalogue
from bot.media.images import MAXIMUM_BYTES
from bot.media.photo_check import REFUSED_FOR_SIZE, check_photo
from bot.privacy.erasure import Erased
from bot.privacy.rewriting import RewriteError, Rewriting
from bot.registration import form
from bot.registration.ledger import Anchor
from bot.runtime import startup as start
from bot.runtime.container import Services, build
from bot.security.cipher import VaultError
from bot.security.key_files import add_master_key, drop_older_master_keys
from bot.storage import Check, Mentor

app = typer.Typer(
    no_args_is_help=True, help=f"{ORGANISATION.name}'s mentor registration bot.", pretty_exceptions_enable=False
)
registrations = typer.Typer(no_args_is_help=True, help="List registrations and show one.")
photos = typer.Typer(no_args_is_help=True, help="Check picture files as a mentor's photo is checked.")
keys = typer.Typer(no_args_is_help=True, help="Rotate the keys that encrypt.")
retention = typer.Typer(no_args_is_help=True, help="Erase data that is past its deadline.")
consents = typer.Typer(no_args_is_help=True, help="Verify the ledger of consents, and print its head.")
checks = typer.Typer(no_args_is_help=True, help="List, show and decide background checks.")

#: The groups of the help, in its order.
RUN, DIALOGUE, MENTORS, MAINTAIN = "Run", "Dialogue", "Mentors and checks", "Maintain"


@app.command(rich_help_panel=RUN)
def run() -> None:
    """Run the bot until Ctrl-C."""
    start.run()


@app.command(rich_help_panel=RUN)
def migrate() -> None:
    """Create or update the tables, as a start does."""
    _services()
    typer.echo("The database is up to date.")


@app.command("train", rich_help_panel=DIALOGUE)
def train_command() -> None:
    """Train the dialogue model, if its inputs changed."""
    typer.echo(f"The model is {train(typer.echo).name}")


@app.command(rich_help_panel=RUN)
def shell() -> None:
    """Talk to the bot in Rasa's own shell."""
    model = train()
    actions = start_rasa("run", "actions")
    try:
        result = rasa("shell", f"--model={model}", "--endpoints=endpoints.yml", "--interface=127.0.0.1")
    finally:
        actions.terminate()
        actions.wait()
    raise SystemExit(result.returncode)


#: Rasa's validator does not know that a form uses the responses named after its slots.
_OF_THE_FORM = rf".*The utterance 'utter_ask_(?:{'|'.join(form.SLOTS)})' is not used in any story or rule\.\n"


@app.command(rich_help_panel=DIALOGUE)
def validate() -> None:
    """Check the dialogue's data; a warning is an error."""
    arguments = ["data", "validate", "--fail-on-warnings", "--data", "nlu", "stories"]
    result = rasa(*arguments, capture=True)
    output = re.sub(_OF_THE_FORM, "", result.stdout.decode(errors="replace"))
    typer.echo(output)
    # Rasa's validator exits with 0 on some of its own warnings, unused intents among them.
    if result.returncode != 0 or "UserWarning" in output:
        raise SystemExit("The dialogue's data is not valid, see above.")


@app.command(rich_help_panel=DIALOGUE)
def understand() -> None:
    """Read messages from standard input and print their meanings.

    Each line is JSON: {"question": id, "text": what a mentor types}. See docs/understanding.md for the fields.
    """
    from bot.cli.understand import BATCH, Line, Understanding

    settings = load_settings()
    understanding = Understanding(train(), settings.contact_email)
    # Invalid bytes are replaced, and the line is read with the replacements.
    lines_in = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    for batch in batches(lines_in, BATCH):
        lines: list[Line | dict[str, str]] = []
        for text in batch:
            try:
                lines.append(Line.parse(text))
            except ValueError as error:
                lines.append({"error": str(error)})
        readings = understanding.read(line for line in lines if isinstance(line, Line))
        for line in lines:
            row = next(readings) if isinstance(line, Line) else line
            typer.echo(json.dumps(row, ensure_ascii=False))


@registrations.command("list")
def list_registrations(as_json: AsJson = False) -> None:
    """List all registrations, the newest last."""
    services = _services()
    with services.store.read() as session:
        mentors = session.scalars(select(Mentor).order_by(Mentor.created_at)).all()
        rows = [registration_row(session, mentor) for mentor in mentors]
    print_rows(rows, as_json, ["id", "status", "email", "answered", "created_at", "submitted_at"])


@registrations.command("show")
def show_registration(
    registration_id: Annotated[str, typer.Argument(metavar="ID", help="The id, or the beginning of it.")],
    as_json: AsJson = False,
) -> None:
    """Show one registration in full; its date of birth stays sealed."""
    services = _services()
    with services.store.read() as session:
        try:
            details = registration_details(session, registration_id, services.photos, services.ledger)
        except RegistrationError as error:
            raise SystemExit(str(error)) from None
    if as_json:
        print_json(details)
    else:
        _print_details(details)


@checks.command("list")
def list_checks(as_json: AsJson = False) -> None:
    """List all background checks, the oldest first."""
    with _services().store.read() as session:
        rows = [check_row(session, check) for check in session.scalars(select(Check).order_by(Check.created_at))]
    print_rows(rows, as_json, ["id", "status", "provider", "registration", "name", "created_at", "decided_at"])


@checks.command("show")
def show_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="The check's id, or the beginning of it.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the date of birth; the audit records this.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a person needs to do a check."""
    services = _services()
    with services.store.write() as session:
        try:
            check = find_check(session, check_id)
        except CheckError as error:
            raise SystemExit(str(error)) from None
        row = check_row(session, check) | {"date_of_birth": SEALED}
        if reveal:
            row["date_of_birth"] = reveal_date_of_birth(session, services.vault, check, actor()) or DELETED
    if as_json:
        print_json(row)
    else:
        for name, value in row.items():
            typer.echo(f"{name}: {in_words(value)}")


@checks.command("decide")
def decide_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="The check's id, or the beginning of it.")],
    decision: Annotated[str, typer.Argument(help="clear or decline")],
    reason: Annotated[str | None, typer.Option(help="Why, for the record.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record the decision of a check: clear ends it; decline is announced to the mentor first, who can respond."""
    services = _services()
    with services.store.write() as session:
        four_eyes = services.settings.four_eyes
        try:
            check = services.progress.decide(session, check_id, decision, reason, actor=actor(), four_eyes=four_eyes)
        except CheckError as error:
            raise SystemExit(str(error)) from None
        row = check_row(session, check)
    services.store.checkpoint()
    print_rows([row], as_json, ["id", "status", "provider", "registration", "name", "created_at", "decided_at"])


@consents.command("verify")
def verify_consents(
    anchors: Annotated[list[str] | None, typer.Option("--anchor", help="A head that `anchor` printed before.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no record was changed, deleted, inserted, moved or cut off; name the first bad one."""
    services = _services()
    try:
        kept = [Anchor.parse(each) for each in anchors or ()]
    except ValueError as error:
        raise SystemExit(str(error)) from None
    with services.store.read() as session:
        try:
            verdict = services.ledger.verify(session, kept)
        except ValueError as error:
            raise SystemExit(f"The head beside the keys is damaged: {error}.") from None
    if as_json:
        print_json({**asdict(verdict), "head": str(verdict.head)})
    elif not verdict.problem:
        typer.echo(f"{verdict.records} records, all as they were written ({verdict.erased} with erased words).")
    if verdict.problem:
        raise SystemExit(f"Record {verdict.position} is bad: {verdict.problem}.")


@consents.command("anchor")
def anchor_consents() -> None:
    """Print the ledger's head. Kept elsewhere, it proves later that nothing was cut off before it."""
    services = _services()
    with services.store.read() as session:
        typer.echo(str(services.ledger.head(session)))


@app.command("erase", rich_help_panel=MENTORS)
def erase(
    registration_id: Annotated[
        str, typer.Argument(metavar="ID", help="The registration's id, or the beginning of it.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a mentor and all their data for good.

    Afterwards it searches every file of the data folder for remains. In PostgreSQL's files the deleted rows are
    overwritten at night, or by `bot retention run`.
    """
    services = _services()
    try:
        with services.store.read() as session:
            mentor_id = find_registration(session, registration_id).id
    except RegistrationError as error:
        raise SystemExit(str(error)) from None
    if not yes:
        typer.confirm(f"Erase registration {mentor_id}, its conversations and photo? This cannot be undone", abort=True)
    try:
        services.erasure.stop_checks(mentor_id, services.providers.cancel)
    except ProviderError as error:
        raise SystemExit(f"Nothing was erased, as the background check could not be stopped: {error}") from None
    erased = services.erasure.erase_and_search(mentor_id, actor())
    left = [f"{each.what}: {each.file}" for each in erased.found]
    if as_json:
        print_json([{**asdict(erased), "found": left}])
    else:
        typer.echo(_deleted(erased))
        typer.echo(f"Searched {erased.files} files for {erased.traces} traces: {len(left)} found.")
    for each in left:
        typer.echo(f"  {each}", err=True)
    if left:
        raise SystemExit("Something is left, see above.")


@keys.command("rotate")
def rotate_keys() -> None:
    """Wrap every data key with a new master key; with MASTER_KEYS set, with the first one there. Stop the bot first."""
    settings = load_settings()
    kept_in_folder = not settings.master_keys.get_secret_value()
    services = build(settings, is_rotating=True)
    try:
        with one_instance(settings):
            if kept_in_folder:
                add_master_key(settings.data_dir)
                services = build(settings, is_rotating=True)
            with services.store.write() as session:
                number = services.vault.rewrap(session)
                services.key_checks.record_master(session)
            if kept_in_folder:
                drop_older_master_keys(settings.data_dir)
            services.store.checkpoint()
    except (StartError, VaultError) as error:
        raise SystemExit(str(error)) from None
    typer.echo(f"{number} data keys are wrapped by the new master key.")
    if not kept_in_folder:
        typer.echo("Once the bot has been started with it, the older keys can be taken out of MASTER_KEYS.")


@photos.command("check")
def check_photos(files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Picture files.")]) -> None:
    """Check files as a mentor's photo is checked, and print a JSON line for each."""
    sentences = catalogue()
    for path in files:
        try:
            size = path.stat().st_size
            checked = check_photo(path.read_bytes()) if size <= MAXIMUM_BYTES else REFUSED_FOR_SIZE
        except OSError as error:
            typer.echo(json.dumps({"file": str(path), "error": error.strerror}, ensure_ascii=False))
            continue
        row: dict[str, Any] = {"file": str(path), "accepted": checked.renditions is not None}
        if checked.renditions:
            row |= {"format": checked.renditions.source_format, "width": checked.renditions.width}
            row |= {"height": checked.renditions.height, "bytes": len(checked.renditions.full)}
        else:
            row["sentence"] = sentences.text(checked.problem)
        row |= {"seconds": round(checked.seconds, 3), "peak_memory_bytes": checked.peak_bytes}
        typer.echo(json.dumps(row, ensure_ascii=False))


@retention.command("run")
def run_retention(as_json: AsJson = False) -> None:
    """Erase abandoned drafts and end overdue checks. The service does this daily.

    With PostgreSQL it also writes the tables anew if mentors were erased, as the service does at night.
    """
    services = _services()
    settings = services.settings
    drafts, checks = timedelta(days=settings.draft_days), timedelta(days=settings.check_days)
    erased, late = services.retention.run(drafts, checks)
    if as_json:
        print_json([asdict(each) for each in erased])
    else:
        typer.echo("\n".join([f"{len(erased)} drafts erased, {len(late)} checks ended.", *map(_deleted, erased)]))
    try:
        tables = Rewriting(services.store).run(actor())
    except RewriteError as error:
        raise SystemExit(str(error)) from None
    if tables and not as_json:
        typer.echo(f"{tables} tables written anew, so that nothing deleted is left in their files.")


for group, name, panel in (
    (form_commands.app, "form", DIALOGUE),
    (registrations, "registrations", MENTORS),
    (checks, "checks", MENTORS),
    (consents, "consents", MENTORS),
    (staff.app, "staff", MENTORS),
    (outbox, "outbox", MAINTAIN),
    (retention, "retention", MAINTAIN),
    (keys, "keys", MAINTAIN),
    (photos, "photos", MAINTAIN),
):
    app.add_typer(group, name=name, rich_help_panel=panel)
for panel, commands in {MENTORS: (funnel, export), MAINTAIN: (search, backup, restore, doctor)}.items():
    for each in commands:
        app.command(rich_help_panel=panel)(each)


def _deleted(erased: Erased) -> str:
    rows = ", ".join(f"{number} {table}" for table, number in erased.rows.items() if number)
    return f"{erased.mentor_id}: deleted {rows}."


def _services() -> Services:
    return build(load_settings())


def _print_details(details: dict[str, Any]) -> None:
    for name, value in details.items():
        if name not in {"answers", "consents"}:
            typer.echo(f"{name}: {in_words(value)}")
    typer.echo("\nanswers")
    for answer in details["answers"]:
        typer.echo(f"  {answer['id']}: {answer['value']}")
    typer.echo("\nconsents")
    for consent in details["consents"]:
        version, when = consent["wording_version"], consent["answered_at"]
        typer.echo(f"  {consent['id']}: {consent['decision']} at {when} (wording version {version})")
