"""One update of every type of the Bot API, made by a stranger."""

from collections.abc import Callable
from typing import Final

from tests.doubles.telegram_api import contents
from tests.doubles.telegram_api.refusals import JsonObject
from tests.doubles.telegram_api.updates import UPDATE_TYPES
from tests.doubles.telegram_api.world import World

_BUSINESS: Final = {"business_connection_id": "BizConnection1"}
_THUMB: Final = {"type": "emoji", "emoji": "👍"}
_MEMBER: Final = {"status": "member"}
_LEFT: Final = {"status": "left"}


def _person(world: World) -> JsonObject:
    return world.add_user("Stranger", "en", None)


def _private(person: JsonObject) -> JsonObject:
    return {"id": person["id"], "type": "private", "first_name": person["first_name"]}


def _group(world: World) -> JsonObject:
    return {"id": world.new_supergroup_id(), "type": "supergroup", "title": "Elsewhere"}


def _message(world: World) -> JsonObject:
    person = _person(world)
    return {"message_id": 1, "date": world.now(), "from": person, "chat": _private(person), "text": "Hello"}


def _edited(world: World) -> JsonObject:
    return _message(world) | {"edit_date": world.now()}


def _post(world: World) -> JsonObject:
    channel = {"id": world.new_supergroup_id(), "type": "channel", "title": "News"}
    return {"message_id": 1, "date": world.now(), "sender_chat": channel, "chat": channel, "text": "Hello"}


def _edited_post(world: World) -> JsonObject:
    return _post(world) | {"edit_date": world.now()}


def _business_connection(world: World) -> JsonObject:
    person = _person(world)
    return {
        "id": "BizConnection1",
        "user": person,
        "user_chat_id": person["id"],
        "date": world.now(),
        "is_enabled": True,
    }


def _business_message(world: World) -> JsonObject:
    return _message(world) | _BUSINESS


def _edited_business_message(world: World) -> JsonObject:
    return _edited(world) | _BUSINESS


def _deleted_business_messages(world: World) -> JsonObject:
    return _BUSINESS | {"chat": _private(_person(world)), "message_ids": [1, 2]}


def _reaction(world: World) -> JsonObject:
    person = _person(world)
    chat = {"chat": _private(person), "message_id": 1, "user": person, "date": world.now()}
    return chat | {"old_reaction": [], "new_reaction": [_THUMB]}


def _reaction_count(world: World) -> JsonObject:
    counts = [{"type": _THUMB, "total_count": 3}]
    return {"chat": _group(world), "message_id": 1, "date": world.now(), "reactions": counts}


def _inline_query(world: World) -> JsonObject:
    return {"id": "81", "from": _person(world), "query": "tea", "offset": "", "chat_type": "sender"}


def _chosen_inline_result(world: World) -> JsonObject:
    return {"result_id": "1", "from": _person(world), "query": "tea"}


def _callback_query(world: World) -> JsonObject:
    message = _message(world)
    query = {"id": world.add_query().query_id, "from": message["from"], "chat_instance": "-71", "data": "anything"}
    return query | {"message": message | {"from": world.bot}}


def _shipping_query(world: World) -> JsonObject:
    street = {"street_line1": "Main Street 1", "street_line2": "", "city": "Vienna", "state": "", "post_code": "1010"}
    address = {"country_code": "AT"} | street
    return {"id": "82", "from": _person(world), "invoice_payload": "tea", "shipping_address": address}


def _pre_checkout_query(world: World) -> JsonObject:
    return {"id": "83", "from": _person(world), "currency": "EUR", "total_amount": 300, "invoice_payload": "tea"}


def _purchased_paid_media(world: World) -> JsonObject:
    return {"from": _person(world), "paid_media_payload": "video"}


def _poll(world: World) -> JsonObject:
    poll: JsonObject = contents.poll(world)["poll"]
    return poll


def _poll_answer(world: World) -> JsonObject:
    return {"poll_id": "5400000000000000001", "user": _person(world), "option_ids": [0], "option_persistent_ids": ["0"]}


def _my_chat_member(world: World) -> JsonObject:
    return _membership(world, world.bot)


def _chat_member(world: World) -> JsonObject:
    return _membership(world, _person(world))


def _membership(world: World, member: JsonObject) -> JsonObject:
    user = {"user": member}
    change = {"old_chat_member": user | _LEFT, "new_chat_member": user | _MEMBER}
    return {"chat": _group(world), "from": _person(world), "date": world.now()} | change


def _chat_join_request(world: World) -> JsonObject:
    person = _person(world)
    return {"chat": _group(world), "from": person, "user_chat_id": person["id"], "date": world.now()}


def _boost_source(world: World) -> JsonObject:
    return {"source": "premium", "user": _person(world)}


def _chat_boost(world: World) -> JsonObject:
    now = world.now()
    boost = {"boost_id": "b1", "add_date": now, "expiration_date": now + 86_400, "source": _boost_source(world)}
    return {"chat": _group(world), "boost": boost}


def _removed_chat_boost(world: World) -> JsonObject:
    return {"chat": _group(world), "boost_id": "b1", "remove_date": world.now(), "source": _boost_source(world)}


def _managed_bot(world: World) -> JsonObject:
    bot = {"id": 5_900_000_001, "is_bot": True, "first_name": "Helper", "username": "helper_bot"}
    return {"user": _person(world), "bot": bot}


def _guest_message(world: World) -> JsonObject:
    return _message(world) | {"guest_query_id": "84"}


def _subscription(world: World) -> JsonObject:
    return {"user": _person(world), "invoice_payload": "tea", "state": "active"}


def _stopped_message_generation(world: World) -> JsonObject:
    return {"chat": _private(_person(world)), "draft_id": 1}


BUILDERS: Final[dict[str, Callable[[World], JsonObject]]] = {
    "message": _message,
    "edited_message": _edited,
    "channel_post": _post,
    "edited_channel_post": _edited_post,
    "business_connection": _business_connection,
    "business_message": _business_message,
    "edited_business_message": _edited_business_message,
    "deleted_business_messages": _deleted_business_messages,
    "message_reaction": _reaction,
    "message_reaction_count": _reaction_count,
    "inline_query": _inline_query,
    "chosen_inline_result": _chosen_inline_result,
    "callback_query": _callback_query,
    "shipping_query": _shipping_query,
    "pre_checkout_query": _pre_checkout_query,
    "purchased_paid_media": _purchased_paid_media,
    "poll": _poll,
    "poll_answer": _poll_answer,
    "my_chat_member": _my_chat_member,
    "chat_member": _chat_member,
    "chat_join_request": _chat_join_request,
    "chat_boost": _chat_boost,
    "removed_chat_boost": _removed_chat_boost,
    "managed_bot": _managed_bot,
    "guest_message": _guest_message,
    "subscription": _subscription,
    "stopped_message_generation": _stopped_message_generation,
}
assert BUILDERS.keys() == UPDATE_TYPES
