"""The staff and their page: who gets in, what they see, and what they can do."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import re
import sys
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from itsdangerous import TimestampSigner
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse
from starlette.types import ASGIApp
from typer.testing import CliRunner

from bot.api import staff_accounts as staff
from bot.api.staff_access import FORM_SECONDS, Forms, Member
from bot.api.staff_accounts import Role, StaffError
from bot.api.staff_list import COLUMNS, LONGEST_SEARCH, PAGE, STANDS
from bot.api.staff_pages import MAXIMUM_REASON, staff_page
from bot.api.staff_sessions import begin
from bot.channels.web import SecurityMiddleware
from bot.checks.notifier import StatusNotifier
from bot.checks.progress import CheckProgress
from bot.checks.service import Status
from bot.cli.staff import app as commands
from bot.cli.staff import show_key
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings, load_settings
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.registration import Registration
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Answer, AuditRecord, Check, Mentor, Photo, SealedValue, StaffMember, Store
from bot.storage.models import UtcDateTime, utc_now
from tests.store.mentor import ChattingMentor
from tests.support.answers import TEXTS, picture
from tests.support.asgi import Browser
from tests.support.ledger import LEDGER
from tests.support.registrations import BORN

PASSWORD = "correct horse battery staple"
SCRIPT = "<script>alert('x')</script>\" onload=\"x"
#: A cheap hash of `PASSWORD`, as they were before Argon2: what is tried here is not how long one takes.
QUICK = (
    "scrypt$2$1$1$c2FsdHNhbHRzYWx0c2E=$"
    + base64.b64encode(hashlib.scrypt(PASSWORD.encode(), salt=b"saltsaltsaltsa", n=2, r=1, p=1, dklen=32)).decode()
)


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have new hashes cost next to nothing; what one has to cost is tried where this is undone."""
    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1), staff._EarlierHasher()))
    monkeypatch.setattr(staff, "_HASHES", cheap)
    monkeypatch.setattr(staff, "_NOBODYS", staff.hashed("nobody's"))


def take_in(store: Store, *names: str, role: Role = Role.DECIDE) -> None:
    with store.write() as session:
        session.add_all(StaffMember(name=name, password_hash=QUICK, role=role) for name in names)


def signed_in(store: Store, app: ASGIApp, name: str = "ann") -> Browser:
    """A browser in which a member is signed in; how that is done is in `test_staff_sign_in.py`."""
    with store.write() as session:
        return Browser(app, {"staff_session": begin(session, name)})


class Page:
    """The staff page in an application as the service has it, and what it called.

    Attributes:
        told: the statuses that mentors were told of.
        woken: how often the outbox was.
    """

    def __init__(self, store: Store, vault: Vault, photos: Photos, settings: Settings) -> None:
        self.told: list[str] = []
        self.woken = 0
        self.failure: Exception | None = None
        self.tells: Callable[[Session, Check], None] = lambda _session, _check: None
        self.vault = vault
        self._store = store
        app = FastAPI(openapi_url=None)
        limits = RateLimits(settings)
        progress = CheckProgress(vault, self._tell)
        app.include_router(staff_page(store, vault, photos, LEDGER, settings, limits, progress, self._wake))
        app.add_exception_handler(404, lambda _request, _error: JSONResponse({"error": "nothing here"}, 404))
        self._app = SecurityMiddleware(app, settings, limits)

    def _tell(self, session: Session, check: Check) -> None:
        if self.failure:
            raise self.failure
        assert session.in_transaction()
        self.told.append(check.status)
        self.tells(session, check)

    def _wake(self) -> None:
        self.woken += 1

    def as_member(self, name: str = "ann") -> Browser:
        """A browser in which somebody is signed in."""
        return signed_in(self._store, self._app, name)

    def anonymous(self, address: str = "127.0.0.1") -> Browser:
        """A browser in which nobody is."""
        return Browser(self._app, client=address)


@pytest.fixture
def photos(data_dir: Path) -> Photos:
    return Photos(Folder(data_dir))


@pytest.fixture
def open_page(store: Store, vault: Vault, photos: Photos) -> Callable[..., Page]:
    """Makes a page with settings."""
    return lambda **settings: Page(store, vault, photos, load_settings(redis_url="", **settings))


@pytest.fixture
def page(store: Store, open_page: Callable[..., Page]) -> Page:
    """The page, with Ann and Ben on the staff."""
    take_in(store, "ann", "ben")
    return open_page()


