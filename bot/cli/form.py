"""``bot form``: lists the form, writes what follows from it, a skeleton for a new item, and a preview."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.api.mentor_report import form_rows
from bot.cli.form_skeleton import skeleton
from bot.cli.tables import AsJson, print_rows
from bot.core.form_files import FOLDER, FORM_FILES, FormFile
from bot.core.paths import IS_WHEEL, REPOSITORY
from bot.dialogue.domain import domain_with
from bot.registration import form

app = typer.Typer(no_args_is_help=True, help="List the form, add to it, and write what follows from it.")
_DOMAIN = REPOSITORY / "domain.yml"
#: The first line of a version of a wording; the next one is its hash.
_VERSION = re.compile(r"(?m)^(?P<before> *- )version: *\d+.*\n")


class New(StrEnum):
    """What can be added to the form."""

    QUESTION = "question"
    CLAUSE = "clause"


class Answer(StrEnum):
    """How a new question can be answered."""

    LONG_TEXT = "long_text"
    CHOICE = "choice"


@app.command("list")
def list_items(as_json: AsJson = False) -> None:
    """List the questions, notices and consents in order."""
    print_rows(form_rows(), as_json, ["id", "kind", "required", "section", "version", "wording"])


@app.command()
def build() -> None:
    """Write what follows from the form.

    That is the slots, responses and form in domain.yml, and the SHA-256 of each new version of a wording.
    """
    _in_a_checkout()
    for path, text in (followings := followings_of_the_form()).items():
        path.write_text(text, encoding="utf-8")
        typer.echo(f"Written: {path.relative_to(REPOSITORY)}")
    if not followings:
        typer.echo("Everything that follows from the form is up to date.")
    if _DOMAIN in followings:
        typer.echo("The model is trained anew at the next start.")


def followings_of_the_form() -> dict[Path, str]:
    """The files that do not say what follows from the form, each with what it has to say."""
    written = {file.path: _with_hashes(file) for file in FORM_FILES}
    written[_DOMAIN] = domain_with(form.SLOTS, _DOMAIN.read_text(encoding="utf-8"))
    return {path: text for path, text in written.items() if text != path.read_text(encoding="utf-8")}


def _with_hashes(file: FormFile) -> str:
    """A file of the form with a hash for each version of a wording."""
    text = file.path.read_text(encoding="utf-8")
    own, of_notices = file.item.wording, [each for notice in file.item.notices for each in notice.wording]
    comes_first = text.find("\nwording:") < text.find("\nnotices:") or not of_notices
    versions = [*own, *of_notices] if comes_first else [*of_notices, *own]
    places = list(_VERSION.finditer(text))
    if len(places) != len(versions):
        raise SystemExit(str(file.error("each version has to begin with the line: - version: 1", "wording")))
    for place, version in reversed([*zip(places, versions, strict=True)]):
        if version.sha256 is None:
            text = f"{text[: place.end()]}{' ' * len(place['before'])}sha256: {version.digest}\n{text[place.end() :]}"
    return text


@app.command()
def new(
    what: Annotated[New, typer.Argument(help="What to add.")],
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, such as languages; small letters, digits and _.")],
    after: Annotated[str, typer.Option(help="Id of the item that comes before it.", show_default="the last one")] = "",
    answer: Annotated[Answer, typer.Option(help="How a question is answered.")] = Answer.LONG_TEXT,
) -> None:
    """Write a file for a new question or clause, which says what to fill in."""
    _in_a_checkout()
    name = f"ethics_{name.removeprefix('ethics_')}" if what is New.CLAUSE else name
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,29}", name):
        raise SystemExit("An id has 2 to 30 small letters, digits and _, and begins with a letter.")
    if name in form.BY_ID:
        raise SystemExit(f"The form has an item {name} already.")
    path = _place(what, name, after)
    path.write_text(skeleton(what.value, name, answer.value), encoding="utf-8")
    typer.echo(f"Written: {path.relative_to(REPOSITORY)}\nFill in each “…” in it, then run: bot form build")


def _place(what: New, name: str, after: str) -> Path:
    """The new file's path: between the item before it and the next one of its section."""
    of_kind = [each for each in FORM_FILES if each.item.kind == what]
    by_id = {each.item.id: each for each in (of_kind if what is New.CLAUSE else FORM_FILES)}
    if after and after not in by_id:
        raise SystemExit(f"There is no {what} {after}." if what is New.CLAUSE else f"The form has no item {after}.")
    before = by_id[after] if after else of_kind[-1]
    paths = [each.path for each in FORM_FILES if each.path.parent == before.path.parent]
    place, following = _number(before.path), paths.index(before.path) + 1
    end = _number(paths[following]) if following < len(paths) else place + 20
    number = (place + end) // 2
    if number == place:
        raise SystemExit(f"There is no number between {before.path.name} and {paths[following].name}; rename one.")
    return before.path.parent / f"{number:03}-{name.removeprefix('ethics_').replace('_', '-')}.yml"


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


@app.command()
def preview(
    path: Annotated[Path, typer.Argument(metavar="FILE.html", help="Where to write it.")] = Path("form.html"),
) -> None:
    """Write the whole conversation as one page, in each language, to be read and printed."""
    # Every other command starts without the web channel, which the page takes its colours from.
    from bot.cli.form_preview import preview_page

    try:
        path.write_text(preview_page(), encoding="utf-8")
    except OSError as error:
        raise SystemExit(f"{path} cannot be written ({error.strerror}).") from None
    typer.echo(f"Written: {path}")


def _in_a_checkout() -> None:
    if IS_WHEEL:
        raise SystemExit(f"{FOLDER} is part of an installed bot. Change the form in the repository, and build a wheel.")
