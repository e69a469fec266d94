"""Links to go on elsewhere: whose registration it is comes first, and nobody gets into another one's."""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.accounts import merging
from bot.messages.masks import masked_address, masked_name
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE, JOIN, SAVE, START
from bot.security import continue_links
from bot.security.vault import Vault
from bot.storage import Base, ContinueLink, Conversation, EmailCode, Mentor, Store
from bot.storage.models import utc_now
from tests.store.accounts.test_joining import STORY, has_told, in_force, is_gone, proves
from tests.store.mentor import CODES_PER_HOUR, ChattingMentor, happened, snapshot

pytestmark = pytest.mark.slow

YES, NO = "Yes, go on with it", "No, it is not mine"
LINKED, OWN = "The one from the link", "Keep my own"
SCHOOL = "I taught at a school in Brest."


@pytest.fixture
def other(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """Whoever opens the link, on Telegram."""
    with ChattingMentor(store, vault, data_dir, email="elsewhere@example.org", channel="telegram") as chatting:
        yield chatting


def link_for(mentor: ChattingMentor) -> str:
    """A new link of the mentor's: its token."""
    with mentor.store.write() as session:
        return continue_links.token_of(mentor.vault, continue_links.make(session, mentor.vault, mentor.mentor_id))


def opens(mentor: ChattingMentor, token: str) -> str:
    """Come by a link; gives all that the bot said."""
    before = len(mentor.messages())
    mentor.opens_link(token)
    mentor.opens()
    return "\n".join(each["text"] for each in mentor.messages()[before:] if each["from"] == "bot")


def said(mentor: ChattingMentor) -> str:
    """All that stands in the mentor's chat."""
    return repr(mentor.messages())


def wrong(code: str) -> str:
    return "000 000" if code != "000000" else "111 111"


def test_a_link_says_whose_registration_it_is_and_joins_nothing(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    before = snapshot(store)["answers"]
    heard = opens(other, link_for(mentor))
    name = masked_name(_answer(mentor, form.FULL_NAME))
    assert (
        f"a registration that {name}, m…@example.org began on {utc_now().day} {utc_now():%B} {utc_now().year}" in heard
    )
    assert "UTC" in heard
    assert "I’ll send a code to that e-mail address first" in heard
    assert other.question == JOIN
    assert list(other.buttons()) == [YES, NO]
    assert other.mentor_id != mentor.mentor_id
    assert snapshot(store)["answers"] == before
    for secret in (STORY, mentor.email, _answer(mentor, form.FULL_NAME)):
        assert secret not in said(other)


def _answer(mentor: ChattingMentor, item_id: ItemId) -> str:
    with mentor.registration() as current:
        return current.answers[item_id]


def test_who_has_the_address_goes_on_with_two_taps_and_the_code(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    dropped = other.mentor_id
    opens(other, link_for(mentor))
    heard = other.taps(YES)
    assert "I have sent a code to m…@example.org." in heard
    assert "six digits that I sent to m…@example.org" in heard
    assert other.question == EMAIL_CODE
    heard = other.says(other.code())
    assert "We’ll go on here with the registration from your link" in heard
    assert (other.mentor_id, other.question) == (mentor.mentor_id, "two_months")
    assert is_gone(store, dropped)
    assert "now open on another device" in mentor.messages()[-1]["text"]
    other.says("yes")
    assert mentor.question == "published_and_rated", "it is one registration"


def test_without_the_code_nobody_gets_in(mentor: ChattingMentor, other: ChattingMentor) -> None:
    has_told(mentor, STORY)
    opens(other, link_for(mentor))
    other.taps(YES)
    for words in (wrong(other.code()), "yes", "let me in", mentor.email):
        other.says(words)
        assert other.mentor_id != mentor.mentor_id, words
        assert STORY not in said(other)
    assert other.question == EMAIL_CODE
    assert "nothing has changed here" in other.taps(NO)
    assert other.question == START
    assert mentor.question == "two_months"


def test_a_registration_without_an_address_goes_over_and_closes_where_it_was(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    mentor.answers_until("full_name").says("Ana Souza")
    begun, dropped = mentor.mentor_id, other.mentor_id
    heard = opens(other, link_for(mentor))
    assert "a registration that Ana S. began on" in heard
    assert "no longer be open where it was begun" in heard
    heard = other.taps(YES)
    assert "It is no longer open where the link was made" in heard
    assert (other.mentor_id, other.question) == (begun, form.EMAIL)
    assert is_gone(store, dropped)
    assert mentor.question == START
    assert mentor.mentor_id != begun
    assert "your registration goes on there. It is no longer open here." in said(mentor)
    assert "Ana Souza" not in said(mentor)
    other.answers_until("reasons")
    other.says(STORY)
    assert STORY not in said(mentor)
    mentor.says("hello")
    assert mentor.question == START
    mentor.says("yes")
    assert mentor.question == form.ACCOUNT


def test_a_link_of_somebody_without_a_name_says_so(mentor: ChattingMentor, other: ChattingMentor) -> None:
    mentor.answers_until("account")
    assert "a registration that somebody without a name yet began on" in opens(other, link_for(mentor))


def test_an_address_that_was_only_given_is_proven_by_who_joins_and_the_sender_leaves(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    mentor.answers_until("email").says("victim@example.org")
    begun = mentor.mentor_id
    opens(other, link_for(mentor))
    assert "v…@example.org" in other.taps(YES)
    other.says(other.code())
    assert (other.mentor_id, other.question) == (begun, "reasons")
    with other.registration() as current:
        assert current.is_email_proven
    assert (mentor.mentor_id != begun, mentor.question) == (True, START)
    assert "An e-mail address was confirmed" in said(mentor)


def test_whose_own_registration_has_the_address_of_the_link_is_asked_which_one_goes_on(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    """Somebody types the address of a mentor, and sends that mentor the link."""
    with ChattingMentor(store, vault, data_dir, email="victim@example.org") as victim:
        has_told(victim, STORY)
        mentor.answers_until("email").says("victim@example.org")
        opens(other, link_for(mentor))
        other.taps(YES)
        heard = other.says(other.code())
        assert "I found the registration that you began before" in heard
        assert other.mentor_id == victim.mentor_id != mentor.mentor_id
        assert STORY not in said(mentor)


@pytest.mark.parametrize("by_tap", [True, False])
def test_who_keeps_their_own_lets_nobody_in(mentor: ChattingMentor, other: ChattingMentor, by_tap: bool) -> None:
    """Somebody sends the link of their own registration to a mentor who has a draft."""
    has_told(mentor, STORY)
    has_told(other, SCHOOL)
    theirs, own = mentor.mentor_id, other.mentor_id
    assert "You have one of your own here, too" in opens(other, link_for(mentor))
    assert list(other.buttons()) == [LINKED, OWN]
    heard = other.taps(OWN) if by_tap else other.says("no")
    assert "The link is not used, and nothing has changed here" in heard
    assert (mentor.mentor_id, other.mentor_id) == (theirs, own)
    assert "chose not to go on with your registration" in mentor.messages()[-1]["text"]
    assert other.question == mentor.question == "two_months"
    other.says("yes")
    assert mentor.question == "two_months"
    assert SCHOOL not in said(mentor)
    assert STORY not in said(other)
    assert in_force(mentor) == ["background_check"]


def test_who_takes_the_one_of_the_link_lets_go_of_their_own(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    dropped = has_told(other, SCHOOL).mentor_id
    opens(other, link_for(mentor))
    other.taps(LINKED)
    assert other.mentor_id == dropped, "not before the code"
    assert "What you had answered here before is deleted" in other.says(other.code())
    assert (other.mentor_id, other.question) == (mentor.mentor_id, "two_months")
    assert is_gone(store, dropped)
    with other.registration() as current:
        assert current.answers[ItemId("experience")] == STORY


def test_ones_own_registration_stays_where_else_it_is_open(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    has_told(mentor, STORY)
    has_told(other, SCHOOL)
    with ChattingMentor(store, vault, data_dir) as browser:
        opens(browser, link_for(other))
        browser.taps(YES)
        browser.says(browser.code())
        shared = other.mentor_id
        assert browser.mentor_id == shared
        opens(other, link_for(mentor))
        other.taps(LINKED)
        other.says(other.code())
        assert other.mentor_id == mentor.mentor_id
        assert (browser.mentor_id, browser.question) == (shared, "two_months")
        assert SCHOOL not in said(other)
        with browser.registration() as current:
            assert current.answers[ItemId("experience")] == SCHOOL


def test_a_registration_that_was_sent_is_joined_with_the_code_only(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    mentor.comes_to("review").says("submit")
    opens(other, link_for(mentor))
    assert other.question == JOIN
    other.taps(YES)
    assert other.mentor_id != mentor.mentor_id
    other.says(other.code())
    assert (other.mentor_id, other.question) == (mentor.mentor_id, None)


def test_who_has_sent_theirs_stays_there_and_the_link_stays_good(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    has_told(mentor, STORY)
    other.comes_to("review").says("submit")
    mine, token = other.mentor_id, link_for(mentor)
    assert "You have sent us a registration here already" in opens(other, token)
    assert (other.mentor_id, other.question) == (mine, None)
    with ChattingMentor(store, vault, data_dir, email="third@example.org") as third:
        opens(third, token)
        assert third.question == JOIN


def test_a_link_that_came_between_two_of_one_person_leaves_their_choice_open(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    has_told(mentor, STORY)
    has_told(other, SCHOOL)
    proves(other, mentor.email)
    assert other.question == JOIN
    with ChattingMentor(store, vault, data_dir, email="third@example.org") as third:
        has_told(third, "Third story")
        opens(other, link_for(third))
        assert list(other.buttons()) == [LINKED, OWN]
        other.taps(OWN)
    assert list(other.buttons()) == ["The one from before", "This one"]


def test_the_other_registration_may_be_gone_when_the_code_comes(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    has_told(other, SCHOOL)
    opens(other, link_for(mentor))
    other.taps(LINKED)
    code = other.code()
    with store.write() as session:
        merging.clear_offers(session, mentor.mentor_id)
    other.says(code)
    assert other.question == "two_months"


def test_who_is_being_deleted_is_joined_by_nobody(mentor: ChattingMentor, other: ChattingMentor) -> None:
    mentor.comes_to("review").says("submit")
    opens(other, link_for(mentor))
    late = link_for(mentor)
    mentor.says("delete my account")
    mentor.taps("Delete my account")
    assert "no longer there" in other.taps(YES)
    assert other.question == START
    assert "used before" in opens(other, late)


def test_a_code_of_a_link_can_be_sent_again_and_the_choice_be_gone_back_to(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    has_told(mentor, STORY)
    opens(other, link_for(mentor))
    other.taps(YES)
    old = other.code()
    assert "another code" in other.taps("Send a new code")
    if other.code() != old:
        assert "not the code" in other.says(old)
    other.says("back")
    assert other.question == JOIN
    other.taps(YES)
    other.says(other.code())
    assert other.mentor_id == mentor.mentor_id


def test_a_link_is_had_for_the_asking(mentor: ChattingMentor, other: ChattingMentor) -> None:
    has_told(mentor, STORY)
    assert "works once, within an hour" in mentor.says("continue elsewhere")
    link_id = next(each["link"] for each in mentor.news() if "link" in each)
    assert mentor.question == "two_months"
    opens(other, continue_links.token_of(mentor.vault, link_id))
    assert other.question == JOIN


@pytest.mark.parametrize("comes_by_link", [True, False])
def test_there_is_no_link_before_the_start(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, comes_by_link: bool
) -> None:
    if comes_by_link:
        opens(mentor, link_for(has_told(other, STORY)))
    mentor.says("continue elsewhere")
    with store.read() as session:
        assert mentor.mentor_id not in session.scalars(select(ContinueLink.mentor_id)).all()


def test_ones_own_link_changes_nothing_and_stays_good(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    token = link_for(has_told(mentor, STORY))
    before = snapshot(store)
    mentor.opens_link(token)
    assert snapshot(store) == before
    opens(other, token)
    assert other.question == JOIN


def test_a_link_works_once(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    mentor.comes_to("experience")
    token = link_for(mentor)
    opens(other, token)
    before = snapshot(store)
    other.opens_link(token)
    assert snapshot(store) == before, "a message that is delivered twice is no other link"
    with ChattingMentor(store, vault, data_dir, email="third@example.org") as third:
        assert "used before, or it is too old" in opens(third, token)
        assert third.question == START
    other.taps(NO)
    assert "used before" in opens(other, token)


@pytest.mark.parametrize(("minutes", "is_good"), [(59, True), (61, False)])
def test_a_link_works_within_an_hour(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, minutes: int, is_good: bool
) -> None:
    mentor.comes_to("experience")
    token = link_for(mentor)
    with store.write() as session:
        session.scalars(select(ContinueLink)).one().expires_at -= timedelta(minutes=minutes)
    heard = opens(other, token)
    assert (other.question == JOIN, "too old" in heard) == (is_good, not is_good)


def test_a_new_link_ends_the_one_before(mentor: ChattingMentor, other: ChattingMentor) -> None:
    mentor.comes_to("experience")
    first, second = link_for(mentor), link_for(mentor)
    assert "used before" in opens(other, first)
    opens(other, second)
    assert other.question == JOIN


def test_a_link_that_was_made_up_is_none(mentor: ChattingMentor, other: ChattingMentor, store: Store) -> None:
    mentor.comes_to("experience")
    with store.write() as session:
        link_id = continue_links.make(session, mentor.vault, mentor.mentor_id)
    token = continue_links.token_of(mentor.vault, link_id)
    assert continue_links.is_token(token)
    before = snapshot(store)["mentors"]
    foreign = continue_links.token_of(Vault([b"x" * 32]), link_id)
    for invented in ("", link_id, token[:-1], token + "A", "A" * 54, foreign, "🙂"):
        other.opens_link(invented)
        assert "used before" in other.messages()[-1]["text"], invented
    assert snapshot(store)["mentors"] == before
    opens(other, token)
    assert other.question == JOIN


def test_only_the_hash_of_a_link_is_stored(mentor: ChattingMentor, store: Store, backend: str, tmp_path: Path) -> None:
    mentor.comes_to("experience").says("continue elsewhere")
    link_id = next(each["link"] for each in mentor.news() if "link" in each)
    token = continue_links.token_of(mentor.vault, link_id)
    assert len(token) == 54
    assert set(token) <= set(string.ascii_letters + string.digits + "_-")
    assert link_id in repr(snapshot(store)["transcript"])
    code = token.removeprefix(link_id)
    assert code not in repr(snapshot(store))
    with store.read() as session:
        stored = session.scalars(select(ContinueLink)).one()
        assert len(stored.token_hash) == 64
        assert {column.name for column in Base.metadata.tables["continue_links"].columns} == {
            *("token_hash", "mentor_id", "created_at", "expires_at", "used_at"),
        }
    if backend == "sqlite":
        assert not any(code.encode() in path.read_bytes() for path in tmp_path.glob("bot.db*"))


def test_of_one_that_never_began_the_site_is_told_nothing(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    dropped = other.mentor_id
    opens(other, link_for(mentor))
    other.taps(YES)
    other.says(other.code())
    assert is_gone(store, dropped)
    assert happened(store, dropped) == []


def test_codes_of_one_that_is_let_go_count_against_the_limit_and_are_good_no_more(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    mentor.comes_to("experience")
    for _ in range(CODES_PER_HOUR):
        with ChattingMentor(store, vault, data_dir) as another:
            another.answers_until("email").says("victim@example.org")
            opens(another, link_for(mentor))
            another.taps(LINKED)
            another.says(another.code())
            assert another.mentor_id == mentor.mentor_id
    with ChattingMentor(store, vault, data_dir) as another:
        another.answers_until("email")
        assert "I have sent several codes already" in another.says("victim@example.org")
    with store.read() as session:
        codes = session.scalars(select(EmailCode)).all()
        assert {each.mentor_id for each in codes} == {mentor.mentor_id}
        assert all(each.expires_at <= utc_now() or each.used_at for each in codes)


def test_a_photo_of_a_registration_that_one_left_is_not_shown(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    assert any(each["kind"] == "photo" for each in mentor.messages())
    with store.write() as session:
        fresh = Mentor()
        session.add(fresh)
        session.flush()
        session.get_one(Conversation, mentor.conversation_id).mentor_id = fresh.id
    assert not any(each["kind"] == "photo" for each in mentor.messages())


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Ana Souza", "Ana S."), ("Ana Maria de Souza", "Ana S."), ("Rosa", "R…"), ("", ""), ("王小明", "王…")],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert masked_name(name) == masked


def test_an_address_is_masked() -> None:
    assert masked_address("ana.souza@example.org") == "a…@example.org"


def test_a_link_comes_before_what_is_asked_back(mentor: ChattingMentor, other: ChattingMentor) -> None:
    has_told(mentor, STORY)
    other.answers_until("full_name")
    assert "save" in other.says("test").lower()
    assert other.question == SAVE
    opens(other, link_for(mentor))
    assert other.question == JOIN
    other.taps(OWN)
    assert other.question == form.FULL_NAME
    with other.registration() as current:
        assert current.mentor.doubted is None
