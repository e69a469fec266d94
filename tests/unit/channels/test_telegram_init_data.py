"""Who opened a Mini App: only what Telegram signed a short time ago counts."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.init_data import FRESH_SECONDS, user_in
from tests.doubles.telegram_api.mini_apps import signed_launch

TOKEN = "4719:mini"
NOW = 1_800_000_000
ANN = {"id": 5_300_000_001, "is_bot": False, "first_name": "Ann & “Zoë”", "language_code": "fr"}


def test_what_telegram_signed_names_the_user() -> None:
    assert user_in(signed_launch(TOKEN, ANN, NOW), TOKEN, NOW + 30) == ANN["id"]


@pytest.mark.parametrize(
    ("age", "counts"), [(FRESH_SECONDS, True), (FRESH_SECONDS + 1, False), (-60, True), (-61, False), (10**9, False)]
)
def test_it_counts_for_some_minutes(age: int, counts: bool) -> None:
    assert (user_in(signed_launch(TOKEN, ANN, NOW - age), TOKEN, NOW) is not None) is counts


def test_another_bots_signature_does_not_count() -> None:
    assert user_in(signed_launch("4720:other", ANN, NOW), TOKEN, NOW) is None


@pytest.mark.parametrize("field", ["query_id", "user", "auth_date", "signature", "hash"])
@pytest.mark.parametrize("change", ["", "x", "another"])
def test_nothing_in_it_can_be_changed_or_left_out(field: str, change: str) -> None:
    fields = dict(parse_qsl(signed_launch(TOKEN, ANN, NOW)))
    fields[field] = change
    assert user_in(urlencode(fields), TOKEN, NOW) is None
    del fields[field]
    assert user_in(urlencode(fields), TOKEN, NOW) is None


def test_a_field_given_twice_does_not_count() -> None:
    signed = signed_launch(TOKEN, ANN, NOW)
    assert user_in(f"{signed}&hash={'0' * 64}", TOKEN, NOW) is None
    assert user_in(f"auth_date={NOW}&{signed}", TOKEN, NOW) is None


@pytest.mark.parametrize("user", [{"id": "7"}, {"id": True}, {"id": 7.5}, {"id": None}, {}])
def test_a_user_without_a_number_is_nobody(user: dict[str, object]) -> None:
    assert user_in(signed_launch(TOKEN, user, NOW), TOKEN, NOW) is None


@given(st.text(max_size=200))
def test_whatever_comes_names_nobody(data: str) -> None:
    assert user_in(data, TOKEN, NOW) is None
