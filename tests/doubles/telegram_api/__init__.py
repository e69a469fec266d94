"""A strict double of the Telegram Bot API over HTTP.

The double listens on 127.0.0.1, speaks the wire protocol of the Bot API and lets a test play the people on the other
side: they write, tap buttons, send pictures, block the bot. It refuses what the real service refuses, with the same
status and description, so that a bot which passes here is not surprised by the real one.

Example::

    with TelegramDouble(token="123:abc") as telegram:
        ann = telegram.user("Ann", language_code="en")
        ann.sends("/start")
        question = ann.waits_for("What are your reasons")
        ann.taps(question, "I agree")

Its modules, each importing only those above it::

    refusals     what a call is refused with
    parameters   the wire: what a method is called with
    entities     formatted text
    keyboards    buttons
    pictures     photos
    faults       what goes wrong on purpose
    flood        how fast the bot may send
    updates      the queue for the bot
    world        everything remembered
    sending, editing, own_page, webhooks, methods   what the bot does
    service      HTTP
    contents, builders   what people send; an update of every type
    received, screens, people   what people see and do
    double       the whole

The rules come from the public Bot API page (https://core.telegram.org/bots/api, called "Bot API page" in the modules)
and, where that page is silent, from the error descriptions that bots are known to receive.

Deliberately stricter than the real service, to find the bot's mistakes:

* A parameter or a field of a keyboard, a button or an option object that the method does not know is refused with 400;
  the real service ignores many of them.
* A number, a truth value or a name outside the documented values (for example ``limit=0`` or an unknown name in
  ``allowed_updates``) is refused with 400; the real service replaces some of them by a default.
* Giving both ``parse_mode`` and ``entities`` is refused; the real service takes one of the two.
* Text length is counted in UTF-16 code units, which is never less than the number of characters.

Deliberately simpler than the real service:

* Updates go to a webhook by way of :meth:`TelegramDouble.delivers_to`, never off this machine, and a method named in
  the body of the bot's answer is not carried out.
* ``parse_mode`` knows HTML only, without ``tg-emoji`` and ``tg-time``. Addresses, hashtags and the like in a text of
  the bot get no entities of their own.
* Photos are not rescaled: the largest size holds the bytes that were sent, every smaller one a tiny fixed JPEG.
* A group delivers every message to the bot, as if its privacy mode was switched off.
"""

from tests.doubles.telegram_api.contents import OTHER_CONTENT, OtherKind
from tests.doubles.telegram_api.double import TelegramDouble
from tests.doubles.telegram_api.entities import parse_html, utf16_length
from tests.doubles.telegram_api.faults import FaultKind
from tests.doubles.telegram_api.flood import FloodGate, FloodLimits
from tests.doubles.telegram_api.people import ChannelChat, GroupChat, PrivateChat
from tests.doubles.telegram_api.pictures import TINY_JPEG, image_size
from tests.doubles.telegram_api.received import ReceivedMessage
from tests.doubles.telegram_api.refusals import ApiRefusalError
from tests.doubles.telegram_api.sending import DOWNLOAD_LIMIT
from tests.doubles.telegram_api.updates import UPDATE_TYPES
from tests.doubles.telegram_api.webhooks import SECRET_HEADER

__all__ = [
    "DOWNLOAD_LIMIT",
    "OTHER_CONTENT",
    "SECRET_HEADER",
    "TINY_JPEG",
    "UPDATE_TYPES",
    "ApiRefusalError",
    "ChannelChat",
    "FaultKind",
    "FloodGate",
    "FloodLimits",
    "GroupChat",
    "OtherKind",
    "PrivateChat",
    "ReceivedMessage",
    "TelegramDouble",
    "image_size",
    "parse_html",
    "utf16_length",
]
