"""Three people, five chats, links that go anywhere: nobody is in a registration that they neither began nor proved."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.registration import form
from bot.registration.registration import EMAIL_CODE, JOIN, REVIEW, START, Registration
from bot.security.continue_links import token_of
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store
from tests.fuzz.profile import examples
from tests.store.mentor import ChattingMentor, code_sent_to
from tests.store.postgresql import quick_folder
from tests.support.answers import reply_to
from tests.support.ledger import MASTER_KEY

#: Whose chat it is, and on which channel.
CHATS = ((0, "web"), (0, "telegram"), (1, "web"), (1, "telegram"), (2, "telegram"))
PEOPLE = 3
#: How far somebody has come at first: how often they answered.
STAGES = ("not begun", "begun", "with an account", "named", "with an address", "proven", "with reasons")
A_CHAT = st.integers(0, len(CHATS) - 1)
A_PERSON = st.integers(0, PEOPLE - 1)
#: Questions at which somebody tells what nobody else may see.
TELLING = (form.FULL_NAME, form.ItemId("reasons"), form.ItemId("experience"), form.ItemId("expertise"))


@cache
def template() -> bytes:
    """A SQLite file with all tables."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        store = Store(f"sqlite:///{folder}/bot.db")
        store.upgrade()
        store.checkpoint()
        store.dispose()
        return (Path(folder) / "bot.db").read_bytes()


def address(person: int) -> str:
    return f"person{person}@example.org"


