"""A mentor who agrees, refuses, takes back, edits, submits, starts over and deletes in any order.

After every move, no consent is in force but by a reply to the question that was last shown, in exactly its wording; and
of whoever had everything deleted, nothing is left in any table or file.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from bot.checks.service import ENDS, Status, advance, current_check, end
from bot.privacy.erasure import Erasure
from bot.registration import form
from bot.registration.registration import CANCEL, RECONSIDER, REVIEW, START, START_OVER
from bot.security.vault import Vault
from bot.storage import Consent, Conversation, InboxMessage, Store, TranscriptMessage
from tests.fuzz.profile import examples
from tests.fuzz.test_ledger_machine import template
from tests.store.mentor import ChattingMentor, snapshot
from tests.store.postgresql import quick_folder
from tests.support.answers import reply_to
from tests.support.deletion import assert_nothing_is_left, erase_who_asked
from tests.support.ledger import LEDGER, MASTER_KEY

CONSENTS = {item.id for item in form.CONSENTS}
#: Names that mentors give to what they agreed to.
NAMED = ("the background check", "the two months", "the publishing", "clause 3", "the privacy clause", "the whole code")
#: The tables that hold what a mentor wrote, as they wrote it.
PLAIN = ("answers", "accounts", "transcript")


class RegistrationMachine(RuleBasedStateMachine):
    """One browser in front of the real dialogue and a database; who is erased comes back as somebody new."""

    _numbers = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mentor-fuzz-", dir=quick_folder()))
        path = self.folder / "bot.db"
        path.write_bytes(template())
        self.store = Store(f"sqlite:///{path}")
        self.vault = Vault([MASTER_KEY])
        self.mentor = self.comes()
        self.erasure = Erasure(self.store, self.vault, LEDGER, self.mentor.photos, self.folder)
        self.mentor_id = self.mentor.mentor_id
        #: What the mentor wrote, that nobody else did.
        self.words: list[str] = []
        #: Buttons that were offered at some time.
        self.payloads: list[str] = []

    def comes(self) -> ChattingMentor:
        (self.folder / "photos").mkdir(exist_ok=True)
        (self.folder / "uploads").mkdir(exist_ok=True)
        number = next(self._numbers)
        mentor = ChattingMentor(self.store, self.vault, self.folder, email=f"weaver-{number}@looms.example")
        mentor.opens()
        mentor.says("yes")
        mentor.comes_to("background_check")
        return mentor

    def teardown(self) -> None:
        self.mentor.__exit__(None, None, None)
        self.store.dispose()
        shutil.rmtree(self.folder)

    @property
    def question(self) -> str | None:
        return self.mentor.question

    def says(self, text: str) -> None:
        self.payloads += self.mentor.buttons().values()
        self.mentor.says(text)
        self.settle()

    def taps(self, payload: str) -> None:
        self.mentor.taps_payload(payload)
        self.settle()

    def settle(self) -> None:
        """Have the outbox erase who asked for it, and look for what is left."""
        with self.mentor.registration() as current:
            is_going, mentor_id = current.is_being_deleted, current.mentor.id
        if mentor_id == self.mentor_id and not is_going:
            return
        gone, words = self.mentor_id, [*self.words, self.mentor.email]
        assert erase_who_asked(self.store, self.erasure) == [gone]
        assert_nothing_is_left(self.store, self.erasure, gone, words)
        self.words, self.payloads = [], []
        if is_going:
            self.mentor.__exit__(None, None, None)
            self.mentor = self.comes()
        self.mentor_id = self.mentor.mentor_id

    @precondition(lambda self: self.question in CONSENTS)
    @rule(words=st.sampled_from(["I agree", "yes", "no", "I do not agree", "I guess", "maybe later", "no idea"]))
    def replies(self, words: str) -> None:
        self.says(words)

    @precondition(lambda self: self.question in CONSENTS)
    @rule()
    def agrees_twice_before_the_next_is_shown(self) -> None:
        self.mentor.says_at_once("I agree", "I agree")
        self.settle()

    @precondition(lambda self: self.mentor.buttons())
    @rule(which=st.integers(0, 5))
    def taps_what_is_offered(self, which: int) -> None:
        offered = list(self.mentor.buttons().values())
        self.payloads += offered
        self.taps(offered[which % len(offered)])

    @precondition(lambda self: self.payloads)
    @rule(which=st.integers(0, 10_000))
    def taps_an_old_button(self, which: int) -> None:
        self.taps(self.payloads[which % len(self.payloads)])

    @rule()
    def goes_on(self) -> None:
        """Answer whatever is asked, up to the check of the answers."""
        for _ in range(40):
            question = str(self.question)
            if question in (REVIEW, RECONSIDER, CANCEL, START_OVER, "None", "join"):
                return
            with self.mentor.registration() as current:
                if current.withdrawing:
                    return
            if question == START or question in CONSENTS or question in ("account", "date_of_birth"):
                self.says(reply_to(question))
            elif question == "photo":
                self.mentor.comes_to("date_of_birth")
            elif question == "email_code":
                self.says(self.mentor.code())
            elif question == "email":
                self.says(self.mentor.email)
            else:
                self.writes()

    def writes(self) -> None:
        words = f"Zylograph Number{'abcdefghij'[next(self._numbers) % 10]} of Ushant {next(self._numbers)}"
        if self.question == form.FULL_NAME:
            words = "Zylographia Ushantova"
        self.words.append(words)
        self.says(words)

    @rule(words=st.sampled_from(["sorry, I meant yes", "sorry, I meant no", "I take it back", "back", "hello", "skip"]))
    def moves(self, words: str) -> None:
        self.says(words)

    @rule(
        item=st.sampled_from(NAMED), words=st.sampled_from(["I take back what I said about", "I no longer agree with"])
    )
    def takes_back(self, item: str, words: str) -> None:
        self.says(f"{words} {item}")

    @rule(item=st.sampled_from(["reasons", "experience", "expertise", "e-mail"]))
    def edits(self, item: str) -> None:
        self.says(f"change my {item}")
        if self.question in ("reasons", "experience", "expertise"):
            self.writes()

    @rule()
    def submits(self) -> None:
        self.says("submit")

    @rule(words=st.sampled_from(["start over", "delete my account", "withdraw a consent", "unsubscribe", "yes"]))
    def wants_an_end(self, words: str) -> None:
        self.says(words)

    @rule(
        words=st.sampled_from(["delete my account", "start over"]),
        reply=st.sampled_from(["yes", "yes", "no", "perhaps"]),
    )
    def wants_it_and_replies(self, words: str, reply: str) -> None:
        self.says(words)
        is_starting_over = self.question == START_OVER
        if not is_starting_over and self.question != CANCEL:
            return
        before = self.mentor_id
        self.says(reply)
        assert (self.mentor_id != before) == (reply == "yes" and not is_starting_over)
        if is_starting_over and reply == "yes":
            tables = snapshot(self.store)
            kept = repr([tables[name] for name in PLAIN])
            assert [each for each in (*self.words, self.mentor.email) if each in kept] == []
            self.words = []

    @rule(status=st.sampled_from(list(Status)))
    def the_check_goes_on(self, status: Status) -> None:
        with self.store.write() as session:
            check = current_check(session, self.mentor.mentor_id)
            if check is None or check.status in ENDS:
                return
            if status in ENDS:
                end(session, self.vault, check, status)
            else:
                advance(session, self.vault, check, status)

    @invariant()
    def every_consent_in_force_answers_a_question_that_was_shown(self) -> None:
        with self.mentor.registration() as current:
            session = current.session
            for item_id, said in current.consents.items():
                record = session.get_one(Consent, said.id)
                assert record.item_id == item_id
                contents = LEDGER.contents(session, record)
                assert contents is not None
                if record.decision != "agreed":
                    continue
                sent_at = session.scalars(
                    select(InboxMessage.received_at).where(InboxMessage.id == contents.turn_id)
                ).one()
                rows = session.scalars(
                    select(TranscriptMessage.body)
                    .join(Conversation, Conversation.id == TranscriptMessage.conversation_id)
                    .where(Conversation.mentor_id == current.mentor.id, TranscriptMessage.sender == "bot")
                    .where(TranscriptMessage.created_at <= sent_at)
                    .order_by(TranscriptMessage.id)
                )
                shown = [body for body in rows if "question" in body]
                assert shown, f"{item_id} was agreed to, and nothing was shown before"
                assert (shown[-1]["question"], shown[-1].get("clause")) == (item_id, record.wording)

    @invariant()
    def a_registration_that_is_sent_has_every_consent(self) -> None:
        with self.mentor.registration() as current:
            if current.mentor.submitted_at is not None and not current.is_being_deleted:
                assert {item.id for item in current.in_force} == CONSENTS


RegistrationMachine.TestCase.settings = settings(examples(8), stateful_step_count=25)
TestRegistrationMachine = RegistrationMachine.TestCase
