"""How the staff sign in and out: password and one-time code, the session, its cookie, and what the audit records."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import select

from bot.api import staff_accounts as staff
from bot.api import staff_codes, staff_sessions
from bot.api.staff_sessions import IDLE, LONGEST
from bot.core.organisation import ORGANISATION
from bot.security.cipher import VaultError
from bot.security.rate_limits import FAILED_LOGINS
from bot.security.vault import Purpose, Vault
from bot.storage import DataKey, StaffMember, StaffSession, Store
from bot.storage.models import utc_now
from tests.store.api.test_staff import (
    PASSWORD,
    TEXTS,
    Page,
    _cheap_hashes,  # noqa: F401  (a fixture)
    audit,
    check_id,  # noqa: F401  (a fixture)
    open_page,  # noqa: F401  (a fixture)
    photos,  # noqa: F401  (a fixture)
    take_in,
)
from tests.support.asgi import Browser
from tests.support.staff import Credentials, code_of

pytestmark = pytest.mark.slow

COOKIE = "staff_session"
ADDRESSES = [
    ("GET", "/staff"),
    ("GET", "/staff/checks/{}"),
    ("GET", "/staff/checks/{}/photo.jpg"),
    ("POST", "/staff/checks/{}/reveal"),
    ("POST", "/staff/checks/{}/decision"),
    ("POST", "/staff/checks.csv"),
    ("GET", "/staff/people"),
    ("GET", "/staff/people/{}"),
    ("POST", "/staff/people/{}/answer"),
    ("POST", "/staff/people/{}/end"),
]


@pytest.fixture
def ann(store: Store, vault: Vault) -> Credentials:
    """Ann, with a key; Ben is on the staff, too, and has none."""
    take_in(store, "ann", "ben")
    with store.write() as session:
        return Credentials("ann", PASSWORD, staff_codes.enrol(session, vault, "ann", "root"))


@pytest.fixture
def page(ann: Credentials, open_page: Callable[..., Page]) -> Page:  # noqa: F811  (fixtures)
    return open_page()


def signs_in(browser: Browser, who: Credentials, later: int = 0, **given: str) -> httpx.Response:
    return browser.post("/staff/sign-in", data=who.fields(later) | given)


def sessions(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(StaffSession.name)))


@pytest.mark.postgresql_too
def test_a_member_signs_in_and_out(page: Page, store: Store, ann: Credentials) -> None:
    browser = page.anonymous()
    answer = signs_in(browser, ann)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff")
    cookie = answer.headers["set-cookie"]
    token = browser.cookies[COOKIE]
    for attribute in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert attribute in cookie
    assert "Max-Age" not in cookie, "it goes with the browser"
    assert "Domain" not in cookie
    assert len(token) == 43
    with store.read() as session:
        assert token not in repr([vars(row) for row in session.scalars(select(StaffSession))])
    shown = browser.get("/staff")
    assert shown.status_code == 200
    assert "Signed in as ann" in shown.text
    assert "Sign out" in shown.text
    left = browser.post("/staff/sign-out")
    assert (left.status_code, left.headers["location"]) == (303, "/staff/sign-in")
    assert COOKIE not in browser.cookies
    assert Browser(page._app, {COOKIE: token}).get("/staff").status_code == 303
    actions = [(actor, action) for actor, action, _ in audit(store)]
    assert actions == [("root", "new key for codes"), ("ann", "sign in"), ("ann", "sign out")]
    assert page.anonymous().post("/staff/sign-out").status_code == 303
    assert len(audit(store)) == 3


@pytest.mark.parametrize(("path", "prefix"), [("", "__Host-"), ("/jobs", "__Secure-")])
def test_behind_https_the_cookie_is_never_sent_without(
    open_page: Callable[..., Page],  # noqa: F811
    ann: Credentials,
    path: str,
    prefix: str,
) -> None:
    browser = open_page(public_url=f"https://mentors.example{path}").anonymous()
    cookie = signs_in(browser, ann).headers["set-cookie"]
    assert cookie.startswith(f"{prefix}staff_session=")
    assert f"; Path={path or '/'};" in cookie
    assert "Secure" in cookie.split("; ")


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_without_staff_there_is_nothing_anywhere(
    open_page: Callable[..., Page],  # noqa: F811
    check_id: str,  # noqa: F811
    method: str,
    address: str,
) -> None:
    nobodys = open_page()
    for browser in (nobodys.anonymous(), Browser(nobodys._app, {COOKIE: "x" * 43})):
        assert browser.request(method, address.format(check_id)).status_code == 404
    for method_of, path in (("GET", "/staff/sign-in"), ("POST", "/staff/sign-in")):
        assert nobodys.anonymous().request(method_of, path).status_code == 404


@pytest.mark.parametrize(("method", "address"), ADDRESSES)
def test_nothing_is_told_without_a_session(
    page: Page,
    check_id: str,  # noqa: F811
    method: str,
    address: str,
) -> None:
    page_address = address.format(check_id)
    for browser in (page.anonymous(), Browser(page._app, {COOKIE: "x" * 43}), Browser(page._app, {COOKIE: ""})):
        answer = browser.request(method, page_address)
        assert TEXTS["full_name"] not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        if method == "GET":
            assert answer.status_code == 303
            assert answer.headers["location"] == f"/staff/sign-in?page={page_address.replace('/', '%2F')}"
        else:
            assert answer.status_code == 403
            assert "You are signed out" in answer.text
    header = {"Authorization": "Basic YW5uOmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU="}
    assert page.anonymous().request(method, page_address, headers=header).status_code in (303, 403)


@pytest.mark.parametrize(
    "given",
    [
        {"password": "wrong"},
        {"password": ""},
        {"password": PASSWORD + " "},
        {"name": "ben"},
        {"name": "zoe"},
        {"name": "Ann"},
        {"name": "a\x00"},
        {"name": ""},
        {"code": "000000"},
        {"code": ""},
        {"code": "１２３４５６"},
        {"code": "9" * 5000},
    ],
)
def test_name_password_and_code_have_to_be_right(
    page: Page, store: Store, ann: Credentials, given: dict[str, str]
) -> None:
    browser = page.anonymous()
    answer = signs_in(browser, ann, **given)
    assert answer.status_code == 403
    assert COOKIE not in browser.cookies
    assert sessions(store) == []
    assert ann.password not in answer.text
    name = given.get("name", "ann")
    who = name if name in ("ann", "ben") else "?"
    assert audit(store)[1:] == [(who, "sign-in failed", who)]
    if name == "ben":
        assert "no key for one-time codes" in answer.text
    else:
        assert "Name, password or code is wrong." in answer.text


def test_a_missing_key_is_told_only_to_whoever_knows_the_password(page: Page, ann: Credentials) -> None:
    assert "no key" not in signs_in(page.anonymous(), ann, name="ben", password="wrong").text


@pytest.mark.postgresql_too
def test_a_code_works_once(page: Page, store: Store, ann: Credentials) -> None:
    fields = ann.fields()
    answers = [page.anonymous().post("/staff/sign-in", data=fields).status_code for _ in range(2)]
    assert answers == [303, 403]
    both = [("POST", "/staff/sign-in", {"data": ann.fields(later=1)})] * 2
    assert sorted(each.status_code for each in page.anonymous().together(both)) == [303, 403]
    assert sessions(store) == ["ann", "ann"]


def test_an_earlier_code_is_no_good_after_a_later_one(page: Page, ann: Credentials) -> None:
    assert signs_in(page.anonymous(), ann, later=1).status_code == 303
    assert signs_in(page.anonymous(), ann).status_code == 403


@pytest.mark.parametrize(("later", "status"), [(-3, 403), (-1, 303), (1, 303), (3, 403)])
def test_a_clock_may_be_half_a_minute_wrong(page: Page, ann: Credentials, later: int, status: int) -> None:
    assert signs_in(page.anonymous(), ann, later).status_code == status


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, with the last six digits."""
    codes = staff_codes._codes(b"12345678901234567890")
    expected = {59: b"287082", 1111111109: b"081804", 1234567890: b"005924", 20000000000: b"353130"}
    assert {at: codes.generate(at) for at in expected} == expected