class LinksMachine(RuleBasedStateMachine):
    """People begin, pass links on, follow them, prove addresses and choose; each reads their own letters alone."""

    @initialize(stages=st.tuples(*[st.sampled_from(STAGES[first:]) for first in (3, 0, 4, 0, 0)]))
    def opens_all_chats(self, stages: tuple[str, ...]) -> None:
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="links-", dir=quick_folder())))
        (self.folder / "bot.db").write_bytes(template())
        self.store = Store(f"sqlite:///{self.folder / 'bot.db'}")
        self.stack.callback(self.store.dispose)
        self.vault = Vault([MASTER_KEY])
        Photos(Folder(self.folder))
        self.chats = [
            self.stack.enter_context(
                ChattingMentor(self.store, self.vault, self.folder, address(person), channel=channel)
            )
            for person, channel in CHATS
        ]
        #: Tokens of links, in the order in which they were made.
        self.tokens: list[str] = []
        #: Who told each secret.
        self.told: dict[str, int] = {}
        #: Addresses whose code was typed in a chat, and secrets of others that may be seen there.
        self.proved: dict[int, set[str]] = defaultdict(set)
        self.may_see: dict[int, set[str]] = defaultdict(set)
        for chat, stage in enumerate(stages):
            for _ in range(STAGES.index(stage)):
                self._goes_on(chat, CHATS[chat][0])

    def _goes_on(self, chat: int, whose: int) -> None:
        """Answer the open question; the address may be somebody else's, the letters are one's own."""
        if self.chats[chat].question == EMAIL_CODE:
            self._types_code(chat)
        else:
            self._answers(chat, whose)

    def _at(self, question: str, which: int) -> int:
        """One of the chats where this question is open."""
        chats = [number for number, each in enumerate(self.chats) if each.question == question]
        return chats[which % len(chats)]

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def _secret(self, person: int) -> str:
        secret = "Hush" + "".join(chr(ord("a") + int(digit)) for digit in str(len(self.told))) + "end"
        self.told[secret] = person
        return secret

    def _answers(self, chat: int, whose: int) -> None:
        mentor, question = self.chats[chat], self.chats[chat].question
        if question in (None, JOIN, REVIEW):
            return
        mentor.says("repeat")  # what somebody wrote before they saw the question is not taken
        if question == START:
            mentor.says("yes")
        elif question == form.EMAIL:
            mentor.says(address(whose))
        elif question == form.FULL_NAME:
            mentor.says(f"Ana {self._secret(CHATS[chat][0])}")
        elif question in TELLING:
            mentor.says(f"I have always wanted to tell {self._secret(CHATS[chat][0])} to others.")
        elif question != form.PHOTO:
            mentor.says(reply_to(str(question)))

    def _types_code(self, chat: int) -> None:
        mentor = self.chats[chat]
        mentor.says("repeat")
        mentor.says(code_sent_to(self.store, self.vault, address(CHATS[chat][0])) or "000 000")
        if mentor.question != EMAIL_CODE:
            self.proved[chat].add(address(CHATS[chat][0]))

    @rule(chat=A_CHAT, whose=A_PERSON, times=st.integers(1, 3))
    def goes_on(self, chat: int, whose: int, times: int) -> None:
        for _ in range(times):
            self._goes_on(chat, whose)

    @rule(chat=A_CHAT, to=A_CHAT, trusts_it=st.booleans(), is_for_oneself=st.booleans())
    def sends_a_link(self, chat: int, to: int, trusts_it: bool, is_for_oneself: bool) -> None:
        if is_for_oneself and chat < len(CHATS) - 1:
            to = chat ^ 1  # the same person's other chat
        mentor = self.chats[chat]
        mentor.says("continue elsewhere")
        made = [token_of(self.vault, each["link"]) for each in mentor.news() if "link" in each]
        self.tokens += made
        if made:
            self._follows(to, -1)
        if made and trusts_it and self.chats[to].question == JOIN:
            self._chooses(to, takes_other=True)
            if self.chats[to].question == EMAIL_CODE:
                self._types_code(to)

    @rule(chat=A_CHAT, which=st.integers(1, 4))
    def follows_an_old_link(self, chat: int, which: int) -> None:
        self._follows(chat, -which)

    def _follows(self, chat: int, which: int) -> None:
        if len(self.tokens) >= -which:
            self.chats[chat].opens_link(self.tokens[which])
            self.chats[chat].opens()

    @precondition(lambda self: any(each.question == JOIN for each in self.chats))
    @rule(which=A_CHAT, takes_other=st.booleans())
    def chooses(self, which: int, takes_other: bool) -> None:
        self._chooses(self._at(JOIN, which), takes_other=takes_other)

    def _chooses(self, chat: int, *, takes_other: bool) -> None:
        mentor = self.chats[chat]
        mentor.says("repeat")
        before = mentor.mentor_id
        mentor.taps(list(mentor.buttons())[0 if takes_other else 1])
        if mentor.mentor_id != before:
            self.may_see[chat] |= self._answered(chat)  # whose maker gave it away, before there was an address

    @precondition(lambda self: any(each.question == EMAIL_CODE for each in self.chats))
    @rule(which=A_CHAT, gives_up=st.booleans())
    def is_asked_for_a_code(self, which: int, gives_up: bool) -> None:
        chat = self._at(EMAIL_CODE, which)
        if gives_up:
            self.chats[chat].says("repeat")
            self.chats[chat].taps(list(self.chats[chat].buttons())[-1])
        else:
            self._types_code(chat)

    @rule(chat=A_CHAT, words=st.sampled_from(["change my e-mail", "back", "what is this", "no", "yes"]))
    def says(self, chat: int, words: str) -> None:
        self.chats[chat].says(words)

    @rule(chat=A_CHAT)
    def starts_over(self, chat: int) -> None:
        if self.chats[chat].question not in (START, None):
            self.chats[chat].says("start over")
            self.chats[chat].says("yes")

    @rule(chat=A_CHAT)
    def submits(self, chat: int) -> None:
        mentor = self.chats[chat]
        with mentor.registration() as current:
            is_simple = current.mentor.focus is None and not current.refused and current.open_question in form.BY_ID
            is_simple = is_simple and current.is_email_proven
            mentor.email = current.answers.get(form.EMAIL, "")
        if is_simple:
            mentor.comes_to(REVIEW)
            mentor.says("submit")

    def _answered(self, chat: int) -> set[str]:
        with self.chats[chat].registration() as current:
            answers = repr(current.answers)
        return {secret for secret in self.told if secret in answers}

    @invariant()
    def nobody_is_where_they_neither_began_nor_proved(self) -> None:
        if not hasattr(self, "chats"):
            return
        homes: dict[str, list[int]] = defaultdict(list)
        for number, mentor in enumerate(self.chats):
            homes[mentor.mentor_id].append(number)
        with self.store.read() as session:
            assert set(session.scalars(select(Conversation.mentor_id))) == set(homes)
            for mentor_id, chats in homes.items():
                proven = session.get_one(Mentor, mentor_id).verified_email
                if proven is not None or len(chats) > 1:
                    assert all(proven in self.proved[chat] for chat in chats), (CHATS, chats, proven)
                Registration(session, session.get_one(Mentor, mentor_id)).position  # noqa: B018  (it has to be found)
        for number, mentor in enumerate(self.chats):
            shown = repr(mentor.messages())
            seen = {secret for secret in self.told if secret in shown} | self._answered(number)
            others = {secret for secret in seen if self.told[secret] != CHATS[number][0]}
            if self._has_proven(number):
                self.may_see[number] |= others
            assert others <= self.may_see[number], (CHATS[number], others - self.may_see[number])

    def _has_proven(self, chat: int) -> bool:
        with self.chats[chat].registration() as current:
            return current.mentor.verified_email in self.proved[chat]


LinksMachine.TestCase.settings = examples(12)
TestLinks = LinksMachine.TestCase
