"""A photo that is replaced: earlier messages that showed it say so."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.i18n.catalogue import catalogue
from bot.storage import Conversation, Photo, Store
from tests.store.mentor import ChattingMentor
from tests.support.answers import picture

pytestmark = pytest.mark.slow


def photo_rows(mentor: ChattingMentor) -> list[dict[str, Any]]:
    """The rows of a photo in every check of the answers, the oldest first."""
    labels = {catalogue(each).text("label-photo") for each in ("en", "fr")}
    rows = (row for each in mentor.messages() for section in each.get("sections", ()) for row in section["rows"])
    return [row for row in rows if row["label"] in labels]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_earlier_check_of_the_answers_says_that_its_photo_was_replaced(
    mentor: ChattingMentor, store: Store, language: str
) -> None:
    mentor.comes_to("photo")
    mentor.sends(picture())
    mentor.says("check my answers")
    assert all("photo" in row for row in photo_rows(mentor))
    mentor.says("change my photo")
    mentor.sends(picture(300, 300))
    mentor.says("check my answers")
    with store.write() as session:
        session.execute(update(Conversation).values(language=language))
    *earlier, last = photo_rows(mentor)
    assert earlier
    assert all("photo" not in row for row in earlier)
    assert {row["value"] for row in earlier} == {catalogue(language).text("photo-replaced")}
    with store.read() as session:
        assert session.get(Photo, last["photo"]) is not None
