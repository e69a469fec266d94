"""The figures of a registration are those that were counted."""

from __future__ import annotations

from bench.registration import Walk, as_figures


def test_the_waits_are_summed_by_registration() -> None:
    walks = [Walk(24, 7, [100.0, 400.0], 900, 1.84), Walk(24, 7, [900.0, 100.0], 900, 1.84)]
    figures = as_figures(walks, 0, {"messages": 18, "edits": 30})
    assert figures["waiting for the bot, in all"] == "0.8 s (slowest of 2: 1.0 s)"
    assert figures["longest single wait"] == "0.9 s"
    assert figures["taps and texts sent, from “Let’s start” to Submit"] == "24 and 7"
    assert figures["on Telegram: messages of the bot, edits"] == "18, 30"
