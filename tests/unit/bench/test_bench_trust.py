"""The measurement of hostile texts sends as many as it is asked to."""

from __future__ import annotations

import random
from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from bench import trust


@pytest.mark.parametrize("number", [1, 59, 60, 61, 7_000])
def test_no_text_is_left_out(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(_url: str, _question: str, _seed: float, texts: int) -> dict[str, int]:
        return {"texts": texts, "answers of 5xx": 0, trust.NOT_ON: 0}

    monkeypatch.setattr(trust, "_send", send)
    monkeypatch.setattr(trust, "RunningBot", lambda _folder: nullcontext(SimpleNamespace(url="")))
    found = trust.texts(number, random.Random(1))
    assert number <= found["texts"] <= number + number // trust.TEXTS_A_MENTOR + 1
