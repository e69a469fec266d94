"""A form with one more question, added as docs/how-to/change-the-form.md says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from fluent.runtime import FluentResource

from bot.api import mentor_report as report
from bot.core.paths import REPOSITORY
from bot.dialogue.domain import domain_with
from bot.dialogue.model import TRAINING, rasa_environment
from bot.i18n.catalogue import catalogue
from bot.messages import transcript
from bot.privacy import traces
from bot.registration import form, funnel

#: A second choice, of three.
WHEN = form.Item(
    form.ItemId("when"),
    "Mentoring Experience",
    "when",
    form.Kind.QUESTION,
    form.Answer.CHOICE,
    "When do you have time for mentees?",
    options=(("morning", "In the mornings"), ("evening", "In the evenings"), ("weekend", "At weekends")),
)
_COPY = {
    "en": """
question-when = { $wording }
    .again = Back to your time. { $wording }
    .example = Most mentors choose one of the three.
step-when = Your time
label-when = Your time for mentees
why-when = Mentees look for somebody who has time when they do.
meaning-when = Choose when you can be reached.
sees-when = The people at { -organisation } read it.
kept-when = It stays with your registration.
example-when = For example: in the evenings.
""",
    "fr": """
question-when = Quand avez-vous du temps pour vos mentorés ?
    .again = Revenons à votre temps. Quand avez-vous du temps pour vos mentorés ?
step-when = Votre temps
label-when = Votre temps
option-when-morning = Le matin
option-when-evening = Le soir
option-when-weekend = Le week-end
""",
}


def add_question(patch: pytest.MonkeyPatch, item: form.Item, before: form.ItemId) -> None:
    """Add a question to this process's form, with its sentences, until ``patch`` is undone."""
    place = [each.id for each in form.ITEMS].index(before)
    patch.setattr(form, "ITEMS", (*form.ITEMS[:place], item, *form.ITEMS[place:]))
    patch.setattr(form, "BY_ID", {each.id: each for each in (*form.ITEMS, *form.PLACE)})
    patch.setattr(form, "ASKED", tuple(each for each in form.ITEMS if each.kind is not form.Kind.NOTICE))
    patch.setattr(form, "_ASKED_LATE", form._name_with_the_check())
    extra = ("country", "region", "email_code", "review")
    patch.setattr(form, "SLOTS", (*dict.fromkeys(each.slot for each in form.ASKED), *extra))
    patch.setattr(form, "STEPS", (*dict.fromkeys(each.step for each in form.ASKED), "review"))
    patch.setattr(report, "_EXPORTED", (*report._EXPORTED, item))
    patch.setattr(traces, "_NO_TRACES", traces._NO_TRACES | {item.id})
    questions = (funnel.START, *funnel._with_code(), funnel.REVIEW)
    patch.setattr(funnel.Funnel.__init__, "__defaults__", (questions,))
    patch.setattr(transcript, "_funnel", funnel.Funnel())
    for language, copy in _COPY.items():
        bundle = catalogue(language)._bundle
        patch.setattr(bundle, "_messages", dict(bundle._messages))
        bundle.add_resource(FluentResource(copy))


def trained_with(item: form.Item, before: form.ItemId, folder: Path) -> Path:
    """Train a model with one more question in an empty folder, which takes half a minute; returns its file.

    Args:
        item: the question.
        before: the question after it.
        folder: for the training.
    """
    for name in ("config.yml", "nlu", "stories"):
        (folder / name).symlink_to(REPOSITORY / name)
    place = form.SLOTS.index(before)
    slots = (*form.SLOTS[:place], item.slot, *form.SLOTS[place:])
    domain = domain_with(slots, (REPOSITORY / "domain.yml").read_text(encoding="utf-8"))
    (folder / "domain.yml").write_text(domain, encoding="utf-8")
    command = [sys.executable, "-m", "rasa", *TRAINING, "--out", str(folder), "--fixed-model-name", "registration"]
    trained = subprocess.run(command, cwd=folder, env=rasa_environment(), capture_output=True, check=False)
    assert trained.returncode == 0, trained.stderr.decode(errors="replace")[-2000:]
    return folder / "registration.tar.gz"
