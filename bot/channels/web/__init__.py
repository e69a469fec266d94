"""The web channel: the widget's API and files, the demo page, and the service's health."""

from bot.channels.web.channel import WebChannel
from bot.channels.web.security import SecurityMiddleware

__all__ = ["SecurityMiddleware", "WebChannel"]
