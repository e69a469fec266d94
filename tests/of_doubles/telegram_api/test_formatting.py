"""Formatted text in the double of the Bot API."""

from __future__ import annotations

import json

import pytest
from telegram.error import (
    BadRequest,
)

from tests.doubles.telegram_api import (
    ApiRefusalError,
    PrivateChat,
    TelegramDouble,
    parse_html,
)
from tests.support.bot_api import call, reason, with_bot


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i><u>👍</u>y</i><em>x</em>", "👍yx", [("italic", 0, 3), ("underline", 0, 2), ("italic", 3, 1)]),
        ("<ins>a</ins><s>b</s>", "ab", [("underline", 0, 1), ("strikethrough", 1, 1)]),
        ("<strike>a</strike><del>b</del>", "ab", [("strikethrough", 0, 1), ("strikethrough", 1, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
        ("&lt;&gt;&amp;&quot;&#39;&#x41;&nbsp;& x", "<>&\"'A&nbsp;& x", []),
        ("<b></b>x<a>y</a>", "xy", []),
    ],
)
def test_html_style(markup: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    parsed = parse_html(markup)
    assert parsed.text == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in parsed.entities] == entities


def test_html_details() -> None:
    link = parse_html("<a href='https://example.org/?a=1&amp;b=2'>x</a>").entities[0]
    assert link == {"type": "text_link", "url": "https://example.org/?a=1&b=2", "offset": 0, "length": 1}
    code = parse_html('<pre><code class="language-python">x</code></pre>').entities
    assert code == [{"type": "pre", "language": "python", "offset": 0, "length": 1}]
    assert parse_html("  <b> a </b> ").trimmed().entities == [{"type": "bold", "offset": 0, "length": 1}]
    assert parse_html("&#0;&#1114112;").text == "&#0;&#1114112;"


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("ä<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x<br/>", 'Unsupported start tag "br/" at byte offset 1'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<span class="x">x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_refused_html(shared: TelegramDouble, ann: PrivateChat, markup: str, expected: str) -> None:
    with pytest.raises(ApiRefusalError):
        parse_html(markup)
    found = reason(shared, "sendMessage", chat_id=ann.id, text=markup, parse_mode="HTML")
    assert found == f"can't parse entities: {expected}"


def test_parse_mode_and_entities_exclude_each_other(shared: TelegramDouble, ann: PrivateChat) -> None:
    entities = json.dumps([{"type": "bold", "offset": 0, "length": 1}])
    assert call(shared, "sendMessage", chat_id=ann.id, text="x", entities=entities)["result"]["entities"]
    refused = reason(shared, "sendMessage", chat_id=ann.id, text="x", entities=entities, parse_mode="HTML")
    assert refused == "parse_mode and entities exclude each other"


def test_a_caption_is_measured_without_its_markup(shared: TelegramDouble, ann: PrivateChat) -> None:
    longest = "<b>" + "x" * 1024 + "</b>"
    with_bot(shared, lambda bot: bot.send_document(ann.id, b"x", caption=longest, parse_mode="HTML"))
    assert len(ann.received[-1].text) == 1024
    with pytest.raises(BadRequest, match="caption is too long"):
        with_bot(shared, lambda bot: bot.send_document(ann.id, b"x", caption=longest + "y", parse_mode="HTML"))
