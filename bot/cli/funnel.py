"""``bot funnel``: how far mentors get in the registration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.funnel_plot import plot
from bot.cli.tables import AsCsv, AsJson, print_csv, print_rows
from bot.core.files import write_whole
from bot.core.settings import load_settings
from bot.registration.funnel import Funnel, Step
from bot.runtime.container import build

_COLUMNS = ["question", "shown", "answered", "left", "drop_off"]


def funnel(
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    picture: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="Also draw it here.")] = None,
) -> None:
    """Show at which questions mentors leave.

    For each question: the mentors who saw it, the mentors who answered it, and the share that left.
    """
    if as_json and as_csv:
        raise SystemExit("Choose one of --json and --csv.")
    with build(load_settings()).store.read() as session:
        steps = Funnel().rows(session)
    if picture is not None:
        try:
            write_whole(picture, plot(steps).encode())
        except OSError as error:
            raise SystemExit(f"{picture} cannot be written ({error.strerror}).") from None
    if as_csv:
        print_csv([_row(step) for step in steps], _COLUMNS)
    elif as_json:
        print_rows([_row(step) for step in steps], as_json, _COLUMNS)
    else:
        print_rows([_row(step) | {"drop_off": _percent(step)} for step in steps], as_json, _COLUMNS)


def _row(step: Step) -> dict[str, object]:
    drop_off = None if step.drop_off is None else round(step.drop_off, 4)
    return {
        "question": step.item_id,
        "shown": step.shown,
        "answered": step.answered,
        "left": step.left,
        "drop_off": drop_off,
    }


def _percent(step: Step) -> str | None:
    return None if step.drop_off is None else f"{step.drop_off:.1%}"
