"""The metrics: what they say, where they are served, and that rules and dashboard name no other ones."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.core.data_folder import StartError
from bot.core.metrics import REGISTRY
from bot.core.paths import REPOSITORY
from bot.core.settings import load_settings
from bot.runtime.metrics import registry_of, served_metrics
from bot.security.rate_limits import RateLimit
from bot.storage import Check, Conversation, InboxMessage, Lease, Mentor, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.support.ledger import filled
from tests.support.service import free_port
from tests.unit.security.test_rate_limits import entered, limits

DEPLOY = REPOSITORY / "deploy"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    opened.upgrade()
    yield opened
    opened.dispose()


def samples(text: str) -> dict[str, float]:
    """Values by name, with their labels as Prometheus writes them."""
    found = {}
    for family in text_string_to_metric_families(text):
        for each in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in each.labels.items())
            found[f"{each.name}{{{labels}}}" if labels else each.name] = each.value
    return found


def scraped(store: Store) -> dict[str, float]:
    return samples(generate_latest(registry_of(store)).decode())


def test_an_empty_database(store: Store) -> None:
    found = scraped(store)
    assert found["mentor_bot_database_up"] == 1
    for name in ("inbox_messages", "inbox_oldest_seconds", "outbox_due", "outbox_failed", "ledger_records"):
        assert found[f"mentor_bot_{name}"] == 0
    assert found["mentor_bot_checks{status=waiting}"] == 0
    assert found["mentor_bot_ledger_head_age_seconds"] == 0


def test_what_waits_has_an_age(store: Store) -> None:
    now = utc_now()
    with store.write() as session:
        session.add(mentor := Mentor())
        session.flush()
        session.add(conversation := Conversation(mentor_id=mentor.id, channel="web", external_id="a"))
        session.add(Check(mentor_id=mentor.id, status="review", provider="manual"))
        session.flush()
        for minutes in (3, 5):
            at = now - timedelta(minutes=minutes)
            session.add(InboxMessage(conversation_id=conversation.id, external_id=str(minutes), received_at=at))
        answered = {"received_at": now - timedelta(days=1), "processed_at": now}
        session.add(InboxMessage(conversation_id=conversation.id, external_id="answered", **answered))
        session.add(Lease(conversation_id=conversation.id, owner="a", until=now.timestamp() - 60))
        session.add(OutboxEntry(kind="deliver", subject_id="due", next_attempt_at=now - timedelta(minutes=2)))
        session.add(OutboxEntry(kind="deliver", subject_id="later", next_attempt_at=now + timedelta(minutes=2)))
        session.add(OutboxEntry(kind="deliver", subject_id="failed", failed_at=now))
        session.add(OutboxEntry(kind="deliver", subject_id="done", done_at=now))
    filled(store, 3)
    found = scraped(store)
    assert found["mentor_bot_inbox_messages"] == 2
    assert 300 <= found["mentor_bot_inbox_oldest_seconds"] < 330
    assert found["mentor_bot_outbox_due"] == found["mentor_bot_outbox_failed"] == 1
    assert 120 <= found["mentor_bot_outbox_oldest_due_seconds"] < 150
    assert found["mentor_bot_checks{status=review}"] == 1
    assert (found["mentor_bot_leases{state=held}"], found["mentor_bot_leases{state=expired}"]) == (0, 1)
    assert found["mentor_bot_ledger_records"] == 3
    assert 0 <= found["mentor_bot_ledger_head_age_seconds"] < 30


def test_a_database_that_does_not_answer_is_what_is_told(tmp_path: Path) -> None:
    found = scraped(Store("postgresql+psycopg://127.0.0.1:1/none"))
    assert found["mentor_bot_database_up"] == 0
    assert "mentor_bot_inbox_messages" not in found
    assert "mentor_bot_limiter_fallbacks_total" in found


def test_refusals_and_redis_outages_are_counted() -> None:
    def counted() -> tuple[float, float]:
        refused = REGISTRY.get_sample_value("mentor_bot_rate_limited_total", {"limit": "messages"}) or 0
        return refused, REGISTRY.get_sample_value("mentor_bot_limiter_fallbacks_total") or 0

    before = counted()
    assert entered(limits(), RateLimit.MESSAGES, "me", 5) == 3
    assert counted() == (before[0] + 2, before[1])
    assert entered(limits(redis_url="redis://127.0.0.1:1/0"), RateLimit.MESSAGES, "me", 3) == 3
    assert counted() == (before[0] + 2, before[1] + 3)


def test_they_are_served_on_loopback_and_only_if_there_is_a_port(store: Store) -> None:
    port = free_port()
    with served_metrics(load_settings(metrics_port=port), store):
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.status_code == 200
        assert samples(answer.text)["mentor_bot_database_up"] == 1
        with pytest.raises(StartError, match=f"METRICS_PORT: port {port} on 127.0.0.1 cannot be used"):
            served_metrics(load_settings(metrics_port=port), store).__enter__()
        with served_metrics(load_settings(metrics_port=port - 1), store, 2):
            assert httpx.get(f"http://127.0.0.1:{port + 1}/metrics").status_code == 200
        with pytest.raises(StartError, match="METRICS_PORT: 65536 is no port"):
            served_metrics(load_settings(metrics_port=65535), store, 1).__enter__()
        with socket.socket() as probe:  # another address of this machine is free
            probe.bind(("127.0.0.2", port))
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")
    with served_metrics(load_settings(metrics_port=None), store):
        pass


def expressions() -> list[str]:
    """Every expression of the rules and the dashboard."""
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())
    dashboard = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    found = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    return [*found, *(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])]


def test_rules_and_dashboard_name_only_metrics_and_labels_that_exist(store: Store) -> None:
    with store.write() as session:
        session.add(mentor := Mentor())
        session.flush()
        session.add(Check(mentor_id=mentor.id, status="review", provider="manual"))
    for step in ("wait", "read", "write", "total"):
        REGISTRY._names_to_collectors["mentor_bot_turn_step_seconds"].labels(step)  # type: ignore[attr-defined]
    families = list(text_string_to_metric_families(generate_latest(registry_of(store)).decode()))
    labels: dict[str, set[str]] = {"up": {"job"}}
    for family in families:
        for each in family.samples:
            labels.setdefault(each.name, {"job"}).update(f"{name}={value}" for name, value in each.labels.items())
    used = expressions()
    assert len(used) > 20
    for expression in used:
        names = set(re.findall(r"\b(?:mentor_bot_|process_)\w+|\bup\b", expression))
        assert names, expression
        assert names <= labels.keys(), expression
        for name, key, values in re.findall(r'(\w+)\{(\w+)=~?"([^"]+)"\}', expression):
            if key != "job":
                assert {f"{key}={value}" for value in values.split("|")} <= labels[name], expression
    every = {each.name for family in families for each in family.samples if each.name.startswith("mentor_bot_")}
    seen = {name for name in every if any(name in expression for expression in used)}
    assert {name for name in every - seen if not name.endswith(("_created", "_sum", "_count"))} == set()


def test_every_rule_says_what_it_is_and_how_urgent() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())
    for rule in (each for group in rules["groups"] for each in group["rules"]):
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")