def test_an_app_reads_the_address(ann: Credentials) -> None:
    parts = urlsplit(ann.address)
    query = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", f"/{ORGANISATION.name}:ann")
    assert query["issuer"] == [f"{ORGANISATION.name}"]
    assert (query["digits"], query["period"], query["algorithm"]) == (["6"], ["30"], ["SHA1"])
    key = b32decode(query["secret"][0])
    assert len(key) == 20
    assert TOTP(key, 6, SHA1(), 30).generate(0)  # noqa: S303


def test_a_new_key_ends_the_one_before_and_every_session(
    page: Page, store: Store, vault: Vault, ann: Credentials
) -> None:
    browser = page.anonymous()
    signs_in(browser, ann)
    with store.write() as session:
        before = session.get_one(StaffMember, "ann").code_key
        address = staff_codes.enrol(session, vault, "ann", "root")
    assert browser.get("/staff").status_code == 303
    assert signs_in(browser, ann, later=1).status_code == 403
    assert browser.post("/staff/sign-in", data=ann.fields() | {"code": code_of(address)}).status_code == 303
    with store.read() as session, pytest.raises(VaultError):
        vault.open(session, "ann", Purpose.STAFF, "code", before or b"")


def test_who_was_removed_is_out_at_once(page: Page, store: Store, ann: Credentials) -> None:
    browser = page.anonymous()
    signs_in(browser, ann)
    with store.write() as session:
        staff.remove(session, "ann", "root")
    assert browser.get("/staff").status_code == 303
    assert sessions(store) == []
    with store.read() as session:
        assert session.get(DataKey, ("ann", Purpose.STAFF)) is None


