"""``bot search``: looks for any text in the data folder."""

from __future__ import annotations

import sys

import typer

from bot.core.settings import load_settings
from bot.runtime.container import build


def search() -> None:
    """Search the data folder for the lines on standard input.

    It searches every byte; finding nothing proves an erasure.
    """
    services = build(load_settings())
    lines = [line.rstrip(b"\r\n") for line in sys.stdin.buffer]
    traces = [(f"line {number}", line) for number, line in enumerate(lines, start=1) if line]
    files, found = services.erasure.search.find(traces)
    for each in found:
        typer.echo(f"{each.what}: {each.file}")
    typer.echo(f"{len(traces)} texts, {files} files: {len(found)} found.")
    raise SystemExit(1 if found else 0)
