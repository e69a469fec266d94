"""Serves the metrics on a port of their own, which is not for mentors: https://prometheus.io/docs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.checks.service import Status
from bot.core.data_folder import StartError
from bot.core.errors import described
from bot.core.metrics import REGISTRY
from bot.core.setting_values import MOST_PORT
from bot.core.settings import Settings
from bot.storage import Check, Consent, InboxMessage, Lease, OutboxEntry, Store
from bot.storage.models import utc_now

logger = logging.getLogger(__name__)


@contextmanager
def served_metrics(settings: Settings, store: Store, worker: int = 0) -> Iterator[None]:
    """Serve the metrics, if `METRICS_PORT` is set.

    Args:
        settings: name the port and its address.
        store: the database that is asked at each scrape.
        worker: number of this process, which is added to the port.

    Raises:
        StartError: the port cannot be used.
    """
    if settings.metrics_port is None:
        yield
        return
    port = settings.metrics_port + worker
    if port > MOST_PORT:
        raise StartError(f"METRICS_PORT: {port} is no port. Each of the WORKERS has one; choose a lower first one.")
    registry = registry_of(store)
    try:
        server, thread = start_http_server(port, settings.metrics_host, registry)
    except OSError as error:
        raise StartError(
            f"METRICS_PORT: port {port} on {settings.metrics_host} cannot be used ({error.strerror}). "
            "Stop what uses it, or choose another one."
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def registry_of(store: Store) -> CollectorRegistry:
    """Everything that is served: what the service counts, its process, and the state of the database."""
    registry = CollectorRegistry(auto_describe=True)
    registry.register(_Counted())
    registry.register(_State(store))
    ProcessCollector(registry=registry)
    return registry


class _Counted(Collector):
    """What `bot.core.metrics` counts."""

    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()

    def describe(self) -> Iterable[Metric]:
        return ()


class _State(Collector):
    """What waits, and how old it is; asked of the database at each scrape.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        """The metrics; if the database does not answer, only that."""
        found: list[Metric] = []
        try:
            with self._store.read() as session:
                found = [*_waiting(session), *_leases(session), *_checks(session), *_ledger(session)]
        except SQLAlchemyError as error:
            logger.error("the metrics lack the database: %s", described(error))
        yield _gauge("database_up", "Whether the database answers: 1 or 0.", bool(found))
        yield from found


def _waiting(session: Session) -> Iterator[Metric]:
    now = utc_now()
    waits = InboxMessage.processed_at.is_(None)
    number, oldest = session.execute(select(func.count(), func.min(InboxMessage.received_at)).where(waits)).one()
    age = (now - oldest).total_seconds() if oldest else 0
    yield _gauge("inbox_messages", "Messages of mentors that wait to be answered.", number)
    yield _gauge("inbox_oldest_seconds", "Seconds that the oldest of them has waited.", max(age, 0))
    unfinished = OutboxEntry.done_at.is_(None)
    failed = select(func.count()).where(unfinished, OutboxEntry.failed_at.is_not(None))
    due = select(func.count(), func.min(OutboxEntry.next_attempt_at)).where(
        unfinished, OutboxEntry.failed_at.is_(None), OutboxEntry.next_attempt_at <= now
    )
    number, oldest = session.execute(due).one()
    age = (now - oldest).total_seconds() if oldest else 0
    yield _gauge("outbox_due", "Jobs that are due.", number)
    yield _gauge("outbox_oldest_due_seconds", "Seconds that the oldest of them has been due.", max(age, 0))
    yield _gauge("outbox_failed", "Jobs that have failed for good.", session.scalars(failed).one())


def _leases(session: Session) -> Iterator[Metric]:
    is_held = Lease.until >= utc_now().timestamp()
    family = GaugeMetricFamily(
        "mentor_bot_leases", "Conversations that a process works for, or that a dead one left.", labels=["state"]
    )
    for state, condition in (("held", is_held), ("expired", ~is_held)):
        family.add_metric([state], session.scalars(select(func.count()).select_from(Lease).where(condition)).one())
    yield family


def _checks(session: Session) -> Iterator[Metric]:
    rows = session.execute(select(Check.status, func.count().label("number")).group_by(Check.status))
    counted = {row.status: row.number for row in rows}
    family = GaugeMetricFamily("mentor_bot_checks", "Background checks, by their state.", labels=["status"])
    for status in Status:
        family.add_metric([status], counted.get(status, 0))
    yield family


def _ledger(session: Session) -> Iterator[Metric]:
    newest = select(Consent.id, Consent.answered_at).order_by(Consent.id.desc()).limit(1)
    record = session.execute(newest).one_or_none()
    age = (utc_now() - record.answered_at).total_seconds() if record else 0
    yield _gauge("ledger_records", "Records in the ledger of consents.", record.id if record else 0)
    yield _gauge("ledger_head_age_seconds", "Seconds since the newest of them.", max(age, 0))


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"mentor_bot_{name}", meaning, value)
