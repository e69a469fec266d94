"""What people send besides text, photos and files: one Message content of every kind."""

from collections.abc import Callable
from typing import Final, Literal

from tests.doubles.telegram_api.pictures import TINY_JPEG
from tests.doubles.telegram_api.refusals import JsonObject
from tests.doubles.telegram_api.world import World

OtherKind = Literal[
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
    "story",
    "paid_media",
    "game",
    "checklist",
    "invoice",
    "giveaway",
    "rich_message",
]


_CHANNEL: Final[JsonObject] = {"id": -1_004_200_000_001, "type": "channel", "title": "News"}
_GROUP: Final[JsonObject] = {"id": -1_004_200_000_002, "type": "supergroup", "title": "Neighbours"}


def _voice(world: World) -> JsonObject:
    file = world.add_file("voice", b"OggS voice", ".oga").reference()
    return {"voice": file | {"duration": 3, "mime_type": "audio/ogg"}}


def _audio(world: World) -> JsonObject:
    file = world.add_file("audio", b"ID3 audio", ".mp3").reference()
    return {"audio": file | {"duration": 180, "mime_type": "audio/mpeg", "title": "Song", "performer": "Singer"}}


def _video(world: World) -> JsonObject:
    file = world.add_file("video", b"ftyp video", ".mp4").reference()
    return {"video": file | {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"}}


def _video_note(world: World) -> JsonObject:
    return {
        "video_note": world.add_file("video_note", b"ftyp note", ".mp4").reference() | {"length": 240, "duration": 4}
    }


def _animation(world: World) -> JsonObject:
    file = world.add_file("animation", b"ftyp animation", ".mp4").reference() | {"mime_type": "video/mp4"}
    return {"animation": file | {"width": 320, "height": 180, "duration": 2}, "document": file}


def _sticker(world: World) -> JsonObject:
    file = world.add_file("sticker", b"RIFF....WEBP", ".webp").reference()
    shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"}
    return {"sticker": file | shape}


def _location(_: World) -> JsonObject:
    return {"location": {"latitude": 48.2082, "longitude": 16.3738}}


def _venue(world: World) -> JsonObject:
    place = _location(world)
    return place | {"venue": place | {"title": "Park", "address": "Main Street 1"}}


def _contact(_: World) -> JsonObject:
    return {"contact": {"phone_number": "+15550100", "first_name": "Bob"}}


def poll(_: World) -> JsonObject:
    """Return a poll nobody has voted in."""
    options = [
        {"persistent_id": str(number), "text": text, "voter_count": 0} for number, text in enumerate(("Yes", "No"))
    ]
    return {
        "poll": {
            "id": "5400000000000000001",
            "question": "Shall we?",
            "options": options,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
    }


def _dice(_: World) -> JsonObject:
    return {"dice": {"emoji": "🎲", "value": 4}}


def _story(_: World) -> JsonObject:
    return {"story": {"id": 7, "chat": _CHANNEL}}


def _paid_media(_: World) -> JsonObject:
    preview = {"type": "preview", "width": 640, "height": 360, "duration": 5}
    return {"paid_media": {"star_count": 5, "paid_media": [preview]}}


def _game(world: World) -> JsonObject:
    return {"game": {"title": "Chess", "description": "A game", "photo": world.add_photo(TINY_JPEG)}}


def _checklist(_: World) -> JsonObject:
    return {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "Register"}]}}


def _invoice(_: World) -> JsonObject:
    bill = {"title": "Tea", "description": "A cup", "start_parameter": "tea", "currency": "EUR", "total_amount": 300}
    return {"invoice": bill}


def _giveaway(world: World) -> JsonObject:
    draw = {"chats": [_CHANNEL], "winners_selection_date": world.now() + 86_400, "winner_count": 1}
    return {"giveaway": draw}


def _rich_message(_: World) -> JsonObject:
    return {"rich_message": {"blocks": [{"type": "paragraph", "text": "Hello"}]}}


Origin = Literal["user", "hidden_user", "chat", "channel"]


def forward_origin(world: World, kind: Origin) -> JsonObject:
    """Return where a forwarded message came from (Bot API page, MessageOrigin)."""
    origins: dict[Origin, JsonObject] = {
        "user": {"sender_user": {"id": 5_100_000_001, "is_bot": False, "first_name": "Eve"}},
        "hidden_user": {"sender_user_name": "Eve"},
        "chat": {"sender_chat": _GROUP},
        "channel": {"chat": _CHANNEL, "message_id": 12},
    }
    return {"forward_origin": {"type": kind, "date": world.now()} | origins[kind]}


def external_reply(world: World) -> JsonObject:
    """Return what a message has of one in another chat that it replies to (Bot API page, ExternalReplyInfo)."""
    origin = forward_origin(world, "channel")["forward_origin"]
    return {"external_reply": {"origin": origin, "chat": _CHANNEL, "message_id": 12}}


OTHER_CONTENT: Final[dict[OtherKind, Callable[[World], JsonObject]]] = {
    "voice": _voice,
    "audio": _audio,
    "video": _video,
    "video_note": _video_note,
    "animation": _animation,
    "sticker": _sticker,
    "location": _location,
    "venue": _venue,
    "contact": _contact,
    "poll": poll,
    "dice": _dice,
    "story": _story,
    "paid_media": _paid_media,
    "game": _game,
    "checklist": _checklist,
    "invoice": _invoice,
    "giveaway": _giveaway,
    "rich_message": _rich_message,
}
