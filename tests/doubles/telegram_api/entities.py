"""Formatted text: entities given as a list, and the HTML style."""

import re
from dataclasses import dataclass, field
from typing import Final

from tests.doubles.telegram_api.parameters import Parameters
from tests.doubles.telegram_api.refusals import ApiRefusalError, JsonObject, bad_request

ENTITY_TYPES: Final = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)


def utf16_length(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the unit of entity offsets (Bot API page, MessageEntity)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class FormattedText:
    """A plain text and the entities that format it.

    Attributes:
        text: The text without markup.
        entities: MessageEntity objects; offset and length in UTF-16 code units.
    """

    text: str
    entities: list[JsonObject] = field(default_factory=list)

    def trimmed(self) -> "FormattedText":
        """Return the text without white space at both ends, the entities moved along."""
        start = utf16_length(self.text) - utf16_length(self.text.lstrip())
        text = self.text.strip()
        moved = (_clipped(entity, start, utf16_length(text)) for entity in self.entities)
        return FormattedText(text, [entity for entity in moved if entity["length"] > 0])


def _clipped(entity: JsonObject, start: int, length: int) -> JsonObject:
    """Return an entity moved left by ``start`` and cut to a text of ``length`` UTF-16 code units."""
    first = max(entity["offset"] - start, 0)
    last = min(entity["offset"] + entity["length"] - start, length)
    return entity | {"offset": first, "length": last - first}


@dataclass
class _OpenTag:
    """A start tag whose end tag was not read yet; ``start`` in UTF-16 code units."""

    name: str
    start: int
    entity: JsonObject | None
    language: str = ""


_TAG_ENTITIES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_TAG_NAME: Final = re.compile(r"<([^\s>]*)")
_ATTRIBUTE: Final = re.compile(r"""\s+([A-Za-z0-9_-]+)(?:=("[^"]*"|'[^']*'|[^\s>"']+))?""")
_TAG_CLOSE: Final = re.compile(r"\s*>")
_END_TAG: Final = re.compile(r"</([^>]*)>")
_PLAIN: Final = re.compile(r"[^<&]+")
_REFERENCE: Final = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_NAMED_REFERENCES: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LINK: Final = re.compile(r"(?:https?://[^\s/]|tg://|mailto:|tel:)\S*", re.IGNORECASE)


def _decoded_reference(match: re.Match[str]) -> str:
    """Return the character a reference stands for, or the reference itself where it names none."""
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED_REFERENCES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else match.group()


class _HtmlReader:
    """Reads the HTML style of the Bot API (Bot API page, "HTML style")."""

    def __init__(self, markup: str) -> None:
        self._markup = markup
        self._position = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_OpenTag] = []
        self._entities: list[JsonObject] = []

    def read(self) -> FormattedText:
        """Return the text and its entities.

        Raises:
            ApiRefusalError: 400 when the markup is not what the Bot API accepts.
        """
        while self._position < len(self._markup):
            self._read_piece()
        if self._open:
            raise _unreadable(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return FormattedText("".join(self._pieces), self._entities)

    def _read_piece(self) -> None:
        if self._markup.startswith("</", self._position):
            self._read_end_tag()
        elif self._markup[self._position] == "<":
            self._read_start_tag()
        elif self._markup[self._position] == "&":
            self._read_reference()
        else:
            plain = self._take(_PLAIN)
            self._append(plain.group() if plain else "")

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._markup, self._position)
        if match:
            self._position = match.end()
        return match

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += utf16_length(text)

    def _byte_offset(self, position: int) -> int:
        return len(self._markup[:position].encode("utf-8", "surrogatepass"))

    def _read_reference(self) -> None:
        match = self._take(_REFERENCE)
        if match is None:
            self._position += 1
        self._append(_decoded_reference(match) if match else "&")

    def _read_start_tag(self) -> None:
        start = self._position
        match = self._take(_TAG_NAME)
        name = match.group(1).lower() if match else ""
        if name not in _TAG_ENTITIES:
            raise _unreadable(f'Unsupported start tag "{name}" at byte offset {self._byte_offset(start)}')
        attributes = self._read_attributes()
        if self._take(_TAG_CLOSE) is None:
            raise _unreadable(f"Unclosed start tag at byte offset {self._byte_offset(start)}")
        if name == "span" and attributes.get("class") != "tg-spoiler":
            offset = self._byte_offset(start)
            raise _unreadable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self._open.append(_opened(name, self._length, attributes))

    def _read_attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while (match := self._take(_ATTRIBUTE)) is not None:
            value = match.group(2) or ""
            value = value[1:-1] if value[:1] in {'"', "'"} else value
            attributes[match.group(1).lower()] = _REFERENCE.sub(_decoded_reference, value)
        return attributes

    def _read_end_tag(self) -> None:
        start = self._position
        match = self._take(_END_TAG)
        if match is None:
            raise _unreadable(f"Unclosed end tag at byte offset {self._byte_offset(start)}")
        if not self._open:
            raise _unreadable(f"Unexpected end tag at byte offset {self._byte_offset(start)}")
        found, expected = match.group(1).rstrip().lower(), self._open[-1].name
        if found != expected:
            raise _unreadable(
                f"Unmatched end tag at byte offset {self._byte_offset(start)}, "
                f'expected "</{expected}>", found "</{found}>"'
            )
        self._close(self._open.pop())

    def _close(self, tag: _OpenTag) -> None:
        length = self._length - tag.start
        parents = [parent.name for parent in self._open]
        if tag.name == "code" and parents[-1:] == ["pre"]:
            self._set_language(self._open[-1], tag.language)
        elif length and tag.entity and not _forbidden_inside(tag.name, parents):
            self._entities.append(tag.entity | {"offset": tag.start, "length": length})

    def _set_language(self, pre: _OpenTag, language: str) -> None:
        if pre.entity and language:
            pre.entity["language"] = language


