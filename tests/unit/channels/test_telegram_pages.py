"""What the Mini Apps share: an answer on a page waits until the delivery of its question is recorded."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

from bot.channels.telegram.page import Page
from bot.conversation.turns import Conversations
from bot.core.settings import load_settings
from bot.security.rate_limits import RateLimits
from tests.doubles.telegram_api.mini_apps import signed_launch

TOKEN = "4721:mini-app"


class Records:
    """Conversations, limits and deliveries that only say that they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, _channel: str, external_id: str) -> str:
        self.asked.append(f"find {external_id}")
        return "ann's"

    async def hit(self, _limit: object, _key: str) -> None:
        """Count nothing."""

    async def noted(self, conversation_id: str) -> None:
        await asyncio.sleep(0.01)
        self.asked.append(f"noted {conversation_id}")


def test_an_answer_on_a_page_waits_until_its_question_is_recorded_as_delivered() -> None:
    records = Records()
    settings = load_settings(_env_file=None, telegram_token=TOKEN)
    page = Page("date", settings, cast(Conversations, records), cast(RateLimits, records), records.noted)
    person: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "Ann"}
    assert asyncio.run(page.conversation(signed_launch(TOKEN, person, int(time.time())))) == "ann's"
    assert records.asked == ["find 7", "noted ann's"]
