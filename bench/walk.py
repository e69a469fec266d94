"""Whole registrations through the widget's API, every reply checked."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.answers import QUESTIONS, code_in, new_email, picture, reply_to

PICTURE = picture()
#: Begins what is said where a turn failed, though the next question follows it.
_APOLOGY = "Sorry, something went wrong"


@dataclass
class Timings:
    """Seconds of each turn, by question, and what went wrong."""

    turns: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def register(client: httpx.AsyncClient, timings: Timings) -> None:
    """One registration from greeting to submit; stops at the first wrong reply."""
    messages = (await client.post("/api/session", json={})).json()
    client.headers["X-CSRF-Token"] = messages["token"]
    for question, following in zip(QUESTIONS, [*QUESTIONS[1:], None], strict=True):
        started = time.perf_counter()
        response = await _answer(client, question, messages["cursor"])
        timings.turns.append(time.perf_counter() - started)
        messages = response.json() if response.status_code == 200 else {"messages": [], "cursor": 0}
        if not _as_expected(messages, following):
            timings.errors.append(f"after {question}: {response.status_code} {str(messages)[:200]}")
            return


async def walk(url: str, registrations: int, concurrent: int) -> tuple[Timings, float]:
    """``registrations`` registrations, ``concurrent`` at a time; gives timings and seconds in all."""
    timings = Timings()
    queue = iter(range(registrations))

    async def mentor() -> None:
        for _ in queue:
            async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                await register(client, timings)

    started = time.perf_counter()
    await asyncio.gather(*(mentor() for _ in range(concurrent)))
    return timings, time.perf_counter() - started


async def _answer(client: httpx.AsyncClient, question: str, cursor: int) -> httpx.Response:
    fields: dict[str, Any] = {"id": uuid.uuid4().hex, "after": cursor}
    if question == "photo":
        return await client.post(
            "/api/photos",
            data={name: str(value) for name, value in fields.items()},
            files={"file": ("me.jpg", PICTURE)},
        )
    return await client.post("/api/messages", json=fields | {"text": await _reply(client, question)})


async def _reply(client: httpx.AsyncClient, question: str) -> str:
    if question == "email":
        return new_email()
    while question == "email_code":
        letters = (await client.get("/api/mailbox")).json()
        if letters:
            return code_in(letters[0]["text"])
        await asyncio.sleep(0.05)
    return reply_to(question)


def _as_expected(reply: dict[str, Any], following: str | None) -> bool:
    if reply.get("pending", True) or any(_APOLOGY in each["text"] for each in reply["messages"]):
        return False
    if following is None:
        return "Your registration is complete" in reply["messages"][-1]["text"]
    return bool(reply["messages"]) and reply["messages"][-1].get("question") == following
