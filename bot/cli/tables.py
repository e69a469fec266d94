"""Prints tables, JSON and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from bot.core.csv_text import csv_text

#: The option ``--json``.
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
#: The option ``--csv``.
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

Row = dict[str, Any]


def print_rows(rows: Sequence[Row], as_json: bool, columns: Sequence[str]) -> None:
    """Print rows as JSON, whole, or as a table of some columns.

    Args:
        rows: what to print; each has all columns.
        as_json: whether as JSON.
        columns: names of the columns.
    """
    if as_json:
        print_json(rows)
        return
    if not rows:
        typer.echo("Nothing yet.")
        return
    cells = [[str(row[column] if row[column] is not None else "–") for column in columns] for row in rows]
    widths = [max(len(line[index]) for line in [columns, *cells]) for index in range(len(columns))]
    for line in [columns, *cells]:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_json(value: object) -> None:
    """Print JSON, readable for people."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_csv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Print rows as CSV (RFC 4180), with every text safe in a spreadsheet.

    Args:
        rows: what to print; each has all columns.
        columns: names of the columns.
    """
    typer.echo(csv_text(rows, columns), nl=False)


def in_words(value: object) -> str:
    """A value in a table."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items() if each is not None)
    return "–" if value is None else str(value)