def _unreadable(reason: str) -> ApiRefusalError:
    return bad_request(f"can't parse entities: {reason}")


def _forbidden_inside(name: str, parents: list[str]) -> bool:
    """Tell whether an entity is left out because of the ones around it (Bot API page, "Formatting options")."""
    return "pre" in parents or "code" in parents or (name == "blockquote" and "blockquote" in parents)


def _opened(name: str, start: int, attributes: dict[str, str]) -> _OpenTag:
    """Return the open tag with the entity it will become, None where the Bot API silently drops it."""
    entity: JsonObject | None = {"type": _TAG_ENTITIES[name]}
    language = attributes.get("class", "").removeprefix("language-") if name == "code" else ""
    if name == "blockquote" and "expandable" in attributes:
        entity = {"type": "expandable_blockquote"}
    if name == "a":
        address = attributes.get("href", "").strip()
        entity = {"type": "text_link", "url": address} if LINK.fullmatch(address) else None
    return _OpenTag(name, start, entity, language)


def parse_html(markup: str) -> FormattedText:
    """Parse a text in the HTML style of the Bot API.

    Args:
        markup: Text with the supported tags and the references &lt; &gt; &amp; &quot; and numeric ones.

    Returns:
        The plain text and its entities.

    Raises:
        ApiRefusalError: 400 "Bad Request: can't parse entities: …" for an unsupported, unclosed or mismatched tag.
    """
    return _HtmlReader(markup).read()


def _read_entities(parameters: Parameters, name: str, text: str) -> list[JsonObject]:
    """Return the entities given as JSON, each with a known type and inside the text."""
    entities = parameters.json_list(name) or []
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise bad_request('can\'t parse MessageEntity: Field "offset" and "length" must be of type Number')
        if offset < 0 or length <= 0 or offset + length > utf16_length(text):
            raise bad_request("entity beyond the text")
    return entities


def read_formatted(parameters: Parameters, text_name: str, entities_name: str) -> FormattedText:
    """Return a text parameter with its entities, from markup or from a list, trimmed.

    Raises:
        ApiRefusalError: 400 for an unknown parse mode or markup that can't be parsed.
    """
    raw, mode = parameters.text(text_name), parameters.text("parse_mode").lower()
    if not mode:
        return FormattedText(raw, _read_entities(parameters, entities_name, raw)).trimmed()
    if parameters.text(entities_name):
        raise bad_request(f"parse_mode and {entities_name} exclude each other")
    if mode in {"markdown", "markdownv2"}:
        raise bad_request("this double knows only the parse_mode HTML")
    if mode != "html":
        raise bad_request("unsupported parse_mode")
    return parse_html(raw).trimmed()


_COMMAND: Final = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")


def command_entities(text: str) -> list[JsonObject]:
    """Return the bot_command entities that Telegram sets on a text a person writes."""
    return [
        {
            "type": "bot_command",
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _COMMAND.finditer(text)
    ]
