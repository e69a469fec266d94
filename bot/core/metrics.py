"""What the service counts and measures while it works, for Prometheus: https://prometheus.io/docs/practices/naming.

`bot.runtime.metrics` serves it, together with what is asked of the database at that moment. No metric has a label that
tells mentors apart.
"""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry(auto_describe=True)

#: Seconds: a turn takes some 20 ms, and is cut off after `TURN_TIMEOUT`, 10 s by default.
_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)

#: Ended attempts at turns: ``answered``, ``failed`` (it is tried again), ``cut_off`` (the same), ``given_up``.
TURNS = Counter("mentor_bot_turns", "Attempts at turns, by their outcome.", ["outcome"], registry=REGISTRY)
#: The steps of a turn: ``wait`` (from the inbox to the attempt), ``read`` (Rasa reads the message), ``write`` (the
#: transaction), ``total`` (from the inbox to the commit).
TURN_STEPS = Histogram(
    "mentor_bot_turn_step_seconds",
    "Seconds that a step of a turn takes.",
    ["step"],
    buckets=_BUCKETS,
    registry=REGISTRY,
)
RATE_LIMITED = Counter(
    "mentor_bot_rate_limited", "Requests and messages that were refused, by limit.", ["limit"], registry=REGISTRY
)
LIMITER_FALLBACKS = Counter(
    "mentor_bot_limiter_fallbacks", "Hits that were counted in the process, as Redis did not answer.", registry=REGISTRY
)
ALERTS = Counter("mentor_bot_alerts", "Lines of the log with the word ALERT: a person is needed.", registry=REGISTRY)


def count_answered(received_at: datetime, began_at: datetime, ended_at: datetime) -> None:
    """Count a turn that was answered, and how long it took.

    Args:
        received_at: when its message was in the inbox.
        began_at: when the attempt began.
        ended_at: when it was committed.
    """
    TURNS.labels("answered").inc()
    # The clock may have been set back.
    TURN_STEPS.labels("wait").observe(max((began_at - received_at).total_seconds(), 0))
    TURN_STEPS.labels("total").observe(max((ended_at - received_at).total_seconds(), 0))


for _outcome in ("answered", "failed", "cut_off", "given_up"):
    TURNS.labels(_outcome)  # so that a rate is 0 before the first, and not missing
