"""Who runs this bot: its name, address, colours and what the bot states of it, from ``organisation.yml``.

Everything that names the organisation reads it here: the copy, the form, the pages, the e-mails, the receipts and the
patterns that recognise the name in what mentors write.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.core.errors import OwnerFileError
from bot.core.paths import REPOSITORY

FILE = REPOSITORY / "organisation.yml"

#: It stands in pages and scripts as it is.
_Line = Annotated[str, Field(min_length=1, max_length=100, pattern=r'^[^\n<>"\\{}]+$')]
_Hexadecimal = Annotated[str, Field(pattern=r"^#(?:[0-9a-f]{3}){1,2}$")]
#: A colour in light and in dark surroundings.
_Colour = tuple[_Hexadecimal, _Hexadecimal]
#: A sentence, or a part of one, by language.
_Words = dict[str, Annotated[str, Field(max_length=500, pattern=r'^[^\n<>"\\{}]+$')]]


class OrganisationError(OwnerFileError):
    """The file is invalid; the message names the field and says what is wrong with it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Colours(_Strict):
    """The organisation's colours; `bot/channels/widget/colours.css` has the others."""

    accent: _Colour
    accent_text: _Colour
    own_message: _Colour
    own_message_text: _Colour
    page: _Colour
    glow: _Colour
    sun: _Colour


class Facts(_Strict):
    """What the bot states as facts, by language; each has at least the English words."""

    about: _Words
    cost: _Words
    check_takes: _Words

    @field_validator("*")
    @classmethod
    def _has_english(cls, words: dict[str, str]) -> dict[str, str]:
        if "en" not in words:
            raise ValueError("needs the English words: en")
        return words


class Organisation(_Strict):
    """The organisation.

    Attributes:
        name: as people call it.
        registered_name: as the form's wording writes it.
        legal_name: the controller of the mentors' data.
        address: the controller's, in one line; may be empty.
        contact: the e-mail address where mentors write to a person.
        logo: name of an SVG file beside the file of the organisation.
        colours: in light and dark surroundings.
        facts: by language.
    """

    name: _Line
    registered_name: _Line
    legal_name: _Line
    address: Annotated[str, Field(max_length=300)] = ""
    contact: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    logo: str = "logo.svg"
    colours: Colours
    facts: Facts

    @property
    def sender(self) -> str:
        """The sender of e-mails, with the name."""
        return f"{self.name} <{self.contact}>"

    @property
    def file_name(self) -> str:
        """The name as the beginning of a file's name: lower-case Latin letters and digits."""
        letters = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().casefold()
        return re.sub(r"[^a-z0-9]+", "-", letters).strip("-") or "mentor"


def read_organisation(path: Path) -> Organisation:
    """Read a file.

    Args:
        path: of the file, in the format of ``organisation.yml``.

    Raises:
        OrganisationError: the file is missing or invalid.
    """
    try:
        return Organisation.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise OrganisationError(f"{path.name}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise OrganisationError(f"{path.name} is no YAML: {error}") from None
    except ValidationError as error:
        [first, *_] = error.errors()
        where = ".".join(str(part) for part in first["loc"])
        raise OrganisationError(f"{path.name}: {where or 'the file'}: {first['msg']}") from None


#: The organisation of this installation.
ORGANISATION = read_organisation(FILE)
