"""Plays personas through the real web channel against a running bot."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update

from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE, RECONSIDER, REVIEW, START, Registration
from bot.security.key_files import load_master_keys
from bot.security.vault import Purpose, Vault
from bot.storage import Conversation, Mentor, OutboxEntry, SealedValue, Store
from bot.storage.models import utc_now
from evaluation.personas import RIGHT, SUBMITTED, TOLERABLE, WRONG, Persona, Seen, State, Step, Verdict, judge
from evaluation.sentences import sentences_in
from tests.support.answers import picture, reply_to
from tests.support.seeding import ASK, web_id
from tests.support.service import RunningBot
from tests.support.web import COOKIE, WebMentor

#: After this many answers a question counts as unreachable.
_MOST_ANSWERS = 60
_MAIL_SECONDS = 10
CODE = "{code}"
#: Questions in the course of the form; any other open question is left unanswered.
_ON_THE_WAY = frozenset({START, EMAIL_CODE, REVIEW, RECONSIDER, *(item.id for item in (*form.ASKED, *form.PLACE))})
#: The button that a willing mentor taps at a question with buttons.
_TAPS = {START: "register", form.ACCOUNT: "deny", RECONSIDER: "affirm"} | {item.id: "affirm" for item in form.CONSENTS}


@dataclass(frozen=True)
class Played:
    """A step that was played.

    Attributes:
        persona: the speaker.
        step: the message.
        seen: the result.
        said: the bot's reply.
        verdict: the judgement.
    """

    persona: Persona
    step: Step
    seen: Seen
    said: str
    verdict: Verdict


class Player:
    """Plays one persona after another against a bot that runs.

    Args:
        bot: the bot; its data folder is read, and changed only to return a conversation to a step.
    """

    def __init__(self, bot: RunningBot) -> None:
        self._bot = bot
        self._store = Store(f"sqlite:///{bot.data_dir / 'bot.db'}")
        self._vault = Vault(load_master_keys("", bot.data_dir))

    def close(self) -> None:
        """Close the database."""
        self._store.dispose()

    def play(self, persona: Persona) -> list[Played]:
        """Play the whole conversation; steps that can no longer be reached are left out."""
        played: list[Played] = []
        with WebMentor(self._bot.url) as mentor:
            mentor.opens(language=persona.browser)
            for step in persona.steps:
                if not self._lead(mentor, step.at):
                    continue
                before = self._state(mentor)
                if step.sends == "photo":
                    mentor.sends(picture())
                else:
                    code = self._code(mentor) if CODE in step.says else ""
                    mentor.says(step.says.replace(CODE, code))
                said = [each for each in mentor.news if each["from"] == "bot"]
                text = mentor.heard()
                languages = frozenset(str(each.get("language")) for each in said)
                buttons = [str(button["payload"]) for each in said for button in each.get("buttons", [])]
                offered = frozenset(each.split(":")[0] for each in buttons)
                seen = Seen(before, self._state(mentor), frozenset(sentences_in(text)), languages, offered)
                verdict = judge(step, seen)
                if seen.can_be_confirmed and verdict.verdict == TOLERABLE:
                    verdict = self._after_asking(mentor, persona, step, verdict)
                played.append(Played(persona, step, seen, text, verdict))
        return played

    def _after_asking(self, mentor: WebMentor, persona: Persona, step: Step, asked: Verdict) -> Verdict:
        """Say yes to a question whether the bot understood; that has to do what was expected.

        The mentor saw and confirmed what is stored then, so a wrong value counts as wrong, but not as wrongly stored.
        """
        before = self._state(mentor)
        mentor.says("oui" if persona.language == "fr" else "yes")
        answered = judge(step, Seen(before, self._state(mentor)))
        return Verdict(WRONG, answered.problems) if answered.verdict == WRONG else asked

    def _lead(self, mentor: WebMentor, at: str) -> bool:
        """Bring the conversation to a question with clear answers; False if the bot can no longer ask it."""
        for _ in range(_MOST_ANSWERS):
            state = self._state(mentor)
            if state.question == at:
                mentor.prefers_one_by_one()
                return True
            done = at in state.answers or at in state.consents
            sent = self._is_sent(mentor)
            if self._is_past(at, state, sent=sent):
                return False
            if sent or state.question not in _ON_THE_WAY or (done and state.question != at):
                self._focus(mentor, at if done and not sent else None)
                mentor.says(ASK)
            else:
                self._answer(mentor, state.question)
        return False

    @staticmethod
    def _is_past(at: str, state: State, *, sent: bool) -> bool:
        """Whether the bot can no longer ask a question."""
        return (
            (sent and at != SUBMITTED)
            or (at == START and state.question != START)
            or (at == EMAIL_CODE and "reasons" in (state.question, *state.answers))
            or (at == RECONSIDER and state.question == REVIEW)
            or (at == form.FULL_NAME and state.answers.get(form.ACCOUNT) == form.Account.EXISTING)
        )

    def _answer(self, mentor: WebMentor, question: str) -> None:
        if question in _TAPS:
            if mentor.question != question:
                mentor.says(ASK)
            mentor.prefers_one_by_one()
            buttons = [str(each["payload"]) for each in mentor.asked.get("buttons", [])]
            mentor.taps_payload(next(each for each in buttons if each.split(":")[0] == _TAPS[ItemId(question)]))
        elif question == REVIEW:
            mentor.says(reply_to(question))
        else:
            mentor.answers(question)

    def _code(self, mentor: WebMentor) -> str:
        """The code in the newest e-mail, after all e-mails to the mentor have been sent."""
        waiting = select(OutboxEntry.id).where(
            OutboxEntry.mentor_id == self._mentor_id(mentor),
            OutboxEntry.done_at.is_(None),
            OutboxEntry.failed_at.is_(None),
            OutboxEntry.next_attempt_at <= utc_now(),
        )
        deadline = time.monotonic() + _MAIL_SECONDS
        while time.monotonic() < deadline:
            with self._store.read() as session:
                if session.scalars(waiting).first() is None:
                    break
            time.sleep(0.05)
        return str(mentor.new_code())

    def _mentor_id(self, mentor: WebMentor) -> str:
        with self._store.read() as session:
            wanted = select(Conversation.mentor_id).filter_by(external_id=web_id(mentor.http.cookies[COOKIE]))
            return session.scalars(wanted).one()

    def _focus(self, mentor: WebMentor, question: str | None) -> None:
        changed = update(Mentor).where(Mentor.id == self._mentor_id(mentor))
        with self._store.write() as session:
            session.execute(changed.values(focus=question, doubted=None, revision=Mentor.revision + 1))

    def _is_sent(self, mentor: WebMentor) -> bool:
        with self._store.read() as session:
            return session.get_one(Mentor, self._mentor_id(mentor)).submitted_at is not None

    def _state(self, mentor: WebMentor) -> State:
        """What is stored about a mentor, with the date of birth unencrypted."""
        mentor_id = self._mentor_id(mentor)
        with self._store.read() as session:
            current = Registration(session, session.get_one(Mentor, mentor_id))
            answers = {str(item): value for item, value in current.answers.items()}
            sealed = session.get(SealedValue, answers.get(form.DATE_OF_BIRTH, ""))
            if sealed is not None:
                opened = self._vault.open(session, mentor_id, Purpose.CHECK, form.DATE_OF_BIRTH, sealed.ciphertext)
                answers[form.DATE_OF_BIRTH] = opened.decode()
            question = "withdraw" if current.withdrawing else str(current.open_question or SUBMITTED)
            return State(question, answers, {str(item): said.decision for item, said in current.consents.items()})


def play(personas: Iterable[Persona], folder: Path) -> list[Played]:
    """Start a bot with its data in ``folder`` and play personas, one after another."""
    with RunningBot(folder) as bot:
        player = Player(bot)
        try:
            return [each for persona in personas for each in player.play(persona)]
        finally:
            player.close()


def table(played: list[Played]) -> list[str]:
    """The results by persona and overall, as the lines of a table."""
    columns = ("persona", "messages", RIGHT, TOLERABLE, WRONG, "wrongly stored", "false consents", "wrong endings")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    groups: dict[str, list[Played]] = {}
    for each in played:
        groups.setdefault(each.persona.name, []).append(each)
    for language in ("en", "fr", "mixed"):
        groups[f"**all {language}**"] = [each for each in played if each.persona.language == language]
    groups["**all**"] = played
    return [*lines, *(_row(name, group) for name, group in groups.items() if group)]


def _row(name: str, group: list[Played]) -> str:
    verdicts = Counter(each.verdict.verdict for each in group)
    shares = [f"{verdicts[each]} ({verdicts[each] / len(group):.0%})" for each in (RIGHT, TOLERABLE, WRONG)]
    stored = sum(len(each.verdict.wrongly_stored) for each in group)
    false = sum(len(each.verdict.false_consents) for each in group)
    endings = sum(each.verdict.is_wrong_ending for each in group)
    return f"| {name} | {len(group)} | {' | '.join(shares)} | {stored} | {false} | {endings} |"


def wrong_lines(played: list[Played]) -> list[str]:
    """The errors: persona, question, message, what was missing, and the beginning of the bot's reply."""
    return [
        f"{each.persona.name} | {each.step.at} | {each.step.says!r} | {each.verdict.verdict}: "
        f"{'; '.join(each.verdict.problems)} | now at {each.seen.after.question} | {each.said[:160]!r}"
        for each in played
        if each.verdict.verdict != RIGHT
    ]
