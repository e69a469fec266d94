"""The webhook: its methods, and the delivery of updates to it."""

import asyncio
import functools
import re
import ssl
from typing import Final
from urllib.parse import urlsplit

import httpx

from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.refusals import JsonObject, bad_request
from tests.doubles.telegram_api.updates import chat_of
from tests.doubles.telegram_api.world import Webhook, World

#: Ports Telegram delivers to.
PORTS: Final = frozenset({80, 88, 443, 8443})
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
#: Seconds until an answer of the bot counts as missing.
ANSWER_LIMIT: Final = 60
#: Seconds before a delivery that failed is tried again, at first and at most.
RETRY_SECONDS: Final = (0.05, 1.0)


def set_webhook(world: World, parameters: Parameters) -> bool:
    """Set the webhook; an empty address removes it."""
    address, secret = parameters.text("url"), parameters.text("secret_token")
    if not address:
        return delete_webhook(world, parameters)
    _check_address(address)
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = parameters.integer("max_connections", 40, 1, 100)
    world.updates.set_allowed(parameters)
    world.webhook = Webhook(address, secret, connections, "certificate" in parameters.uploads)
    _drop_pending(world, parameters)
    world.wake()
    return True


def delete_webhook(world: World, parameters: Parameters) -> bool:
    """Remove the webhook."""
    world.webhook = None
    _drop_pending(world, parameters)
    return True


def get_webhook_info(world: World, _: Parameters) -> JsonObject:
    """Return the webhook's state (Bot API page, WebhookInfo)."""
    waiting = len(world.updates.pending) + len(world.updates.redeliveries)
    if world.webhook is None:
        return {"url": "", "has_custom_certificate": False, "pending_update_count": waiting}
    webhook = world.webhook
    failed = {"last_error_date": webhook.error_date, "last_error_message": webhook.error} if webhook.error else {}
    return {
        "url": webhook.url,
        "has_custom_certificate": webhook.has_certificate,
        "pending_update_count": waiting,
        "max_connections": webhook.max_connections,
        "allowed_updates": sorted(world.updates.allowed),
        **failed,
    }


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        port = parts.port or 443
    except ValueError as error:
        raise bad_request("bad webhook: invalid webhook URL specified") from error
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _drop_pending(world: World, parameters: Parameters) -> None:
    if parameters.boolean("drop_pending_updates"):
        world.updates.drop()


class WebhookSender:
    """Delivers updates to the webhook: of a chat one after another, of several chats at once.

    The double never leaves this machine: deliveries go to the origin that stands in for the reverse proxy in front of
    the bot, where the TLS connection would end, with the path and query of the webhook's address.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._woken = asyncio.Event()
        self._busy: dict[int, asyncio.Task[None]] = {}
        #: The origin of deliveries instead of the webhook's own; while it is empty there are none.
        self.origin = ""

    def wake(self) -> None:
        """Look for updates to deliver; called in the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        # Nothing is verified: the way to the origin is plain HTTP, and loading the certificates takes long.
        unused = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        async with httpx.AsyncClient(trust_env=False, verify=unused, timeout=ANSWER_LIMIT) as client:
            try:
                while True:
                    await self._woken.wait()
                    self._woken.clear()
                    self._begin_deliveries(client)
            finally:
                for task in self._busy.values():
                    task.cancel()

    def _begin_deliveries(self, client: httpx.AsyncClient) -> None:
        with self._world.changed:
            webhook, queue = self._world.webhook, self._world.updates
            if webhook is None or not self.origin:
                return
            for update in [*queue.redeliveries, *queue.pending]:
                chat = chat_of(update)
                if chat not in self._busy and len(self._busy) < webhook.max_connections:
                    task = asyncio.create_task(self._deliver_chat(client, chat))
                    self._busy[chat] = task
                    task.add_done_callback(functools.partial(self._finished, chat))

    def _finished(self, chat: int, _: asyncio.Task[None]) -> None:
        self._busy.pop(chat, None)
        self._woken.set()

    async def _deliver_chat(self, client: httpx.AsyncClient, chat: int) -> None:
        """Deliver the updates of a chat until there is none or the webhook is another."""
        wait = RETRY_SECONDS[0]
        while (chosen := self._next_of(chat)) is not None:
            webhook, update = chosen
            failure = await self._post(client, webhook, update)
            with self._world.changed:
                if failure:
                    webhook.error, webhook.error_date = failure, self._world.now()
                else:
                    self._taken(update)
                self._world.changed.notify_all()
            if failure:
                await asyncio.sleep(wait)
            wait = min(wait * 2, RETRY_SECONDS[1]) if failure else RETRY_SECONDS[0]

    def _next_of(self, chat: int) -> tuple[Webhook, JsonObject] | None:
        with self._world.changed:
            webhook, queue = self._world.webhook, self._world.updates
            waiting = [update for update in [*queue.redeliveries, *queue.pending] if chat_of(update) == chat]
            if webhook is None or not waiting:
                return None
            return webhook, queue.disordered(waiting)[0]

    def _taken(self, update: JsonObject) -> None:
        queue = self._world.updates
        if update in queue.redeliveries:
            queue.redeliveries.remove(update)
        elif update in queue.pending:
            queue.pending.remove(update)
            if queue.comes_again():
                queue.redeliveries.append(update)

    async def _post(self, client: httpx.AsyncClient, webhook: Webhook, update: JsonObject) -> str:
        """Deliver an update and return what went wrong, "" when nothing did."""
        parts = urlsplit(webhook.url)
        address = f"{self.origin}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        headers = {SECRET_HEADER: webhook.secret} if webhook.secret else {}
        try:
            response = await client.post(address, json=update, headers=headers)
        except httpx.TimeoutException:
            return "Read timeout expired"
        except httpx.ConnectError:
            return "Connection refused"
        except httpx.TransportError:
            return "Connection reset by peer"
        if response.is_success:
            return ""
        return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
