"""The provider checkr: nothing is made twice, whatever goes wrong, and nothing of a mentor stays there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bot.checks.providers.base import ProviderError
from bot.checks.providers.checkr import standing
from bot.checks.providers.checkr_api import WORK_SECONDS, CheckrApi, Invitation, Report
from bot.checks.providers.checkr_candidate import split_name
from bot.checks.providers.person import UnfitError
from bot.checks.service import CHECK_FORGET, Status, decide, end
from bot.jobs.outbox import LEASE, Outbox
from bot.registration.registration import CHECK_START
from bot.security.vault import Vault
from bot.storage import Account, Answer, AuditRecord, Check, Mentor, OutboxEntry, SealedValue, Store, WebhookEvent
from bot.storage.models import utc_now
from tests.doubles.checkr_api import DESCRIPTION, CheckrDouble, Fault
from tests.support.checkr import ANSWERS, BORN, Desk, add_check, age_check, check_of, checkr_settings, queued

pytestmark = pytest.mark.slow


@pytest.fixture
def checkr() -> Iterator[CheckrDouble]:
    """Checkr, and at the end: every call and every answer was as described."""
    with CheckrDouble() as double:
        yield double
    assert double.problems == []
    for each in double.exchanges:
        if each.status is not None:
            operation = DESCRIPTION.operation(each.method, each.path.removeprefix("/v1"))
            assert operation is not None
            assert DESCRIPTION.request_problems(operation, each.query, each.headers, each.body) == []
            assert DESCRIPTION.response_problems(operation, each.status, each.answer) == []


@pytest.fixture
def desk(store: Store, vault: Vault, checkr: CheckrDouble) -> Desk:
    """The provider towards the double."""
    return Desk(store, vault, checkr)


def made(checkr: CheckrDouble) -> tuple[int, int]:
    """How many candidates and invitations there are at the double."""
    return len(checkr.candidates), len(checkr.invitations)


def loses_every_answer(desk: Desk, checkr: CheckrDouble, operation: str, check_id: str) -> None:
    """Begin a check; Checkr does what it is asked to, and none of its answers to one kind of call arrives."""
    checkr.fail(operation, *[Fault.RESET_AFTER] * 5)
    with pytest.raises(ProviderError):
        desk.provider.start(check_id)


def withdrawing(store: Store, vault: Vault, check_id: str) -> Callable[[float], None]:
    """A wait between two attempts in which the mentor takes the permission back."""

    def withdraw(_seconds: float) -> None:
        with store.write() as session:
            end(session, vault, session.get_one(Check, check_id), Status.WITHDRAWN)

    return withdraw


# Beginning


def test_a_check_begins_with_a_candidate_and_an_invitation(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id = desk.started()
    [candidate], [invitation] = checkr.candidates.values(), checkr.invitations.values()
    place = [{"country": "US", "state": "NY"}]
    assert candidate == {
        "id": candidate["id"],
        "object": "candidate",
        "report_ids": [],
        "first_name": "Grace Brewster",
        "last_name": "Hopper",
        "no_middle_name": True,
        "email": ANSWERS["email"],
        "dob": BORN,
        "work_locations": place,
        "custom_id": check_id,
    }
    assert (invitation["candidate_id"], invitation["package"]) == (candidate["id"], "tasker_standard")
    assert invitation["work_locations"] == place
    check = check_of(store, check_id)
    assert (check.status, check.candidate_id, check.invitation_id) == ("waiting", candidate["id"], invitation["id"])
    assert check.called_at is not None
    assert desk.told == [(check_id, "waiting")]


def test_who_read_the_date_of_birth_is_recorded(desk: Desk, store: Store) -> None:
    check_id = desk.started()
    with store.read() as session:
        record = session.scalars(select(AuditRecord)).one()
    assert (record.actor, record.action, record.subject_id) == ("checkr", "reveal date of birth", check_id)


def test_beginning_again_changes_nothing(desk: Desk, checkr: CheckrDouble) -> None:
    check_id = desk.started()
    before = checkr.calls()
    desk.provider.start(check_id)
    assert checkr.calls() == before


def test_another_providers_check_is_not_begun(desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble) -> None:
    check_id = add_check(store, vault)
    with store.write() as session:
        session.execute(update(Check).values(provider="manual"))
    desk.provider.start(check_id)
    assert check_of(store, check_id).status == "queued"
    assert checkr.exchanges == []


def test_each_key_and_the_check_are_known_before_the_first_call(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", *[Fault.RESET] * 5)
    with pytest.raises(ProviderError):
        desk.provider.start(check_id)
    first = check_of(store, check_id).called_at
    assert first is not None
    assert {each.headers["Idempotency-Key"] for each in checkr.exchanges} == {f"{check_id}:candidate"}
    desk.provider.start(check_id)
    assert checkr.exchanges[-1].headers["Idempotency-Key"] == f"{check_id}:invitation"
    assert check_of(store, check_id).called_at == first


@pytest.mark.parametrize("operation", ["createCandidate", "createInvitation"])
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())
def test_after_any_fault_there_is_one_candidate_and_one_invitation(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble, operation: str, fault: Fault
) -> None:
    check_id = add_check(store, vault)
    checkr.fail(operation, fault)
    provider = desk.with_time(attempt_seconds=0.4)
    provider.start(check_id)
    assert checkr.calls()[operation] == 2
    assert made(checkr) == (1, 1)
    assert check_of(store, check_id).status == "waiting"


@pytest.mark.parametrize("operation", ["createCandidate", "createInvitation"])
@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.RESET_AFTER, Fault.CUT], ids=lambda fault: fault.name)
def test_after_faults_in_every_attempt_the_outbox_goes_on(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble, operation: str, fault: Fault
) -> None:
    check_id = add_check(store, vault)
    checkr.fail(operation, *[fault] * 10)
    with store.write() as session:
        session.add(OutboxEntry(kind=CHECK_START, subject_id=check_id))
    outbox = Outbox(store, {CHECK_START: desk.provider.start})
    for _ in range(3):
        assert outbox.run_one()
        with store.write() as session:
            session.execute(update(OutboxEntry).values(next_attempt_at=utc_now() - timedelta(seconds=1)))
    assert not outbox.run_one()
    assert made(checkr) == (1, 1)
    assert check_of(store, check_id).status == "waiting"


@pytest.mark.parametrize("operation", ["createCandidate", "createInvitation"])
def test_once_the_key_is_forgotten_it_is_looked_for_first(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble, operation: str
) -> None:
    check_id = add_check(store, vault)
    loses_every_answer(desk, checkr, operation, check_id)
    checkr.pass_time(hours=25)
    age_check(store, check_id, hours=25)
    desk.provider.start(check_id)
    assert made(checkr) == (1, 1)
    found = {"createCandidate": "listCandidates", "createInvitation": "listInvitations"}[operation]
    assert checkr.calls()[found] == 1
    assert check_of(store, check_id).invitation_id in checkr.invitations


def test_the_key_is_not_relied_upon_in_its_last_hour(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", *[Fault.UNAVAILABLE] * 5)
    with pytest.raises(ProviderError):
        desk.provider.start(check_id)
    age_check(store, check_id, hours=22.9)
    checkr.fail("createCandidate", *[Fault.UNAVAILABLE] * 5)
    with pytest.raises(ProviderError):
        desk.provider.start(check_id)
    assert checkr.calls()["listCandidates"] == 0
    age_check(store, check_id, hours=0.2)
    desk.provider.start(check_id)
    assert checkr.calls()["listCandidates"] == 1
    assert made(checkr) == (1, 1)


def test_outside_the_us_a_forgotten_key_is_for_a_person(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault, country="DE", region="DE-BE")
    loses_every_answer(desk, checkr, "createCandidate", check_id)
    checkr.pass_time(hours=25)
    age_check(store, check_id, hours=25)
    with pytest.raises(ProviderError, match="outside the US"):
        desk.provider.start(check_id)
    assert made(checkr) == (1, 0)


def test_a_refusal_is_not_repeated_and_quotes_nothing(
    store: Store, vault: Vault, checkr: CheckrDouble, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(store, vault, checkr, checkr_api_key="wrong")
    check_id = add_check(store, vault)
    with store.write() as session:
        session.add(OutboxEntry(kind=CHECK_START, subject_id=check_id))
    Outbox(store, {CHECK_START: desk.provider.start}).run_one()
    assert checkr.calls()["createCandidate"] == 1
    assert "ProviderError at" in caplog.text
    for secret in (ANSWERS["email"], BORN, "Grace", "Hopper", "NY", "wrong", desk.settings.checkr_api_url):
        assert secret not in caplog.text


def test_a_check_that_ended_meanwhile_is_stopped_again(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createInvitation", Fault.UNAVAILABLE)
    desk.with_time(sleep=withdrawing(store, vault, check_id)).start(check_id)
    assert [each["status"] for each in checkr.invitations.values()] == ["cancelled"]
    assert [each["email"] for each in checkr.candidates.values()] == [None]
    assert check_of(store, check_id).status == "withdrawn"


def test_a_check_that_ended_before_the_invitation_is_not_invited(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", Fault.RESET_AFTER)
    desk.with_time(sleep=withdrawing(store, vault, check_id)).start(check_id)
    assert made(checkr) == (1, 0)
    assert [each["email"] for each in checkr.candidates.values()] == [None]


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"full_name": "Plato"}, "one word"),
        ({"full_name": None}, "not known"),
        ({"email": None}, "e-mail"),
        ({"country": None}, "country"),
        ({"country": "Atlantis"}, "country"),
        ({"region": None}, "state"),
        ({"region": "somewhere"}, "state"),
        ({"date_of_birth": None}, "date of birth"),
    ],
)
def test_what_checkr_cannot_do_is_for_a_person(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble, answers: dict[str, str | None], reason: str
) -> None:
    check_id = add_check(store, vault, **answers)
    desk.provider.start(check_id)
    desk.provider.start(check_id)
    check = check_of(store, check_id)
    assert (check.status, check.called_at) == ("review", None)
    assert reason in str(check.reason)
    assert desk.told == [(check_id, "review")]
    assert checkr.exchanges == []


def test_who_had_an_account_is_called_as_the_account_is(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault, full_name=None)
    with store.write() as session:
        account = Account(email="grace@example.org", full_name="Grace Hopper")
        session.add(account)
        session.flush()
        session.execute(update(Mentor).values(account_id=account.id))
    desk.provider.start(check_id)
    [candidate] = checkr.candidates.values()
    assert (candidate["first_name"], candidate["last_name"]) == ("Grace", "Hopper")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("  Ana  María  del Carmen ", "Ana María del", "Carmen"),
        ("Sammy Davis Jr.", "Sammy", "Davis Jr."),
        ("Sammy Davis, Jr.", "Sammy", "Davis Jr."),
        ("Lovelace, Ada", "Ada", "Lovelace"),
        ("van Beethoven, Ludwig", "Ludwig", "van Beethoven"),
        ("John II", "John", "II"),
        ("Lovelace Ada,", "Lovelace", "Ada"),
    ],
)
def test_a_legal_name_is_split(name: str, first: str, last: str) -> None:
    assert split_name(name) == (first, last)


@pytest.mark.parametrize("name", ["", " ", ",", "Plato", "Plato,", ", Plato"])
def test_one_word_is_no_legal_name_for_checkr(name: str) -> None:
    with pytest.raises(UnfitError, match="one word"):
        split_name(name)


# Time


@pytest.mark.parametrize("backend", ["sqlite"])
def test_an_attempt_is_cut_off_even_if_the_answer_drips(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", *[Fault.SLOW] * 5)
    with pytest.raises(ProviderError, match="TimeoutError"):
        desk.with_time(attempt_seconds=0.2).start(check_id)
    assert checkr.calls()["createCandidate"] == 5


def test_work_has_less_time_than_the_lease() -> None:
    assert timedelta(seconds=WORK_SECONDS) < LEASE - timedelta(seconds=15)


def test_no_attempt_goes_on_after_the_time_of_the_work(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", Fault.SLOW)  # its answer would come in the time of an attempt
    with pytest.raises(ProviderError, match="TimeoutError"):
        desk.with_time(attempt_seconds=60, seconds=0.3).start(check_id)
    assert checkr.calls()["createCandidate"] == 1


def test_a_rate_limit_is_waited_for(desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", Fault.LIMITED)
    checkr.reset_at = int(time.time()) + 12
    desk.provider.start(check_id)
    [waited] = desk.waits
    assert 8 < waited <= 12
    assert made(checkr) == (1, 1)


def test_a_rate_limit_that_is_too_long_is_the_outboxs(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    checkr.fail("createCandidate", Fault.LIMITED)
    checkr.reset_at = int(time.time()) + 60
    with pytest.raises(ProviderError, match="429"):
        desk.provider.start(check_id)
    assert desk.waits == []
    assert checkr.calls()["createCandidate"] == 1


def test_a_server_that_is_not_there_is_a_provider_error(vault: Vault, store: Store) -> None:
    with CheckrDouble() as gone:
        url = gone.url
    with (
        CheckrApi(checkr_settings(url), sleep=lambda _seconds: None) as api,
        pytest.raises(ProviderError, match="did not answer to fetch the report"),
    ):
        api.report("abc")


# How it stands


@pytest.mark.parametrize(
    ("invitation", "report", "status"),
    [
        (None, None, None),
        ("pending", None, Status.WAITING),
        ("completed", None, Status.WAITING),
        ("expired", None, Status.EXPIRED),
        ("cancelled", None, Status.CANCELLED),
        ("new one", None, Status.WAITING),
        ("completed", ("pending", None, False), Status.WAITING),
        ("completed", ("paused", None, False), Status.WAITING),
        ("completed", ("suspended", None, False), Status.WAITING),
        ("completed", ("complete", "clear", False), Status.CLEAR),
        ("expired", ("complete", "clear", None), Status.CLEAR),
        ("completed", ("complete", "clear", True), Status.REVIEW),
        ("completed", ("complete", "consider", False), Status.REVIEW),
        ("completed", ("complete", None, False), Status.REVIEW),
        ("completed", ("complete", "new one", False), Status.REVIEW),
        ("completed", ("dispute", "consider", False), Status.REVIEW),
        ("completed", ("canceled", None, True), Status.CANCELLED),
        ("completed", ("new one", "clear", False), Status.WAITING),
    ],
)
def test_where_a_check_stands(
    invitation: str | None, report: tuple[str, str | None, bool | None] | None, status: Status | None
) -> None:
    invited = Invitation(id="i", status=invitation, candidate_id="c") if invitation else None
    reported = (
        Report(id="r", candidate_id="c", status=report[0], result=report[1], includes_canceled=report[2])
        if report
        else None
    )
    assert standing(invited, reported) == status


def test_a_clear_report_ends_the_check_and_the_date_of_birth(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "clear")
    desk.provider.look_up(check_id)
    desk.provider.look_up(check_id)
    check = check_of(store, check_id)
    assert (check.status, check.report_id) == ("clear", report_id)
    assert check.looked_up_at is not None
    assert desk.told == [(check_id, "waiting"), (check_id, "clear")]
    assert queued(store, CHECK_FORGET) == [check_id]
    with store.read() as session:
        assert session.scalars(select(SealedValue)).all() == []


@pytest.mark.parametrize("backend", ["sqlite"])
def test_the_sealed_date_of_birth_leaves_sqlites_files(
    desk: Desk, store: Store, checkr: CheckrDouble, tmp_path: Path
) -> None:
    def raw() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(tmp_path.glob("bot.db*")))

    check_id, report_id = desk.reported()
    with store.read() as session:
        ciphertext = session.scalars(select(SealedValue.ciphertext)).one()
    assert ciphertext in raw()
    checkr.decides(report_id, "clear")
    desk.provider.look_up(check_id)
    assert ciphertext not in raw()


def test_a_report_with_something_to_consider_is_for_a_person(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "consider")
    desk.provider.look_up(check_id)
    check = check_of(store, check_id)
    assert (check.status, check.decided_at) == ("review", None)
    assert desk.told[-1] == (check_id, "review")
    assert queued(store, CHECK_FORGET) == []
    assert checkr.calls()["deleteCandidatePii"] == 0


def test_what_a_person_decides_is_not_decided_by_checkr(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "consider")
    desk.provider.look_up(check_id)
    with store.write() as session:
        decide(session, vault, check_id, "decline", actor="ann", four_eyes=True)
    checkr.decides(report_id, "clear")
    desk.provider.look_up(check_id)
    assert check_of(store, check_id).status == "review"
    with store.write() as session:
        decide(session, vault, check_id, "decline", actor="ben", four_eyes=True)
    desk.provider.look_up(check_id)
    assert check_of(store, check_id).status == "pre_adverse"


def test_a_report_is_found_even_if_the_invitation_does_not_name_it(
    desk: Desk, store: Store, checkr: CheckrDouble
) -> None:
    check_id, report_id = desk.reported()
    for each in checkr.invitations.values():
        each["report_id"] = None
    checkr.decides(report_id, "clear")
    desk.provider.look_up(check_id)
    assert check_of(store, check_id).report_id == report_id


def test_a_candidate_whose_answer_was_lost_is_looked_up_by_the_checks_id(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id = add_check(store, vault)
    loses_every_answer(desk, checkr, "createCandidate", check_id)
    desk.provider.look_up(check_id)
    check = check_of(store, check_id)
    assert (check.status, [check.candidate_id]) == ("queued", list(checkr.candidates))
    desk.provider.start(check_id)
    assert made(checkr) == (1, 1)


def test_a_check_that_has_not_begun_is_not_looked_up(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    desk.provider.look_up(add_check(store, vault))
    desk.provider.look_up("0" * 32)
    assert checkr.exchanges == []


def test_the_daily_look_goes_on_after_one_that_fails(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    checks = [desk.reported() for _ in range(3)]
    for _check_id, report_id in checks:
        checkr.decides(report_id, "clear")
    checkr.fail("getReport", *[Fault.ERROR] * 5)
    assert desk.reconcile() == 2
    assert desk.reconcile() == 1
    assert {check_of(store, check_id).status for check_id, _report in checks} == {"clear"}
    assert desk.reconcile() == 0


# Its end


def test_cancelling_stops_all_and_deletes_the_data_and_again_changes_nothing(
    desk: Desk, store: Store, checkr: CheckrDouble
) -> None:
    check_id = desk.started()
    desk.provider.cancel(check_id)
    [invitation], [candidate] = checkr.invitations.values(), checkr.candidates.values()
    assert (invitation["status"], candidate["email"], candidate["dob"]) == ("cancelled", None, None)
    contact = [each.query for each in checkr.exchanges if each.operation == "deleteCandidatePii"]
    assert contact == [{"deletion_contact_email_address": desk.settings.contact_email}]
    desk.provider.cancel(check_id)
    assert (checkr.calls()["cancelInvitation"], checkr.calls()["deleteCandidatePii"]) == (1, 1)


def test_cancelling_stops_the_report(desk: Desk, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    desk.provider.cancel(check_id)
    assert checkr.reports[report_id]["status"] == "canceled"
    assert checkr.calls()["cancelInvitation"] == 0


@pytest.mark.parametrize("backend", ["sqlite"])
@pytest.mark.parametrize("operation", ["cancelInvitation", "completeReport", "deleteCandidatePii"])
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())
def test_cancelling_survives_any_fault(desk: Desk, checkr: CheckrDouble, operation: str, fault: Fault) -> None:
    check_id = desk.started() if operation == "cancelInvitation" else desk.reported()[0]
    checkr.fail(operation, fault)
    desk.with_time(attempt_seconds=0.4).cancel(check_id)
    assert "pending" not in {each["status"] for each in [*checkr.invitations.values(), *checkr.reports.values()]}
    assert [each["email"] for each in checkr.candidates.values()] == [None]


def test_cancelling_what_checkr_does_not_know_is_fine(desk: Desk, checkr: CheckrDouble) -> None:
    check_id = desk.started()
    checkr.candidates.clear()
    checkr.invitations.clear()
    desk.provider.cancel(check_id)
    desk.provider.look_up(check_id)
    assert checkr.calls()["deleteCandidatePii"] == 0


def test_cancelling_what_never_began_calls_nobody(desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble) -> None:
    desk.provider.cancel(add_check(store, vault))
    assert checkr.exchanges == []


def test_a_mentor_who_is_erased_here_is_found_by_the_checks_id(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id = desk.started()
    with store.write() as session:
        session.execute(delete(Check))
    desk.provider.cancel(check_id)
    assert [each["email"] for each in checkr.candidates.values()] == [None]
    assert [each["status"] for each in checkr.invitations.values()] == ["cancelled"]


def test_what_may_be_left_outside_the_us_is_said(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble, caplog: pytest.LogCaptureFixture
) -> None:
    check_id = add_check(store, vault, country="DE", region=None)
    loses_every_answer(desk, checkr, "createCandidate", check_id)
    desk.provider.cancel(check_id)
    assert "ALERT" in caplog.text
    assert check_id in caplog.text


def test_any_end_has_the_data_deleted_there_once(desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble) -> None:
    check_id = desk.started()
    desk.provider.forget(check_id)
    assert checkr.calls()["deleteCandidatePii"] == 0, "it has not ended"
    with store.write() as session:
        decide(session, vault, check_id, "clear", actor="ann")
    outbox = Outbox(store, {CHECK_FORGET: desk.provider.forget})
    assert outbox.run_one()
    assert not outbox.run_one()
    assert [each["email"] for each in checkr.candidates.values()] == [None]


def test_a_check_that_nobody_was_called_for_has_nothing_to_forget(store: Store, vault: Vault) -> None:
    check_id = add_check(store, vault)
    with store.write() as session:
        decide(session, vault, check_id, "clear")
    assert queued(store, CHECK_FORGET) == []


def test_an_event_after_the_end_changes_nothing(desk: Desk, store: Store, checkr: CheckrDouble) -> None:
    check_id, report_id = desk.reported()
    checkr.decides(report_id, "clear")
    desk.provider.look_up(check_id)
    checkr.disputes(report_id)
    with store.write() as session:
        event = WebhookEvent(provider="checkr", event_id="e", object_type="report", object_id=report_id)
        session.add(event)
        session.flush()
        event_id = event.id
    desk.provider.take_event(event_id)
    assert check_of(store, check_id).status == "clear"


# The description


def test_every_described_call_is_made_by_these_tests(
    desk: Desk, store: Store, vault: Vault, checkr: CheckrDouble
) -> None:
    check_id, report_id = desk.reported()
    desk.provider.look_up(check_id)
    desk.provider.cancel(check_id)
    other = add_check(store, vault)
    loses_every_answer(desk, checkr, "createInvitation", other)
    with store.write() as session:
        session.execute(update(Check).where(Check.id == other).values(candidate_id=None))
    desk.provider.cancel(other)
    assert set(checkr.calls()) == DESCRIPTION.operation_ids()
    assert checkr.reports[report_id]["status"] == "canceled"


def test_the_double_refuses_what_is_not_described() -> None:
    with CheckrDouble() as strict, CheckrApi(checkr_settings(strict.url)) as api:
        body = {"first_name": "A", "last_name": "B", "no_middle_name": True, "email": "a@example.org", "dob": BORN}
        complete = {**body, "work_locations": [{"country": "US", "state": "NY"}], "custom_id": "c" * 32}
        for wrong in (
            body,
            {**complete, "ssn": "1"},
            {**complete, "dob": "14.8.1978"},
            {**complete, "work_locations": [{"country": "US"}]},
        ):
            with pytest.raises(ProviderError, match="422"):
                api.create_candidate("c" * 32, wrong)
        assert strict.candidates == {}
        assert len(strict.problems) == 4
        with pytest.raises(ProviderError, match="422"):
            api.create_candidate("no id", complete)
        api.create_candidate("c" * 32, complete)
        with pytest.raises(ProviderError, match="422"):
            api.create_candidate("c" * 32, {**complete, "first_name": "Another"})
        assert len(strict.candidates) == 1


def test_the_answers_stay_after_the_start(desk: Desk, store: Store) -> None:
    desk.started()
    with store.read() as session:
        assert len(session.scalars(select(Answer)).all()) == len(ANSWERS) + 1
