"""``bot doctor``: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import typer

from bot.cli.tables import AsJson, print_json
from bot.runtime.doctor import State, examine

_STATES = {State.OK: "OK", State.WARNING: "warning", State.WRONG: "WRONG"}


def doctor(as_json: AsJson = False) -> None:
    """Look for what is wrong, and say how to mend it.

    It changes no data and shows no secret. The exit code is 0 if all is well, 1 with warnings, 2 if something is wrong.
    """
    worst, rows = State.OK, []
    for each in examine():
        worst = max(worst, each.state)
        rows.append({"what": each.what, "state": _STATES[each.state].lower(), "sentence": each.sentence})
        if not as_json:
            typer.echo(f"{_STATES[each.state]:<8} {each.what}: {each.sentence}")
    if as_json:
        print_json(rows)
    raise SystemExit(int(worst))
