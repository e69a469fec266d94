"""CSV (RFC 4180) whose texts are safe in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

#: A spreadsheet treats a cell that begins with one of these as a formula, or as the break before one.
#: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection; also in their full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    """The rows as CSV, with a line of column names.

    Args:
        rows: what to write; each has all columns.
        columns: names of the columns.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
