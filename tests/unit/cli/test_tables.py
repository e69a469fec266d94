"""What commands print."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.tables import print_csv, print_rows


def printed_csv(capsys: pytest.CaptureFixture[str], *values: object) -> list[list[str]]:
    print_csv([{"cell": value} for value in values], ["cell"])
    return list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))[1:]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "=cmd|' /C calc'!A0"]
)
def test_no_text_is_a_formula(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert printed_csv(capsys, text) == [["'" + text]]


@pytest.mark.parametrize("text", ["a=1", "1-1", "maria@example.org", "", " =1", 'a "b", c', "two\nlines", "1;=2"])
def test_other_texts_stay_as_they_are(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert printed_csv(capsys, text) == [[text]]


def test_numbers_and_nothing_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed_csv(capsys, -1, 0.5, None) == [["-1"], ["0.5"], [""]]


def test_every_cell_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([{"a": "x", "b": 1}], ["a", "b"])
    assert capsys.readouterr().out == '"a","b"\r\n"x","1"\r\n'


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO(newline="")
        patch.setattr("sys.stdout", out)
        print_csv([{"cell": text}], ["cell"])
    [cell] = list(csv.reader(io.StringIO(out.getvalue(), newline="")))[1]
    assert cell in (text, f"'{text}")
    assert cell[0] not in "=+-@\t\r"


def test_a_table_has_its_columns_in_line(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": 1, "kind": "deliver", "more": "x"}, {"id": 20, "kind": None, "more": "y"}]
    print_rows(rows, False, ["id", "kind"])
    assert capsys.readouterr().out == "id  kind\n1   deliver\n20  –\n"
    print_rows(rows, True, ["id", "kind"])
    assert json.loads(capsys.readouterr().out) == rows
    print_rows([], False, ["id"])
    assert capsys.readouterr().out == "Nothing yet.\n"