def test_a_role_is_that_of_now(page: Page, store: Store, ann: Credentials) -> None:
    browser = page.anonymous()
    signs_in(browser, ann)
    with store.write() as session:
        session.get_one(StaffMember, "ann").role = "read"
    assert "(read)" in browser.get("/staff").text


@pytest.mark.postgresql_too
@pytest.mark.parametrize(
    ("begun", "seen", "is_over"),
    [
        (LONGEST - timedelta(minutes=1), timedelta(minutes=5), False),
        (LONGEST + timedelta(seconds=1), timedelta(), True),
        (IDLE, IDLE - timedelta(seconds=30), False),
        (IDLE + timedelta(seconds=1), IDLE + timedelta(seconds=1), True),
    ],
)
def test_a_session_ends_by_itself(
    page: Page, store: Store, ann: Credentials, begun: timedelta, seen: timedelta, is_over: bool
) -> None:
    browser = page.anonymous()
    signs_in(browser, ann)
    with store.write() as session:
        row = session.scalars(select(StaffSession)).one()
        row.begun_at, row.seen_at = utc_now() - begun, utc_now() - seen
    assert browser.get("/staff").status_code == (303 if is_over else 200)
    with store.write() as session:
        noted = session.scalars(select(StaffSession)).one().seen_at
        assert (utc_now() - noted < timedelta(seconds=30)) == (not is_over or not seen)
        staff_sessions.begin(session, "ben")
    assert sessions(store) == (["ben"] if is_over else ["ann", "ben"])


def test_a_browser_that_signs_in_again_has_one_session(page: Page, store: Store, ann: Credentials) -> None:
    browser = page.anonymous()
    signs_in(browser, ann)
    first = browser.cookies[COOKIE]
    signs_in(browser, ann, later=1)
    assert browser.cookies[COOKIE] != first
    assert sessions(store) == ["ann"]


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/staff/people?x=1", "/staff/people?x=1"),
        ("/staff?q=a%20b&state=all", "/staff?q=a%20b&state=all"),
        ("https://evil.example/staff", "/staff"),
        ("//evil.example", "/staff"),
        ("/staffing", "/staff"),
        ("/staff\r\nSet-Cookie: a=b", "/staff"),
        ("/staff/\\evil", "/staff"),
        ("", "/staff"),
    ],
)
def test_after_signing_in_the_wanted_page_comes_and_no_other_site(
    page: Page, ann: Credentials, wanted: str, location: str
) -> None:
    shown = page.anonymous().get("/staff/sign-in", params={"page": wanted}).text
    kept = location if wanted == location else ""
    assert f'name="page" value="{kept.replace("&", "&amp;")}"' in shown
    answer = signs_in(page.anonymous(), ann, page=wanted)
    assert answer.headers["location"] == location


def test_a_form_of_another_site_signs_nobody_in_or_out(page: Page, ann: Credentials) -> None:
    browser = page.anonymous()
    evil = {"Origin": "https://evil.example"}
    assert browser.post("/staff/sign-in", data=ann.fields(), headers=evil).status_code == 403
    assert COOKIE not in browser.cookies
    signs_in(browser, ann)
    assert browser.post("/staff/sign-out", headers=evil).status_code == 403
    assert browser.get("/staff").status_code == 200


def test_failed_sign_ins_are_limited(page: Page, ann: Credentials) -> None:
    tries = [signs_in(page.anonymous(), ann, password="wrong").status_code for _ in range(FAILED_LOGINS)]
    assert tries == [403] * FAILED_LOGINS
    answer = signs_in(page.anonymous(), ann)  # a right guess is not told from a wrong one either
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 600
    assert re.search(r'role="alert">Too many failed attempts', answer.text)


def test_codes_are_not_guessed_from_many_addresses(page: Page, ann: Credentials) -> None:
    """Whoever knows the password has ten guesses, wherever they come from."""
    browsers = [page.anonymous(f"192.0.2.{each}") for each in range(FAILED_LOGINS + 2)]
    codes = [signs_in(each, ann, code="000000").status_code for each in browsers[:-1]]
    assert codes == [403] * FAILED_LOGINS + [429]
    assert signs_in(browsers[-1], ann, name="ben").status_code == 403, "of ann alone"


@pytest.mark.postgresql_too
def test_a_burst_of_guesses_is_counted_before_the_next_one_is_tried(
    page: Page, ann: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    authenticate = staff.authenticate

    def noted(store: Store, name: str, password: str) -> bool:
        tried.append(password)
        return authenticate(store, name, password)

    monkeypatch.setattr(staff, "authenticate", noted)
    guesses = [
        ("POST", "/staff/sign-in", {"data": ann.fields() | {"password": f"guess {each}"}})
        for each in range(FAILED_LOGINS * 3)
    ]
    codes = sorted(answer.status_code for answer in page.anonymous().together(guesses))
    assert codes == [403] * FAILED_LOGINS + [429] * FAILED_LOGINS * 2
    assert len(tried) == FAILED_LOGINS
