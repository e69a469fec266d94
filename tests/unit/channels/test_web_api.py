"""The OpenAPI description of the widget's API names things as an API does."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi import FastAPI

from bot.channels.web.channel import WebChannel
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.security.cipher import KEY_BYTES
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Store

OPERATIONS = {
    "POST /api/session": "open_session",
    "GET /api/messages": "list_messages",
    "POST /api/messages": "send_message",
    "POST /api/language": "set_language",
    "POST /api/dates": "send_date",
    "POST /api/unsent": "keep_unsent_text",
    "POST /api/photos": "upload_photo",
    "GET /api/photos/{signed}": "get_photo",
    "GET /api/links/{link_id}.svg": "get_link_code",
    "GET /api/events": "stream_events",
    "GET /api/receipt.json": "get_receipt",
    "GET /api/receipt.html": "get_receipt_page",
    "GET /api/my-data.json": "get_my_data",
    "GET /api/my-data.html": "get_my_data_page",
    "GET /api/mailbox": "list_emails",
}
SCHEMAS = {
    "Body_upload_photo",
    "DateRequest",
    "Language",
    "LanguageRequest",
    "MessageRequest",
    "MessagesResponse",
    "Problem",
    "SessionRequest",
    "SessionResponse",
    "UnsentTextRequest",
    "UnsentTextResponse",
}


@pytest.fixture
def description(tmp_path: Path) -> dict[str, Any]:
    """What /openapi.json says of the API; no route is called, so nobody has to converse."""
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    store, vault = Store(f"sqlite:///{tmp_path / 'bot.db'}"), Vault([bytes(KEY_BYTES)])
    conversations = Mock(spec=Conversations)
    channel = WebChannel(settings, store, vault, Photos(Folder(tmp_path)), conversations, RateLimits(settings))
    app = FastAPI()
    app.include_router(channel._api())
    store.dispose()
    return app.openapi()


def test_every_operation_has_a_name_of_its_own_and_a_description(description: dict[str, Any]) -> None:
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
    }
    assert {name: operation["operationId"] for name, operation in operations.items()} == OPERATIONS
    assert [name for name, operation in operations.items() if not operation.get("description")] == []


def test_every_model_says_whether_it_is_a_request_or_a_response(description: dict[str, Any]) -> None:
    found = {name for name in description["components"]["schemas"] if "Validation" not in name}
    assert found == SCHEMAS


def test_required_fields_are_described(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert schemas["MessageRequest"]["required"] == ["id"]
    assert schemas["LanguageRequest"]["required"] == ["id", "language"]
    assert schemas["DateRequest"]["required"] == ["id", "date"]
    assert "required" not in schemas["SessionRequest"]
