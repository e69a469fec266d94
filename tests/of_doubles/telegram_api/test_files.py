"""Pictures and files in the double of the Bot API."""

from __future__ import annotations

import base64
import struct

import pytest
from telegram import (
    Bot,
)
from telegram.error import (
    BadRequest,
)

from tests.doubles.telegram_api import (
    DOWNLOAD_LIMIT,
    TINY_JPEG,
    PrivateChat,
    TelegramDouble,
    image_size,
    utf16_length,
)
from tests.support.bot_api import HTTP, PNG, TOKEN, reason, with_bot


def test_bot_downloads_photo(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_photo(PNG, caption="Look")

    async def download(bot: Bot) -> tuple[list[int], bytes]:
        message = (await bot.get_updates())[0].message
        assert message is not None
        assert message.caption == "Look"
        file = await bot.get_file(message.photo[-1])
        content = bytes(await file.download_as_bytearray())
        small = await (await message.photo[0].get_file()).download_as_bytearray()
        assert bytes(small) == TINY_JPEG
        return [size.width for size in message.photo], content

    assert with_bot(telegram, download) == ([90, 320, 800, 1280, 1600], PNG)
    assert HTTP.get(f"{telegram.url}/file/bot{TOKEN}/photos/nothing.jpg").status_code == 404
    assert HTTP.get(f"{telegram.url}/file/bot999:zzz/photos/nothing.jpg").status_code == 401


def test_documents(telegram: TelegramDouble) -> None:
    ann = telegram.user("Ann")
    ann.sends_document(PNG, file_name="a.png", mime_type="image/png", caption="Look")
    ann.sends_document(b"x", file_name="big", mime_type="image/png", file_size=DOWNLOAD_LIMIT + 1)

    async def download(bot: Bot) -> bytes:
        small, big = [update.message for update in await bot.get_updates()]
        assert small is not None
        assert big is not None
        assert small.document is not None
        assert big.document is not None
        with pytest.raises(BadRequest, match="ile is too big"):
            await big.document.get_file()
        with pytest.raises(BadRequest, match="an't use file of type document as photo"):
            await bot.send_photo(ann.id, small.document.file_id)
        file = await small.document.get_file()
        assert str(file.file_path).endswith(".png")
        return bytes(await file.download_as_bytearray())

    assert with_bot(telegram, download) == PNG
    assert reason(telegram, "getFile", file_id="x") == "invalid file_id"


def test_bot_sends_photo(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def send(bot: Bot) -> None:
        first = await bot.send_photo(ann.id, TINY_JPEG, caption="<b>one</b>", parse_mode="HTML")
        await bot.send_photo(ann.id, first.photo[-1].file_id, caption="two")
        with pytest.raises(BadRequest, match="caption is too long"):
            await bot.send_photo(ann.id, TINY_JPEG, caption="x" * 1025)

    with_bot(shared, send)
    first = ann.waits_for("one", timeout=1)
    assert (first.photo, first.entities[0]["type"]) == (TINY_JPEG, "bold")
    assert ann.waits_for("two", timeout=1).photo == TINY_JPEG
    assert len(ann.received) == 2


def test_attached_photo(shared: TelegramDouble, ann: PrivateChat) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendPhoto"
    data = {"chat_id": ann.id, "photo": "attach://picture"}
    assert HTTP.post(address, data=data, files={"picture": ("a.png", PNG)}).json()["ok"]
    assert ann.received[-1].photo == PNG
    answer = HTTP.post(address, data=data, files={"picture": ("a.png", PNG), "other": ("b.png", PNG)}).json()
    assert answer["description"] == "Bad Request: unknown parameter other"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (PNG[:16] + struct.pack(">II", 9000, 1001) + PNG[24:], "PHOTO_INVALID_DIMENSIONS"),
        (PNG[:16] + struct.pack(">II", 2100, 100) + PNG[24:], "PHOTO_INVALID_DIMENSIONS"),
        (PNG + bytes(10 * 1024 * 1024), "file is too big for a photo; the maximum size is 10485760 bytes"),
    ],
)
def test_refused_pictures(shared: TelegramDouble, ann: PrivateChat, content: bytes, expected: str) -> None:
    address = f"{shared.url}/bot{TOKEN}/sendPhoto"
    answer = HTTP.post(address, data={"chat_id": ann.id}, files={"photo": ("a.png", content)}).json()
    assert answer["description"] == f"Bad Request: {expected}"


def test_refused_picture_references(shared: TelegramDouble, ann: PrivateChat) -> None:
    assert reason(shared, "sendPhoto", chat_id=ann.id) == "there is no photo in the request"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="attach://a") == "there is no photo in the request"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="x") == "wrong file identifier/HTTP URL specified"
    assert reason(shared, "sendPhoto", chat_id=ann.id, photo="https://example.org/a.png") == (
        "failed to get HTTP URL content"
    )


def test_image_sizes() -> None:
    assert image_size(TINY_JPEG) == (1, 1)
    assert image_size(PNG) == (1600, 1200)
    gif = base64.b64decode("R0lGODlhAgADAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAIBRAA7")
    assert image_size(gif) == (2, 3)
    assert image_size(b"\xff\xd8\xff") is None
    assert utf16_length("a👍") == 3


def test_documents_by_identifier(shared: TelegramDouble, ann: PrivateChat) -> None:
    async def send(bot: Bot) -> None:
        first = await bot.send_document(ann.id, b"page", filename="a.html")
        assert first.document is not None
        await bot.send_document(ann.id, first.document.file_id)

    with_bot(shared, send)
    assert [message.document for message in ann.received] == [b"page", b"page"]
    assert reason(shared, "sendDocument", chat_id=ann.id) == "there is no document in the request"
    address = f"{shared.url}/bot{TOKEN}/sendDocument"
    answer = HTTP.post(address, data={"chat_id": ann.id}, files={"document": ("a", b"")}).json()
    assert answer["description"] == "Bad Request: file must be non-empty"