def submitted(store: Store, vault: Vault, texts: dict[str, str] | None = None, status: str = "waiting") -> str:
    """A mentor's check, without a chat; gives its id."""
    with store.write() as session:
        mentor = Mentor(started_at=utc_now(), submitted_at=utc_now())
        session.add(mentor)
        session.flush()
        born = vault.seal(session, mentor.id, "check", form.DATE_OF_BIRTH, BORN.isoformat().encode())
        sealed = SealedValue(mentor_id=mentor.id, name=form.DATE_OF_BIRTH, ciphertext=born)
        session.add(sealed)
        session.flush()
        values = {**TEXTS, **(texts or {}), "account": "new", "date_of_birth": sealed.id, "photo": "0" * 32}
        session.add_all(
            Answer(mentor_id=mentor.id, item_id=name, value=value, wording_version=1, turn_id="t" * 32)
            for name, value in values.items()
        )
        check = Check(mentor_id=mentor.id, provider="manual", status=status)
        session.add(check)
        session.flush()
        return check.id


@pytest.fixture
def check_id(store: Store, vault: Vault) -> str:
    """The check of a mentor who waits."""
    return submitted(store, vault)


def token_on(browser: Browser, check_id: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', browser.get(f"/staff/checks/{check_id}").text)
    assert found
    return found[1]


def decides(
    browser: Browser, check_id: str, decision: str = "clear", reason: str = "nothing found", token: str | None = None
) -> httpx.Response:
    token = token_on(browser, check_id) if token is None else token
    return browser.post(
        f"/staff/checks/{check_id}/decision", data={"decision": decision, "reason": reason, "token": token}
    )


def reveals(browser: Browser, check_id: str, token: str | None = None) -> httpx.Response:
    token = token_on(browser, check_id) if token is None else token
    return browser.post(f"/staff/checks/{check_id}/reveal", data={"token": token})


def check_in(store: Store, check_id: str) -> Check:
    with store.read() as session:
        return session.get_one(Check, check_id)


def audit(store: Store) -> list[tuple[str, str, str]]:
    with store.read() as session:
        rows = session.scalars(select(AuditRecord).order_by(AuditRecord.id))
        return [(row.actor, row.action, row.subject_id) for row in rows]


# Members


def test_who_was_added_gets_in_with_the_password_alone(store: Store) -> None:
    with store.write() as session:
        staff.add(session, "ann", PASSWORD, "root")
    assert staff.authenticate(store, "ann", PASSWORD)
    for name, password in [
        ("ann", PASSWORD + "x"),
        ("ann", PASSWORD[:-1]),
        ("ann", ""),
        ("Ann", PASSWORD),
        ("ben", PASSWORD),
        ("", ""),
        ("a\x00", PASSWORD),
        ("ann", "x" * 10_000),
        ("ann", "\udc80"),
    ]:
        assert not staff.authenticate(store, name, password), (name, password[:30])
    assert audit(store) == [("root", "add to staff", "ann")]


def stored_hash(store: Store) -> str:
    with store.read() as session:
        return session.get_one(StaffMember, "ann").password_hash


def test_the_stored_hash_is_salted_holds_its_cost_and_not_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    one, other = staff.hashed(PASSWORD), staff.hashed(PASSWORD)
    assert one != other
    assert PASSWORD not in one
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert len(one) <= 200  # the column


def test_an_earlier_hash_is_still_good_and_is_replaced_at_the_next_sign_in(store: Store) -> None:
    take_in(store, "ann")
    assert not staff.authenticate(store, "ann", "another password altogether")
    assert stored_hash(store) == QUICK
    assert staff.authenticate(store, "ann", PASSWORD)
    assert stored_hash(store).startswith("$argon2id$")
    assert staff.authenticate(store, "ann", PASSWORD)
    assert not staff.authenticate(store, "ann", "another password altogether")


def test_an_unknown_name_costs_the_same_work(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with store.write() as session:
        staff.add(session, "ann", PASSWORD, "root")
    work: list[str] = []
    verify = Argon2Hasher.verify

    def noted(self: Argon2Hasher, password: bytes, stored: str) -> bool:
        work.append(stored.rsplit("$", 2)[0])
        return verify(self, password, stored)

    monkeypatch.setattr(Argon2Hasher, "verify", noted)
    for name in ("ann", "nobody", "no name:"):
        assert not staff.authenticate(store, name, "wrong")
    assert len(work) == 3
    assert work[0] == work[1] == work[2]


def test_the_password_of_nobody_is_no_password(store: Store) -> None:
    for password in ("", "\x00", "0"):
        assert not staff.authenticate(store, "nobody", password)


def test_letters_are_the_same_however_they_are_composed(store: Store) -> None:
    with store.write() as session:
        staff.add(session, "ann", "fünfzehn Zeichen und mehr", "root")
    assert staff.authenticate(store, "ann", "fu\u0308nfzehn Zeichen und mehr")


@pytest.mark.parametrize("name", ["", "a b", "a:b", "x" * 33, "é", "-a", "a\n", "a\x00"])
def test_a_name_that_cannot_be_one_is_refused(store: Store, name: str) -> None:
    with store.write() as session, pytest.raises(StaffError, match="A name has"):
        staff.add(session, name, PASSWORD, "root")


@pytest.mark.parametrize("password", ["", "x" * 14, "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(store: Store, password: str) -> None:
    with store.write() as session, pytest.raises(StaffError, match="15 to 200"):
        staff.add(session, "ann", password, "root")


def test_a_name_is_taken_once_and_free_after_it_was_removed(store: Store) -> None:
    with store.write() as session:
        staff.add(session, "ann", PASSWORD, "root")
    with store.write() as session, pytest.raises(StaffError, match="there already"):
        staff.add(session, "ann", PASSWORD + "!", "root")
    with store.write() as session:
        staff.remove(session, "ann", "root")
    assert not staff.authenticate(store, "ann", PASSWORD)
    with store.write() as session, pytest.raises(StaffError, match="Nobody on the staff"):
        staff.remove(session, "ann", "root")
    assert audit(store) == [("root", "add to staff", "ann"), ("root", "remove from staff", "ann")]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str) -> Callable[..., tuple[int, str]]:
    """Runs ``bot staff``; gives its exit code, and what it printed."""
    if backend != "sqlite":
        pytest.skip("the command finds its database as every command does")
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "MASTER_KEYS", "LEDGER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str, typed: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(commands, arguments, input=typed)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        said = result.exception.code if isinstance(result.exception, SystemExit) else ""
        return result.exit_code, result.output + (said if isinstance(said, str) else "")

    return run


def test_the_command_prints_a_password_once_that_gets_in(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, printed = run("add", "ann")
    password, address = printed.split()
    assert code == 0
    assert len(password) == 24
    store = Store(f"sqlite:///{tmp_path / 'data' / 'bot.db'}")
    assert staff.authenticate(store, "ann", password)
    store.dispose()
    key = parse_qs(urlsplit(address).query)["secret"][0]
    listed = run("list")[1] + run("list", "--json")[1]
    data = (tmp_path / "data" / "bot.db").read_bytes()
    for secret in (password, key):
        assert secret not in listed
        assert secret.encode() not in data
    assert b32decode(key) not in data


def test_a_terminal_shows_the_qr_code_of_a_key(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"otpauth://totp/{ORGANISATION.name}:ann?secret=" + "A" * 32
    show_key(address)
    assert capsys.readouterr().out == f"{address}\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    show_key(address)
    first, *code = capsys.readouterr().out.splitlines()
    assert first == address
    assert len(code) > 15
    assert all(set(line) & set("█▀▄") for line in code[1:-1])


def test_the_command_gives_a_new_key(run: Callable[..., tuple[int, str]]) -> None:
    first = run("add", "ann")[1].split()[1]
    code, second = run("code", "ann")
    assert code == 0
    assert second.startswith(f"otpauth://totp/{ORGANISATION.name}:ann?")
    assert second.strip() != first
    code, said = run("code", "ben")
    assert code == 1
    assert "Nobody on the staff" in said


def test_the_command_reads_a_password_lists_and_removes(run: Callable[..., tuple[int, str]]) -> None:
    assert run("list") == (0, "Nobody yet: the staff page is closed.\n")
    code, said = run("add", "ann", "--password-stdin", typed=f"{PASSWORD}\n")
    assert code == 0
    assert re.fullmatch(r"ann is on the staff\.\notpauth://totp/\S+\n", said)
    assert run("add", "zoe", "--role", "read", "--password-stdin", typed=f"{PASSWORD}\n")[0] == 0
    listed = json.loads(run("list", "--json")[1])
    rows = [(row["name"], row["role"], row["has_key"]) for row in listed]
    assert rows == [("ann", "decide", True), ("zoe", "read", True)]
    assert run("add", "max", "--role", "owner")[0] == 2
    assert run("remove", "ann") == (0, "ann is no longer on the staff.\n")
    for arguments, sentence in [
        (["remove", "ann"], "Nobody on the staff"),
        (["add", "a b"], "A name has"),
        (["add", "ann", "--password-stdin"], "15 to 200"),
    ]:
        code, said = run(*arguments)
        assert code == 1
        assert sentence in said


# Pages


def test_no_answer_is_kept_by_a_browser_or_shown_elsewhere(page: Page, check_id: str) -> None:
    browser = page.as_member()
    for response in (
        browser.get("/staff"),
        browser.get(f"/staff/checks/{check_id}"),
        browser.get(f"/staff/checks/{'0' * 32}"),
        reveals(browser, check_id),
        decides(browser, check_id),
        page.anonymous().get("/staff"),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert "script" not in response.headers["content-security-policy"].replace("script-src 'self'", "")
        assert "<script" not in response.text
        assert " style=" not in response.text


# What is shown


def test_the_list_has_who_waits_the_oldest_first_and_nobody_else(page: Page, store: Store, vault: Vault) -> None:
    for number, status in enumerate(Status):
        check_id = submitted(store, vault, {"full_name": f"Mentor {status}"}, status)
        with store.write() as session:
            session.get_one(Check, check_id).created_at = utc_now() - timedelta(days=number)
    text = page.as_member().get("/staff").text
    assert re.findall(r">Mentor (\w+)</a>", text) == ["pre_adverse", "review", "waiting", "queued"]
    for status in ("queued", "waiting", "review", "pre_adverse"):
        assert f'<td data-label="Status">{STANDS[Status(status)]}</td>' in text
    assert ">3</td>" in text
    assert "manual" in text


def test_a_long_list_has_pages_that_keep_the_filter(page: Page, store: Store) -> None:
    with store.write() as session:
        mentors = [Mentor(submitted_at=utc_now()) for _ in range(PAGE + 3)]
        session.add_all(mentors)
        session.flush()
        session.add_all(Check(mentor_id=each.id, provider="manual", status="review") for each in mentors)
    browser = page.as_member()
    first = browser.get("/staff?state=review").text
    assert first.count('<th scope="row">') == PAGE
    assert f"{PAGE + 3} checks" in first
    assert "Page 1 of 2" in first
    assert "Previous page" not in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    last = browser.get(html.unescape(following[1])).text
    assert last.count('<th scope="row">') == 3
    assert "Page 2 of 2" in last
    assert "Next page" not in last
    assert '<option value="review" selected>' in last
    shown = [re.findall(r'href="/staff/checks/(\w+)"', text) for text in (first, last)]
    assert len({*shown[0], *shown[1]}) == PAGE + 3
    for odd in ("3", "0", "-1", "x", "²", "9" * 30, ""):  # the nearest page that there is
        assert browser.get(f"/staff?state=review&page={odd}").status_code == 200
    assert browser.get("/staff?state=review&page=3").text.count('<th scope="row">') == 3


SEARCHES = {
    "maria": ["Maria Okafor", "MARIA OKAFOR", "María Okafor"],  # the last one by her address
    "okafor MARIA": ["Maria Okafor", "MARIA OKAFOR", "María Okafor"],
    "éLOïSE": ["Éloïse Roux"],
    "ÉLOÏSE": ["Éloïse Roux"],
    "éloïse": ["Éloïse Roux"],
    "two@example.org": ["MARIA OKAFOR"],
    "Two@Example": ["MARIA OKAFOR"],
    "maria two@": ["MARIA OKAFOR"],
    "maria roux": [],
    "50%": ["50% Off"],
    "_": [],
    "\\": [],
    "x" * 5_000: [],
}


def test_a_search_finds_name_and_address_and_shows_the_address(page: Page, store: Store, vault: Vault) -> None:
    people = {
        "Maria Okafor": "one@example.org",
        "MARIA OKAFOR": "two@example.org",
        "María Okafor": "maria@example.org",
        "Éloïse Roux": "three@example.org",
        "50% Off": "four@example.org",
    }
    for name, email in people.items():
        submitted(store, vault, {"full_name": name, "email": email})
    browser = page.as_member()
    for wanted, found in SEARCHES.items():
        text = browser.get("/staff", params={"q": wanted}).text
        assert re.findall(r'">([^<]+)</a><br>', text) == found, wanted
        assert [people[name] for name in found] == re.findall(r"<br>([^<]+)</th>", text)
        assert f'value="{html.escape(wanted[:LONGEST_SEARCH])}"' in text
    assert "No check matches" in browser.get("/staff?q=nobody").text


def test_a_search_finds_a_number_and_the_state_chooses(page: Page, store: Store, vault: Vault) -> None:
    ids = {status: submitted(store, vault, status=status) for status in Status}
    mentor_id = check_in(store, ids[Status.CLEAR]).mentor_id
    browser = page.as_member()

    def found(**wanted: str) -> list[str]:
        return re.findall(r'href="/staff/checks/(\w+)"', browser.get("/staff", params=wanted).text)

    for number in (ids[Status.CLEAR], ids[Status.CLEAR][:12].upper(), mentor_id, mentor_id[:12]):
        assert found(q=number, state="all") == [ids[Status.CLEAR]]
        assert found(q=number) == []  # it is at its end
    for status in Status:
        assert found(state=status) == [ids[status]]
    assert sorted(found(state="all")) == sorted(ids.values())
    assert found(state="made up") == found()
    assert len(found()) == 4


# The export


def exports(browser: Browser, token: str | None = None, **wanted: str) -> httpx.Response:
    if token is None:
        made = re.search(r'name="token" value="([^"]+)"', browser.get("/staff?state=all").text)
        token = made[1] if made else ""
    return browser.post("/staff/checks.csv", data={"token": token, **wanted})


def test_the_export_holds_what_the_filter_finds_and_is_audited(page: Page, store: Store, vault: Vault) -> None:
    one = submitted(store, vault, {"full_name": "Élodie Roux", "email": "one@example.org"})
    other = submitted(store, vault, {"full_name": "Élodie Roux", "email": "two@example.org"}, "clear")
    submitted(store, vault, {"full_name": "Somebody Else"})
    take_in(store, "root", role=Role.ADMINISTER)
    response = exports(page.as_member("root"), q="élodie", state="all")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    assert response.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    assert [(row["check"], row["name"], row["email"], row["status"]) for row in rows] == [
        (one, "Élodie Roux", "one@example.org", "waiting"),
        (other, "Élodie Roux", "two@example.org", "clear"),
    ]
    assert tuple(rows[0]) == COLUMNS
    assert sorted(audit(store)) == sorted(("root", "export", each) for each in (one, other))
    assert BORN.isoformat() not in response.text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "＝1", '"=1,2', "a\r\nb"])
def test_no_cell_of_the_export_is_a_formula(page: Page, store: Store, vault: Vault, name: str) -> None:
    submitted(store, vault, {"full_name": name, "email": "=@example.org"})
    take_in(store, "root", role=Role.ADMINISTER)
    text = exports(page.as_member("root")).content.decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["name"] == ("'" + name if name[0] in "=+-@＝" else name)
    assert row["email"] == "'=@example.org"


def test_an_export_without_its_form_gives_nothing(
    page: Page, store: Store, vault: Vault, check_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(store, "root", role=Role.ADMINISTER)
    browser = page.as_member("root")
    for token in ("", "x.y.z", token_on(browser, check_id)):
        assert exports(browser, token).status_code == 403
    with monkeypatch.context() as earlier:
        at_another_time(earlier, FORM_SECONDS + 5)
        old = re.search(r'name="token" value="([^"]+)"', browser.get("/staff").text)
    assert old
    late = exports(browser, old[1], q="mar", state="all")
    assert late.status_code == 403
    assert "open for over an hour" in late.text
    assert 'value="mar"' in late.text
    assert browser.get("/staff/checks.csv").status_code in (404, 405)
    assert audit(store) == []


# Roles


@pytest.mark.parametrize("role", Role)
def test_a_role_allows_what_it_says_and_no_more(page: Page, store: Store, check_id: str, role: Role) -> None:
    take_in(store, "zoe", role=role)
    take_in(store, "root", role=Role.ADMINISTER)
    browser = page.as_member("zoe")
    decides_too, administers = role is not Role.READ, role is Role.ADMINISTER
    shown, listed = browser.get(f"/staff/checks/{check_id}").text, browser.get("/staff").text
    assert TEXTS["full_name"].split()[0] in shown
    assert ("Record decision" in shown) is decides_too
    assert ("Show the date of birth" in shown) is decides_too
    assert ("Export as CSV" in listed) is administers
    token = Forms(page.vault).token(Member("zoe", role), check_id)
    export_token = Forms(page.vault).token(Member("zoe", role), "export")
    assert exports(browser, export_token).status_code == (200 if administers else 403)
    revealed = reveals(browser, check_id, token)
    assert revealed.status_code == (200 if decides_too else 403)
    assert (BORN.isoformat() in revealed.text) is decides_too
    assert decides(browser, check_id, token=token).status_code == (303 if decides_too else 403)
    assert check_in(store, check_id).status == (Status.CLEAR if decides_too else Status.WAITING)
    assert len(audit(store)) == 2 * decides_too + administers


def test_a_member_from_before_the_roles_decides(page: Page, store: Store, check_id: str) -> None:
    with store.write() as session:
        columns = sa.column("name"), sa.column("password_hash"), sa.column("created_at", UtcDateTime())
        session.execute(sa.insert(sa.table("staff", *columns)).values(("old", QUICK, utc_now())))
    assert decides(page.as_member("old"), check_id).status_code == 303


# The timeline


def test_the_timeline_says_what_happened_in_order(
    open_page: Callable[..., Page], store: Store, vault: Vault, data_dir: Path
) -> None:
    take_in(store, "ann", "ben")
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("review").says("submit")
        with store.read() as session:
            check_id = session.scalars(select(Check.id)).one()
        page = open_page(four_eyes=True)
        page.tells = StatusNotifier(vault, "help@example.org", 7).notify_status_change
        ann, ben = page.as_member(), page.as_member("ben")
        reveals(ann, check_id)
        decides(ann, check_id, "decline", "a record")
        decides(ben, check_id, "decline", "the same")
        decides(ben, check_id, "clear", "somebody else")
        decides(ann, check_id, "clear", "so it is")
    text = ann.get(f"/staff/checks/{check_id}").text
    shown = re.findall(r"<li><time[^>]*>[^<]+</time> ([^<]+)</li>", text)
    order = [
        f"{len(form.CONSENTS)} consents given",
        "Submitted",
        "Looked at the date of birth (ann)",
        "First decision: propose to decline (ann)",
        "Decline proposed; the mentor can respond",
        "Mentor told in the chat (web)",
        "First decision: clear (ben)",
        "Ended: clear",
        "Decided: clear (ann)",
    ]
    places = [shown.index(each) for each in order[:-2]]
    assert places == sorted(places), shown
    assert {*order, "Decided: propose to decline (ben)"} <= set(shown)
    assert shown.count("Mentor told in the chat (web)") == 2


def test_nobody_waits(page: Page) -> None:
    assert "No check is waiting" in page.as_member().get("/staff").text


def test_a_registration_is_shown_whole_and_its_date_sealed(
    page: Page, store: Store, vault: Vault, data_dir: Path
) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("photo").sends(picture())
        mentor.comes_to("review").says("submit")
        mentor_id = mentor.mentor_id
    with store.read() as session:
        check_id = session.scalars(select(Check.id)).one()
        photo_id = session.scalars(select(Photo.id).where(Photo.mentor_id == mentor_id)).one()
    browser = page.as_member()
    text = browser.get(f"/staff/checks/{check_id}").text
    for shown in ("María-José O’Connor", "maria@example.org", "starting a small shop", "I need to register"):
        assert shown in text
    assert text.count(">agreed</td>") == len(form.CONSENTS)
    assert "a criminal background check on me" in text
    assert str(BORN.year) + "-" not in text
    assert "Show the date of birth" in text
    assert str(data_dir) not in text
    photo = browser.get(f"/staff/checks/{check_id}/photo.jpg")
    assert photo.headers["content-type"] == "image/jpeg"
    assert photo.headers["cache-control"] == "no-store"
    assert photo.content == Photos(Folder(data_dir)).full(photo_id)


def test_markup_in_any_answer_is_only_text(page: Page, store: Store, vault: Vault) -> None:
    texts = {name: f"{name}{SCRIPT}" for name in TEXTS if name != "date_of_birth"}
    check_id = submitted(store, vault, texts)
    browser = page.as_member()
    refused = decides(browser, check_id, decision=SCRIPT, reason=SCRIPT)
    decides(browser, check_id, "decline", SCRIPT)
    for text in (browser.get("/staff").text, browser.get(f"/staff/checks/{check_id}").text, refused.text):
        assert "<script" not in text
        assert 'onload="' not in text
        assert "&lt;script&gt;" in text
    for name in texts:
        assert f"{name}&lt;script&gt;" in refused.text


@pytest.mark.parametrize("check_id", ["0" * 32, "", "x", "%00", "0" * 31, "A" * 32, "..%2f..", "%25"])
def test_an_id_that_is_none_gets_a_sentence(page: Page, store: Store, vault: Vault, check_id: str) -> None:
    submitted(store, vault)
    browser = page.as_member()
    for method, page_of in (("GET", ""), ("GET", "/photo.jpg"), ("POST", "/reveal"), ("POST", "/decision")):
        address = f"/staff/checks/{check_id}{page_of}"
        response = browser.request(method, address, data={} if method == "POST" else None)
        assert response.status_code in (307, 403, 404)
    if check_id == "0" * 32:
        assert "no such check" in browser.get(f"/staff/checks/{check_id}").text


def test_a_mentor_without_a_photo_has_none(page: Page, check_id: str) -> None:
    assert page.as_member().get(f"/staff/checks/{check_id}/photo.jpg").status_code == 404


def test_every_page_can_be_used_without_seeing_it(page: Page, store: Store, vault: Vault, check_id: str) -> None:
    browser = page.as_member()
    shown = browser.get(f"/staff/checks/{check_id}").text
    for text in (shown, browser.get("/staff").text, page.anonymous().get("/staff/sign-in").text):
        assert '<html lang="en">' in text
        assert "width=device-width" in text
        assert text.count("<h1>") == 1
        assert "<main" in text
        assert text.count("<table>") == text.count("<caption>")
        assert "<th>" not in text  # each says what it is the head of
    fields = re.findall(r'<(?:input type="radio"|textarea)[^>]*>', shown)
    assert len(fields) == 3
    assert shown.count("<label>") + shown.count('<label for="reason">') == 3
    assert '<textarea id="reason"' in shown
    assert all("alt=" in image for image in re.findall(r"<img[^>]*>", shown))


# The date of birth


def test_the_date_is_shown_on_request_alone_and_that_is_recorded(page: Page, store: Store, check_id: str) -> None:
    browser = page.as_member()
    assert BORN.isoformat() not in browser.get(f"/staff/checks/{check_id}").text
    assert audit(store) == []
    response = reveals(browser, check_id)
    assert BORN.isoformat() in response.text
    assert audit(store) == [("ann", "reveal date of birth", check_id)]
    after = browser.get(f"/staff/checks/{check_id}").text
    assert BORN.isoformat() not in after
    assert "Looked at the date of birth (ann)" in after
    assert browser.get(f"/staff/checks/{check_id}/reveal").status_code == 405


def test_a_date_that_is_deleted_is_said_to_be_and_one_that_cannot_be_opened_too(
    page: Page, store: Store, vault: Vault, check_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = page.as_member()
    with store.write() as session:
        session.scalars(select(SealedValue)).one().ciphertext = b"x" * 40
    assert "cannot be opened" in reveals(browser, check_id).text
    assert "ALERT" in caplog.text
    token = token_on(browser, check_id)
    decides(browser, check_id)
    assert "<dd>deleted</dd>" in reveals(browser, check_id, token).text
    assert [action for _actor, action, _subject in audit(store)].count("reveal date of birth") == 2


# Deciding


def test_a_cleared_check_has_ended_and_the_mentor_is_told(
    page: Page, store: Store, check_id: str, backend: str, tmp_path: Path
) -> None:
    browser = page.as_member()
    response = decides(browser, check_id)
    assert (response.status_code, response.headers["location"]) == (303, f"/staff/checks/{check_id}")
    check = check_in(store, check_id)
    assert check.status == Status.CLEAR
    assert check.reason == f"ann, {utc_now():%Y-%m-%d}, clear: nothing found"
    assert (page.told, page.woken) == ([Status.CLEAR], 1)
    assert audit(store) == [("ann", "decide clear", check_id)]
    with store.read() as session:
        assert session.scalars(select(SealedValue)).all() == []
    if backend == "sqlite":  # nothing deleted is left in the write-ahead log
        assert (tmp_path / "bot.db-wal").stat().st_size == 0
    shown = browser.get(f"/staff/checks/{check_id}").text
    assert "nothing found" in shown
    assert "Record decision" not in shown


def test_who_is_to_be_declined_can_still_be_cleared_and_both_reasons_stay(
    page: Page, store: Store, check_id: str
) -> None:
    browser = page.as_member()
    decides(browser, check_id, "decline", "a record that does not fit")
    assert check_in(store, check_id).status == Status.PRE_ADVERSE
    shown = browser.get(f"/staff/checks/{check_id}").text
    assert 'value="clear"' in shown
    assert 'value="decline"' not in shown
    again = decides(browser, check_id, "decline")
    assert again.status_code == 409
    assert "has time to respond" in again.text
    decides(page.as_member("ben"), check_id, "clear", "it was somebody else of that name")
    check = check_in(store, check_id)
    assert check.status == Status.CLEAR
    assert [line.partition(": ")[2] for line in str(check.reason).splitlines()] == [
        "a record that does not fit",
        "it was somebody else of that name",
    ]
    assert page.told == [Status.PRE_ADVERSE, Status.CLEAR]


def test_a_check_is_decided_once(page: Page, store: Store, check_id: str) -> None:
    browser, other = page.as_member(), page.as_member("ben")
    tokens = token_on(browser, check_id), token_on(other, check_id)
    decides(browser, check_id, token=tokens[0])
    late = decides(other, check_id, "decline", "I see it otherwise", tokens[1])
    assert late.status_code == 409
    assert "was decided before: clear" in late.text
    assert check_in(store, check_id).status == Status.CLEAR
    assert "otherwise" not in str(check_in(store, check_id).reason)
    assert (page.told, page.woken, len(audit(store))) == ([Status.CLEAR], 1, 1)


@pytest.mark.parametrize(
    ("decision", "reason", "sentence"),
    [
        ("", "because", "choose a decision"),
        ("maybe", "because", "choose a decision"),
        ("declined", "because", "choose a decision"),
        ("clear", "", "give a reason"),
        ("clear", " \r\n\x00 ", "give a reason"),
        ("clear", "x" * (MAXIMUM_REASON + 1), "too long"),
    ],
)
def test_a_decision_that_is_not_whole_changes_nothing_and_is_said_to_be(
    page: Page, store: Store, check_id: str, decision: str, reason: str, sentence: str
) -> None:
    response = decides(page.as_member(), check_id, decision, reason)
    assert response.status_code == 422
    assert sentence in response.text
    assert reason.strip("\r\n \x00")[:100] in response.text
    assert check_in(store, check_id).status == Status.WAITING
    assert (page.told, page.woken, audit(store)) == ([], 0, [])


def test_a_reason_is_stored_without_what_no_database_holds(page: Page, store: Store, check_id: str) -> None:
    assert decides(page.as_member(), check_id, reason="fine\x00 \ufffd 🙂").status_code == 303
    assert str(check_in(store, check_id).reason).endswith("fine \ufffd 🙂")


def test_a_file_in_place_of_a_reason_is_refused(page: Page, check_id: str) -> None:
    browser = page.as_member()
    response = browser.post(
        f"/staff/checks/{check_id}/decision",
        data={"decision": "clear", "token": token_on(browser, check_id)},
        files={"reason": ("reason.txt", b"because")},
    )
    assert response.status_code == 400


def test_what_could_not_be_told_is_not_decided(page: Page, store: Store, check_id: str) -> None:
    page.failure = RuntimeError("power cut")
    assert decides(page.as_member(), check_id).status_code == 500
    assert check_in(store, check_id).status == Status.WAITING
    assert (audit(store), page.woken) == ([], 0)


# Four eyes


def test_two_people_have_to_decide_alike(open_page: Callable[..., Page], store: Store, check_id: str) -> None:
    take_in(store, "ann", "ben")
    page = open_page(four_eyes=True)
    ann, ben = page.as_member(), page.as_member("ben")
    token = token_on(ann, check_id)
    assert "another person decides" in ann.get(f"/staff/checks/{check_id}").text
    decides(ann, check_id, "clear", "I found nothing")
    assert check_in(store, check_id).status == Status.WAITING
    assert page.told == []
    assert "ann: clear" in ben.get("/staff").text
    assert "Record decision" not in ann.get(f"/staff/checks/{check_id}").text
    alone = decides(ann, check_id, token=token)
    assert alone.status_code == 409
    assert "another person has to decide" in alone.text
    other = decides(ben, check_id, "decline", "I found something")
    assert other.status_code == 409
    assert "talk to each other first" in other.text
    assert "I found something" in other.text
    assert check_in(store, check_id).status == Status.WAITING
    decides(ben, check_id, "clear", "Neither did I")
    check = check_in(store, check_id)
    assert check.status == Status.CLEAR
    assert "ann" in str(check.reason)
    assert "Neither did I" in str(check.reason)
    assert page.told == [Status.CLEAR]
    assert [(actor, action) for actor, action, _ in audit(store)] == [
        ("ann", "decide clear first"),
        ("ben", "decide clear"),
    ]


# Forms of others


def test_a_form_without_a_token_or_with_another_ones_changes_nothing(
    page: Page, store: Store, vault: Vault, check_id: str
) -> None:
    browser = page.as_member()
    mine = token_on(browser, check_id)
    tokens = {
        "missing": "",
        "made up": "x.y.z",
        # Not its last character: some of the bits of that say nothing.
        "changed": mine[:-2] + ("A" if mine[-2] != "A" else "B") + mine[-1],
        "another member's": token_on(page.as_member("ben"), check_id),
        "of another check": token_on(browser, submitted(store, vault)),
    }
    for name, token in tokens.items():
        for response in (decides(browser, check_id, token=token), reveals(browser, check_id, token)):
            assert response.status_code == 403, name
            assert "not one of yours" in response.text
            assert BORN.isoformat() not in response.text
    assert check_in(store, check_id).status == Status.WAITING
    assert audit(store) == []


def at_another_time(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Have tokens written so many seconds ago from now on."""
    now = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: now(signer) - seconds)


def test_a_form_that_was_open_too_long_is_given_again_with_the_reason(
    page: Page, store: Store, check_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = page.as_member()
    with monkeypatch.context() as earlier:
        at_another_time(earlier, FORM_SECONDS + 5)
        old = token_on(browser, check_id)
        old_of_ben = token_on(page.as_member("ben"), check_id)
    late = decides(browser, check_id, "decline", "a long story", old)
    assert late.status_code == 403
    assert "open for over an hour" in late.text
    assert "a long story" in late.text
    assert re.search(r'value="decline" required checked', late.text)
    shown = reveals(browser, check_id, old)
    assert shown.status_code == 403
    assert BORN.isoformat() not in shown.text
    foreign = decides(browser, check_id, "decline", "a long story", old_of_ben)
    assert foreign.status_code == 403
    assert "a long story" not in foreign.text
    assert check_in(store, check_id).status == Status.WAITING
    assert audit(store) == []


def test_a_form_is_good_until_its_hour_is_over(
    page: Page, store: Store, check_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = page.as_member()
    with monkeypatch.context() as earlier:
        at_another_time(earlier, FORM_SECONDS - 60)
        old = token_on(browser, check_id)
    assert decides(browser, check_id, token=old).status_code == 303


def test_a_form_of_another_site_is_refused(page: Page, store: Store, check_id: str) -> None:
    browser = page.as_member()
    response = browser.post(
        f"/staff/checks/{check_id}/decision",
        data={"decision": "clear", "reason": "x", "token": token_on(browser, check_id)},
        headers={"Origin": "https://evil.example"},
    )
    assert response.status_code == 403
    assert check_in(store, check_id).status == Status.WAITING


def test_no_log_holds_a_name_a_password_or_an_answer(
    page: Page, check_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="bot")
    browser = page.as_member()
    page.anonymous().post("/staff/sign-in", data={"name": "mallory", "password": "guessed it", "code": "123456"})
    reveals(browser, check_id)
    decides(browser, check_id, reason="a secret reason")
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "failed" in ours
    for kept_out in ("mallory", "guessed", "secret reason", TEXTS["full_name"], BORN.isoformat()):
        assert kept_out not in ours


def test_the_report_knows_the_newest_of_several_checks(store: Store, vault: Vault, page: Page, check_id: str) -> None:
    with store.write() as session:
        mentor_id = session.get_one(Check, check_id).mentor_id
        session.add(
            Check(mentor_id=mentor_id, provider="manual", status="waiting", created_at=utc_now() + timedelta(seconds=1))
        )
        assert Registration(session, session.get_one(Mentor, mentor_id)).open_question is None
    browser = page.as_member()
    assert browser.get(f"/staff/checks/{check_id}").status_code == 200
    assert browser.get("/staff").text.count('<th scope="row">') == 2


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
